"""An act without a hall: what a console must be told, and the code it gives back."""

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.content import Content
from textual.getters import query_one
from textual.widgets import Input, Static

from kiosk.exam.grant import Act
from kiosk.exam.text import clean_line
from kiosk.views.candidate import CandidateCard
from kiosk.views.desk import ActRequest, OverlayState
from screens.clock import MINUTE_MS
from screens.messages import CodeClosed, CodeEntered
from screens.page import Page
from screens.proctor.act import OFFERS
from screens.proctor.facts import who_words
from screens.proctor.idle import Idle
from screens.widgets.header import Header
from screens.widgets.keybar import KeyBar
from screens.widgets.rule import Rule
from screens.widgets.waitline import WaitLine

LONGEST_CODE = 40
_HELP_WITH_SLIPS = "Small letters, blanks and lines do not matter; O is read as zero, I and L as one."


class CodeScreen(Page):
    """Shows the challenge and takes the code; a slip can be mended where it was typed."""

    CSS_PATH = "code.tcss"
    HELP = (
        "For the proctor, where the hall does not answer. Read these lines to who sits at a console: they give a code "
        "for this act, once, at this seat and for this candidate."
    )
    BINDINGS = [Binding("escape", "close", "back", id="code.close", tooltip="Back to the acts; nothing is done")]
    code = query_one("#code", Input)
    wait = query_one(WaitLine)

    def __init__(self, seat: str, overlay: OverlayState, request: ActRequest, challenge: str) -> None:
        super().__init__()
        self._seat, self._overlay, self._request, self._challenge = seat, overlay, request, challenge
        self._is_asked = False
        self._idle = Idle(self, self.action_close)

    def compose(self) -> ComposeResult:
        """Compose what is read out, the challenge and the place of the code."""
        yield Header("Proctor · by code", "", f"seat {self._seat}")
        yield Rule()
        with Vertical(id="code-room"):
            yield Static("Tell the console, which gives a code back:", id="ask")
            yield Static(self._facts(), id="told", markup=False)
            yield Static(spaced(self._challenge), id="challenge", markup=False)
            yield Static("Code from the console", classes="label")
            yield Input(max_length=LONGEST_CODE, select_on_focus=False, id="code")
            yield Static(_HELP_WITH_SLIPS, id="slips")
            yield WaitLine()
        yield Rule(id="lower")
        yield KeyBar((("Enter", "do it", 0), ("Esc", "back, do nothing", 1), ("F1", "help", 2)))

    def on_mount(self) -> None:
        """Wait for the code."""
        self.code.cursor_blink = False
        self.code.focus()
        self._idle.touch()

    def on_key(self, event: events.Key) -> None:
        """Somebody is there."""
        self._idle.touch()

    def show_refusal(self, message: str, wait_seconds: int = 0) -> None:
        """Say what is wrong with the code, and how long to wait; what was typed stays, to be mended."""
        self._is_asked = False
        self.wait.show(message, wait_seconds)
        self.code.disabled = wait_seconds > 0
        if not wait_seconds:
            self.code.focus()

    @on(WaitLine.Over)
    def try_again(self) -> None:
        """The wait after a wrong code is over."""
        self.code.disabled = False
        self.code.focus()
        self._idle.touch()

    @on(Input.Submitted, "#code")
    def enter_code(self, event: Input.Submitted) -> None:
        """Ask for the act; one question at a time."""
        if event.value.strip() and not self._is_asked:
            self._is_asked = True
            self.wait.show("")
            self.post_message(CodeEntered(self._request, event.value))

    def action_close(self) -> None:
        """Go back to the acts and do nothing."""
        self._idle.stop()
        self.post_message(CodeClosed())

    def _facts(self) -> Content:
        request, candidate = self._request, _subject(self._request, self._overlay)
        name = next((o.name for o in OFFERS if o.act is request.act), request.act.value)
        rows = [
            ("Seat", self._seat),
            ("Candidate", "nobody signed in" if candidate is None else who_words(candidate)),
            ("Act", f"{name} ({request.act.value})"),
            ("Minutes", str(request.amount_ms // MINUTE_MS) if request.amount_ms else "none"),
            ("Reason", clean_line(request.reason) or "none"),
            ("Challenge", ""),
        ]
        return Content("\n").join(
            [Content.assemble((f"{label:<11}", "$muted"), (value, "bold")) for label, value in rows]
        )


def _subject(request: ActRequest, overlay: OverlayState) -> CandidateCard | None:
    """Return whom an act is for: who is signed in, else whom a start names."""
    if overlay.candidate is not None or request.act is not Act.START:
        return overlay.candidate
    asked = request.note.casefold()
    found = [c for c in overlay.expected if not asked or asked in (c.roll_number.casefold(), c.user_id.casefold())]
    return found[0] if len(found) == 1 else None


def spaced(challenge: str) -> str:
    """Return a challenge as it is read out: letter by letter, its groups apart."""
    return "     ".join(" ".join(group) for group in clean_line(challenge).replace("-", " ").split())
