"""Seats in trouble: a wall clock set wrong, a disk that is full; the console says so, and nothing is lost."""

import random
from time import monotonic

from kiosk.exam.error import KioskError
from kiosk.rehearsal.drill.exercise import Exercise
from kiosk.rehearsal.drill.floor import Floor
from kiosk.rehearsal.drill.machine import until
from kiosk.rehearsal.drill.seat_loss import TICK_MS

HOUR_SECONDS = 3_600
SEEN_SECONDS = 15.0


def clock_skewed(floor: Floor, dice: random.Random) -> Exercise:
    """Set a seat's wall clock an hour ahead, and an hour back: the time left goes on, and the console warns."""
    machine = dice.choice(floor.at_work)
    worst, seen = 0, [0.0]
    try:
        for skew in (HOUR_SECONDS, -HOUR_SECONDS):
            before = machine.state()
            machine.ask("skew", seconds=skew)
            set_at = monotonic()
            until(lambda: floor.needs(machine.name, "clock"), "the console warns of the clock", 2 * SEEN_SECONDS)
            seen.append(monotonic() - set_at)
            after = machine.state()
            gone = (after["at"] - before["at"]) * 1000
            worst = max(worst, round(abs(before["left"] - after["left"] - gone)))
            machine.ask("skew", seconds=0)
            until(lambda: not floor.needs(machine.name, "clock"), "the console's warning of the clock over")
    finally:
        machine.ask("skew", seconds=0)
    return Exercise(
        name="clock 1 h ahead, 1 h back",
        measured=worst / 1000,
        target=TICK_MS / 1000,
        unit="s",
        words=f"{machine.name}: off by so much in time left; the console warned after {max(seen):.1f} s",
    )


def disk_full(floor: Floor, dice: random.Random) -> Exercise:
    """Fill a seat's disk under typing; once the console says so, make room and switch the seat on again."""
    machine = dice.choice(floor.at_work)
    candidate = machine.candidate
    assert candidate is not None
    filled = monotonic()
    machine.fill_disk()
    machine.work(True)
    until(lambda: floor.needs(machine.name, "save"), "the console says that the seat cannot save", 2 * SEEN_SECONDS)
    took, held = monotonic() - filled, len(candidate.acks)
    machine.kill()
    machine.start()
    after = floor.go_on(machine, candidate)
    if not candidate.acks or candidate.acks[-1].text.split()[-1] not in after["text"].split():
        raise KioskError(f"{machine.name} forgot its last saved answer when its disk was full.")
    machine.work(True)
    until(lambda: len(candidate.acks) > held, f"{machine.name} saves again")
    return Exercise(
        name="disk full",
        measured=took,
        target=SEEN_SECONDS,
        unit="s",
        words=f"{machine.name}: until the console said so; after room was made it went on with the last saved answer",
    )
