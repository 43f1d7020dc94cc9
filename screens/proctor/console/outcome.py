"""What became of an act at each seat: those that were refused first, each with why."""

from collections.abc import Sequence

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.content import Content
from textual.getters import query_one
from textual.widgets import Static

from kiosk.exam.text import clean_line
from kiosk.views.order import Order, Outcome
from screens.dialog import Dialog
from screens.proctor.console.verb import DONE, NAMES
from screens.widgets.pages import Pages
from screens.widgets.press import Press


class OutcomeDialog(Dialog[tuple[str, ...] | None]):
    """Lists the seats; the result is the refused ones, where those shall be selected."""

    CSS_PATH = ["../../dialog.tcss", "outcome.tcss"]
    VERTICAL_BREAKPOINTS = [(0, "-short"), (24, "-medium"), (36, "-tall")]
    BINDINGS = [
        Binding("down", "scroll(1)", show=False, id="outcome.down", tooltip="Scroll down"),
        Binding("up", "scroll(-1)", show=False, id="outcome.up", tooltip="Scroll up"),
        Binding("pagedown", "page(1)", show=False, id="outcome.page-down", tooltip="One page down"),
        Binding("pageup", "page(-1)", show=False, id="outcome.page-up", tooltip="One page up"),
    ]
    rows = query_one("#rows", Pages)

    def __init__(self, order: Order, outcomes: Sequence[Outcome]) -> None:
        refused = [o for o in outcomes if not o.done]
        done = len(outcomes) - len(refused)
        words = f"{done} of {len(outcomes)} {DONE[order.verb]}, {len(refused)} refused."
        super().__init__(NAMES[order.verb], words)
        self._refused, self._done = refused, [o for o in outcomes if o.done]

    def compose_body(self) -> ComposeResult:
        """Compose the table, the refused seats first."""
        with Pages(id="rows"):
            lines = [_row("!", "refused", o, "bold $urgent") for o in self._refused]
            lines += [_row("■", "done", o, "$answered") for o in self._done]
            yield Static(Content("\n").join(lines))

    def compose_answers(self) -> ComposeResult:
        """Compose the answers."""
        yield Press("Understood", id="understood")
        if self._refused:
            yield Press("Select the refused", id="select")

    def action_scroll(self, by: int) -> None:
        """Scroll the table by lines."""
        self.rows.scroll_lines(by)

    def action_page(self, by: int) -> None:
        """Scroll the table by pages."""
        self.rows.scroll_pages(by)

    @on(Press.Pressed, "#select")
    def select(self) -> None:
        """Close, and select the refused seats."""
        self.dismiss(tuple(o.seat for o in self._refused))

    @on(Press.Pressed, "#understood")
    def action_close(self) -> None:
        """Close it."""
        self.dismiss(None)


def _row(glyph: str, word: str, outcome: Outcome, style: str) -> Content:
    seat = clean_line(outcome.seat, 12)
    return Content.assemble((f"{glyph} {seat:<6} {word:<8}", style), clean_line(outcome.words, 200))
