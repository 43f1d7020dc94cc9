"""A list of candidates as CSV: read whole or not at all, every fault named by line and column."""

import csv
import io
from collections.abc import Mapping, Sequence

from kiosk.exam.accommodation import Accommodation
from kiosk.exam.error import Invalid
from kiosk.exam.person import Person
from kiosk.office.person import candidate

COLUMNS = ("name", "rollNumber", "email", "extraPercent", "extraMinutes", "restBreaks")
NEEDED = ("name", "rollNumber")
MOST_ROWS = 100_000
LARGEST_CELL = 64 * 1024
MOST_FAULTS = 20
"""Faults that are named before reading stops."""


def read_candidates(content: bytes) -> tuple[Person, ...]:
    """Return the candidates of a CSV file (UTF-8, first line the names of columns).

    Raises Invalid naming line and column of everything that is wrong, and then nobody is returned.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Invalid(f"the file is not UTF-8 (byte {error.start})") from error
    rows = csv.reader(io.StringIO(text, newline=""), strict=True)
    people: list[Person] = []
    faults: list[str] = []
    try:
        header = _header(next(rows, []))
        for row in rows:
            if any(cell.strip() for cell in row):
                _read_row(header, row, rows.line_num, people, faults)
            if len(people) > MOST_ROWS or len(faults) >= MOST_FAULTS:
                break
    except csv.Error as error:
        raise Invalid(f"line {rows.line_num}: {error}") from error
    if len(people) > MOST_ROWS:
        raise Invalid(f"more than {MOST_ROWS:,} candidates: split the file")
    faults += _doubled(people)
    if faults:
        raise Invalid("\n".join(faults))
    if not people:
        raise Invalid("the file names nobody")
    return tuple(people)


def _header(names: Sequence[str]) -> tuple[str, ...]:
    header = tuple(name.strip() for name in names)
    for name in header:
        if name not in COLUMNS:
            raise Invalid(f"line 1: there is no column {name!r}; known are {', '.join(COLUMNS)}")
    if len(set(header)) < len(header):
        raise Invalid("line 1: a column stands twice")
    for name in NEEDED:
        if name not in header:
            raise Invalid(f"line 1: the column {name} is missing")
    return header


def _read_row(header: Sequence[str], row: Sequence[str], line: int, people: list[Person], faults: list[str]) -> None:
    if len(row) != len(header):
        faults.append(f"line {line}: {len(row)} cells instead of {len(header)}")
        return
    if any(len(cell) > LARGEST_CELL for cell in row):
        faults.append(f"line {line}: a cell is longer than {LARGEST_CELL:,} characters")
        return
    cells = {name: cell.strip() for name, cell in zip(header, row, strict=True)}
    try:
        person = candidate(
            cells["name"], cells["rollNumber"], email=cells.get("email") or None, accommodation=_extra(cells)
        )
    except Invalid as error:
        faults.append(f"line {line}: {error.message}")
        return
    people.append(person)


def _extra(cells: Mapping[str, str]) -> Accommodation:
    rest = cells.get("restBreaks", "").lower()
    if rest not in ("", "true", "false"):
        raise Invalid("restBreaks is true or false")
    return Accommodation(
        extra_percent=_whole(cells, "extraPercent"),
        extra_ms=_whole(cells, "extraMinutes") * 60_000,
        rest_breaks=rest == "true",
    )


def _whole(cells: Mapping[str, str], name: str) -> int:
    text = cells.get(name, "") or "0"
    if not (text.isascii() and text.isdigit() and len(text) < 6):
        raise Invalid(f"{name} is a whole number, not {text[:20]!r}")
    return int(text)


def _doubled(people: Sequence[Person]) -> list[str]:
    seen: set[str] = set()
    faults: list[str] = []
    for person in people:
        roll = person.roll_number or ""
        if roll in seen and len(faults) < MOST_FAULTS:
            faults.append(f"the roll number {roll} stands twice")
        seen.add(roll)
    return faults
