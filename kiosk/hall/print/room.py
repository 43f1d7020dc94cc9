"""The room: where a seat stands by its name, a row of letters and a number, as the console draws it."""

import re
from collections.abc import Iterable

_NAME = re.compile(r"(.*?)([0-9]{1,4})", re.DOTALL)


def place_of(seat: str) -> tuple[str, int] | None:
    """Return row and number of a seat, ("A", 12) for A12; None for a name that names no place."""
    found = _NAME.fullmatch(seat.strip())
    return None if found is None or not found[1].strip() else (found[1].strip().upper(), int(found[2]))


def rows_of(seats: Iterable[str]) -> tuple[str, ...]:
    """Return the rows that have a seat, A before B, Z before AA."""
    rows = {place[0] for place in map(place_of, seats) if place is not None}
    return tuple(sorted(rows, key=lambda row: (len(row), row)))


def numbers_of(seats: Iterable[str]) -> tuple[int, ...]:
    """Return the numbers from the least to the greatest that has a seat; one nobody has is an aisle."""
    numbers = {place[1] for place in map(place_of, seats) if place is not None}
    return tuple(range(min(numbers), max(numbers) + 1)) if numbers else ()


def unplaced(seats: Iterable[str]) -> tuple[str, ...]:
    """Return the seats whose names name no place, sorted."""
    return tuple(sorted({seat for seat in seats if place_of(seat) is None}))
