"""The letters a page is set in: DejaVu Sans, and one more font where a hall's names need it."""

from importlib.resources import as_file, files
from pathlib import Path
from typing import TYPE_CHECKING

from kiosk.exam.error import KioskError

if TYPE_CHECKING:
    from fpdf import FPDF

FAMILY, OTHER = "sans", "other"
MISSING = "□"
"""What stands for a character no font has."""


class Typeface:
    """Knows which characters can be set; what cannot is shown as a box and counted, never dropped and never a crash."""

    def __init__(self, pdf: "FPDF", other: Path | None = None) -> None:
        """`other`: a TTF or OTF file for scripts DejaVu Sans does not have; raises KioskError where it is none."""
        folder = files("kiosk.hall.print") / "fonts"
        for style, name in (("", "DejaVuSans.ttf"), ("B", "DejaVuSans-Bold.ttf")):
            with as_file(folder / name) as path:
                pdf.add_font(FAMILY, style, path)
        names = [FAMILY]
        if other is not None:
            try:
                pdf.add_font(OTHER, "", other)
            except Exception as error:
                raise KioskError(f"{other} cannot be read as a TrueType or OpenType font.") from error
            pdf.set_fallback_fonts([OTHER], exact_match=False)
            names.append(OTHER)
        self._pdf = pdf
        self._is_shaped = False
        self._known = frozenset().union(*(_characters(pdf, name) for name in names))
        self.missing: set[str] = set()
        """Characters that were asked for and that no font has."""

    def shape(self, text: str) -> None:
        """Choose whether the next text is shaped: joined, put in order and written from the right as its script asks.

        Shaping costs several times the drawing itself; the letters of `_is_simple` only stand a little closer by it.
        """
        needs = not all(map(_is_simple, text))
        if needs != self._is_shaped:
            self._pdf.set_text_shaping(needs)
            self._is_shaped = needs

    def fit(self, text: str) -> str:
        """Return `text` with a box for every character that cannot be set."""
        unknown = {c for c in text if ord(c) not in self._known and c != "\n"}
        self.missing |= unknown
        return text if not unknown else "".join(MISSING if c in unknown else c for c in text)


def _is_simple(char: str) -> bool:
    """Whether a character stands for itself, one after the other from the left: Latin, Greek, Cyrillic, and signs."""
    return char < "\u0300" or "\u0370" <= char < "\u0483" or "\u1e00" <= char < "\u200b" or char in "‐–—‘’“”•…→□"


def _characters(pdf: "FPDF", family: str) -> frozenset[int]:
    return frozenset(pdf.fonts[family].cmap)  # type: ignore[union-attr]
