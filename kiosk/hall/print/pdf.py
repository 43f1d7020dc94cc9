"""Draws a printout as PDF: A4, black on white, the same bytes for the same facts."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from fpdf import FPDF
from fpdf.enums import MethodReturnValue

from kiosk.exam.moment import parse_iso
from kiosk.exam.text import clean_text
from kiosk.hall.print.drawing import beginning_mm, draw_pairs, draw_signatures, draw_table, draw_words
from kiosk.hall.print.page import Block, Heading, Pairs, Plan, Printout, Signatures, Slips, Table, Words
from kiosk.hall.print.roomdrawing import draw_plan
from kiosk.hall.print.slipdrawing import draw_slips
from kiosk.hall.print.typeface import FAMILY, Typeface

MARGIN_MM = 14.0
FOOT_MM = 14.0
HEADING_MM = 6.0
PAGES_MM = 22.0
"""Width of the page number; how wide the number of all pages will be is not known while a page is drawn."""
SHOWN_DIGEST = 16
"""Characters of the facts' digest at the foot of every page; the whole one stands in the report."""

Told = Callable[[int, int], None]
"""Told how much is done of how much."""


class Sheets(FPDF):
    """Pages with the name of the document above, and its digest, moment and page number below."""

    def __init__(self, printout: Printout, font: Path | None = None) -> None:
        super().__init__(orientation="landscape" if printout.is_wide else "portrait", unit="mm", format="A4")
        self._printout = printout
        self.face = Typeface(self, font)
        self.told: Callable[[int], None] = _unheard
        """Told how many rows of a block are drawn."""
        self._widths: dict[tuple[str, bool, float], float] = {}
        """Width of each text by its letters: the same labels and names are measured again and again."""
        self._folded: dict[tuple[str, float, bool, float], list[str]] = {}
        self.set_creation_date(parse_iso(printout.made_at))
        self.set_title(clean_text(f"{printout.title} · {printout.place}", 200))
        self.set_producer("exam-kiosk")
        self.set_margins(MARGIN_MM, MARGIN_MM, MARGIN_MM)
        self.set_auto_page_break(True, MARGIN_MM + FOOT_MM - 6)
        self.alias_nb_pages("{all}")
        self.set_line_width(0.2)

    @property
    def room_mm(self) -> float:
        """What is left of the page, in millimetres."""
        return float(self.h - self.b_margin - self.get_y())

    def type(self, size: float, bold: bool = False, grey: bool = False) -> None:
        """Choose the letters."""
        self.set_font(FAMILY, "B" if bold else "", size)
        self.set_text_color(90 if grey else 0)

    def put(self, width: float, height: float, text: str, align: str = "L") -> None:
        """Write one line where the pen is, shortened to its width."""
        self.cell(width, height, self.shortened(text, width), align=align)

    def shortened(self, text: str, width: float) -> str:
        """Return as much of a line as fits a width, with an ellipsis where something was left out."""
        text = self.face.fit(text)
        room = width - 2 * self.c_margin
        if self.wide(text) <= room:
            return text
        while text and self.wide(text + "…") > room:
            text = text[:-1]
        return text.rstrip() + "…"

    def wide(self, text: str) -> float:
        """Return how wide a line is in the letters chosen, in millimetres."""
        key = text, "B" in self.font_style, float(self.font_size_pt)
        if key not in self._widths:
            self._widths[key] = self.get_string_width(text)
        return self._widths[key]

    def folded(self, text: str, width: float, line_mm: float) -> list[str]:
        """Return the lines a text takes in a width."""
        text = self.face.fit(text) or " "
        if "\n" not in text and self.wide(text) <= width - 2 * self.c_margin:
            return [text]
        key = text, width, "B" in self.font_style, float(self.font_size_pt)
        if key not in self._folded:
            found = self.multi_cell(width, line_mm, text, dry_run=True, output=MethodReturnValue.LINES, align="L")
            assert isinstance(found, list)
            self._folded[key] = [str(line) for line in found]
        return self._folded[key]

    def get_string_width(self, s: str, *given: Any, **named: Any) -> float:
        """Measure a text; it is shaped only where its script asks for that."""
        self.face.shape(s)
        return float(super().get_string_width(s, *given, **named))

    def cell(self, w: Any = None, h: Any = None, text: str = "", *given: Any, **named: Any) -> Any:
        """Write a line; it is shaped only where its script asks for that."""
        self.face.shape(text)
        return super().cell(w, h, text, *given, **named)

    def multi_cell(self, w: float, h: Any = None, text: str = "", *given: Any, **named: Any) -> Any:
        """Write a paragraph; it is shaped only where its script asks for that."""
        self.face.shape(text)
        return super().multi_cell(w, h, text, *given, **named)

    def header(self) -> None:
        """Draw what stands above every page."""
        self.set_y(MARGIN_MM - 4)
        self.type(9, bold=True)
        half = self.epw / 2
        self.put(half, 5, self._printout.title)
        self.type(9)
        self.put(half, 5, self._printout.place, align="R")
        self.ln(5.6)
        self.line(self.l_margin, self.get_y(), self.w - self.r_margin, self.get_y())
        self.ln(3)

    def footer(self) -> None:
        """Draw what stands below every page."""
        self.set_y(-FOOT_MM)
        self.type(7.5, grey=True)
        at = parse_iso(self._printout.made_at)
        words = f"Printed {at:%Y-%m-%d %H:%M} UTC · facts {self._printout.digest[:SHOWN_DIGEST]}"
        self.cell(self.epw - PAGES_MM, 5, words)
        self.cell(PAGES_MM, 5, f"page {self.page_no()} of {{all}}")


def draw(printout: Printout, font: Path | None = None, told: Told | None = None) -> tuple[bytes, int]:
    """Return a printout as PDF, and how many different characters no font has; `font` is one more font file."""
    sheets = Sheets(printout, font)
    sheets.add_page()
    sheets.type(16, bold=True)
    sheets.put(sheets.epw, 9, f"{printout.title}: {printout.place}")
    sheets.ln(11)
    whole, done = sum(map(_rows, printout.blocks)), 0
    for number, block in enumerate(printout.blocks, 1):
        sheets.told = _unheard if told is None else _from(told, done, whole)
        _draw(sheets, block, printout.blocks[number:])
        done += _rows(block)
        if told is not None:
            told(done, whole)
    return bytes(sheets.output()), len(sheets.face.missing)


def _rows(block: Block) -> int:
    """Return how much work a block is: its rows or slips."""
    return max(1, len(block.rows) if isinstance(block, Table) else len(block.slips) if isinstance(block, Slips) else 1)


def _from(told: Told, before: int, whole: int) -> Callable[[int], None]:
    return lambda row: told(before + row, whole)


def _unheard(row: int) -> None:
    """Nobody looks on."""


def _draw(sheets: Sheets, block: Block, below: Sequence[Block]) -> None:
    match block:
        case Heading():
            _heading(sheets, block, below)
        case Words():
            draw_words(sheets, block)
        case Pairs():
            draw_pairs(sheets, block)
        case Table():
            draw_table(sheets, block)
        case Plan():
            draw_plan(sheets, block)
        case Slips():
            draw_slips(sheets, block)
        case Signatures():
            draw_signatures(sheets, block)


def _heading(sheets: Sheets, block: Heading, below: Sequence[Block]) -> None:
    sheets.type(12, bold=True)
    own = len(sheets.folded(block.text, sheets.epw, HEADING_MM)) * HEADING_MM + 2
    # what is taller than half a page begins where it is
    if block.begins_page or sheets.room_mm < min(own + beginning_mm(sheets, below), sheets.eph / 2):
        sheets.add_page()
    else:
        sheets.ln(1)
    sheets.type(12, bold=True)
    sheets.multi_cell(0, HEADING_MM, sheets.face.fit(block.text), align="L", new_x="LMARGIN", new_y="NEXT")
    sheets.ln(1)
