"""A page of rows under a head, of which one key leaves only those that are not in order: pre-flight and close-out."""

from collections.abc import Sequence

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.content import Content
from textual.getters import query_one
from textual.message import Message
from textual.widgets import OptionList, Static

from kiosk.views.board import BoardState
from screens.proctor.console.boardpage import BoardPage
from screens.proctor.console.message import PageLeft
from screens.widgets.header import Header
from screens.widgets.keybar import KeyBar
from screens.widgets.line import shorten
from screens.widgets.marked_list import MarkedList
from screens.widgets.rule import Rule


class MatrixPage(BoardPage):
    """Base of both; what a row says is theirs."""

    CSS_PATH = "matrix.tcss"
    BINDINGS = [
        Binding("escape", "close", show=False, id="matrix.close", tooltip="Back to the map"),
        Binding("o,O", "only", show=False, id="matrix.only", tooltip="Only what is not in order, or all"),
        Binding("f5", "again", show=False, id="matrix.again", tooltip="Look again"),
    ]
    TITLE_WORDS = ""
    NOTHING = ""
    """What is said where no row is left."""
    ONLY = ""
    """The word of the key that leaves only what is not in order."""
    rows = query_one(MarkedList)
    only = False

    def compose(self) -> ComposeResult:
        """Compose verdict, head and rows."""
        yield Header(self.TITLE_WORDS)
        yield Static("", id="verdict", markup=False)
        yield Static("", id="more", markup=False)
        yield Static("", classes="head", id="head", markup=False)
        yield MarkedList()
        yield Rule()
        yield Static("", id="detail", markup=False)
        yield KeyBar((("Esc", "map", 0), ("O", self.ONLY, 1), ("F5", "look again", 2), ("F1", "help", 3)))

    def on_mount(self) -> None:
        """Begin in the rows."""
        self.rows.focus()

    def on_resize(self) -> None:
        """Draw for the new width, once that is known everywhere."""
        self.call_after_refresh(self.repaint)

    def repaint(self) -> None:
        """Draw everything anew."""
        good, words = self.verdict()
        verdict = self.query_one("#verdict", Static)
        verdict.set_class(not good, "-bad")
        verdict.update(Content(f" {'■' if good else '!'} {words}"))
        more = self.more()
        self.query_one("#more", Static).update(Content("\n").join(more))
        self.query_one("#more").display = bool(more)
        self.query_one("#head", Static).update(Content(shorten(f"   {self.head()}", self.size.width)))
        self.rows.fill([(line, None) for line in self.lines()] or [(Content(self.NOTHING), None)])

    @on(OptionList.OptionHighlighted)
    def show_detail(self, event: OptionList.OptionHighlighted) -> None:
        """Say in full what is cut short in the row."""
        details = self.details()
        words = details[event.option_index] if event.option_index < len(details) else ""
        self.query_one("#detail", Static).update(Content(words))

    def verdict(self) -> tuple[bool, str]:
        """Return whether all is in order, and the counts in words."""
        raise NotImplementedError

    def more(self) -> Sequence[Content]:
        """Return lines above the rows."""
        return ()

    def head(self) -> str:
        """Return the names of the columns."""
        raise NotImplementedError

    def lines(self) -> Sequence[Content]:
        """Return the rows, as the filter leaves them."""
        raise NotImplementedError

    def details(self) -> Sequence[str]:
        """Return what is not in order in each row shown, in full."""
        raise NotImplementedError

    def asked_again(self) -> Message:
        """Return what asks the App to look again."""
        raise NotImplementedError

    def show_state(self, board: BoardState, lost_ms: int | None) -> None:
        """Keep the hall's clock; say where this is old."""
        self.query_one(Header).clock = board.clock
        if not board.is_connected:
            self.query_one(Rule).say("The hub does not answer: this is how it was.")

    def action_only(self) -> None:
        """Show only what is not in order, or all."""
        self.only = not self.only
        self.repaint()

    def action_again(self) -> None:
        """Look again."""
        self.post_message(self.asked_again())

    def action_close(self) -> None:
        """Go back to the map."""
        self.post_message(PageLeft())
