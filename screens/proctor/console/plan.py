"""The plan of a room in lines: column labels, and each row of seats in as many lines as the grid gives it."""

from collections.abc import Callable

from kiosk.exam.text import clean_line
from kiosk.views.board import SeatLine
from screens.proctor.console.cell import Grid, Look, draw_seat
from screens.proctor.console.lineview import Parts
from screens.proctor.console.room import Room


def plan(room: Room, grid: Grid, look_at: Callable[[SeatLine], Look]) -> list[Parts]:
    """Return every line of the map; an aisle is blank."""
    lines: list[Parts] = [((room.head(grid), "seatmap--label"),)]
    for row in range(room.rows):
        label = f" {clean_line(room.row_label(row)):<{grid.label - 1}}"
        upper: list[tuple[str, str]] = [(label, "seatmap--label")]
        lower: list[tuple[str, str]] = [(" " * grid.label, "")]
        for column in range(room.columns):
            line = room.at(row, column)
            parts = draw_seat(line, look_at(line), grid) if line else ((blank := ((" " * grid.width, ""),)), blank)
            upper += parts[0]
            lower += parts[1]
        lines += [tuple(upper), tuple(lower), ()][: grid.lines]
    return lines
