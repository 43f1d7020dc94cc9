"""The footer's upper line: how far what is on the screen is safe, and where help is."""

from time import monotonic

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual.reactive import reactive
from textual.strip import Strip
from textual.widget import Widget

from kiosk.views.candidate import SaveState
from kiosk.views.desk import LinkState
from screens.clock import wall_text
from screens.level import level_words, lost_words
from screens.widgets.line import shorten

HELP = "F1 Help "


class SaveLine(Widget):
    """Says "Saved" only for what a store has acknowledged. Every key changes it, so it is drawn without detours."""

    COMPONENT_CLASSES = {"saveline--help", "saveline--failure"}
    DEFAULT_CSS = """
    SaveLine {
        height: 1;
        color: $muted;
        & .saveline--help { color: $foreground; }
        & .saveline--failure { color: $urgent; text-style: bold; }
    }
    """

    saved: reactive[SaveState] = reactive(SaveState(0))
    ahead: reactive[bool] = reactive(False)
    """Whether the screen shows something that has not been handed over yet."""
    link: reactive[LinkState | None] = reactive(None)
    behind: reactive[int] = reactive(0)
    """Seconds for which the hall has owed its word."""

    def __init__(self) -> None:
        super().__init__()
        self._heard: tuple[str | None, float] = None, 0.0
        """The last word of the hall, and since when it is the last."""

    def show_link(self, link: LinkState | None) -> None:
        """Show how the seat stands with its hall; told about once a second."""
        now, word = monotonic(), self.saved.hall_at
        if link is None or not link.behind or word != self._heard[0] or not self._heard[1]:
            self._heard = word, now
        self.link, self.behind = link, int(now - self._heard[1])

    def render_line(self, y: int) -> Strip:
        """Return the line: the level left, help right."""
        width = self.size.width
        room = width - cell_len(HELP)
        style = self._part("failure") if self.saved.failure is not None else None
        level = set_cell_size(f" {shorten(self._level(room - 2), room - 2)}", room)
        return Strip([Segment(level, style), Segment(HELP, self._part("help"))]).apply_style(self.rich_style)

    def _level(self, room: int) -> str:
        if self.saved.failure is not None:
            return f"Not saved: {self.saved.failure}"
        if self.ahead or self.saved.pending:
            until = f"saved up to {wall_text(self.saved.seat_at)}" if self.saved.seat_at else ""
            return " · ".join(part for part in ("Saving …", until, lost_words(self.link)) if part)
        return level_words(self.saved, self.link, self.behind, room)

    def _part(self, name: str) -> Style:
        return self.get_component_rich_style(f"saveline--{name}", partial=True)


if __name__ == "__main__":
    from screens.widgets.sample import show

    line = SaveLine()
    line.saved = SaveState(0, "2031-05-06T10:41:02.000Z", "2031-05-06T10:41:02.000Z")
    show(line)
