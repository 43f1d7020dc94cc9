"""The doorkeeper: codes and PINs are tried here, and each wrong try makes the next one wait longer."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Protocol, TypeVar

from kiosk.exam.error import Denied
from kiosk.exam.moment import Clock, parse_iso

T = TypeVar("T")
FREE_TRIES = 2
"""Wrong tries that cost no waiting: a slip of the finger is not an attack."""
FIRST_WAIT = 5
LONGEST_WAIT = 300


def wait_seconds(wrong_tries: int) -> int:
    """Return how long a door stays shut after so many wrong tries in a row: 0, 0, 5, 10, 20 ... at most 300 s."""
    doublings = wrong_tries - FREE_TRIES - 1
    return 0 if doublings < 0 else min(LONGEST_WAIT, FIRST_WAIT << min(doublings, 16))


class Try(Protocol):
    """What became of somebody who came to a door."""

    @property
    def may(self) -> bool:
        """Whether the try may be judged."""
        ...

    @property
    def open_at(self) -> datetime:
        """When the next try may be made."""
        ...


class Doors(Protocol):
    """Where a place counts wrong tries, across restarts."""

    def count(self, doors: Iterable[str], now: datetime, wait_seconds: Callable[[int], int]) -> Try:
        """Count a try as wrong at every door, unless one is shut."""
        ...

    def clear(self, doors: Iterable[str]) -> None:
        """Forget the wrong tries at some doors."""
        ...


class Doorkeeper:
    """Lets one try at a time through a door, by the place's wall clock."""

    def __init__(self, doors: Doors, clock: Clock) -> None:
        self._doors = doors
        self._clock = clock

    def judge(self, doors: Iterable[str], judgement: Callable[[], T | None], refusal: str) -> T:
        """Return what `judgement` finds, and open the doors wide.

        Raises Denied while a door is shut, and with `refusal` when nothing is found; both know how long to wait, for
        whoever shows them to say.
        """
        names = tuple(doors)
        now = parse_iso(self._clock.now().at)
        tried = self._doors.count(names, now, wait_seconds)
        wait = -((now - tried.open_at) // timedelta(seconds=1))
        if not tried.may:
            raise Denied("Too many wrong tries.", wait_seconds=wait)
        found = judgement()
        if found is None:
            raise Denied(refusal, wait_seconds=wait)
        self._doors.clear(names)
        return found
