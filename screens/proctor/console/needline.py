"""One thing that needs somebody, in one line or two: glyph, word, seat, kind, age, and what is the matter."""

from kiosk.exam.text import clean_line
from kiosk.views.board import Attention
from screens.clock import clock_text
from screens.proctor.console.lineview import Parts
from screens.proctor.console.sign import GLYPHS
from screens.widgets.line import shorten


def need_lines(item: Attention, width: int, lines: int, *, here: bool, stale: bool) -> list[Parts]:
    """Return the line or lines; `here`: the cursor stands on it, `stale`: the hub does not answer."""
    ink = "attention--cursor" if here else "attention--stale" if stale else f"attention--{item.severity}"
    rest = ink if here or stale else "attention--words"
    over = " (over)" if item.is_over else ""
    credit = proposal_words(item)
    credit = f" · {credit}" if credit else ""
    words = clean_line(item.words, 200)
    head = (
        f"{'▶' if here else ' '}{GLYPHS[item.severity]} {item.severity:<6}"
        f"{clean_line(item.seat or 'hall', 8):<5} {clean_line(item.kind, 12):<9} {clock_text(item.age_ms):>7}"
    )
    if lines == 1:
        tail = f"{over}{credit}"
        text = f"  {shorten(words, max(8, width - len(head) - len(tail) - 3))}{tail}"
        return [((head, ink), (f"{text:<{max(0, width - len(head))}}", rest))]
    first = f"{head}{over}"
    second = f"          {shorten(words, max(8, width - 11 - len(credit)))}{credit}"
    return [((f"{first:<{width}}", ink),), ((f"{second:<{width}}", rest),)]


def proposal_words(item: Attention) -> str:
    """Return what the hall's rule would do by the cause, with the keys for it; nothing where it has none."""
    if item.cause is None:
        return ""
    cause = f"X {clean_line(item.cause, 12)}"
    if item.charge_ms is not None:
        return f"C charges {clock_text(item.charge_ms)} · {cause}" if item.charge_ms else f"C charges nothing · {cause}"
    return f"C credits {clock_text(item.proposal_ms)} · {cause}" if item.proposal_ms else cause
