"""A disk that forgets: what may be found on it after the power is cut between any two calls.

What was flushed is there. Of what was not, there may be nothing, everything, the first part, or any sectors of any of
it. Names obey their folder: new, taken away or changed ones are sure only once the folder was flushed, and come in the
order they were made. Nobody else's bytes are harmed. `IGNORED` files are not read after a start of the machine.
"""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path, PurePosixPath
from random import Random
from typing import Any

from disk_trace import Create, Note, Operation, Rename, Sync, Truncate, Unlink, Write

SECTOR = 512
IGNORED = "-shm"
TORN = 0.4
"""Of the writes that are kept, how many are torn."""


class Loss(StrEnum):
    """How much of what was not flushed is lost."""

    EVERYTHING = "everything"
    NOTHING = "nothing"
    THE_LAST = "the last"
    ANY_SECTORS = "any sectors"


@dataclass(frozen=True, slots=True)
class Crash:
    """One state of the disk, and every acknowledgement that had been given before."""

    point: int
    loss: Loss
    files: Mapping[str, bytes]
    notes: tuple[dict[str, Any], ...]

    def put(self, folder: Path) -> None:
        """Lay the files out in an empty folder."""
        for name, data in self.files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)


class _File:
    def __init__(self, data: bytes = b"") -> None:
        self.sure = bytearray(data)
        self.now = bytearray(data)
        self.pending: list[tuple[int, Write | Truncate]] = []


class Disk:
    """Follows the calls of a trace, knowing what is sure and what is not."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self._sure = {name: _File(data) for name, data in files.items()}
        self._now = dict(self._sure)
        self._names: list[tuple[int, str, _File | None]] = []
        """Names given (or, with None, taken away) and not flushed."""
        self._count = 0

    def do(self, operation: Operation) -> None:
        """Follow one call."""
        self._count += 1
        match operation:
            case Create(path) if path not in self._now:
                self._name(path, _File())
            case Unlink(path):
                self._name(path, None)
            case Rename(path, to):
                file = self._now[path]
                self._name(to, file)
                self._name(path, None)
            case Write(path, offset, data):
                file = self._now[path]
                self._change(file, Write(path, len(file.now) if offset < 0 else offset, data))
            case Truncate(path):
                self._change(self._now[path], operation)
            case Sync(path) if path in self._now:
                file = self._now[path]
                file.sure, file.pending = bytearray(file.now), []
            case Sync(path):
                self._flush_names(path)

    def crash(self, loss: Loss, random: Random) -> dict[str, bytes]:
        """Return the files that may be found after a cut now."""
        last = _last_kept(loss, random, self._count)
        files: dict[str, bytes] = {}
        for name, file in self._names_after(loss, last, random).items():
            data = bytearray(file.sure)
            for number, change in file.pending:
                if number <= last:
                    _spoil(data, change, loss, random)
            files[name] = bytes(data)
        return files

    def _name(self, path: str, file: _File | None) -> None:
        self._names.append((self._count, path, file))
        _put(self._now, path, file)

    def _change(self, file: _File, change: Write | Truncate) -> None:
        file.pending.append((self._count, change))
        _apply(file.now, change)

    def _flush_names(self, folder: str) -> None:
        for _, path, file in self._names:
            if str(PurePosixPath(path).parent) == folder:
                _put(self._sure, path, file)
        self._names = [n for n in self._names if str(PurePosixPath(n[1]).parent) != folder]

    def _names_after(self, loss: Loss, last: int, random: Random) -> dict[str, _File]:
        if loss is Loss.ANY_SECTORS:
            last = random.randrange(self._count + 1)
        names = dict(self._sure)
        for number, path, file in self._names:
            if number <= last:
                _put(names, path, file)
        return names


def crashes(
    files: Mapping[str, bytes], trace: list[Operation], tries: Mapping[Loss, int], seed: int
) -> Iterator[Crash]:
    """Yield every different state a cut may leave, at every call of a trace; `tries` says how often to draw each loss.

    States that differ neither in files nor in what had been acknowledged are yielded once.
    """
    disk, random = Disk(files), Random(seed)
    notes: tuple[dict[str, Any], ...] = ()
    seen: set[bytes] = set()
    for point, operation in enumerate(trace):
        if isinstance(operation, Note):
            notes += (operation.says,)
        disk.do(operation)
        for loss, times in tries.items():
            for _ in range(times):
                found = {n: d for n, d in disk.crash(loss, random).items() if not n.endswith(IGNORED)}
                if (digest := _digest(found, len(notes))) not in seen:
                    seen.add(digest)
                    yield Crash(point, loss, found, notes)


def files_under(folder: Path) -> dict[str, bytes]:
    """Return every file of a folder by relative path."""
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def _last_kept(loss: Loss, random: Random, count: int) -> int:
    if loss is Loss.THE_LAST:
        return random.randrange(count + 1)
    return 0 if loss is Loss.EVERYTHING else count


def _spoil(data: bytearray, change: Write | Truncate, loss: Loss, random: Random) -> None:
    if loss in (Loss.EVERYTHING, Loss.NOTHING):
        _apply(data, change)
    elif loss is Loss.ANY_SECTORS and random.random() < 0.5:
        return
    elif isinstance(change, Write) and random.random() < TORN:
        for start in range(0, len(change.data), SECTOR):
            if random.random() < 0.5:
                _apply(data, Write(change.path, change.offset + start, change.data[start : start + SECTOR]))
    else:
        _apply(data, change)


def _apply(data: bytearray, change: Write | Truncate) -> None:
    length = change.length if isinstance(change, Truncate) else change.offset
    if len(data) < length:
        data.extend(bytes(length - len(data)))
    if isinstance(change, Write):
        data[change.offset : change.offset + len(change.data)] = change.data
    else:
        del data[change.length :]


def _put(names: dict[str, _File], path: str, file: _File | None) -> None:
    if file is None:
        names.pop(path, None)
    else:
        names[path] = file


def _digest(files: Mapping[str, bytes], notes: int) -> bytes:
    digest = hashlib.blake2b(str(notes).encode(), digest_size=16)
    for name in sorted(files):
        digest.update(f"{name} {len(files[name])} ".encode())
        digest.update(files[name])
    return digest.digest()
