"""The values of a file with the line each stands on."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from kiosk.exam.error import Invalid
from kiosk.exam.text import clean_line

MOST_VALUES = 500_000

Path = tuple[str | int, ...]
"""The way to a value: names of fields and places in lists."""


@dataclass(frozen=True, slots=True)
class Tree:
    """Plain values of a file, and the line of each path, counted from 1."""

    value: Any
    lines: Mapping[Path, int]

    def line(self, path: Path) -> int:
        """Return the line of a path, or of the nearest thing around it that the file has."""
        for end in range(len(path), -1, -1):
            if path[:end] in self.lines:
                return self.lines[path[:end]]
        return 1


class Misread(Invalid):
    """A file that does not hold together, and the line that shows it."""

    def __init__(self, name: str, line: int, words: str) -> None:
        super().__init__(f"{name}, line {line}: {clean_line(words)}")
        self.line = line
        self.note = f"line {line}: {clean_line(words)}"


class Growth:
    """A tree while it is read: one value after another, without recursion, so that depth and count are capped."""

    def __init__(self, name: str, deepest: int) -> None:
        self.name = name
        self.lines: dict[Path, int] = {}
        self.value: Any = None
        self._deepest = deepest
        self._open: list[tuple[Any, Path]] = []
        self._field: list[str | None] = []
        self._begun = False

    @property
    def wants_field(self) -> bool:
        """Whether the next scalar is the name of a field."""
        return bool(self._open) and isinstance(self._open[-1][0], dict) and self._field[-1] is None

    def field(self, name: str, line: int) -> None:
        """Take the name of a field; raises Invalid when the object has it already."""
        holder, path = self._open[-1]
        if name in holder:
            first = self.lines[(*path, name)]
            raise Misread(self.name, line, f"{name!r} stands here for the second time; the first is on line {first}.")
        self._field[-1] = name
        self.lines[(*path, name)] = line

    def add(self, value: Any, line: int) -> None:
        """Take a scalar."""
        self._place(value, line)

    def open(self, holder: dict[str, Any] | list[Any], line: int) -> None:
        """Begin an object or a list; raises Invalid where it is nested too deep."""
        if len(self._open) >= self._deepest:
            raise Misread(self.name, line, f"nested deeper than {self._deepest} levels.")
        self._open.append((holder, self._place(holder, line)))
        self._field.append(None)

    def close(self) -> None:
        """End the object or list begun last."""
        self._open.pop()
        self._field.pop()

    def tree(self) -> Tree:
        """Return what has grown."""
        return Tree(self.value, self.lines)

    def _place(self, value: Any, line: int) -> Path:
        if len(self.lines) > MOST_VALUES:
            raise Misread(self.name, line, f"more than {MOST_VALUES:,} values.")
        if not self._open:
            if self._begun:
                raise Misread(self.name, line, "a second document begins here; an exam file holds one.")
            self._begun = True
            self.value = value
            self.lines[()] = line
            return ()
        holder, path = self._open[-1]
        if isinstance(holder, list):
            holder.append(value)
            here: Path = (*path, len(holder) - 1)
            self.lines[here] = line
            return here
        name = self._field[-1]
        self._field[-1] = None
        holder[name] = value
        return (*path, str(name))
