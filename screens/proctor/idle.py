"""The end of a proctor's forgotten visit: without a key for a while, what was opened closes."""

from collections.abc import Callable
from typing import Any

from textual.screen import Screen
from textual.timer import Timer

IDLE_SECONDS = 90


class Idle:
    """Calls back once nothing has been touched for `IDLE_SECONDS`."""

    def __init__(self, screen: Screen[Any], callback: Callable[[], None]) -> None:
        self._screen, self._callback = screen, callback
        self._timer: Timer | None = None

    def touch(self) -> None:
        """Somebody is there: begin to wait anew."""
        self.stop()
        self._timer = self._screen.set_timer(IDLE_SECONDS, self._callback)

    def stop(self) -> None:
        """Wait no more."""
        if self._timer is not None:
            self._timer.stop()
            self._timer = None
