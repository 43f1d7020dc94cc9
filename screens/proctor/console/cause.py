"""The dialog that asks what an interruption is laid to: the cause decides what is credited or charged."""

from textual import on
from textual.app import ComposeResult
from textual.content import Content
from textual.getters import query_one
from textual.widgets import OptionList

from kiosk.exam.incident import Cause
from kiosk.exam.text import clean_line
from kiosk.views.board import Attention
from screens.dialog import Dialog
from screens.widgets.marked_list import MarkedList
from screens.widgets.press import Press

WORDS = {
    Cause.EQUIPMENT: "equipment: the time is given back",
    Cause.HALL: "the hall (power, fire alarm, noise): the time is given back",
    Cause.CANDIDATE: "the candidate: the time counts as used",
    Cause.UNCLEAR: "not clear: a chief decides, or two of you",
}


class CauseDialog(Dialog[Cause | None]):
    """Enter on a cause takes it; Esc leaves what stood."""

    CSS_PATH = ["../../dialog.tcss", "order.tcss"]
    causes = query_one(MarkedList)

    def __init__(self, attention: Attention) -> None:
        """`attention` has a cause now, on which the list begins."""
        super().__init__(f"Cause: {clean_line(attention.seat or 'hall', 12)}", clean_line(attention.words, 100))
        self._cause = Cause(attention.cause or Cause.UNCLEAR)

    def compose_body(self) -> ComposeResult:
        """Compose the causes."""
        yield MarkedList([(Content(words), None) for words in WORDS.values()])

    def compose_answers(self) -> ComposeResult:
        """Compose the one answer that is not in the list."""
        yield Press("Back, do nothing", id="back")

    def on_mount(self) -> None:
        """Begin on the cause that stands."""
        self.causes.highlighted = list(WORDS).index(self._cause)
        self.causes.focus()

    @on(OptionList.OptionSelected)
    def take(self, event: OptionList.OptionSelected) -> None:
        """Close with a cause."""
        self.dismiss(list(WORDS)[event.option_index])

    @on(Press.Pressed, "#back")
    def action_close(self) -> None:
        """Close and change nothing."""
        self.dismiss(None)
