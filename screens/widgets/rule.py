"""A line across the screen, which may carry a notice: seen, never in the way, never asking for a key."""

from textual.app import RenderResult
from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from screens.widgets.line import shorten

NOTICE_SECONDS = 20


class Rule(Widget):
    """A rule, with the joint to a column beside it, and room for one notice."""

    DEFAULT_CSS = """
    Rule {
        height: 1;
        color: $rule;
    }
    """

    notice: reactive[str] = reactive("")
    """Words that need you, or nothing."""
    column: reactive[int] = reactive(0)
    """Width of the column at the right edge that this rule joins; 0 for none."""

    def __init__(self, joint: str = "┬", id: str | None = None) -> None:
        super().__init__(id=id)
        self._joint = joint

    def say(self, notice: str, seconds: float = NOTICE_SECONDS) -> None:
        """Show a notice for a while."""
        self.notice = notice
        self.set_timer(seconds, lambda: self._unsay(notice))

    def _unsay(self, notice: str) -> None:
        if self.notice == notice:
            self.notice = ""

    def render(self) -> RenderResult:
        width = self.size.width
        line = "─" * width
        if 0 < self.column < width:
            place = width - self.column - 1
            line = line[:place] + self._joint + line[place + 1 :]
        if not self.notice:
            return Content(line)
        words = f" ! {shorten(self.notice, width - 6)} "
        written = Content.assemble((words, "bold $background on $urgent"))
        return Content.assemble(line[0], written, line[1 + written.cell_length :])


if __name__ == "__main__":
    from screens.widgets.sample import show

    rule = Rule()
    rule.notice = "5 minutes left in Cells."
    show(rule, Rule())
