"""The footer's upper line: how far what is on the screen is safe, and where help is."""

from textual.app import RenderResult
from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from kiosk.views.candidate import SaveState
from screens.clock import wall_text
from screens.widgets.line import spread


class SaveLine(Widget):
    """Says "Saved" only for what a store has acknowledged."""

    DEFAULT_CSS = """
    SaveLine {
        height: 1;
        color: $muted;
    }
    """

    saved: reactive[SaveState] = reactive(SaveState(0))
    ahead: reactive[bool] = reactive(False)
    """Whether the screen shows something that has not been handed over yet."""

    def render(self) -> RenderResult:
        return spread(self._level(), Content.assemble(("F1 Help ", "$foreground")), self.size.width)

    def _level(self) -> Content:
        if self.saved.failure is not None:
            return Content.assemble((f" Not saved: {self.saved.failure}", "bold $urgent"))
        if self.ahead or self.saved.pending:
            until = f" · saved up to {wall_text(self.saved.seat_at)}" if self.saved.seat_at else ""
            return Content(f" Saving …{until}")
        if self.saved.seat_at is None:
            return Content(" Nothing to save yet")
        levels = [f"this seat {wall_text(self.saved.seat_at)}"]
        levels += [f"hall {wall_text(self.saved.hall_at)}"] if self.saved.hall_at else []
        levels += [f"central {wall_text(self.saved.central_at)}"] if self.saved.central_at else []
        return Content(" Saved: " + " · ".join(levels))


if __name__ == "__main__":
    from screens.widgets.sample import show

    line = SaveLine()
    line.saved = SaveState(0, "2031-05-06T10:41:02.000Z", "2031-05-06T10:41:02.000Z")
    show(line)
