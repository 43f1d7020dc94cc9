"""The dialog behind each act of the console: what happens, to whom, and what it needs."""

from collections.abc import Mapping
from dataclasses import replace

from textual import on
from textual.app import ComposeResult
from textual.content import Content
from textual.getters import query_one
from textual.widgets import Input, OptionList, Static

from kiosk.exam.grant import REASONS
from kiosk.exam.text import clean_line
from kiosk.views.board import BoardState, SeatLine, SeatState
from kiosk.views.order import Order, Verb
from screens.clock import MINUTE_MS, clock_text
from screens.dialog import Dialog
from screens.proctor.console.sign import end_of
from screens.proctor.console.verb import Offer
from screens.proctor.console.whom import counted, whom
from screens.proctor.form import MOST_MINUTES
from screens.widgets.marked_list import MarkedList
from screens.widgets.press import Press


class OrderDialog(Dialog[Order | None]):
    """Fills one order; Enter goes from field to field, and the answer that changes nothing has the focus first."""

    CSS_PATH = ["../../dialog.tcss", "order.tcss"]
    VERTICAL_BREAKPOINTS = [(0, "-short"), (24, "-tall")]
    problem = query_one("#problem", Static)

    def __init__(self, offer: Offer, lines: tuple[SeatLine, ...], board: BoardState, *, hall: bool = False) -> None:
        """`hall`: the order is for the whole hall at once, whatever `lines` there are."""
        place = "the whole hall" if hall else whom(lines)
        super().__init__(f"{offer.name}: {place}", offer.words)
        self._offer, self._lines, self._board, self._hall = offer, lines, board, hall

    def compose_body(self) -> ComposeResult:
        """Compose the fields this act asks for, in the order they are read."""
        offer = self._offer
        if len(self._lines) > 1:
            yield Static(counted(self._lines), id="states", markup=False)
        if offer.target:
            yield Static("To which seat", classes="label")
            yield Input(max_length=20, id="target")
        if offer.minutes is not None:
            yield Static(offer.minutes_label, classes="label")
            yield Input(type="integer", max_length=4, id="minutes")
            yield Static(self._outcome(0), id="outcome", markup=False)
        if offer.asks_reason:
            yield Static("Reason", classes="label")
            yield MarkedList([(Content(reason), None) for reason in REASONS], id="reason", begins=False)
        if offer.phrases:
            yield MarkedList([(Content(words), None) for words in offer.phrases], id="phrases", begins=False)
        if offer.text is not None:
            yield Static(offer.text, classes="label")
            yield Input(max_length=300, id="text")
        label = _second_label(offer)
        if label:
            yield Static(label, classes="label second")
            yield Input(password=True, max_length=64, id="second", classes="second")
        yield Static("", id="problem", classes="problem", markup=False)

    def compose_answers(self) -> ComposeResult:
        """Compose the two answers, the safe one first."""
        yield Press("Back, do nothing", id="back")
        yield Press(f"{self._offer.name}{'' if len(self._lines) == 1 else f' ({len(self._lines)})'}", id="do")

    def on_mount(self) -> None:
        """Begin in the first field, or on the safe answer where there is none."""
        for field in self.query(Input):
            field.cursor_blink = False
        self.set_class(len(self._lines) > 1, "-many")
        self.set_class(self._needs_second(), "-second")
        next(iter([*self._fields(), self.query_one("#back", Press)])).focus()

    @on(Input.Changed, "#minutes")
    def tell_outcome(self, event: Input.Changed) -> None:
        """Say what the minutes will come to."""
        minutes = int(event.value) if event.value.isdecimal() else 0
        self.query_one("#outcome", Static).update(Content(self._outcome(minutes)))
        self.set_class(self._needs_second(), "-second")

    @on(OptionList.OptionSelected, "#phrases")
    def take_phrase(self, event: OptionList.OptionSelected) -> None:
        """Write ready words into the field, where they can be changed."""
        field = self.query_one("#text", Input)
        field.value = self._offer.phrases[event.option_index]
        field.focus()

    @on(Input.Submitted)
    @on(OptionList.OptionSelected, "#reason")
    def go_on(self) -> None:
        """Go to the next field, or confirm in the last."""
        fields = self._fields()
        place = next((n for n, field in enumerate(fields) if field.has_focus), len(fields) - 1)
        if place + 1 < len(fields):
            fields[place + 1].focus()
        else:
            self.confirm()

    @on(Press.Pressed, "#do")
    def confirm(self) -> None:
        """Close with the order, once every field holds what it must."""
        fault = next((f for f in (self._target_fault(), self._minutes_fault(), self._other_fault()) if f), None)
        if fault is not None:
            field, words = fault
            self.problem.update(Content(f"! {words}"))
            self.query_one(f"#{field}").focus()
            return
        offer, values = self._offer, self._values()
        order = Order(verb=offer.verb, seats=() if self._hall else tuple(line.seat for line in self._lines))
        if offer.asks_reason:
            order = replace(order, reason=REASONS[self.query_one("#reason", MarkedList).highlighted or 0])
        self.dismiss(
            replace(
                order,
                amount_ms=(self._minutes() or 0) * MINUTE_MS if offer.minutes is not None else 0,
                text=clean_line(values.get("text", "")),
                target=self._target(),
                second_pin=(values.get("second") or None) if self._needs_second() else None,
            )
        )

    @on(Press.Pressed, "#back")
    def action_close(self) -> None:
        """Close and do nothing."""
        self.dismiss(None)

    def _fields(self) -> list[Input | OptionList]:
        fields = [f for f in self.query("Input, OptionList").results() if isinstance(f, Input | OptionList)]
        return [f for f in fields if f.id != "second" or self._needs_second()]

    def _values(self) -> Mapping[str, str]:
        return {field.id or "": field.value for field in self.query(Input)}

    def _outcome(self, minutes: int) -> str:
        if self._offer.verb is Verb.CHARGE_GAP:
            return ""
        if len(self._lines) != 1 or self._lines[0].left_ms is None:
            return f"{minutes} min for each of {len(self._lines)} seats" if minutes else ""
        left, clock = self._lines[0].left_ms, self._board.clock
        new = left + minutes * MINUTE_MS
        if not minutes:
            return f"Left {clock_text(left)}, ends {end_of(clock, left)}"
        return f"Left {clock_text(left)} → {clock_text(new)}, ends {end_of(clock, left)} → {end_of(clock, new)}"

    def _minutes(self) -> int | None:
        value = self._values().get("minutes", "")
        minutes = int(value) if value.isdecimal() else -1
        return minutes if (self._offer.minutes or 0) <= minutes <= MOST_MINUTES else None

    def _target(self) -> str | None:
        typed = clean_line(self._values().get("target", "")).casefold()
        return next((line.seat for line in self._board.seats if line.seat.casefold() == typed), None)

    def _target_fault(self) -> tuple[str, str] | None:
        if not self._offer.target:
            return None
        target = self._target()
        if target is None:
            return "target", "There is no such seat in this hall. Type the name of an empty one."
        state = next(line.state for line in self._board.seats if line.seat == target)
        if state is not SeatState.EMPTY:
            return "target", f"Somebody is at {target}, or expected there. Type the name of an empty seat."
        return None

    def _minutes_fault(self) -> tuple[str, str] | None:
        if self._offer.minutes is None or self._minutes() is not None:
            return None
        return "minutes", f"Type the minutes: {self._offer.minutes} to {MOST_MINUTES}."

    def _other_fault(self) -> tuple[str, str] | None:
        offer, values = self._offer, self._values()
        if offer.asks_reason and self.query_one("#reason", MarkedList).highlighted is None:
            return "reason", "Choose a reason."
        if offer.needs_text and not clean_line(values.get("text", "")):
            return "text", "Type some words."
        if offer.second and not values.get("second"):
            return "second", "A second person must type a PIN."
        return None

    def _needs_second(self) -> bool:
        offer = self._offer
        return (
            offer.second
            or offer.second_if_asked is not None
            or (offer.second_over is not None and (self._minutes() or 0) > offer.second_over)
        )


def _second_label(offer: Offer) -> str | None:
    if offer.second:
        return "PIN of a second person"
    if offer.second_over is not None:
        return f"Second PIN (over {offer.second_over} min in all; a chief needs none)"
    return offer.second_if_asked
