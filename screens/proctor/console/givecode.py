"""A code for a seat that cannot reach the hall: what the seat shows is typed here, and the code is read back to it."""

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.getters import query_one
from textual.widgets import Input, OptionList, Static

from kiosk.exam.act_code import CODED_ACTS, read_challenge
from kiosk.exam.error import Invalid
from kiosk.exam.grant import ALONE_MS, NEEDS_SECOND, REASONS, Act
from kiosk.exam.text import clean_line
from kiosk.views.board import BoardState
from kiosk.views.order import CodeWish
from screens.clock import MINUTE_MS
from screens.dialog import Dialog
from screens.proctor.console.boardpage import BoardPage
from screens.proctor.console.message import CodeAsked, PageLeft
from screens.proctor.form import MOST_MINUTES
from screens.widgets.header import Header
from screens.widgets.keybar import KeyBar
from screens.widgets.marked_list import MarkedList
from screens.widgets.press import Press
from screens.widgets.rule import Rule

TIMED = frozenset({Act.EXTEND, Act.REOPEN})
NO_REASON = "none, as at the seat"
SLIPS = "As the seat shows it; O is read as zero, I and L as one."


class GiveCodeScreen(BoardPage):
    """Asks for everything that is bound into a code; Enter goes from field to field."""

    CSS_PATH = "givecode.tcss"
    HELP = (
        "For a seat that cannot reach the hall. Its screen shows a challenge; type it here with the same act, minutes "
        "and reason as there, and read the code back. A code fits once, at that seat, for that act and no other."
    )
    BINDINGS = [Binding("escape", "close", show=False, id="givecode.close", tooltip="Back; no code is given")]
    told = query_one("#told", Static)

    def __init__(self, board: BoardState, seat: str) -> None:
        """`seat`: what stands in the field at first."""
        super().__init__()
        self._board, self._seat = board, seat

    def compose(self) -> ComposeResult:
        """Compose the fields, in the order they are read out."""
        yield Header("Code for a seat without the hall")
        with Vertical(id="form"):
            with Horizontal(classes="row"):
                yield Static("Seat", classes="label")
                yield Input(self._seat, max_length=20, id="seat")
            with Horizontal(classes="row"):
                yield Static("Challenge", classes="label")
                yield Input(max_length=40, id="challenge")
            yield Static(SLIPS, id="told", markup=False)
            with Horizontal(id="lists"):
                with Vertical():
                    yield Static("Act", classes="label")
                    yield MarkedList([(Content(_words(a)), None) for a in CODED_ACTS], id="act", begins=False)
                with Vertical():
                    yield Static("Reason", classes="label")
                    yield MarkedList([(Content(r), None) for r in (NO_REASON, *REASONS)], id="reason", begins=False)
            with Horizontal(classes="row timed"):
                yield Static("Minutes", classes="label")
                yield Input(type="integer", max_length=4, id="minutes")
            with Horizontal(classes="row second"):
                yield Static("PIN of a second one", classes="label")
                yield Input(password=True, max_length=64, id="second")
            yield Static("", id="problem", classes="problem", markup=False)
            yield Press("Give the code", id="give")
        yield Rule()
        yield KeyBar((("Enter", "next field", 0), ("Esc", "back, give none", 1), ("F1", "help", 2)))

    def on_mount(self) -> None:
        """Begin in the first field that is empty."""
        for field in self.query(Input):
            field.cursor_blink = False
        self.query_one(Header).clock = self._board.clock
        self.query_one("#challenge" if self._seat else "#seat", Input).focus()

    def show_state(self, board: BoardState, lost_ms: int | None) -> None:
        """Keep the hall's clock."""
        self._board = board
        self.query_one(Header).clock = board.clock

    @on(Input.Changed, "#challenge")
    def help_with_slips(self, event: Input.Changed) -> None:
        """Say how the challenge reads, or which group has a slip, once it is long enough to tell."""
        words, wrong = SLIPS, False
        if len(_plain(event.value)) >= 8:
            try:
                words = f"Reads {read_challenge(event.value)}"
            except Invalid as slip:
                words, wrong = f"! {slip.message}", True
        self.told.set_class(wrong, "-wrong")
        self.told.update(Content(words))

    @on(Input.Changed, "#minutes")
    @on(OptionList.OptionHighlighted, "#act")
    def show_fields(self) -> None:
        """Ask for minutes and a second person where the act needs them."""
        self.set_class(self._act() in TIMED, "-timed")
        self.set_class(self._needs_second(), "-second")

    @on(Input.Submitted)
    @on(OptionList.OptionSelected)
    def go_on(self) -> None:
        """Go to the next field, and from the last to the answer."""
        fields = [f for f in self.query("Input, OptionList, Press").results() if f.display and self._is_asked(f.id)]
        place = next((n for n, field in enumerate(fields) if field.has_focus), 0)
        fields[min(place + 1, len(fields) - 1)].focus()

    @on(Press.Pressed)
    def give(self) -> None:
        """Ask for the code, once every field holds what it must."""
        fault = self._fault()
        if fault is not None:
            self.query_one("#problem", Static).update(Content(f"! {fault[1]}"))
            self.query_one(f"#{fault[0]}").focus()
            return
        self.query_one("#problem", Static).update("")
        act = self._act()
        assert act is not None
        chosen = self.query_one("#reason", MarkedList).highlighted or 0
        self.post_message(
            CodeAsked(
                CodeWish(
                    seat=self._named() or "",
                    challenge=read_challenge(self._value("challenge")),
                    act=act.value,
                    amount_ms=(self._minutes() or 0) * MINUTE_MS if act in TIMED else 0,
                    reason=REASONS[chosen - 1] if chosen else "",
                    pin="",
                    second_pin=self._value("second") if self._needs_second() else None,
                )
            )
        )

    def action_close(self) -> None:
        """Go back; no code is given."""
        self.post_message(PageLeft())

    def _is_asked(self, name: str | None) -> bool:
        if name == "minutes":
            return self._act() in TIMED
        return name != "second" or self._needs_second()

    def _fault(self) -> tuple[str, str] | None:
        if self._named() is None:
            return "seat", "There is no such seat in this hall."
        try:
            read_challenge(self._value("challenge"))
        except Invalid as slip:
            return "challenge", slip.message
        if self._act() is None:
            return "act", "Choose the act the seat asks for."
        least = 1 if self._act() is Act.EXTEND else 0
        minutes = self._minutes()
        if self._act() in TIMED and (minutes is None or not least <= minutes <= MOST_MINUTES):
            return "minutes", f"Type the minutes: {least} to {MOST_MINUTES}."
        if self._act() in NEEDS_SECOND and not self._value("second"):
            return "second", "A second person must type a PIN."
        return None

    def _value(self, name: str) -> str:
        return self.query_one(f"#{name}", Input).value

    def _named(self) -> str | None:
        typed = clean_line(self._value("seat")).casefold()
        return next((s.seat for s in self._board.seats if s.seat.casefold() == typed), None)

    def _act(self) -> Act | None:
        chosen = self.query_one("#act", MarkedList).highlighted
        return None if chosen is None else CODED_ACTS[chosen]

    def _minutes(self) -> int | None:
        value = self._value("minutes")
        return int(value) if value.isdecimal() else None

    def _needs_second(self) -> bool:
        act = self._act()
        return act in NEEDS_SECOND or (act is Act.EXTEND and (self._minutes() or 0) * MINUTE_MS > ALONE_MS)


class CodeDialog(Dialog[None]):
    """Shows a code, large and in groups, until it is closed."""

    CSS_PATH = ["../../dialog.tcss", "givecode.tcss"]

    def __init__(self, wish: CodeWish, code: str) -> None:
        minutes = f", {wish.amount_ms // MINUTE_MS} min" if wish.amount_ms else ""
        reason = f", {wish.reason}" if wish.reason else ""
        words = f"{_words(Act(wish.act))}{minutes}{reason}. It fits once, and for nothing else. Read it out by groups."
        super().__init__(f"Code for seat {clean_line(wish.seat, 20)}", words)
        self._groups = clean_line(code, 100).split("-")

    def compose_body(self) -> ComposeResult:
        """Compose one line for each group."""
        lines = [f"{n}.   {'   '.join(group)}" for n, group in enumerate(self._groups, 1)]
        yield Static(Content("\n\n".join(lines)), id="big")

    def compose_answers(self) -> ComposeResult:
        """Compose the one answer."""
        yield Press("Close: the seat has it", id="closed")

    @on(Press.Pressed)
    def action_close(self) -> None:
        """Close it; the code is shown nowhere again."""
        self.dismiss(None)


def _words(act: Act) -> str:
    return act.value.replace("_", " ")


def _plain(text: str) -> str:
    return "".join(c for c in text if c.isalnum())
