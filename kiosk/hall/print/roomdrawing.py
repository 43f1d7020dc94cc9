"""How a room is drawn: seats as boxes where they stand, in as many pieces as the page asks for."""

from typing import TYPE_CHECKING

from kiosk.hall.print.page import Cell, Plan

if TYPE_CHECKING:
    from kiosk.hall.print.pdf import Sheets

LABEL_MM, HEAD_MM = 9.0, 5.0
LEAST_MM, WIDEST_MM = 19.0, 40.0
"""How wide the box of a seat may be."""
GAP_MM = 1.0
TALL_MM = 14.5


def draw_plan(sheets: "Sheets", plan: Plan) -> None:
    """Draw the room; one that is wider or deeper than the page goes on on the next, with its labels."""
    most = max(1, int((sheets.epw - LABEL_MM) // LEAST_MM))
    pieces = -(-len(plan.numbers) // most)
    size = -(-len(plan.numbers) // pieces)
    for piece in range(pieces):
        numbers = plan.numbers[piece * size : (piece + 1) * size]
        if piece:
            sheets.add_page()
        width = min(WIDEST_MM, (sheets.epw - LABEL_MM) / len(numbers))
        _draw_numbers(sheets, numbers, width)
        for row in plan.rows:
            if sheets.room_mm < TALL_MM + GAP_MM:
                sheets.add_page()
                _draw_numbers(sheets, numbers, width)
            _draw_row(sheets, plan, row, numbers, width)
    sheets.ln(3)


def _draw_numbers(sheets: "Sheets", numbers: tuple[int, ...], width: float) -> None:
    sheets.type(9, bold=True, grey=True)
    sheets.set_x(sheets.l_margin + LABEL_MM)
    for number in numbers:
        sheets.cell(width, HEAD_MM, str(number), align="C")
    sheets.ln(HEAD_MM)


def _draw_row(sheets: "Sheets", plan: Plan, row: str, numbers: tuple[int, ...], width: float) -> None:
    top = sheets.get_y()
    sheets.type(11, bold=True, grey=True)
    sheets.set_y(top + TALL_MM / 2 - 3)
    sheets.put(LABEL_MM, 6, row)
    for place, number in enumerate(numbers):
        cell = plan.cells.get((row, number))
        if cell is not None:
            _draw_cell(sheets, cell, sheets.l_margin + LABEL_MM + place * width, top, width - GAP_MM)
    sheets.set_xy(sheets.l_margin, top + TALL_MM + GAP_MM)


def _draw_cell(sheets: "Sheets", cell: Cell, left: float, top: float, width: float) -> None:
    sheets.set_draw_color(0 if cell.mark else 140)
    sheets.set_line_width(0.7 if cell.mark else 0.2)
    sheets.rect(left, top, width, TALL_MM)
    sheets.set_line_width(0.2)
    sheets.set_draw_color(0)
    sheets.set_xy(left, top + 0.4)
    sheets.type(7.5, bold=True)
    sheets.put(width, 3.4, cell.seat)
    if cell.mark:
        sheets.set_xy(left, top + 0.4)
        sheets.type(5.6, bold=True)
        sheets.put(width, 3.4, cell.mark, align="R") if width > 30 else None
    lines = [*cell.lines, *([cell.mark] if cell.mark and width <= 30 else [])]
    for number, text in enumerate(lines[:3]):
        sheets.set_xy(left, top + 3.8 + number * 3.3)
        sheets.type(6.6 if number == 0 else 6.0, bold=text == cell.mark)
        sheets.put(width, 3.2, text)
