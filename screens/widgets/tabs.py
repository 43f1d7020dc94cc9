"""The sections of the paper with how far each one is done, and the time left in the present one."""

from dataclasses import dataclass

from textual import events
from textual.app import RenderResult
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

from screens.widgets.line import shorten, spread

CURRENT_WIDTH = 12
"""Cells the present section's title is given even where the others must be shorter."""


@dataclass(frozen=True, slots=True)
class Tab:
    """One section: its title, how many of its questions are answered, and whether it is shut."""

    title: str
    answered: int
    questions: int
    is_shut: bool = False

    def words(self, number: int, title_width: int) -> str:
        """Return the tab with its title in at most `title_width` cells."""
        count = "shut" if self.is_shut else f"{self.answered}/{self.questions}"
        return f"{number} {shorten(self.title, title_width)} {count}"


class SectionTabs(Widget):
    """One line of sections; the present one stands in brackets and bold."""

    DEFAULT_CSS = """
    SectionTabs {
        height: 1;
        color: $muted;
    }
    """

    tabs: reactive[tuple[Tab, ...]] = reactive(())
    current: reactive[int] = reactive(0)
    clock: reactive[str] = reactive("")
    """Time left in the section, in words, or nothing."""
    urgent: reactive[bool] = reactive(False)

    @dataclass
    class Picked(Message):
        """A section was picked, by its place counted from 0."""

        place: int

    def render(self) -> RenderResult:
        style = "bold $urgent" if self.urgent else "$foreground"
        mark = "! " if self.urgent else ""
        clock = Content.assemble((f"{mark}{self.clock} ", style)) if self.clock else Content("")
        line = Content("")
        for place, text in self._parts(self.size.width - clock.cell_length - 2):
            line += Content.assemble((f"[{text}]", "bold $accent")) if place == self.current else Content(f" {text} ")
        return spread(line, clock, self.size.width)

    def _parts(self, room: int) -> list[tuple[int, str]]:
        longest = max((len(t.title) for t in self.tabs), default=0)
        for title_width in range(longest, 2, -1):
            # the present section keeps its name longest
            widths = [
                max(title_width, CURRENT_WIDTH) if n == self.current else title_width for n in range(len(self.tabs))
            ]
            parts = [(n, t.words(n + 1, widths[n])) for n, t in enumerate(self.tabs)]
            if sum(len(p) + 2 for _, p in parts) <= room:
                return parts
        # too many to name: the present one, and the numbers of the others
        return [(n, t.words(n + 1, 8) if n == self.current else str(n + 1)) for n, t in enumerate(self.tabs)]

    def on_click(self, event: events.Click) -> None:
        """Go to the section that was clicked."""
        start = 0
        for place, text in self._parts(self.size.width - (len(self.clock) + 3 if self.clock else 0) - 2):
            start += len(text) + 2
            if event.x < start:
                self.post_message(self.Picked(place))
                return


if __name__ == "__main__":
    from screens.widgets.sample import show

    tabs = SectionTabs()
    tabs.tabs = (Tab("Cells", 6, 15), Tab("Genetics", 0, 10), Tab("Essay", 0, 2, is_shut=True))
    tabs.clock = "section 34:10"
    show(tabs)
