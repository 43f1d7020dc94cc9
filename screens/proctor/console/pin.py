"""The PIN again, where nobody has touched the console for long."""

from textual import on
from textual.app import ComposeResult
from textual.getters import query_one
from textual.widgets import Input

from screens.dialog import Dialog
from screens.widgets.press import Press


class PinDialog(Dialog[str | None]):
    """Asks for a PIN before an act; Esc does nothing."""

    CSS_PATH = "../../dialog.tcss"
    pin = query_one("#pin", Input)

    def __init__(self) -> None:
        super().__init__("Your PIN", "Nobody has touched this console for a while. Who acts?")

    def compose_body(self) -> ComposeResult:
        """Compose the field."""
        yield Input(password=True, max_length=64, id="pin")

    def compose_answers(self) -> ComposeResult:
        """Compose the way back."""
        yield Press("Back, do nothing", id="back")

    def on_mount(self) -> None:
        """Begin in the field."""
        self.pin.cursor_blink = False
        self.pin.focus()

    @on(Input.Submitted)
    def enter(self, event: Input.Submitted) -> None:
        """Close with what was typed."""
        if event.value:
            self.dismiss(event.value)

    @on(Press.Pressed, "#back")
    def action_close(self) -> None:
        """Close and do nothing."""
        self.dismiss(None)
