"""The footer's upper line: how far what is on the screen is safe, and where help is."""

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual.reactive import reactive
from textual.strip import Strip
from textual.widget import Widget

from kiosk.views.candidate import SaveState
from screens.clock import wall_text
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

    def render_line(self, y: int) -> Strip:
        """Return the line: the level left, help right."""
        width = self.size.width
        room = width - cell_len(HELP)
        style = self._part("failure") if self.saved.failure is not None else None
        level = set_cell_size(shorten(self._level(), room - 1), room)
        return Strip([Segment(level, style), Segment(HELP, self._part("help"))]).apply_style(self.rich_style)

    def _level(self) -> str:
        if self.saved.failure is not None:
            return f" Not saved: {self.saved.failure}"
        if self.ahead or self.saved.pending:
            until = f" · saved up to {wall_text(self.saved.seat_at)}" if self.saved.seat_at else ""
            return f" Saving …{until}"
        if self.saved.seat_at is None:
            return " Nothing to save yet"
        levels = [f"this seat {wall_text(self.saved.seat_at)}"]
        levels += [f"hall {wall_text(self.saved.hall_at)}"] if self.saved.hall_at else []
        levels += [f"central {wall_text(self.saved.central_at)}"] if self.saved.central_at else []
        return " Saved: " + " · ".join(levels)

    def _part(self, name: str) -> Style:
        return self.get_component_rich_style(f"saveline--{name}", partial=True)


if __name__ == "__main__":
    from screens.widgets.sample import show

    line = SaveLine()
    line.saved = SaveState(0, "2031-05-06T10:41:02.000Z", "2031-05-06T10:41:02.000Z")
    show(line)
