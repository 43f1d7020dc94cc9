"""Is this you? The card between login and everything else."""

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Static

from kiosk.views.candidate import CandidateCard
from screens.messages import IdentityAnswered
from screens.page import Page
from screens.widgets.header import Header
from screens.widgets.keybar import KeyBar
from screens.widgets.press import Press
from screens.widgets.rule import Rule


class WhoScreen(Page):
    """Shows who has signed in, so that nobody sits somebody else's exam by mistake."""

    CSS_PATH = "who.tcss"
    HELP = "Check your name, number and seat. If anything is wrong, choose No and raise your hand."
    BINDINGS = [
        Binding("left,up", "app.focus_previous", show=False, id="who.previous", tooltip="Previous answer"),
        Binding("right,down", "app.focus_next", show=False, id="who.next", tooltip="Next answer"),
        Binding("escape", "no", show=False, id="who.no", tooltip="No, this is not me"),
    ]

    def __init__(self, candidate: CandidateCard) -> None:
        super().__init__()
        self._candidate = candidate

    def compose(self) -> ComposeResult:
        """Compose the card and the two answers."""
        candidate = self._candidate
        yield Header("Exam kiosk", "", f"seat {candidate.seat}")
        yield Rule()
        with Vertical(id="middle"), Vertical(id="card"):
            yield Static("Is this you?", id="title")
            for label, value in (("Name", candidate.name), ("Number", candidate.roll_number), ("Seat", candidate.seat)):
                yield Static(Content.assemble((f"{label:<8}", "$muted"), (value, "bold")))
            with Horizontal(id="answers"):
                yield Press("Yes, this is me", id="yes")
                yield Press("No", id="no")
        yield Rule()
        yield KeyBar((("Enter", "choose", 0), ("Tab", "other answer", 2), ("F1", "help", 1)))

    @on(Press.Pressed, "#yes")
    def agree(self) -> None:
        """Go on."""
        self.post_message(IdentityAnswered(True))

    @on(Press.Pressed, "#no")
    def action_no(self) -> None:
        """Go back to the login."""
        self.post_message(IdentityAnswered(False))
