"""Notices: what the hub found worth a person's look, until the board takes it over."""

from collections import deque
from threading import Lock

from kiosk.exam.text import clean_line
from kiosk.hall.board.need import Need
from kiosk.hall.hub.tails import CONTRADICTION
from kiosk.views.board import Severity

GRAVE = frozenset({CONTRADICTION})
"""Kinds that are raised as an alarm: work may count twice, or not at all."""
MOST = 1_000
"""Kept between two looks of the board; what comes after that many is the same trouble again."""


class Notices:
    """Given to the hub as its `notice`; usable from any thread."""

    def __init__(self) -> None:
        self._waiting: deque[Need] = deque(maxlen=MOST)
        self._lock = Lock()

    def __call__(self, seat: str, kind: str, words: str) -> None:
        """Take note of something about a seat."""
        severity = Severity.ALARM if kind in GRAVE else Severity.WARN
        with self._lock:
            self._waiting.append(Need(seat or None, clean_line(kind, 40), severity, clean_line(words, 300)))

    def drain(self) -> tuple[Need, ...]:
        """Return what came since the last time, each once."""
        with self._lock:
            found = tuple(dict.fromkeys(self._waiting))
            self._waiting.clear()
        return found
