"""The login screen: roll number and access code, nothing else to find out."""

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.content import Content
from textual.getters import query_one
from textual.widgets import Input, Static

from screens.messages import SignInAsked
from screens.page import Page
from screens.widgets.header import Header
from screens.widgets.keybar import KeyBar
from screens.widgets.line import spread
from screens.widgets.press import Press
from screens.widgets.rule import Rule
from screens.widgets.waitline import WaitLine

Samples = tuple[tuple[str, str, str], ...]
"""Roll number, access code and name of each sample candidate; given by the demo only."""


class LoginScreen(Page):
    """Where a candidate begins. Wrong tries slow down; the hall says by how much."""

    CSS_PATH = "login.tcss"
    HELP = (
        "Type your roll number and the access code from your slip. If they are refused, check them letter by letter; "
        "if they are refused again, raise your hand."
    )
    BINDINGS = [
        # with priority, so that a slip read by a scanner, quicker than focus moves, lands in both fields
        Binding("tab", "app.focus_next", show=False, priority=True, id="login.tab", tooltip="Next field"),
        Binding("down", "app.focus_next", show=False, id="login.next", tooltip="Next field"),
        Binding("up", "app.focus_previous", show=False, id="login.previous", tooltip="Previous field"),
        Binding("f2", "unmask", "show the code", id="login.unmask", tooltip="Show or hide the access code"),
    ]
    roll_number = query_one("#roll-number", Input)
    code = query_one("#code", Input)
    press = query_one("#sign-in", Press)
    problem = query_one(WaitLine)

    def __init__(self, seat: str, samples: Samples = ()) -> None:
        super().__init__()
        self._seat, self._samples = seat, samples

    def compose(self) -> ComposeResult:
        """Compose the two fields, the sample codes of the demo, and where staff go."""
        yield Header("Exam kiosk", "", f"seat {self._seat}")
        yield Rule()
        with Vertical(id="form"):
            yield Static("Sign in to your exam", id="title")
            yield Static("Roll number", classes="label")
            yield Input(max_length=64, id="roll-number")
            yield Static("Access code, from your slip", classes="label")
            yield Input(password=True, max_length=64, id="code")
            yield Press("Sign in", id="sign-in")
            yield WaitLine()
        if self._samples:
            lines = [Content(f"{roll_number:<10} {code:<14} {name}") for roll_number, code, name in self._samples]
            head = Content.assemble(("Demo: sign in as one of these (roll number, code)", "bold $accent"))
            yield Static(Content("\n").join([head, *lines]), id="samples")
        yield Rule()
        yield Static(id="foot")
        yield KeyBar((("Tab", "next field", 2), ("Enter", "sign in", 0), ("F2", "show the code", 3), ("F1", "help", 1)))

    def on_mount(self) -> None:
        """Begin at the roll number."""
        self.roll_number.cursor_blink = self.code.cursor_blink = False
        self.roll_number.focus()

    def on_resize(self) -> None:
        """Keep the foot at both ends."""
        foot = spread(Content(" Staff sign in elsewhere, not at a seat."), Content("F1 Help "), self.size.width)
        self.query_one("#foot", Static).update(foot)

    @on(Input.Submitted, "#roll-number")
    def go_to_code(self) -> None:
        """Enter in the first field goes to the second."""
        self.code.focus()

    @on(Input.Submitted, "#code")
    @on(Press.Pressed, "#sign-in")
    def sign_in(self) -> None:
        """Ask to be signed in, once both fields hold something."""
        roll_number, code = self.roll_number.value.strip(), self.code.value.strip()
        if not roll_number or not code:
            (self.code if roll_number else self.roll_number).focus()
            self.problem.show("Type both the roll number and the access code.")
            return
        self._shut(True)
        self.problem.show("")
        self.post_message(SignInAsked(roll_number, code))

    def show_refusal(self, message: str, wait_seconds: int = 0) -> None:
        """Say next to the fields what is wrong; they open again when the wait is over."""
        self.code.value = ""
        self.problem.show(message, wait_seconds)
        if wait_seconds <= 0:
            self.open_again()

    def begin_again(self) -> None:
        """Forget what was typed, for the next candidate."""
        self.roll_number.value = self.code.value = ""
        self.code.password = True
        self.problem.show("")
        self._shut(False)
        self.roll_number.focus()

    @on(WaitLine.Over)
    def open_again(self) -> None:
        """Let the candidate try again."""
        self._shut(False)
        self.code.focus()

    def action_unmask(self) -> None:
        """Show the access code, or hide it."""
        self.code.password = not self.code.password

    def _shut(self, shut: bool) -> None:
        self.roll_number.disabled = self.code.disabled = self.press.disabled = shut
