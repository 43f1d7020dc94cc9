"""What a program asked of its disk, in order, as strace saw it; its acknowledgements stand among the calls.

An acknowledgement is one line of JSON written to the file `NOTES` in one call. It is in the trace by its own number, so
what had reached the disk before it is never in doubt.
"""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from proof import need_strace

NOTES = "acknowledgements"
CALLS = (
    "openat,creat,write,pwrite64,writev,pwritev,pwritev2,ftruncate,fallocate,fsync,fdatasync,"
    "unlink,unlinkat,rename,renameat,renameat2"
)
UNSEEN = frozenset({"writev", "pwritev", "pwritev2", "fallocate", "creat"})
"""Calls that would change a file in ways this reader does not follow; one on a watched file stops the proof."""
LONGEST = 4 * 2**20
"""Bytes of one call that are recorded."""
PATIENCE = 240

_LINE = re.compile(r"^(\d+) +(\w+)\((.*)\) += (-?\d+)")
_CUT = re.compile(r"^(\d+) +(\w+)\((.*) <unfinished \.\.\.>$")
_REST = re.compile(r"^(\d+) +<\.\.\. (\w+) resumed>(.*)$")
_TEXT = re.compile(r'"((?:\\x[0-9a-f]{2})*)"')
_FILE = re.compile(r"^(?:\d+|AT_FDCWD)<([^>]*)>")


@dataclass(frozen=True, slots=True)
class Write:
    """Bytes put at a place in a file."""

    path: str
    offset: int
    data: bytes


@dataclass(frozen=True, slots=True)
class Truncate:
    """A file made this long."""

    path: str
    length: int


@dataclass(frozen=True, slots=True)
class Create:
    """A name given to an empty file, unless there was a file of that name."""

    path: str


@dataclass(frozen=True, slots=True)
class Unlink:
    """A name taken away."""

    path: str


@dataclass(frozen=True, slots=True)
class Rename:
    """A file given another name."""

    path: str
    to: str


@dataclass(frozen=True, slots=True)
class Sync:
    """Everything written to a file, or every name of a folder, on the disk when this came back."""

    path: str


@dataclass(frozen=True, slots=True)
class Note:
    """An acknowledgement."""

    says: dict[str, Any]


Operation = Write | Truncate | Create | Unlink | Rename | Sync | Note


def record(program: Path, folder: Path, order: dict[str, Any], notes: Path) -> list[Operation]:
    """Run a Python program under strace; return what it asked of the disk under `folder`, by relative path.

    The program is given the file for its notes and its order. It must end by itself and well.
    """
    need_strace()
    trace = notes.with_suffix(".trace")
    notes.touch()
    command = ["strace", "-f", "--seccomp-bpf", "-y", "-xx", "-s", str(LONGEST), "-e", f"trace={CALLS}"]
    run = subprocess.run(
        [*command, "-o", str(trace), sys.executable, str(program), str(notes), json.dumps(order)],
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "PYTHONDONTWRITEBYTECODE": "1"},
    )
    assert run.returncode == 0, run.stderr[-4_000:] or notes.read_text()[-1_000:]
    return list(read(trace, folder.resolve(), notes.resolve()))


def read(trace: Path, folder: Path, notes: Path) -> Iterator[Operation]:
    """Read a trace; a call counts from the moment it came back."""
    with trace.open(encoding="ascii") as lines:
        for call, arguments, result in _calls(lines):
            if result >= 0 and (operation := _operation(call, arguments, result, folder, notes)) is not None:
                yield operation


def _calls(lines: Iterator[str]) -> Iterator[tuple[str, str, int]]:
    begun: dict[str, str] = {}
    for line in lines:
        if cut := _CUT.match(line):
            begun[cut[1]] = f"{cut[1]} {cut[2]}({cut[3]}"
            continue
        rest = _REST.match(line)
        whole = _LINE.match(begun.pop(rest[1]) + rest[3] if rest else line)
        if whole:
            yield whole[2], whole[3], int(whole[4])


def _operation(call: str, arguments: str, result: int, folder: Path, notes: Path) -> Operation | None:
    if call in ("write", "pwrite64", "ftruncate", "fsync", "fdatasync") or call in UNSEEN:
        path = _plain(_FILE.match(arguments)[1]) if _FILE.match(arguments) else ""  # type: ignore[index]
        if path == str(notes) and call == "write":
            return Note(json.loads(_bytes(arguments)))
        name = _within(path, folder)
        return None if name is None else _on_file(call, name, arguments, result)
    names = [_bytes(text).decode() for text in _quoted(arguments)]
    inside = [_within(name, folder) for name in names]
    if not any(inside):
        return None
    assert all(inside), f"{call} across the border of the watched folder: {names}"
    return _on_name(call, [name for name in inside if name], arguments)


def _on_file(call: str, name: str, arguments: str, result: int) -> Operation | None:
    if call == "ftruncate":
        return Truncate(name, int(arguments.rpartition(", ")[2]))
    if call in ("fsync", "fdatasync"):
        return Sync(name)
    assert call not in UNSEEN, f"{call} on {name} is not followed"
    data = _bytes(arguments)
    offset = int(arguments.rpartition(", ")[2]) if call == "pwrite64" else -1
    assert len(data) >= result, "a write was recorded in part"
    return Write(name, offset, data[:result])


def _on_name(call: str, names: list[str], arguments: str) -> Operation | None:
    if call == "openat":
        assert "O_TRUNC" not in arguments, f"{names[0]} is emptied on opening, which is not followed"
        return Create(names[0]) if "O_CREAT" in arguments else None
    if call.startswith("unlink"):
        return Unlink(names[0])
    if call.startswith("rename"):
        return Rename(names[0], names[1])
    return None


def _within(path: str, folder: Path) -> str | None:
    path = path.removesuffix(" (deleted)")
    if path == str(folder):
        return "."
    return path[len(str(folder)) + 1 :] if path.startswith(f"{folder}/") else None


def _quoted(arguments: str) -> list[str]:
    return [found[0] for found in _TEXT.finditer(arguments)]


def _bytes(arguments: str) -> bytes:
    found = _TEXT.search(arguments)
    assert found is not None, arguments[:200]
    return bytes.fromhex(found[1].replace("\\x", ""))


def _plain(text: str) -> str:
    return bytes.fromhex(text.replace("\\x", "")).decode() if text.startswith("\\x") else text
