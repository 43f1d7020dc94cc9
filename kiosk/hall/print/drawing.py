"""How facts, tables and lines to sign on are drawn."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from kiosk.hall.print.page import Block, Pairs, Signatures, Table, Words

if TYPE_CHECKING:
    from kiosk.hall.print.pdf import Sheets

TEXT_PT, HEAD_PT, CODE_PT = 8.5, 8.0, 6.2
LINE_MM, PAD_MM = 3.9, 0.8
LABEL_MM = 42.0
GAP_MM = 2.5
"""Between a number or a digest and the words of the next column."""
WORDS_PT, WORDS_MM, WORDS_GAP_MM = 9.5, 4.6, 2.0
NOTHING_MM = 5.0
"""Where a table has no row."""
SIGNATURE_MM = 20.0
BEGINNING_MM = 22.0
"""Of anything else that stands below a heading."""


def beginning_mm(sheets: "Sheets", below: Sequence[Block]) -> float:
    """Return how many millimetres below a heading must be on its page: all words, and the first row of a table."""
    needed = 0.0
    for block in below:
        if isinstance(block, Words):
            sheets.type(WORDS_PT, bold=block.is_bold)
            needed += len(sheets.folded(block.text, sheets.epw, WORDS_MM)) * WORDS_MM + WORDS_GAP_MM
        elif isinstance(block, Signatures):
            return needed + SIGNATURE_MM * len(block.lines)
        elif not isinstance(block, Table):
            return needed + BEGINNING_MM
        elif not block.rows:
            return needed + NOTHING_MM
        else:
            widths = _widths(sheets, block)
            first = _height(block, _folded(sheets, block, widths, block.rows[0]))
            return needed + _head_height(_folded_head(sheets, block, widths)) + first
    return needed


def draw_words(sheets: "Sheets", block: Words) -> None:
    """Draw a paragraph."""
    sheets.type(WORDS_PT, bold=block.is_bold)
    sheets.multi_cell(0, WORDS_MM, sheets.face.fit(block.text), align="L", new_x="LMARGIN", new_y="NEXT")
    sheets.ln(WORDS_GAP_MM)


def draw_pairs(sheets: "Sheets", block: Pairs) -> None:
    """Draw names of facts, and the facts beside them."""
    for name, value in block.pairs:
        sheets.type(9, grey=True)
        sheets.put(LABEL_MM, 4.8, name)
        sheets.type(9)
        sheets.multi_cell(0, 4.8, sheets.face.fit(value) or " ", align="L", new_x="LMARGIN", new_y="NEXT")
    sheets.ln(2.5)


def draw_table(sheets: "Sheets", table: Table) -> None:
    """Draw a table, its head again on every page; no row is cut in two."""
    if not table.rows:
        sheets.type(9, grey=True)
        sheets.cell(0, NOTHING_MM, table.empty, new_x="LMARGIN", new_y="NEXT")
        sheets.ln(2)
        return
    widths = _widths(sheets, table)
    _draw_head(sheets, table, widths)
    for number, row in enumerate(table.rows):
        sheets.told(number)
        folded = _folded(sheets, table, widths, row)
        height = _height(table, folded)
        if sheets.room_mm < height:
            sheets.add_page()
            _draw_head(sheets, table, widths)
        _draw_row(sheets, table, widths, folded, height)
    sheets.ln(3)


def _widths(sheets: "Sheets", table: Table) -> list[float]:
    whole = sum(column.share for column in table.columns)
    return [sheets.epw * column.share / whole for column in table.columns]


def _folded(sheets: "Sheets", table: Table, widths: list[float], row: tuple[str, ...]) -> list[list[str]]:
    folded = []
    for column, width, text in zip(table.columns, widths, row, strict=True):
        sheets.type(CODE_PT if column.is_code else TEXT_PT)
        room = width - GAP_MM if column.is_code or column.is_right else width
        folded.append(sheets.folded(text, room, LINE_MM))
    return folded


def _height(table: Table, folded: list[list[str]]) -> float:
    return max(table.row_mm, max(map(len, folded)) * LINE_MM + 2 * PAD_MM)


def _folded_head(sheets: "Sheets", table: Table, widths: list[float]) -> list[list[str]]:
    sheets.type(HEAD_PT, bold=True)
    return [sheets.folded(column.name, width, LINE_MM) for column, width in zip(table.columns, widths, strict=True)]


def _head_height(folded: list[list[str]]) -> float:
    return max(map(len, folded)) * LINE_MM + 2 * PAD_MM


def _draw_head(sheets: "Sheets", table: Table, widths: list[float]) -> None:
    sheets.set_fill_color(232)
    folded = _folded_head(sheets, table, widths)
    height = _head_height(folded)
    left, top = sheets.l_margin, sheets.get_y()
    sheets.rect(left, top, sheets.epw, height, style="F")
    for column, width, lines in zip(table.columns, widths, folded, strict=True):
        for number, line in enumerate(lines):
            sheets.set_xy(left, top + PAD_MM + number * LINE_MM)
            sheets.cell(
                width - GAP_MM if column.is_right else width, LINE_MM, line, align="R" if column.is_right else "L"
            )
        left += width
    sheets.set_xy(sheets.l_margin, top + height)


def _draw_row(sheets: "Sheets", table: Table, widths: list[float], folded: list[list[str]], height: float) -> None:
    left, top = sheets.l_margin, sheets.get_y()
    for column, width, lines in zip(table.columns, widths, folded, strict=True):
        sheets.type(CODE_PT if column.is_code else TEXT_PT)
        # room to write by hand: the text stands in the middle of the row
        begin = top + (height - len(lines) * LINE_MM) / 2 if table.row_mm else top + PAD_MM
        for number, line in enumerate(lines):
            sheets.set_xy(left, begin + number * LINE_MM)
            sheets.cell(
                width - GAP_MM if column.is_right else width, LINE_MM, line, align="R" if column.is_right else "L"
            )
        left += width
        if table.row_mm and left < sheets.w - sheets.r_margin - 1:
            sheets.set_draw_color(190)
            sheets.line(left, top, left, top + height)
    sheets.set_draw_color(150)
    sheets.line(sheets.l_margin, top + height, sheets.w - sheets.r_margin, top + height)
    sheets.set_draw_color(0)
    sheets.set_xy(sheets.l_margin, top + height)


def draw_signatures(sheets: "Sheets", block: Signatures) -> None:
    """Draw lines to sign on, all on one page."""
    if sheets.room_mm < SIGNATURE_MM * len(block.lines):
        sheets.add_page()
    for words in block.lines:
        sheets.ln(13)
        top = sheets.get_y()
        sheets.line(sheets.l_margin, top, sheets.l_margin + min(130.0, sheets.epw), top)
        sheets.type(8, grey=True)
        sheets.put(sheets.epw, 4.5, words)
        sheets.ln(5)
