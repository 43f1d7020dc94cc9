"""Check-in: a roll number is typed or scanned, and who it belongs to is compared with the person and the document."""

from collections.abc import Sequence

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.getters import query_one
from textual.widgets import Input, Static

from kiosk.exam.text import clean_line
from kiosk.views.board import BoardState, Card, SeatLine
from kiosk.views.closeout import CloseoutLine
from kiosk.views.order import Order, Outcome, Verb
from screens.proctor.console.boardpage import BoardPage
from screens.proctor.console.caption import Caption
from screens.proctor.console.message import OrderAsked, PageLeft, SeatLooked
from screens.proctor.console.sign import state_word
from screens.widgets.header import Header
from screens.widgets.keybar import KeyBar
from screens.widgets.line import shorten
from screens.widgets.press import Press
from screens.widgets.rule import Rule

MISMATCH = "mismatch"
FIELDS = (("seat", "Seat", 20), ("name", "Name, if another", 80), ("document", "Document, last", 40))
NOBODY = "Type or scan a roll number, then Enter."


class ArrivalsScreen(BoardPage):
    """One candidate after the other; what does not match is noted and stays in the list until somebody settles it."""

    CSS_PATH = "arrivals.tcss"
    HELP = (
        "Type or scan a roll number. Compare face, name and number with the document. Type the name only where the "
        "document has another, and the last characters of its number. What does not match goes on the list below."
    )
    BINDINGS = [
        Binding("escape", "close", show=False, id="arrivals.close", tooltip="Next candidate, or back to the map")
    ]
    roll = query_one("#roll", Input)
    rule = query_one(Rule)

    def __init__(self, board: BoardState, roster: Sequence[CloseoutLine]) -> None:
        """`roster`: also those who have no seat yet."""
        super().__init__()
        self._board, self._roster = board, tuple(roster)
        self._who: tuple[SeatLine | None, CloseoutLine | None] = (None, None)
        self._badges = ""

    def compose(self) -> ComposeResult:
        """Compose the form, and the list of what did not match."""
        yield Header("Check-in")
        with Vertical(id="form"):
            with Horizontal(classes="row"):
                yield Static("Roll number", classes="label")
                yield Input(max_length=60, id="roll")
            yield Static(NOBODY, id="who", markup=False)
            for name, label, longest in FIELDS:
                with Horizontal(classes="row found"):
                    yield Static(label, classes="label")
                    yield Input(max_length=longest, id=name)
            with Horizontal(classes="row found"):
                yield Press("It is them: check in", id="agree")
                yield Press("Photo differs: note it", id="photo")
        yield Caption("mismatches", id="mismatch-caption")
        yield Static("", id="mismatches", markup=False)
        yield Rule()
        yield KeyBar((("Enter", "next field", 0), ("Esc", "next candidate, or map", 1), ("F1", "help", 2)))

    def on_mount(self) -> None:
        """Wait for a number."""
        for field in self.query(Input):
            field.cursor_blink = False
        self.show_state(self._board, None)
        self._begin()

    def show_state(self, board: BoardState, lost_ms: int | None) -> None:
        """Keep the clock and the list of mismatches."""
        self._board = board
        self.query_one(Header).clock = board.clock
        found = [a for a in board.attention if a.kind == MISMATCH]
        caption = self.query_one("#mismatch-caption", Caption)
        caption.words, caption.warm = f"mismatches ({len(found)})", bool(found)
        width = max(20, self.app.size.width - 4)
        lines = [shorten(f"! {clean_line(a.seat or '-', 12):<6}{clean_line(a.words)}", width) for a in found]
        self.query_one("#mismatches", Static).update(Content("\n".join(lines) or "None."))

    def show_card(self, card: Card) -> None:
        """Say what this candidate is entitled to."""
        if self._who[0] is not None and card.seat == self._who[0].seat:
            self._badges = ", ".join(clean_line(badge, 40) for badge in card.badges)
            self._write_who()

    def show_outcomes(self, outcomes: Sequence[Outcome]) -> None:
        """Say what became of it; the form is ready for the next where it was done or noted."""
        words = "; ".join(f"{clean_line(o.seat, 12)}: {clean_line(o.words)}" for o in outcomes)
        self.rule.say(words)
        self._begin()

    @on(Input.Submitted, "#roll")
    def find(self, event: Input.Submitted) -> None:
        """Look up whose number it is."""
        typed = _plain(event.value)
        seat = next((s for s in self._board.seats if typed and _plain(s.roll_number or "") == typed), None)
        row = next((r for r in self._roster if typed and _plain(r.roll_number or "") == typed), None)
        if seat is None and row is None:
            self.query_one("#who", Static).update(
                Content("! Nobody on the roster has this number." if typed else NOBODY)
            )
            self.remove_class("-found")
            self.roll.select_all()
            return
        self._who, self._badges = (seat, row), ""
        self.add_class("-found")
        planned = seat.seat if seat is not None else row.seat if row is not None else None
        self._field("seat").value = planned or ""
        self._write_who()
        self._field("document" if planned else "seat").focus()
        if seat is not None:
            self.post_message(SeatLooked(seat.seat))

    @on(Input.Submitted, "#seat,#name,#document")
    def go_on(self) -> None:
        """Enter goes to the next field, and from the last to the answer."""
        names = [name for name, _, _ in FIELDS]
        place = next((n for n, name in enumerate(names) if self._field(name).has_focus), len(names) - 1)
        if place + 1 < len(names):
            self._field(names[place + 1]).focus()
        else:
            self.query_one("#agree", Press).focus()

    @on(Press.Pressed, "#agree")
    def agree(self) -> None:
        """Check them in, if name and number match."""
        self._order("")

    @on(Press.Pressed, "#photo")
    def differ(self) -> None:
        """Note that face and photo are not of one person."""
        self._order("photo: no")

    def action_close(self) -> None:
        """Begin with the next, or go back to the map."""
        if self.has_class("-found"):
            self._begin()
        else:
            self.post_message(PageLeft())

    def _order(self, more: str) -> None:
        typed = self._field("seat").value.strip().casefold()
        seat = next((s.seat for s in self._board.seats if s.seat.casefold() == typed), None)
        if seat is None:
            self.rule.say("Type the seat: one of this hall, and an empty one where none was planned.")
            self._field("seat").focus()
            return
        told = [f"roll: {_one(self.roll.value)}"]
        told += [f"{name}: {_one(value)}" for name in ("name", "document") if (value := self._field(name).value)]
        text = "; ".join([*told, *([more] if more else [])])
        self.post_message(OrderAsked(Order(verb=Verb.CHECK_IN, seats=(seat,), text=text)))

    def _begin(self) -> None:
        self._who, self._badges = (None, None), ""
        for field in self.query(Input):
            field.value = ""
        self.remove_class("-found")
        self.query_one("#who", Static).update(Content(NOBODY))
        self.roll.focus()

    def _write_who(self) -> None:
        seat, row = self._who
        name = (seat.candidate if seat else None) or (row.candidate if row else "")
        test = (seat.test if seat else None) or (row.test if row else "")
        extra = self._badges or ("extra time" if seat is not None and seat.accommodated else "no extra time")
        stands = (
            state_word(seat.state, seat.candidate) if seat is not None else "no seat is planned: choose an empty one"
        )
        facts = Content.assemble((clean_line(name, 80), "bold"), f"\n{clean_line(test or '', 60)} · {extra}")
        place = f"\nSeat {clean_line(seat.seat, 12)}: {stands}" if seat is not None else f"\n{stands}"
        self.query_one("#who", Static).update(Content.assemble(facts, place))

    def _field(self, name: str) -> Input:
        return self.query_one(f"#{name}", Input)


def _plain(text: str) -> str:
    return "".join(c for c in text.casefold() if c.isalnum())


def _one(text: str) -> str:
    """Return a typed value without what parts values from each other."""
    return clean_line(text.replace(";", " "), 100)
