"""A real terminal for a real program: a pty, its screen kept by pyte, and waiting by what can be read."""

import fcntl
import os
import pty
import select
import signal
import struct
import termios
import time
from collections.abc import Callable, Mapping, Sequence
from types import TracebackType
from typing import Self

import pyte

KEYS: Mapping[str, str] = {
    "enter": "\r", "tab": "\t", "escape": "\x1b", "space": " ", "backspace": "\x7f",
    "up": "\x1b[A", "down": "\x1b[B", "right": "\x1b[C", "left": "\x1b[D",
    "home": "\x1b[H", "end": "\x1b[F", "pageup": "\x1b[5~", "pagedown": "\x1b[6~",
    "f1": "\x1bOP", "f2": "\x1bOQ", "f3": "\x1bOR", "f4": "\x1bOS", "f5": "\x1b[15~", "f6": "\x1b[17~",
    "f7": "\x1b[18~", "f8": "\x1b[19~", "f9": "\x1b[20~", "f10": "\x1b[21~", "f12": "\x1b[24~",
    "ctrl+c": "\x03", "ctrl+d": "\x04", "ctrl+o": "\x0f", "ctrl+p": "\x10", "ctrl+q": "\x11", "ctrl+s": "\x13",
    "ctrl+z": "\x1a", "ctrl+backslash": "\x1c",
}  # fmt: skip


class _Screen(pyte.Screen):
    """Counts the bells."""

    bells = 0

    def bell(self, *args: object) -> None:
        self.bells += 1


class Terminal:
    """One program in a terminal of a given size."""

    def __init__(
        self, argv: Sequence[str], env: Mapping[str, str] | None = None, columns: int = 80, rows: int = 24
    ) -> None:
        self._screen = _Screen(columns, rows)
        self._stream = pyte.ByteStream(self._screen)
        self._lines: dict[int, str] = {}
        self.status: int | None = None
        self.read_at = 0.0
        """When the last bytes came, in seconds of `time.perf_counter`."""
        self.pid, self._fd = pty.fork()
        if self.pid == 0:
            environment = {**os.environ, "TERM": "xterm-256color", "COLORTERM": "truecolor", **(env or {})}
            os.execvpe(argv[0], list(argv), environment)
        fcntl.ioctl(self._fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self.close()

    @property
    def text(self) -> str:
        """What can be read on the screen now; only lines that have changed are read anew."""
        screen = self._screen
        for number in screen.dirty:
            self._lines[number] = "".join(screen.buffer[number][x].data for x in range(screen.columns)).rstrip()
        screen.dirty.clear()
        return "\n".join(self._lines[number] for number in range(screen.lines))

    @property
    def title(self) -> str:
        """What the program has set as the window's title."""
        return self._screen.title

    @property
    def bells(self) -> int:
        """How often the program has rung."""
        return self._screen.bells

    def press(self, *keys: str) -> None:
        """Press keys by name, or type plain text."""
        for key in keys:
            os.write(self._fd, KEYS.get(key, key).encode())

    def wait(self, wanted: str | Callable[[str], bool], seconds: float = 30) -> str:
        """Read until `wanted` is on the screen, and return the screen; fails with the screen after `seconds`."""
        holds = wanted if callable(wanted) else lambda text: wanted in text
        deadline = time.monotonic() + seconds
        while not holds(self.text):
            if time.monotonic() > deadline or not self._read(0.2):
                raise AssertionError(f"never saw {wanted!r}; the screen was:\n{self.text}")
        return self.text

    def settle(self, seconds: float = 0.4) -> str:
        """Read until the program has had nothing to show for a moment, and return the screen."""
        while select.select([self._fd], [], [], seconds)[0] and self._read(0):
            continue
        return self.text

    def wait_gone(self, seconds: float = 30) -> int:
        """Read until the program ends and return its exit status (negative for a signal)."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            self._read(0.05)
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.status = os.waitstatus_to_exitcode(status)
                return self.status
        raise AssertionError(f"the program did not end; the screen was:\n{self.text}")

    def signal(self, number: signal.Signals) -> None:
        """Send the program a signal."""
        os.kill(self.pid, number)

    def close(self) -> None:
        """End the program, whatever it is doing."""
        if self.status is None:
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
            self.status = -signal.SIGKILL
        os.close(self._fd)

    def _read(self, seconds: float) -> bool:
        ready, _, _ = select.select([self._fd], [], [], seconds)
        if not ready:
            return True
        try:
            data = os.read(self._fd, 65536)
        except OSError:
            return False
        self.read_at = time.perf_counter()
        self._stream.feed(data)
        return bool(data)
