"""A worker: counts a few bundles at a time, and waits for the next without being told of it.

It asks at an uneven beat instead of listening for notices: that works on a file as on a server and through a pool of
connections, and a notice that was missed costs nothing.
"""

import random
from collections.abc import Callable

from kiosk.central.counting import Counting, Settled
from storage.engine import StoreError

BEAT_SECONDS = 2.0
"""Between two looks at an empty queue, give or take a half, so that many workers do not ask at once."""
LONGEST_SECONDS = 60.0
"""Between two tries while the store does not answer."""
QUIET_BEATS = 30
"""Looks at an empty queue between two times of doing what is to be done when nothing waits."""
MOST_TRIES = 6
"""At a store that does not answer, where the work is to end by itself."""

Wait = Callable[[float], bool]
"""Waits so many seconds, or less when the work is to stop; returns whether it is."""


class Worker:
    """Counts until the queue is empty, or until it is told to stop; the bundles in hand are always finished."""

    def __init__(self, counting: Counting, wait: Wait, idle: Callable[[], None] = lambda: None) -> None:
        """`idle` is done when nothing waits any more, and now and then while nothing comes."""
        self._counting = counting
        self._wait = wait
        self._idle = idle

    def run(self, told: Callable[[Settled], None], *, once: bool, again: bool = False) -> None:
        """Count what waits; with `once`, end when nothing does. `again` tries first what failed before.

        Raises StoreError where the store does not answer and the work is to end by itself; otherwise it is asked again,
        at longer and longer pauses.
        """
        tries = quiet = 0
        while not self._wait(0):
            try:
                if again:
                    self._counting.renew(again=True)
                    again = False
                done = self._counting.some()
                has_more = bool(done) or self._counting.renew() > 0
            except StoreError:
                tries += 1
                if once and tries >= MOST_TRIES:
                    raise
                self._wait(min(2.0**tries / 10, LONGEST_SECONDS) * _uneven())
                continue
            tries = 0
            for settled in done:
                told(settled)
            if done:
                quiet = 0
            elif not has_more:
                if once:
                    return
                if quiet % QUIET_BEATS == 0:
                    self._idle()
                quiet += 1
                self._wait(BEAT_SECONDS * _uneven())


def _uneven() -> float:
    return random.uniform(0.5, 1.5)  # noqa: S311 - a beat, not a secret
