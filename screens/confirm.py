"""A question with two answers, of which the safe one has the focus."""

from textual import on
from textual.app import ComposeResult

from screens.dialog import Dialog
from screens.widgets.press import Press


class ConfirmDialog(Dialog[bool]):
    """Says what happens and asks; Esc is always the safe answer. The result is whether it shall be done."""

    def __init__(self, title: str, words: str, yes: str, no: str, focus_yes: bool = False) -> None:
        super().__init__(title, words)
        self._yes, self._no, self._focus_yes = yes, no, focus_yes

    def compose_answers(self) -> ComposeResult:
        """Compose the two answers; the one to be focused stands first."""
        answers = [Press(self._no, id="no"), Press(self._yes, id="yes")]
        yield from reversed(answers) if self._focus_yes else answers

    @on(Press.Pressed, "#yes")
    def agree(self) -> None:
        """Close with yes."""
        self.dismiss(True)

    @on(Press.Pressed, "#no")
    def action_close(self) -> None:
        """Close with no."""
        self.dismiss(False)
