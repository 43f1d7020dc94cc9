"""A line of the screen: words left, words right, blanks between, never wider than its place."""

from rich.cells import cell_len, set_cell_size
from textual.content import Content

ELLIPSIS = "…"


def shorten(text: str, width: int) -> str:
    """Return `text` in at most `width` cells, with an ellipsis where something was left out."""
    if cell_len(text) <= width:
        return text
    return "" if width < 1 else set_cell_size(text, width - 1).rstrip() + ELLIPSIS


def spread(left: Content, right: Content, width: int) -> Content:
    """Return one line with `left` and `right` at its ends; what is right wins, `left` is cut with an ellipsis."""
    room = width - right.cell_length - 1
    if left.cell_length > room:
        left = left.truncate(max(0, room), ellipsis=True)
    return Content.assemble(left, " " * max(1, width - left.cell_length - right.cell_length), right)
