"""The room as a grid: which seat stands where, what rows and columns are called, and who sits next."""

from collections.abc import Iterable
from functools import cached_property

from kiosk.views.board import SeatLine
from screens.proctor.console.cell import Grid

LONGEST_LABEL = 6


class Room:
    """Seats by name and by place; made afresh from every state of the board."""

    def __init__(self, seats: Iterable[SeatLine]) -> None:
        self.by_name = {line.seat: line for line in seats}
        self._by_place = {(line.row, line.column): line for line in self.by_name.values()}
        self.rows = 1 + max((line.row for line in self.by_name.values()), default=-1)
        self.columns = 1 + max((line.column for line in self.by_name.values()), default=-1)

    def at(self, row: int, column: int) -> SeatLine | None:
        """Return the seat at a place, or None for an aisle."""
        return self._by_place.get((row, column))

    def row_label(self, row: int) -> str:
        """Return what the seats of a row have in common before their number."""
        return self._row_labels[row]

    @property
    def label_width(self) -> int:
        """Cells of the widest row label, with a blank on each side."""
        return 2 + max((len(label) for label in self._row_labels), default=0)

    def head(self, grid: Grid) -> str:
        """Return the line of column labels over a grid."""
        cells = [self._column_label(column, grid.width) for column in range(self.columns)]
        return " " * grid.label + "".join(cells)

    def next(self, seat: str, down: int, right: int) -> str:
        """Return the nearest seat in a direction, or the same one at the edge."""
        here = self.by_name[seat]
        if right:
            found = [s for s in self.by_name.values() if s.row == here.row and (s.column - here.column) * right > 0]
            return min(found, key=lambda s: abs(s.column - here.column), default=here).seat
        found = [s for s in self.by_name.values() if (s.row - here.row) * down > 0]
        return min(found, key=lambda s: (abs(s.row - here.row), abs(s.column - here.column)), default=here).seat

    @cached_property
    def _row_labels(self) -> list[str]:
        names: list[list[str]] = [[] for _ in range(self.rows)]
        for line in self.by_name.values():
            names[line.row].append(line.seat)
        return [_shared([name.rstrip("0123456789") for name in row])[:LONGEST_LABEL] for row in names]

    @cached_property
    def _numbers(self) -> list[str]:
        found: list[set[str]] = [set() for _ in range(self.columns)]
        for line in self.by_name.values():
            found[line.column].add(line.seat[len(line.seat.rstrip("0123456789")) :])
        return [next(iter(numbers)) if len(numbers) == 1 else "" for numbers in found]

    def _column_label(self, column: int, width: int) -> str:
        number = self._numbers[column]
        if width < 3 and len(number) > 1:
            # two digits would touch the next ones: only every fifth column is named
            number = number if int(number) % 5 == 0 else ""
        return f" {number:<{width - 1}}"[:width] if width > 2 else f"{number:>{width}}"[:width]


def _shared(words: list[str]) -> str:
    """Return what all words begin with."""
    first, last = min(words, default=""), max(words, default="")
    return first[: next((n for n, (a, b) in enumerate(zip(first, last, strict=False)) if a != b), len(first))]
