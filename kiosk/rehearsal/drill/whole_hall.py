"""Orders to the whole hall: from the key at the console to the moment each seat has done it."""

import random
from time import monotonic

from kiosk.exam.attempt import Phase
from kiosk.rehearsal.drill.exercise import Exercise
from kiosk.rehearsal.drill.floor import Floor
from kiosk.views.order import Verb

PAUSE_MS, SCREEN_MS = 250.0, 250.0
ROUNDS = 5


def pause_all(floor: Floor, dice: random.Random) -> Exercise:
    """Pause the whole hall and resume it, several times: p99 from the order to a seat that has stopped."""
    del dice
    stopped: list[float] = []
    resumed: list[float] = []
    floor.sign_in()
    begun = monotonic()
    floor.sign_in()
    pin = _ms(monotonic() - begun)
    for _ in range(ROUNDS):
        stopped += _ordered(floor, Verb.PAUSE, Phase.PAUSED)
        resumed += _ordered(floor, Verb.RESUME, Phase.RUNNING)
    return Exercise(
        name="all paused, p99 per seat",
        measured=p99(stopped),
        target=PAUSE_MS,
        unit="ms",
        words=f"{len(stopped)} stops, median {p50(stopped):.0f} ms; resumed: p99 {p99(resumed):.0f} ms; "
        f"checking one PIN took {pin:.0f} ms of each",
    )


def announced(floor: Floor, dice: random.Random) -> Exercise:
    """Say something to the hall, several times: p99 from the key to the seat that hands it to its screen."""
    del dice
    took: list[float] = []
    for number in range(ROUNDS):
        marks = {machine: machine.mark() for machine in floor.at_work}
        begun = monotonic()
        floor.board.announce(f"This is announcement {number + 1} of a drill.")
        took += [_ms(m.hears(lambda h: "told" in h, since)["at"] - begun) for m, since in marks.items()]
    return Exercise(
        name="command to screen, p99",
        measured=p99(took),
        target=SCREEN_MS,
        unit="ms",
        words=f"{len(took)} announcements, median {p50(took):.0f} ms",
    )


def _ordered(floor: Floor, verb: Verb, phase: Phase) -> list[float]:
    marks = {machine: machine.mark() for machine in floor.at_work}
    begun = monotonic()
    floor.order(verb, reason="disturbance")
    return [_ms(m.hears(lambda h: h.get("phase") == phase.value, since)["at"] - begun) for m, since in marks.items()]


def p99(values: list[float]) -> float:
    """Return the smallest value that 99 of 100 do not exceed."""
    return sorted(values)[max(0, -(-99 * len(values) // 100) - 1)]


def p50(values: list[float]) -> float:
    """Return the smallest value that half do not exceed."""
    return sorted(values)[(len(values) - 1) // 2]


def _ms(seconds: float) -> float:
    return seconds * 1000
