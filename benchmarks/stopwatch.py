"""A terminal that tells when a change came, to the read in which it came."""

import os
import select
import time
from collections.abc import Callable

from terminal import Terminal

QUIET_SECONDS = 0.05
"""A program that has shown nothing for so long has answered the key."""
LONGEST_SECONDS = 10.0


class TimedTerminal(Terminal):
    """Reads first and looks afterwards, so that looking at one part of a frame does not delay the next."""

    def delay_ms(self, key: str, shown: str | Callable[[str], bool]) -> float:
        """Press a key, and return how long it took until `shown` could be read; then wait until all is quiet."""
        holds = shown if callable(shown) else lambda text: shown in text
        pressed = time.perf_counter()
        self.press(key)
        found: float | None = None
        while found is None:
            for at, data in self._record():
                self._stream.feed(data)
                if found is None and holds(self.text):
                    found = at
            if time.perf_counter() - pressed > LONGEST_SECONDS:
                raise TimeoutError(f"{key} never showed {shown!r}; the screen was:\n{self.text}")
        return (found - pressed) * 1000

    def _record(self) -> list[tuple[float, bytes]]:
        chunks = []
        while select.select([self._fd], [], [], QUIET_SECONDS)[0]:
            data = os.read(self._fd, 65536)
            chunks.append((time.perf_counter(), data))
        return chunks
