"""A part of a screen that scrolls by lines and by pages at its screen's word; it never takes the keys itself."""

from textual.containers import VerticalScroll


class Pages(VerticalScroll, can_focus=False):
    """Scrolls what does not fit."""

    def scroll_lines(self, by: int) -> None:
        """Move by lines."""
        self.scroll_relative(y=by, animate=False)

    def scroll_pages(self, by: int) -> None:
        """Move by pages, a line of the last one staying."""
        self.scroll_lines(by * max(1, self.size.height - 1))
