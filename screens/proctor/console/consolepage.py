"""What the console's screens share: the letters of the acts, for the seats a screen names, and what is said of them."""

from collections.abc import Sequence
from typing import ClassVar

from textual.binding import Binding

from kiosk.exam.text import clean_line
from kiosk.views.board import BoardState, SeatLine
from kiosk.views.order import Order, Outcome, Verb
from screens.clock import clock_text
from screens.notice import NoticeDialog
from screens.proctor.console.boardpage import BoardPage
from screens.proctor.console.message import (
    AnnouncementsAsked,
    ArrivalsAsked,
    CloseoutAsked,
    CodePageAsked,
    DeedsAsked,
    LeaveAsked,
    OrderAsked,
    PreflightAsked,
)
from screens.proctor.console.order import OrderDialog
from screens.proctor.console.outcome import OutcomeDialog
from screens.proctor.console.verb import BY_LETTER, DONE, OFFERS, Offer
from screens.proctor.console.whom import in_order, whom

HUB_LOST = "The hall's hub does not answer, so nothing can be done from here now. The seats go on by themselves."


def _binding(offer: Offer) -> Binding:
    keys = f"{offer.letter.lower()},{offer.letter}"
    words = f"{offer.name}: {offer.words[0].lower()}{offer.words[1:]}"
    return Binding(keys, f"verb('{offer.letter}')", show=False, id=f"console.{offer.verb}", tooltip=words)


class ConsolePage(BoardPage):
    """Base of the map and the card: both act with the same letters, on what `subjects` returns."""

    BINDINGS: ClassVar = [
        *(_binding(offer) for offer in OFFERS),
        Binding("z,Z", "deeds", show=False, id="console.undo", tooltip="Take back: what was done here, newest first"),
        Binding("f4", "announcements", "said", id="console.said", tooltip="Announcements, and who has read them"),
        Binding("f2", "preflight", show=False, id="console.fit", tooltip="Pre-flight: whether every seat is fit"),
        Binding("f9", "closeout", show=False, id="console.closeout", tooltip="Close-out: what is not explained yet"),
        Binding("q,Q", "arrivals", show=False, id="console.arrivals", tooltip="Check in who comes, by roll number"),
        Binding("g,G", "code", show=False, id="console.code", tooltip="Give a code for a seat without the hall"),
        Binding("f10", "leave", "leave", id="console.leave", tooltip="Leave the console; the hall goes on"),
    ]
    board: BoardState | None = None

    def subjects(self) -> tuple[SeatLine, ...]:
        """Return the seats an act is for."""
        raise NotImplementedError

    def say(self, words: str) -> None:
        """Show a notice that takes no key."""
        raise NotImplementedError

    def action_verb(self, letter: str) -> None:
        """Ask for what an act needs, then for the act itself."""
        offer, lines = BY_LETTER[letter], in_order(self.subjects())
        if self.refuses_acts() or self.board is None:
            return
        if not lines:
            self.show_refusal("There is no seat to do this for.")
        elif offer.target and len(lines) > 1:
            self.show_refusal("Move one seat after another: select only one.")
        elif offer.at_once and len(lines) == 1:
            self.post_message(OrderAsked(Order(verb=offer.verb, seats=(lines[0].seat,))))
        else:
            self.app.push_screen(OrderDialog(offer, lines, self.board), self.order)

    def action_hall(self) -> None:
        """Pause the whole hall, or let it go on."""
        if self.refuses_acts() or self.board is None:
            return
        offer = BY_LETTER["R" if self.board.paused else "P"]
        self.app.push_screen(OrderDialog(offer, in_order(self.board.seats), self.board, hall=True), self.order)

    def order(self, order: Order | None) -> None:
        """Pass an order on, if there is one."""
        if order is not None and not self.refuses_acts():
            self.post_message(OrderAsked(order))

    def refuses_acts(self) -> bool:
        """Whether nothing can be asked for now; says so."""
        if self.board is not None and self.board.is_connected:
            return False
        self.app.push_screen(NoticeDialog("Not now", HUB_LOST))
        return True

    def show_outcomes(self, order: Order, outcomes: Sequence[Outcome]) -> None:
        """Say in a line that all was done, or list what was refused."""
        if all(outcome.done for outcome in outcomes):
            self.say(self._done_words(order, outcomes))
        else:
            self.app.push_screen(OutcomeDialog(order, outcomes), self.take_selection)

    def take_selection(self, seats: tuple[str, ...] | None) -> None:
        """Select seats, where a screen has a selection."""

    def action_deeds(self) -> None:
        """Show what was done, to take it back."""
        self.post_message(DeedsAsked())

    def action_announcements(self) -> None:
        """Show what was announced."""
        self.post_message(AnnouncementsAsked())

    def action_preflight(self) -> None:
        """Show whether every seat is fit."""
        self.post_message(PreflightAsked())

    def action_closeout(self) -> None:
        """Show what became of the roster."""
        self.post_message(CloseoutAsked())

    def action_arrivals(self) -> None:
        """Show the screen of the check-in."""
        if not self.refuses_acts():
            self.post_message(ArrivalsAsked())

    def action_code(self) -> None:
        """Show the form for a code."""
        if not self.refuses_acts():
            lines = self.subjects()
            self.post_message(CodePageAsked(lines[0].seat if len(lines) == 1 else ""))

    def action_leave(self) -> None:
        """Ask to end the console."""
        self.post_message(LeaveAsked())

    def _done_words(self, order: Order, outcomes: Sequence[Outcome]) -> str:
        by_name = {line.seat: line for line in self.board.seats} if self.board else {}
        lines = [by_name[o.seat] for o in outcomes if o.seat in by_name]
        place = whom(lines) if lines and order.seats else "The hall"
        if order.verb is Verb.CREDIT and not (len(outcomes) == 1 and outcomes[0].words.startswith("gap ")):
            return f"{place}: {clock_text(order.amount_ms)} credited."
        words = clean_line(outcomes[0].words, 80) if len(outcomes) == 1 else DONE[order.verb]
        return f"{place}: {words}{'' if words.endswith('.') else '.'}"
