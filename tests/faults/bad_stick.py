"""A stick that fails: every call of this process that touches its folder passes here, is counted, and may be spoilt.

It may be unplugged at the n-th call, refuse every write, or lie: say that bytes are flushed, and keep others.
"""

import errno
import io
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest.mock import patch

Lie = Callable[[bytes], bytes | None]
"""What a stick keeps in place of what it was given; None where it keeps no file."""
LIES: dict[str, Lie] = {
    "nothing is kept": lambda data: b"",
    "the file is gone": lambda data: None,
    "the end is cut": lambda data: data[: len(data) // 2],
    "the last sector is empty": lambda data: data[:-512] + bytes(min(512, len(data))),
    "one bit is turned": lambda data: (
        data[: len(data) // 3] + bytes([data[len(data) // 3] ^ 8]) + data[len(data) // 3 + 1 :]
    ),
    "every byte is zero": lambda data: bytes(len(data)),
    "the beginning comes twice": lambda data: data[:512] + data[: len(data) - 512],
}
WRITING = frozenset({"open", "fsync", "rename", "replace", "unlink", "mkdir"})
CALLS = ("open", "fsync", "rename", "replace", "unlink", "mkdir", "stat", "lstat", "statvfs", "listdir", "scandir")


@dataclass
class Stick:
    """One stick, and what is wrong with it."""

    folder: Path
    fails_at: int | None = None
    """The number of the call from which on every one fails."""
    error: int = errno.EIO
    only_writes: bool = False
    """Whether reading goes on working after that."""
    lies: dict[int, Lie] = field(default_factory=dict)
    """By the number of the flush they come at."""
    calls: int = 0
    flushes: int = 0
    _open: dict[int, Path] = field(default_factory=dict)

    @contextmanager
    def plugged_in(self) -> Iterator["Stick"]:
        """Let this process meet the stick."""
        real = {name: getattr(os, name) for name in CALLS}
        patches = [patch.object(os, name, self._through(name, real[name])) for name in CALLS]
        patches.append(patch.object(io, "open", self._through("open", io.open)))
        for each in patches:
            each.start()
        try:
            yield self
        finally:
            for each in patches:
                each.stop()

    def _through(self, name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*given: Any, **named: Any) -> Any:
            path = self._touched(given[0] if given else ".")
            if path is None:
                return real(*given, **named)
            self.calls += 1
            if self._is_broken(name):
                raise OSError(self.error, os.strerror(self.error), str(path))
            result = real(*given, **named)
            if name == "open" and isinstance(result, int):
                self._open[result] = path
            if name == "fsync" and path.is_file():
                self._flushed(path)
            return result

        return call

    def _touched(self, what: Any) -> Path | None:
        if isinstance(what, int):
            path = self._open.get(what)
            return path if path is not None and _is_at(what, path) else None
        path = Path(os.fsdecode(what))
        return path if path == self.folder or self.folder in path.parents else None

    def _is_broken(self, name: str) -> bool:
        gone = self.fails_at is not None and self.calls >= self.fails_at
        return gone and (name in WRITING or not self.only_writes)

    def _flushed(self, path: Path) -> None:
        self.flushes += 1
        if (lie := self.lies.get(self.flushes)) is None:
            return
        data = lie(path.read_bytes())
        if data is None:
            path.unlink()
        else:
            path.write_bytes(data)


def _is_at(handle: int, path: Path) -> bool:
    try:
        return Path(f"/proc/self/fd/{handle}").readlink() == path
    except OSError:
        return False
