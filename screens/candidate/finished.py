"""After handing in: what was handed in, when, and the receipt that proves it."""

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.getters import query_one
from textual.widgets import Static

from kiosk.views.candidate import SaveState, SittingState, TimeLeft
from screens.clock import wall_text
from screens.level import lost_words
from screens.messages import SignOutAsked
from screens.news import News
from screens.sitting import SittingScreen
from screens.widgets.press import Press

_BY = {
    "candidate": "Handed in at {at}.",
    "time": "The time was over: your answers were handed in at {at}.",
    "proctor": "The proctor handed in for you at {at}.",
}


class FinishedScreen(SittingScreen):
    """Says that all is well, gives the receipt, and asks to stay seated."""

    CSS_PATH = "finished.tcss"
    COVERS = False
    HELP = "Your exam has been handed in. Write the receipt down: with it you can prove what you handed in."
    words = query_one("#words", Static)
    receipt = query_one("#receipt", Static)
    levels = query_one("#levels", Static)

    def compose_desk(self) -> ComposeResult:
        """Compose the words, the receipt and the way out."""
        with Vertical(id="finished"):
            yield Static(id="words")
            yield Static(id="receipt")
            yield Static("Write it down: it proves what you handed in.", id="advice")
            yield Static(id="levels")
            yield Static("Please stay seated until the proctor says so.", id="stay")
            yield Press("Sign out", id="sign-out")

    def on_mount(self) -> None:
        """Name the keys."""
        super().on_mount()
        self.key_bar.keys = (("Enter", "sign out", 0), ("F1", "help", 1))

    def show_state(self, state: SittingState) -> None:
        """Say when and by whom it was handed in, and the receipt."""
        super().show_state(state)
        questions = sum(len(s.questions) for s in self.sheet.sections)
        answered = sum(a.is_answered for a in state.answers.values())
        at = wall_text(state.handed_in_at) if state.handed_in_at else "…"
        words = _BY.get(state.handed_in_by or "candidate", _BY["candidate"]).format(at=at)
        self.words.update(Content.assemble((words, "bold"), f"\n{answered} of {questions} questions answered."))
        self.receipt.update(Content.assemble("Your receipt:  ", (state.receipt or "…", "bold $accent")))

    def show_saved(self, saved: SaveState) -> None:
        """Say how far the sitting has got."""
        super().show_saved(saved)
        steps = (("this seat", saved.seat_at), ("hall", saved.hall_at), ("central", saved.central_at))
        places = [place if at else f"{place} (waiting)" for place, at in steps]
        lost = lost_words(self.news.link)
        words = f"\n{lost.capitalize()}; what you handed in is safe on this seat." if lost else ""
        self.levels.update(Content(f"Saved: {', '.join(places)}.{words}"))

    def show_news(self, news: News) -> None:
        """Say too where the hall is lost."""
        super().show_news(news)
        self.show_saved(self.saved)

    def show_time(self, time: TimeLeft) -> None:
        """There is no clock any more."""
        self.header.clock = "handed in"

    def show_refusal(self, message: str, wait_seconds: int = 0) -> None:
        """Say what cannot be done; the sitting is closed."""
        self.lower.say(message)

    @on(Press.Pressed, "#sign-out")
    def sign_out(self) -> None:
        """Ask to be signed out."""
        self.post_message(SignOutAsked())
