"""A notice somebody must have read: what is wrong and what to do."""

from textual import on
from textual.app import ComposeResult

from screens.dialog import Dialog
from screens.widgets.press import Press


class NoticeDialog(Dialog[None]):
    """Shows title and message of an error; Enter or Esc closes it."""

    def compose_answers(self) -> ComposeResult:
        """Compose the one answer."""
        yield Press("Understood", id="understood")

    @on(Press.Pressed, "#understood")
    def action_close(self) -> None:
        """Close it."""
        self.dismiss(None)
