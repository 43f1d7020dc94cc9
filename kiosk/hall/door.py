"""The doorkeeper: codes and PINs are tried here, and each wrong try makes the next one wait longer."""

from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import TypeVar

from kiosk.exam.error import Denied
from kiosk.exam.moment import Clock, parse_iso
from storage.hall.door import DoorPart

T = TypeVar("T")
FREE_TRIES = 2
"""Wrong tries that cost no waiting: a slip of the finger is not an attack."""
FIRST_WAIT = 5
LONGEST_WAIT = 300


def wait_seconds(wrong_tries: int) -> int:
    """Return how long a door stays shut after so many wrong tries in a row: 0, 0, 5, 10, 20 ... at most 300 s."""
    doublings = wrong_tries - FREE_TRIES - 1
    return 0 if doublings < 0 else min(LONGEST_WAIT, FIRST_WAIT << min(doublings, 16))


class Doorkeeper:
    """Lets one try at a time through a door, by the hall's wall clock."""

    def __init__(self, doors: DoorPart, clock: Clock) -> None:
        self._doors = doors
        self._clock = clock

    def judge(self, doors: Iterable[str], judgement: Callable[[], T | None], refusal: str) -> T:
        """Return what `judgement` finds, and open the doors wide.

        Raises Denied while a door is shut, and with `refusal` when nothing is found; both say how long to wait.
        """
        names = tuple(doors)
        now = parse_iso(self._clock.now().at)
        tried = self._doors.count(names, now, wait_seconds)
        wait = -((now - tried.open_at) // timedelta(seconds=1))
        if not tried.may:
            raise Denied(f"Too many wrong tries. Wait {wait} s, then try again.", wait_seconds=wait)
        found = judgement()
        if found is None:
            raise Denied(f"{refusal} Wait {wait} s before the next try." if wait else refusal, wait_seconds=wait)
        self._doors.clear(names)
        return found
