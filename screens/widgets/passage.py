"""Lines that may be longer than their place: nothing is lost, and the last row says how much is below."""

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.geometry import Region
from textual.reactive import reactive
from textual.strip import Strip
from textual.widget import Widget


class Passage(Widget):
    """Base of what scrolls without a scrollbar: subclasses make the lines, this one shows a part of them.

    The bottom row belongs to the cue "more ▼ 37 %", so that scrolling never moves anything else.
    """

    COMPONENT_CLASSES = {"passage--cue"}
    DEFAULT_CSS = """
    Passage {
        height: 1;
        & .passage--cue {
            color: $urgent;
            text-style: bold;
        }
    }
    """
    SCROLL_KEYS = ""

    top: reactive[int] = reactive(0)
    """First line shown."""

    def __init__(self, id: str | None = None) -> None:
        super().__init__(id=id)
        self._lines: list[Strip] | None = None
        self._base: Style | None = None
        self._width = 0
        self.deepest = 0
        """How many lines have been on the screen so far."""

    def make_lines(self, width: int) -> list[Strip]:
        """Return all lines for a width in cells."""
        raise NotImplementedError

    def lines(self, width: int | None = None) -> list[Strip]:
        """Return all lines, made when first asked for."""
        width = width or self.size.width
        if self._lines is None or width != self._width:
            self._lines, self._width = self.make_lines(width), width
        return self._lines

    def remake(self, top: int = 0) -> None:
        """Forget the lines: what they are made of has changed."""
        self._lines = None
        self.set_reactive(Passage.top, top)
        self.refresh()

    def redraw(self) -> None:
        """Make the lines afresh where they are, and paint only those that differ."""
        before, self._lines = self._lines, None
        now = self.lines() if before is not None and self.size.width else []
        if before is None or len(now) != len(before):
            self.refresh()
            return
        shown = range(self.top, min(self.top + self.room, len(now)))
        changed = [Region(0, place - self.top, self._width, 1) for place in shown if now[place] != before[place]]
        if changed:
            self.refresh(*changed)

    def wanted(self, width: int) -> int:
        """Return the rows that show every line and the row of the cue."""
        return len(self.lines(width)) + 1

    @property
    def room(self) -> int:
        """Rows there are for lines."""
        return max(1, self.size.height - 1)

    @property
    def is_long(self) -> bool:
        """Whether some lines do not fit."""
        return self.size.width > 0 and len(self.lines()) > self.room

    @property
    def end_was_seen(self) -> bool:
        """Whether the last line has been on the screen."""
        return not self.is_long or self.deepest >= len(self.lines())

    def scroll_lines(self, by: int) -> bool:
        """Move by lines; return whether anything moved."""
        before = self.top
        self.top = max(0, min(self.top + by, len(self.lines()) - self.room))
        return self.top != before

    def render_line(self, y: int) -> Strip:
        """Return one row: a line, or the cue."""
        width = self.size.width
        if y >= self.size.height - 1:
            return self._cue(width)
        lines = self.lines()
        place = self.top + y
        self.deepest = max(self.deepest, min(place + 1, len(lines)))
        strip = lines[place] if place < len(lines) else Strip.blank(width)
        if self._base is None:
            self._base = self.rich_style
        return strip.adjust_cell_length(width).apply_style(self._base)

    def _cue(self, width: int) -> Strip:
        if not self.is_long:
            return Strip.blank(width, self.rich_style)
        shown = min(self.top + self.room, len(self.lines()))
        percent = 100 * shown // len(self.lines())
        mark = "more ▼" if shown < len(self.lines()) else "end ▲"
        words = f"{mark} {percent} %  {self.SCROLL_KEYS} ".rjust(width)
        style = self.rich_style + self.get_component_rich_style("passage--cue", partial=True)
        return Strip([Segment(words, style)]).crop(0, width)

    def notify_style_update(self) -> None:
        """Make the lines afresh in new colours."""
        super().notify_style_update()
        self._lines = self._base = None

    def on_resize(self) -> None:
        """Keep the place in reach."""
        self.scroll_lines(0)

    def on_key(self, event: events.Key) -> None:
        """Scroll by keys while it has the focus."""
        steps = {"up": -1, "down": 1, "home": -10_000, "end": 10_000, "space": self.room}
        if event.key in steps and self.scroll_lines(steps[event.key]):
            event.stop()

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Scroll with the wheel."""
        event.stop()
        self.scroll_lines(3)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Scroll with the wheel."""
        event.stop()
        self.scroll_lines(-3)


def styled(text: str, style: Style | None = None) -> Strip:
    """Return one line of plain text as a strip."""
    return Strip([Segment(text, style)])
