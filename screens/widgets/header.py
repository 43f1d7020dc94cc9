"""The top line of every screen: what, who and where, and the time left, always in the same corner."""

from textual.app import RenderResult
from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from screens.widgets.line import shorten, spread


class Header(Widget):
    """One line: title left, person and seat in the middle where there is room, clock right."""

    DEFAULT_CSS = """
    Header {
        height: 1;
        background: $panel;
        color: $foreground;
    }
    """

    title: reactive[str] = reactive("", layout=False)
    """What this is."""
    clock: reactive[str] = reactive("", layout=False)
    """The time left in words, or nothing."""
    urgent: reactive[bool] = reactive(False)
    """Whether the clock is in its last minutes."""

    def __init__(self, title: str, who: str = "", where: str = "") -> None:
        super().__init__()
        self._who, self._where = who, where
        self.set_reactive(Header.title, title)

    def render(self) -> RenderResult:
        width = self.size.width
        clock = self._clock()
        place = " · ".join(p for p in (self._who, self._where) if p)
        room = width - clock.cell_length - 2
        title = shorten(self.title, max(room // 2, room - len(place) - 4))
        left = Content.assemble((f" {title}", "bold"))
        gap = (width - len(place)) // 2 + 2 - left.cell_length
        rest = room - left.cell_length - 2
        shown = shorten(place, rest) if rest > 8 else ""
        gap = max(2, min(gap, room - left.cell_length - len(shown)))
        return spread(Content.assemble(left, " " * gap, (shown, "$muted")), clock, width)

    def _clock(self) -> Content:
        if not self.clock:
            return Content("")
        if self.urgent:
            return Content.assemble((f" ! {self.clock} ", "bold $background on $urgent"))
        return Content.assemble((f"{self.clock} ", "bold"))


if __name__ == "__main__":
    from screens.widgets.sample import show

    header = Header("Biology II · Paper A", "Okafor, Anna", "seat A12")
    header.clock = "1:42:07 left"
    show(header)
