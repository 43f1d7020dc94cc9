"""The desk of one seat: what the candidate's screens ask, answered by the sitting, its writer, and the hall."""

from collections.abc import Callable
from threading import RLock

from kiosk.exam.entry import Entry
from kiosk.exam.error import KioskError, Refused
from kiosk.exam.grant import Act, Grant
from kiosk.exam.moment import Clock
from kiosk.exam.text import clean_line
from kiosk.seat.act import ask_grant, carry_out, must_fit
from kiosk.seat.act_code import ActCodes, NoCodes
from kiosk.seat.beginning import Beginning
from kiosk.seat.courier import Courier
from kiosk.seat.hub_line import HubLine, SameProcess
from kiosk.seat.inbox import Inbox
from kiosk.seat.lobby import Lobby
from kiosk.seat.order import Orders
from kiosk.seat.overlay import empty_overlay, overlay_of
from kiosk.seat.report import Reporter
from kiosk.seat.save_level import SaveLevels
from kiosk.seat.scribe import Scribe
from kiosk.seat.sheet import draw_sheet
from kiosk.seat.trust import Trust
from kiosk.seat.writer import Writer
from kiosk.views.authority import Authority
from kiosk.views.candidate import CandidateCard, SaveState, Sheet
from kiosk.views.desk import (
    ActRequest,
    Changed,
    DeskEvent,
    HallMessage,
    HeldByCentral,
    HeldByHall,
    LinkState,
    OverlayState,
    Saved,
)
from storage.seat.store import SeatStore

LONGEST_SECRET = 100
"""Characters of a roll number, a code or a PIN that are looked at."""
SETTLING = 3.0
"""Seconds the hall is given to take what this seat holds of a sitting, before it is asked where that goes on."""


class Desk(Lobby):
    """Implements `kiosk.views.desk.Desk` on a seat's own store.

    Candidates come one after the other; the store stays open, and so does its one writer.
    """

    def __init__(
        self,
        seat: str,
        authority: Authority,
        store: SeatStore,
        trust: Trust,
        clock: Clock,
        build: str,
        codes: ActCodes | None = None,
        hub: HubLine | None = None,
    ) -> None:
        """Take a store that is open; without `codes` no act can be allowed by code, without `hub` nothing travels."""
        super().__init__(clock, authority, store)
        self.seat = seat
        self._trust = trust
        self._codes = codes or NoCodes()
        self._hub = hub or SameProcess()
        self._listeners: list[Callable[[DeskEvent], None]] = []
        self._writer = Writer(store.append, self._heard)
        self._courier = Courier(authority.report)
        self._hand = False
        self._reporter = Reporter(self._courier, seat)
        self._levels = SaveLevels()
        self._beginning = Beginning(
            seat=seat, build=build, store=store, trust=trust, clock=clock, writer=self._writer, codes=self._codes
        )
        self._is_overlay_open = False
        self.inbox = Inbox(store.messages)
        self.orders = Orders(self._hub.done)
        self._turn = RLock()

    def listen(self, listener: Callable[[DeskEvent], None]) -> None:
        """Tell `listener`, from the writer's thread, what became of saves."""
        self._listeners.append(listener)

    def sign_in(self, roll_number: str, code: str) -> CandidateCard:
        """Check a candidate in with the hall; raises Denied, with the seconds to wait after wrong tries."""
        self._must_be_free()
        roll, secret = clean_line(roll_number, LONGEST_SECRET), clean_line(code, LONGEST_SECRET)
        admission = self._authority.admit(roll, secret, self.seat)
        self._forget_sitting()
        self.inbox.open(admission.candidate.user_id)  # first, so that what is told from now on has its place
        self._admission = admission
        self.tell_read()
        return admission.candidate

    def sign_out(self) -> None:
        """Forget the candidate; raises Refused while a test is open."""
        self._must_be_free()
        self._writer.drain()
        self._admission = None
        self._forget_sitting()

    def begin(self, assignment_id: str) -> Sheet:
        """Open the sitting, or go on with the open one at the same question, once its first entries are saved.

        Asked twice at the same time, the second asker gets the sitting the first one opened: two hands must never
        write one journal.
        """
        with self._turn:
            if self._sheet is None or not self._is_open(assignment_id):
                self._must_be_free()
                self._begin(assignment_id)
            self._writer.drain()
            return self.sheet()

    def _is_open(self, assignment_id: str) -> bool:
        scribe = self._scribe
        return scribe is not None and scribe.is_at_work and scribe.sitting.genesis.assignment_id == assignment_id

    def _begin(self, assignment_id: str) -> None:
        admission = self._admitted()
        self._writer.drain()  # what was written here before, a fence among it, is in the store that is asked
        for line in self._store.sittings():
            if line.assignment_id == assignment_id and line.submitted_at is None and self._hub.state().is_connected:
                self._hub.settle(line.submission_id, SETTLING)
        offer = self._authority.lease(admission.token, assignment_id, self.seat)
        scribe, attached = self._beginning.begin(offer, admission, assignment_id)
        self.inbox.open(admission.candidate.user_id)  # before it can be told anything of this sitting
        self._scribe, self._levels.hall_at = scribe, None
        self._sheet = draw_sheet(scribe.sitting.paper, scribe.sitting.order, admission.candidate, attached)
        self._writer.drain()
        self._store.advances.forget(assignment_id)  # what was allowed ahead for it opens nothing any more
        self.inbox.fill(self._entries(scribe))
        self.tell_read()
        self._reporter.tell(scribe)
        self._hub.saved(scribe.sitting.genesis.submission_id, at_once=True)

    def _entries(self, scribe: Scribe) -> tuple[Entry, ...]:
        record = self._store.record(scribe.sitting.genesis.submission_id)
        return () if record is None else record.entries

    def settle(self) -> None:
        """Wait until all that was put down is saved; raises KioskError where that is not going to happen."""
        self._writer.drain()

    def unlock_overlay(self, pin: str) -> str:
        """Let the hall check a proctor's PIN; return the proctor's name; raises Denied with the wait."""
        return clean_line(self._authority.proctor(pin[:LONGEST_SECRET], self.seat))

    def act(self, pin: str, request: ActRequest, second_pin: str | None = None) -> None:
        """Ask the hall for a grant, carry it out and wait until it is saved; raises Denied or Refused."""
        self._must_not_be_sealed()
        signed = ask_grant(self._authority, self._trust, self._scribe, self.seat, request, pin, second_pin)
        carry_out(self._scribe, signed)
        self._writer.drain()

    def act_by_code(self, request: ActRequest, code: str) -> None:
        """Carry out an act a console's code allows and wait until it is saved; raises Denied or Refused."""
        self._must_not_be_sealed()
        secret = clean_line(code, LONGEST_SECRET)
        signed = self._codes.grant(request, secret, *self._subject(), self._must_fit)
        if signed.grant.act is not Act.START:  # which opens nothing by itself: the candidate begins
            carry_out(self._scribe, signed)
        self._writer.drain()

    def challenge(self, request: ActRequest) -> str:
        """Return what the console must be told to give a code for an act."""
        return self._codes.challenge(request, *self._subject())

    def link(self) -> LinkState:
        """Return how the seat stands with its hall."""
        return self._hub.state()

    def messages(self) -> tuple[HallMessage, ...]:
        """Return what the hall told this candidate, oldest first."""
        return self.inbox.messages()

    def read_message(self, message_id: str) -> None:
        """Record that the candidate has read a message; raises Refused for one they were never told."""
        if self.inbox.read(message_id, self._scribe):
            self._hub.told(message_id, True)

    def tell_read(self) -> None:
        """Tell the hall again what was read: perhaps there was no line, or the seat went off before it could say so."""
        for message in self.inbox.messages():
            if message.is_read:
                self._hub.told(message.message_id, True)

    def raise_hand(self, on: bool) -> None:
        """Ask for a proctor, or ask no more; the clock runs on."""
        self._admitted()
        self._hand = on

    def saved(self) -> SaveState:
        """Return how far everything is saved."""
        return self._levels.state(self._writer)

    def tick(self) -> bool:
        """Do what the clocks and the hall demand; return whether the state changed."""
        told = self.orders.carry_out(self._scribe)
        for words in told:
            self.tell(Changed(words))
        return super().tick() or bool(told)

    def note_overlay(self, opened: bool) -> None:
        """Record that the proctor's overlay was opened or closed."""
        self._is_overlay_open = opened
        super().note_overlay(opened)

    @property
    def scribe(self) -> Scribe | None:
        """Who writes the sitting that is open here."""
        return self._scribe

    @property
    def asks(self) -> tuple[bool, bool]:
        """Whether the candidate asks for somebody, and whether the proctor's overlay is open."""
        return self._hand, self._is_overlay_open

    def held_by_hall(self, submission_id: str, seq: int) -> None:
        """Take note that the hall has committed a sitting up to an entry."""
        scribe = self._scribe
        if scribe is not None and scribe.sitting.genesis.submission_id == submission_id:
            at = self._levels.hall_at = self._clock.now().at
            self.tell(HeldByHall(seq, at))

    def held_by_central(self, submission_id: str, at: str) -> None:
        """Take note that central's receipt for a sitting came."""
        scribe = self._scribe
        if scribe is not None and scribe.sitting.genesis.submission_id == submission_id:
            self._levels.central_at = at
            self.tell(HeldByCentral(at))

    def tell(self, event: DeskEvent) -> None:
        """Tell whoever listens."""
        for listener in self._listeners:
            listener(event)

    def overlay(self) -> OverlayState:
        """Return what the proctor's overlay shows."""
        card = None if self._admission is None else self._admission.candidate
        scribe = self._scribe
        if scribe is None:
            expected = self._codes.expected() if card is None else ()
            return empty_overlay(card, expected, self._clock.now(), self._courier.trouble)
        with scribe.lock:
            return overlay_of(card, scribe.sitting, scribe.phase, scribe.events, scribe.now(), self._courier.trouble)

    def close(self) -> None:
        """Wait until everything put down is committed and the hall has been told, and let go of the store."""
        self._writer.close()
        self._courier.close()
        self._hub.close()
        self._store.close()

    def report_again(self, submission_id: str) -> None:
        """Tell a hall how a sitting of this seat stands that may never have heard of it, as after a new machine."""
        self._reporter.tell_again(submission_id, self._scribe, self._store)

    def _heard(self, event: DeskEvent) -> None:
        scribe = self._scribe
        if isinstance(event, Saved):
            self._levels.seat_at = event.at
            if scribe is not None:
                self._reporter.saved(scribe, event.seq)
                self.orders.saved(scribe, event.seq)
                sitting = scribe.sitting
                self._hub.saved(sitting.genesis.submission_id, at_once=not scribe.is_at_work)
        self.tell(event)

    def _must_be_free(self) -> None:
        if self._writer.failure is not None:
            raise KioskError(self._writer.failure, "Not saved")
        if self._scribe is not None and self._scribe.is_at_work:
            raise Refused("A test is open on this seat. It must be handed in first.")

    def _must_not_be_sealed(self) -> None:
        scribe = self._scribe
        if scribe is not None and self._store.is_sealed(scribe.sitting.genesis.submission_id):
            raise Refused("This sitting is sealed. Nothing can be done to it any more.")

    def _must_fit(self, grant: Grant) -> None:
        if grant.act is Act.START:
            self._must_be_free()
        else:
            must_fit(self._scribe, grant)

    def _subject(self) -> tuple[str, str | None]:
        """Return the open sitting, empty where there is none, and who is signed in."""
        candidate = None if self._admission is None else self._admission.candidate.user_id
        return ("" if self._scribe is None else self._scribe.sitting.genesis.submission_id), candidate

    def _forget_sitting(self) -> None:
        self._scribe, self._sheet, self._hand = None, None, False
        self._levels = SaveLevels()
        self.inbox.clear()
