"""The door of the console: a proctor's PIN."""

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.getters import query_one
from textual.widgets import Input, Static

from kiosk.exam.text import clean_line
from kiosk.views.board import BoardState
from screens.clock import clock_text
from screens.messages import PinEntered
from screens.proctor.console.boardpage import BoardPage
from screens.proctor.console.message import LeaveAsked
from screens.widgets.header import Header
from screens.widgets.keybar import KeyBar
from screens.widgets.rule import Rule
from screens.widgets.waitline import WaitLine

TITLE = "Proctor's console"


class DoorScreen(BoardPage):
    """Asks who acts from here; nothing of the hall is shown before."""

    CSS_PATH = "door.tcss"
    HELP = "Type your PIN to open the console. Every act is noted with your name. F10 leaves; the hall goes on."
    BINDINGS = [Binding("f10", "leave", show=False, id="door.leave", tooltip="Leave the console; the hall goes on")]
    pin = query_one("#pin", Input)
    wait = query_one(WaitLine)

    def __init__(self) -> None:
        super().__init__()
        self._is_asking = False

    def compose(self) -> ComposeResult:
        """Compose the question for a PIN."""
        yield Header(TITLE)
        yield Rule()
        with Vertical(id="door"):
            yield Static("", id="title", markup=False)
            yield Static("Your PIN", classes="label")
            yield Input(password=True, max_length=64, id="pin")
            yield WaitLine()
        yield KeyBar((("Enter", "open", 0), ("F10", "leave", 1), ("F1", "help", 2)))

    def on_mount(self) -> None:
        """Wait for a PIN."""
        self.pin.cursor_blink = False
        self.pin.focus()

    def begin_again(self) -> None:
        """Empty the field for the next one."""
        self.pin.value = ""
        self._is_asking = False
        self.wait.show("")
        self.pin.focus()

    def show_state(self, board: BoardState, lost_ms: int | None) -> None:
        """Show the hall, its clock and its title, and say where the hub is lost."""
        header = self.query_one(Header)
        header.title, header.clock = f"{TITLE} · {clean_line(board.hall, 40)}", board.clock
        lost = "" if board.is_connected else f"No answer from the hub for {clock_text(lost_ms or 0)}. Still trying."
        self.query_one("#title", Static).update(lost or clean_line(board.title, 80))

    def show_refusal(self, message: str, wait_seconds: int = 0) -> None:
        """Say why a PIN was refused, and how long to wait."""
        self._is_asking, self.pin.value = False, ""
        self.wait.show(message, wait_seconds)
        self.pin.disabled = wait_seconds > 0
        self.pin.focus()

    @on(Input.Submitted)
    def enter_pin(self, event: Input.Submitted) -> None:
        """Ask about a PIN; one question at a time."""
        if event.value and not self._is_asking:
            self._is_asking = True
            self.post_message(PinEntered(event.value))

    @on(WaitLine.Over)
    def try_again(self) -> None:
        """The wait is over."""
        self.pin.disabled = False
        self.pin.focus()

    def action_leave(self) -> None:
        """Ask to end the console."""
        self.post_message(LeaveAsked())
