"""The question palette: every question of a section at a glance, by glyph and colour, with its legend."""

from collections import Counter
from dataclasses import dataclass

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.message import Message
from textual.reactive import reactive
from textual.strip import Strip
from textual.widget import Widget

from screens.state import GLYPHS, STATES, WORDS
from screens.widgets.keyorder import KeyOrder


class Palette(KeyOrder, Widget, can_focus=True):
    """All questions of one section drawn as one widget: arrows and Enter, or a click, go to one."""

    COMPONENT_CLASSES = {"palette--current", "palette--cursor", *(f"palette--{s}" for s in STATES)}
    DEFAULT_CSS = """
    Palette {
        width: 21;
        & .palette--answered { color: $answered; text-style: bold; }
        & .palette--both { color: $both; text-style: bold; }
        & .palette--flagged { color: $flagged; text-style: bold; }
        & .palette--seen { color: $seen; }
        & .palette--unseen { color: $unseen; }
        & .palette--current { text-style: bold; }
        & .palette--cursor { color: $on-accent; background: $accent; text-style: bold; }
    }
    """

    states: reactive[tuple[str, ...]] = reactive(())
    """One of the five states for each question, in order."""
    current: reactive[int] = reactive(0)
    """Place of the question on the screen, counted from 0."""
    cursor: reactive[int] = reactive(0)

    @dataclass
    class Picked(Message):
        """A question was picked, by its place counted from 0."""

        place: int

    def __init__(self) -> None:
        super().__init__()
        self._known: dict[str, Style] = {}

    @property
    def _cell(self) -> int:
        return 2 + max(2, len(str(len(self.states))))

    @property
    def columns(self) -> int:
        """Questions in a row."""
        return max(1, (self.size.width - 1) // self._cell)

    @property
    def grid_rows(self) -> int:
        """Rows of questions that are shown; the legend goes where there is too little room for both."""
        return self.size.height - len(STATES) - 1 if self.size.height > len(STATES) + 2 else self.size.height

    @property
    def _first_row(self) -> int:
        here = (self.cursor if self.has_focus else self.current) // self.columns
        rows = -(-len(self.states) // self.columns)
        return max(0, min(here - self.grid_rows // 2, rows - self.grid_rows))

    def watch_current(self, place: int) -> None:
        """The cursor starts at the question on the screen."""
        self.cursor = place

    def render_line(self, y: int) -> Strip:
        """Return one row: questions, what lies beyond, or a line of the legend."""
        base, width = self._style(""), self.size.width
        if y < self.grid_rows:
            strip = self._grid_row(self._first_row + y)
        elif y == self.grid_rows:
            rows = -(-len(self.states) // self.columns)
            below = rows > self._first_row + self.grid_rows
            arrows = f"{'▲' if self._first_row else ' '} {'▼' if below else ' '}"
            strip = Strip([Segment(f"{arrows:>{width - 1}}")])
        else:
            strip = self._legend(STATES[y - self.grid_rows - 1])
        return strip.adjust_cell_length(width).apply_style(base)

    def _grid_row(self, row: int) -> Strip:
        segments: list[Segment] = []
        columns, cell = self.columns, self._cell
        for place in range(row * columns, min((row + 1) * columns, len(self.states))):
            is_current, state = place == self.current, self.states[place]
            left = "[" if is_current else "]" if place - 1 == self.current and place % columns else " "
            style = self._style(f"palette--{state}")
            if is_current:
                style += self._style("palette--current")
            if place == self.cursor and self.has_focus:
                style = self._style("palette--cursor")
            segments += [Segment(left, Style(bold=True)), Segment(f"{place + 1:>{cell - 2}}{GLYPHS[state]}", style)]
            if is_current and (place + 1 == len(self.states) or (place + 1) % columns == 0):
                segments.append(Segment("]", Style(bold=True)))
        return Strip(segments)

    def _legend(self, state: str) -> Strip:
        count = Counter(self.states)[state]
        style = self._style(f"palette--{state}")
        return Strip([Segment(f"  {GLYPHS[state]} ", style), Segment(f"{WORDS[state]:<13}{count:>3}")])

    def notify_style_update(self) -> None:
        """Work the styles out afresh: the theme or the focus has changed."""
        super().notify_style_update()
        self._known.clear()

    def _style(self, name: str) -> Style:
        # looked up once and not for every cell of every paint
        if name not in self._known:
            self._known[name] = self.get_component_rich_style(name, partial=True) if name else self.rich_style
        return self._known[name]

    async def _on_key(self, event: events.Key) -> None:
        steps = {"left": -1, "right": 1, "up": -self.columns, "down": self.columns}
        if event.key in steps:
            self.cursor = max(0, min(self.cursor + steps[event.key], len(self.states) - 1))
        elif event.key in ("enter", "space"):
            self.post_message(self.Picked(self.cursor))
        else:
            return
        event.stop()
        event.prevent_default()

    def on_click(self, event: events.Click) -> None:
        """Go to the question that was clicked."""
        place = (self._first_row + event.y) * self.columns + event.x // self._cell
        if event.y < self.grid_rows and event.x < self.columns * self._cell and place < len(self.states):
            self.post_message(self.Picked(place))


if __name__ == "__main__":
    from screens.widgets.sample import show

    palette = Palette()
    palette.states = ("answered", "both", "flagged", "seen") + ("unseen",) * 11
    palette.current = 6
    show(palette)
