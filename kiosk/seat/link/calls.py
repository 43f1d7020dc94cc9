"""Calls that wait for an answer: each has a number, and an answer that nobody waits for any more is passed over."""

from concurrent.futures import Future
from itertools import count
from threading import Lock

from kiosk.seat.caller import LOST
from kiosk.views.authority import HallLost
from kiosk.wire import line


class Calls:
    """Usable from any thread."""

    def __init__(self) -> None:
        self._numbers = count(1)
        self._waiting: dict[int, Future[line.Answer]] = {}
        self._lock = Lock()

    def open(self) -> tuple[int, Future[line.Answer]]:
        """Return the number of a new call, and what its answer will be put into."""
        with self._lock:
            number, answer = next(self._numbers), Future[line.Answer]()
            self._waiting[number] = answer
            return number, answer

    def answer(self, number: int, answer: line.Answer) -> None:
        """Hand over an answer that came."""
        waiting = self._take(number)
        if waiting is not None:
            waiting.set_result(answer)

    def drop(self, number: int) -> None:
        """Wait for a call no longer."""
        self._take(number)

    def cut(self) -> None:
        """Tell all who wait that the line is cut; whether the hall did what it was asked is not known."""
        with self._lock:
            waiting, self._waiting = self._waiting, {}
        for answer in waiting.values():
            answer.set_exception(HallLost(LOST))

    def __len__(self) -> int:
        return len(self._waiting)

    def _take(self, number: int) -> Future[line.Answer] | None:
        with self._lock:
            return self._waiting.pop(number, None)
