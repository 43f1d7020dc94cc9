"""The seat plan: where each seat stands in the room, by its name or as a file beside the hall's store says."""

import csv
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from kiosk.exam.error import Invalid

FILE = "seats.csv"
"""In the hall's folder: a heading `seat,row,column`, then a line for each seat; rows and columns count from 1."""
LARGEST = 1_000_000
MOST = 200
"""Rows, and columns, of a room."""
_NAMED = re.compile(r"([A-Za-z]{1,2})[-_]?([0-9]{1,4})")


@dataclass(frozen=True, slots=True, order=True)
class Spot:
    """One seat's place in the room, from 0."""

    row: int
    column: int


def laid_out(seats: Iterable[str], given: Mapping[str, Spot] | None = None) -> dict[str, Spot]:
    """Return a spot for every seat, each once, in the order of the room.

    `A12` stands in row A, place 12. A seat whose name says nothing, or whose spot is taken, stands in the rows behind.
    """
    spots: dict[str, Spot] = {}
    taken: set[Spot] = set()
    odd: list[str] = []
    for seat in sorted(set(seats), key=_natural):
        spot = (given or {}).get(seat) or _named(seat)
        if spot is None or spot in taken:
            odd.append(seat)
        else:
            spots[seat] = spot
            taken.add(spot)
    behind = max((s.row for s in taken), default=-1) + 1
    width = max((s.column + 1 for s in taken), default=10)
    for seat, number in zip(odd, count(), strict=False):
        spots[seat] = Spot(behind + number // width, number % width)
    return dict(sorted(spots.items(), key=lambda item: item[1]))


def read_plan(path: Path) -> dict[str, Spot]:
    """Return the spots a plan gives, none where there is no file; raises Invalid, naming the line, for a wrong one."""
    if not path.exists():
        return {}
    if path.stat().st_size > LARGEST:
        raise Invalid(f"The seat plan {path.name} is larger than {LARGEST:,} bytes.")
    lines = csv.reader(path.read_text(encoding="utf-8-sig", errors="replace").splitlines())
    if [cell.strip().lower() for cell in next(lines, [])] != ["seat", "row", "column"]:
        raise Invalid(f"The seat plan {path.name} must begin with the line seat,row,column.")
    spots: dict[str, Spot] = {}
    taken: set[Spot] = set()
    for number, cells in enumerate(lines, 2):
        if not any(cells):
            continue
        spot = _spot(cells)
        if spot is None or cells[0].strip() in spots or spot in taken:
            raise Invalid(f"The seat plan {path.name}, line {number}: a seat, its row and column from 1, each once.")
        spots[cells[0].strip()] = spot
        taken.add(spot)
    return spots


def _spot(cells: list[str]) -> Spot | None:
    if len(cells) != 3 or not cells[0].strip() or not all(c.strip().isdecimal() for c in cells[1:]):
        return None
    row, column = (int(c) - 1 for c in cells[1:])
    return Spot(row, column) if 0 <= row < MOST and 0 <= column < MOST else None


def _named(seat: str) -> Spot | None:
    found = _NAMED.fullmatch(seat)
    if found is None:
        return None
    row = 0
    for letter in found[1].upper():
        row = row * 26 + ord(letter) - 64
    column = int(found[2]) - 1
    return Spot(row - 1, column) if row <= MOST and 0 <= column < MOST else None


def _natural(seat: str) -> tuple[tuple[int, str], ...]:
    return tuple((int(part) if part.isdecimal() else -1, part) for part in re.split(r"(\d+)", seat))
