"""How the console shares the screen between map and list, by the size of both."""

from dataclasses import dataclass

BESIDE = 110
"""From this width on the list stands beside the map, with a card below it."""
FRAME_ROWS = 8
"""Rows that are neither map nor list where one stands above the other: header, captions, lines below."""
LEAST_LIST = 4
LEAST_RIGHT = 40
MOST_RIGHT = 64
CELLS = (11, 10, 9, 8, 7, 6, 5, 4, 3, 2)


@dataclass(frozen=True, slots=True)
class Share:
    """What each part gets."""

    beside: bool
    right: int
    """Columns of the list, where it stands beside the map."""
    map_rows: int
    """Rows of the map with its column labels, where it stands above the list."""


def share(width: int, height: int, columns: int, rows: int, label: int) -> Share:
    """Return the roomiest shares for a hall of so many columns and rows of seats."""
    left = (label + columns * cells + 2 for cells in CELLS)
    right = next((width - wanted for wanted in left if width - wanted >= LEAST_RIGHT), LEAST_RIGHT)
    room = max(2, height - FRAME_ROWS - LEAST_LIST)
    lines = 2 if rows * 2 + 1 <= room - LEAST_LIST else 1
    return Share(width >= BESIDE, min(MOST_RIGHT, right), min(room, rows * lines + 1))
