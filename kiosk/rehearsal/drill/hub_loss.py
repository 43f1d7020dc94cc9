"""A hub that is lost: killed and started again, or made anew on another machine, with everybody writing on."""

import random

from kiosk.exam.error import KioskError
from kiosk.rehearsal.drill.exercise import Exercise
from kiosk.rehearsal.drill.floor import Floor

TAILS_SECONDS, REPLACED_SECONDS = 10.0, 60.0
WRITTEN = 12
"""Answers each candidate saves while there is no hub."""


def hub_killed(floor: Floor, dice: random.Random) -> Exercise:
    """Cut the hub's power; candidates go on; started again, it has every tail."""
    del dice
    floor.hub.kill()
    saved = _written_without(floor)
    back = floor.hub.start()
    took = _whole(floor, back)
    words = f"{saved} answers saved without it, none refused"
    return Exercise(name="hub killed", measured=took, target=TAILS_SECONDS, unit="s", words=words)


def hub_replaced(floor: Floor, dice: random.Random) -> Exercise:
    """Lose the hub's machine; another one with the key folder is the same hub to every seat."""
    del dice
    lost = floor.hub.kill()
    saved = _written_without(floor)
    floor.hub.replace()
    took = _whole(floor, lost)
    words = f"{saved} answers saved without it, none refused"
    return Exercise(name="hub machine replaced", measured=took, target=REPLACED_SECONDS, unit="s", words=words)


def _written_without(floor: Floor) -> int:
    """Wait until each candidate has saved some answers without the hub; return how many; none may be refused."""
    seats = {m: (m.mark(), m.acknowledged) for m in floor.at_work}
    for machine, (_, count) in seats.items():
        machine.write(count + WRITTEN)
    for machine, (since, _) in seats.items():
        refused = machine.said(since, "trouble") or machine.said(since, "failure")
        if refused:
            raise KioskError(f"{machine.name} could not save while there was no hub: {refused}")
    return sum(m.acknowledged - count for m, (_, count) in seats.items())


def _whole(floor: Floor, since: float) -> float:
    took = floor.tails_complete() - since
    floor.sign_in()
    return took
