"""The sitting goes on at another seat: nothing can be read or written here any more."""

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.getters import query_one
from textual.widgets import Static

from kiosk.views.candidate import SaveState, TimeLeft
from screens.clock import wall_text
from screens.messages import SignOutAsked
from screens.sitting import SittingScreen
from screens.widgets.press import Press

GOES_ON = "This sitting goes on at another seat."
_ADVICE = (
    "You go on at the same question, with the time you have left. Here nothing can be written any more. "
    "Please follow the proctor."
)


class MovedScreen(SittingScreen):
    """Says that the sitting has moved, and frees the seat."""

    CSS_PATH = "moved.tcss"
    COVERS = False
    HELP = "Your exam goes on at another seat. Nothing can be written here any more. Please follow the proctor."
    words = query_one("#words", Static)
    levels = query_one("#levels", Static)

    def compose_desk(self) -> ComposeResult:
        """Compose the words and the way out."""
        fenced = self.state.fenced
        is_stop = fenced not in (None, GOES_ON)
        with Vertical(id="moved"):
            yield Static(f"║  {'This seat is stopped' if is_stop else GOES_ON.rstrip('.')}  ║", id="words")
            yield Static(Content(fenced or "") if is_stop else _ADVICE, id="advice")
            yield Static(id="levels")
            yield Press("Sign out", id="sign-out")

    def on_mount(self) -> None:
        """Name the keys."""
        super().on_mount()
        self.key_bar.keys = (("Enter", "sign out", 0), ("F1", "help", 1))

    def show_saved(self, saved: SaveState) -> None:
        """Say up to when what was written here is kept."""
        super().show_saved(saved)
        until = f"What you wrote here is kept, up to {wall_text(saved.seat_at)}." if saved.seat_at else ""
        self.levels.update(Content(until))

    def show_time(self, time: TimeLeft) -> None:
        """The clock runs at the other seat."""
        self.header.clock = "moved"

    @on(Press.Pressed, "#sign-out")
    def sign_out(self) -> None:
        """Ask to be signed out."""
        self.post_message(SignOutAsked())
