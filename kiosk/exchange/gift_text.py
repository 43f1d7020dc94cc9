"""Texts of a GIFT question in their four formats, as Markdown for stems and as plain text for everything else."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from kiosk.exam.text import clean_text
from kiosk.exchange.gift_block import unmask
from kiosk.exchange.html_text import characters, flatten, has_element, looks_like_html
from kiosk.exchange.markdown_text import escape

DEFAULT = "moodle"
_FORMAT = re.compile(r"\s*\[(html|markdown|plain|moodle)\]", re.I)
_CODE = re.compile(r"(```.*?```|`[^`\n]*`)", re.S)
_FORMULAS = (("$$", "$$"), ("\\(", "\\)"), ("\\[", "\\]"))
_SPACES = re.compile(r"\s+")
BLANK = "_____"
"""What stands for a missing word."""


@dataclass(frozen=True, slots=True)
class Written:
    """A text as it will be shown, with a note for each thing it lost."""

    text: str
    notes: tuple[str, ...] = ()


_NOTHING = Written("")


def split_format(masked: str, default: str) -> tuple[str, str]:
    """Return the format named at the beginning of a text, or the default, and the rest of the text."""
    if "[" in masked and (found := _FORMAT.match(masked)):
        return found[1].lower(), masked[found.end() :]
    return default, masked


def stem(masked: str, form: str) -> Written:
    """Return the text of a question as Markdown."""
    text = unmask(masked).strip()
    notes = _formula_notes(text)
    match form:
        case "html":
            return _flat(text, notes, markdown=True)
        case "markdown":
            return Written(outside_code(text, characters), _html_notes(text) + notes)
        case "moodle" if looks_like_html(text):
            return _flat(text, notes, markdown=True, keep_lines=True)
    return Written(escape(text), notes)


def phrase(masked: str, default: str) -> Written:
    """Return an option or a feedback as plain text; it may name a format of its own."""
    if not masked:
        return _NOTHING
    form, rest = split_format(masked, default)
    if form != "markdown" and "\n" in rest:
        rest = _SPACES.sub(" ", rest)  # a line that was only broken in the file; a written \n stays one
    text = unmask(rest).strip()
    notes = _formula_notes(text)
    if form in ("html", "moodle") and looks_like_html(text):
        return _flat(text, notes, markdown=False)
    return Written(text, notes)


def _flat(html: str, notes: tuple[str, ...], markdown: bool, keep_lines: bool = False) -> Written:
    text, lost = flatten(html, markdown, keep_lines)
    return Written(clean_text(text), lost + notes)


def outside_code(text: str, change: Callable[[str], str]) -> str:
    """Return Markdown with a change made to everything but its code."""
    if "`" not in text:
        return change(text)
    pieces = _CODE.split(text)
    return "".join(piece if place % 2 else change(piece) for place, piece in enumerate(pieces))


def _formula_notes(text: str) -> tuple[str, ...]:
    if "$" not in text and "\\" not in text:
        return ()
    found = any(0 <= text.find(begin) < text.rfind(end) - 2 for begin, end in _FORMULAS)
    return ("a formula is shown as it is written",) if found else ()


def _html_notes(text: str) -> tuple[str, ...]:
    if "<" in text and any(has_element(piece) for piece in _CODE.split(text)[::2]):
        return ("HTML inside Markdown is shown as it is written",)
    return ()
