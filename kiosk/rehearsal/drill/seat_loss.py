"""Seats that are lost: killed and switched on again, or left for the spare one."""

import random
from time import monotonic
from typing import Any

from kiosk.rehearsal.drill.exercise import Exercise
from kiosk.rehearsal.drill.floor import Floor
from kiosk.rehearsal.drill.machine import Candidate, Machine, until
from kiosk.views.order import Verb

TICK_MS = 5_000
"""A crash costs the candidate nothing and gains at most one tick of the ledger."""
BACK_SECONDS, MOVED_SECONDS = 3.0, 30.0


def seat_killed(floor: Floor, dice: random.Random) -> Exercise:
    """Cut a seat's power under typing, switch it on at once, and sign in."""
    machine = dice.choice(floor.at_work)
    candidate, before = _candidate(machine), machine.state()
    lost = machine.kill()
    machine.start()
    after = floor.go_on(machine, candidate)
    took = after["at"] - lost
    same, words = compared(before, after)
    machine.work(True)
    return Exercise(
        name="seat killed", measured=took, target=BACK_SECONDS, unit="s", holds=same, words=f"{machine.name}: {words}"
    )


def seat_moved(floor: Floor, dice: random.Random) -> Exercise:
    """Cut a seat's power for good; its candidate goes on at the spare seat with what the hub holds."""
    machine, spare = dice.choice(floor.at_work), floor.spare
    candidate, before = _candidate(machine), machine.state()
    lost = machine.kill()
    machine.candidate = None
    floor.order(Verb.MOVE, [machine.name], target=spare.name, reason="equipment")
    after = floor.go_on(spare, candidate)
    took = after["at"] - lost
    same, words = compared(before, after)
    spare.work(True)
    machine.start()  # mended, it is the spare seat, and sends what it alone still holds
    return Exercise(
        name="seat killed, candidate moved",
        measured=took,
        target=MOVED_SECONDS,
        unit="s",
        holds=same,
        words=f"{machine.name} to {spare.name}: {words}",
    )


def move_during_restart(floor: Floor, dice: random.Random) -> Exercise:
    """Order a move and cut the hub's power at once; the candidate goes on at the spare seat once it is back."""
    machine, spare = dice.choice(floor.at_work), floor.spare
    candidate = _candidate(machine)
    machine.work(False)
    floor.tails_complete()
    before, ordered = machine.state(), monotonic()
    floor.order(Verb.MOVE, [machine.name], target=spare.name, reason="equipment")
    floor.hub.kill()
    machine.stop()
    machine.candidate = None
    floor.hub.start()
    until(lambda: spare.state()["connected"], f"{spare.name} finds its hub again")
    after = floor.go_on(spare, candidate)
    took = after["at"] - ordered
    same, words = compared(before, after)
    spare.work(True)
    machine.start()
    return Exercise(
        name="moved while the hub restarts",
        measured=took,
        target=MOVED_SECONDS,
        unit="s",
        holds=same,
        words=f"{machine.name} to {spare.name}: {words}",
    )


def compared(before: dict[str, Any], after: dict[str, Any]) -> tuple[bool, str]:
    """Return whether question and time left are the same, and the words for it."""
    same = before["question"] == after["question"]
    off = after["left"] - before["left"]
    words = f"{'same' if same else 'ANOTHER'} question, time left {off / 1000:+.1f} s"
    return same and abs(off) <= TICK_MS, words


def _candidate(machine: Machine) -> Candidate:
    assert machine.candidate is not None
    return machine.candidate
