"""A line across the screen, which may carry a notice: seen, never in the way, never asking for a key."""

from textwrap import wrap

from textual.app import RenderResult
from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from screens.widgets.line import shorten

NOTICE_SECONDS = 20
LEAST_NEWS = 8
"""Fewer cells than this say nothing."""


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
    cue: reactive[str] = reactive("")
    """How much of the text above has been shown, or nothing."""
    hand: reactive[str] = reactive("")
    """That a proctor is called, or nothing."""
    news: reactive[str] = reactive("")
    """What the hall has to say, or nothing; stays until it has been read."""
    column: reactive[int] = reactive(0)
    """Width of the column at the right edge that this rule joins; 0 for none."""

    def __init__(self, joint: str = "┬", id: str | None = None) -> None:
        super().__init__(id=id)
        self._joint = joint

    def say(self, notice: str, seconds: float = NOTICE_SECONDS) -> None:
        """Show a notice for a while."""
        self.notice = notice
        self.set_timer(seconds, lambda: self._unsay(notice))

    def watch_notice(self) -> None:
        """A long notice takes as many rows as it needs, for as long as it is there."""
        self.styles.height = max(1, len(self._folded()))

    def on_resize(self) -> None:
        """Fold the notice anew."""
        self.watch_notice()

    def _unsay(self, notice: str) -> None:
        if self.notice == notice:
            self.notice = ""

    def _folded(self) -> list[str]:
        return wrap(self.notice, max(8, self.size.width - 8)) if self.notice else []

    def render(self) -> RenderResult:
        width = self.size.width
        line = "─" * width
        if 0 < self.column < width:
            place = width - self.column - 1
            line = line[:place] + self._joint + line[place + 1 :]
        if not self.notice:
            return self._quiet(line)
        rows = []
        for row, words in enumerate(self._folded()):
            written = Content.assemble((f" {'!' if row == 0 else ' '} {words} ", "bold $background on $urgent"))
            rest = line if row == 0 else " " * width
            rows.append(Content.assemble(rest[0], written, rest[1 + written.cell_length :]))
        return Content("\n").join(rows)

    def _quiet(self, line: str) -> Content:
        """Return the rule with what stands in it for longer: left what is said, right the cue."""
        width = len(line)
        cue = Content.assemble((f" {self.cue} ", "bold $urgent")) if self.cue else Content("")
        room = width - cue.cell_length - 4
        drawn = Content("")
        for words in (self.hand, self.news):
            left = room - drawn.cell_length - 3
            if words and left > LEAST_NEWS:
                drawn = Content.assemble(drawn, "─", (f" {shorten(words, left)} ", "bold $accent"))
        right = width - cue.cell_length - 2 if self.cue else width
        return Content.assemble(drawn, line[drawn.cell_length : right], cue, line[right + cue.cell_length :])


if __name__ == "__main__":
    from screens.widgets.sample import show

    rule = Rule()
    rule.notice = "5 minutes left in Cells."
    show(rule, Rule())
