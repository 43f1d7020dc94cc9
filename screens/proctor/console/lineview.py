"""Many lines in one widget: drawn from parts of text, and only the lines that changed are drawn again."""

from collections.abc import Sequence

from rich.segment import Segment
from rich.style import Style
from textual.geometry import Region, Size
from textual.scroll_view import ScrollView
from textual.strip import Strip

Parts = tuple[tuple[str, str], ...]
"""One line: pieces of text, each with the component classes it is drawn in, apart by blanks."""


class LineView(ScrollView, can_focus=True, inherit_bindings=False):
    """A scrolled picture of lines, of which the first `HEAD` stay where they are."""

    HEAD = 0

    def __init__(self, id: str | None = None) -> None:
        super().__init__(id=id)
        self._lines: list[Parts] = []
        self._styles_known: dict[str, Style] = {}
        self.drawn = 0
        """Lines drawn since the widget was made: what a frame cost."""

    def draw(self, lines: Sequence[Parts]) -> None:
        """Show these lines; a line that is as before is not touched."""
        before, self._lines = self._lines, list(lines)
        if len(before) != len(self._lines):
            self.virtual_size = Size(0, len(self._lines))
            self.refresh()
            return
        width, height = self.size
        top = round(self.scroll_y)
        for number, (old, new) in enumerate(zip(before, self._lines, strict=True)):
            row = number if number < self.HEAD else number - top
            if old != new and (number < self.HEAD or row >= self.HEAD) and row < height:
                self.refresh(Region(0, row, width, 1))

    def render_line(self, y: int) -> Strip:
        """Return one line as it stands in the window."""
        self.drawn += 1
        number = y if y < self.HEAD else y + round(self.scroll_y)
        parts = self._lines[number] if number < len(self._lines) else ()
        strip = Strip([Segment(text, self._style(names)) for text, names in parts])
        return strip.adjust_cell_length(self.size.width, self._style("")).apply_style(self._style(""))

    def reveal(self, first: int, last: int) -> None:
        """Scroll as little as possible until the lines from `first` to `last` can be seen."""
        window = self.size.height - self.HEAD
        top = round(self.scroll_y)
        if first - self.HEAD < top:
            self.scroll_to(y=first - self.HEAD, animate=False)
        elif last - self.HEAD >= top + window:
            self.scroll_to(y=last - self.HEAD - window + 1, animate=False)

    def line_at(self, y: int) -> int:
        """Return the number of the line at a row of the window."""
        return y if y < self.HEAD else y + round(self.scroll_y)

    def notify_style_update(self) -> None:
        """Work the styles out afresh: the theme or the focus has changed."""
        super().notify_style_update()
        self._styles_known.clear()

    def _style(self, names: str) -> Style:
        # looked up once and not for every piece of every line
        if names not in self._styles_known:
            found = self.get_component_rich_style(*names.split(), partial=True) if names else self.rich_style
            self._styles_known[names] = found
        return self._styles_known[names]
