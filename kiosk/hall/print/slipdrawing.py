"""How login slips are drawn: two beside each other, with lines to cut along."""

from typing import TYPE_CHECKING

from kiosk.hall.print.page import Slip, Slips

if TYPE_CHECKING:
    from kiosk.hall.print.pdf import Sheets

TALL_MM = 54.0
ACROSS = 2
PAD_MM = 3.0
LABEL_MM = 22.0


def draw_slips(sheets: "Sheets", block: Slips) -> None:
    """Draw slips; none is cut in two by the end of a page."""
    width = sheets.epw / ACROSS
    top = sheets.get_y()
    for number, slip in enumerate(block.slips):
        sheets.told(number)
        column = number % ACROSS
        if column == 0:
            if number:
                top += TALL_MM
            if top + TALL_MM > sheets.h - sheets.b_margin:
                sheets.add_page()
                top = sheets.get_y()
        _draw_slip(sheets, slip, sheets.l_margin + column * width, top, width)
    sheets.set_xy(sheets.l_margin, top + TALL_MM + 2)


def _draw_slip(sheets: "Sheets", slip: Slip, left: float, top: float, width: float) -> None:
    sheets.set_draw_color(150)
    sheets.set_dash_pattern(dash=1.2, gap=1.2)
    sheets.rect(left, top, width, TALL_MM)
    sheets.set_dash_pattern()
    sheets.set_draw_color(0)
    inner, here = width - 2 * PAD_MM, top + PAD_MM
    here = _line(sheets, slip.title, left + PAD_MM, here, inner, 7.5, grey=True)
    here = _line(sheets, slip.name, left + PAD_MM, here, inner, 12, bold=True) + 1
    for name, value in slip.pairs:
        sheets.set_xy(left + PAD_MM, here)
        sheets.type(8, grey=True)
        sheets.put(LABEL_MM, 4.6, name)
        is_key = name in ("Roll number", "Seat")
        sheets.type(10 if is_key else 8, bold=is_key)
        lines = sheets.folded(value, inner - LABEL_MM, 4.6)[:2]
        for number, line in enumerate(lines):
            sheets.set_xy(left + PAD_MM + LABEL_MM, here + number * 4.2)
            sheets.put(inner - LABEL_MM, 4.6, line)
        here += 4.2 * len(lines) + 0.8
    sheets.type(6.5, grey=True)
    foot = sheets.folded(slip.foot, inner, 3)[:2]
    for number, line in enumerate(foot):
        sheets.set_xy(left + PAD_MM, top + TALL_MM - PAD_MM - 3 * (len(foot) - number))
        sheets.put(inner, 3, line)


def _line(
    sheets: "Sheets",
    text: str,
    left: float,
    top: float,
    width: float,
    size: float,
    bold: bool = False,
    grey: bool = False,
) -> float:
    sheets.set_xy(left, top)
    sheets.type(size, bold=bold, grey=grey)
    sheets.put(width, size * 0.48, text)
    return top + size * 0.48 + 0.6
