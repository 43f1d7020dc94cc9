"""The desk of one seat: what the candidate's screens ask, answered by the sitting, its writer, and the hall."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from threading import RLock
from types import MappingProxyType
from typing import Any

from kiosk.exam.attachment import must_be_attached
from kiosk.exam.entry import Kind
from kiosk.exam.error import KioskError, Refused
from kiosk.exam.evidence import SCREEN_TEXT, Evidence
from kiosk.exam.moment import Clock
from kiosk.exam.receipt import receipt_code
from kiosk.exam.text import clean_line, clean_text
from kiosk.seat.act import ask_grant, carry_out
from kiosk.seat.courier import Courier
from kiosk.seat.event import RecentEvents
from kiosk.seat.offer import lease_of, opening_of
from kiosk.seat.overlay import overlay_of
from kiosk.seat.report import Reporter
from kiosk.seat.scribe import Move, Scribe
from kiosk.seat.sheet import draw_sheet
from kiosk.seat.trust import Trust
from kiosk.seat.writer import Writer
from kiosk.views.authority import Admission, Authority
from kiosk.views.candidate import (
    CandidateCard,
    Instructions,
    Notice,
    Result,
    SaveState,
    Sheet,
    SittingState,
    TestCard,
    TimeLeft,
)
from kiosk.views.desk import ActRequest, DeskEvent, OverlayState, Saved
from storage.seat.store import SeatStore

LONGEST_SECRET = 100
"""Characters of a roll number, a code or a PIN that are looked at."""
LONGEST_CAPTURE = 100_000
NOT_OPEN = "No test is open on this seat."


class Desk:
    """Implements `kiosk.views.desk.Desk` on a seat's own store.

    Candidates come one after the other; the store stays open, and so does its one writer.
    """

    def __init__(
        self, seat: str, authority: Authority, store: SeatStore, trust: Trust, clock: Clock, build: str
    ) -> None:
        self.seat = seat
        self._authority = authority
        self._store = store
        self._trust = trust
        self._clock = clock
        self._build = build
        self._listeners: list[Callable[[DeskEvent], None]] = []
        self._writer = Writer(store.append, self._heard)
        self._courier = Courier(authority.report)
        self._admission: Admission | None = None
        self._scribe: Scribe | None = None
        self._sheet: Sheet | None = None
        self._reporter = Reporter(self._courier)
        self._seat_at: str | None = None
        self._turn = RLock()

    def listen(self, listener: Callable[[DeskEvent], None]) -> None:
        """Tell `listener`, from the writer's thread, what became of saves."""
        self._listeners.append(listener)

    def sign_in(self, roll_number: str, code: str) -> CandidateCard:
        """Check a candidate in with the hall; raises Denied, with the seconds to wait after wrong tries."""
        self._must_be_free()
        roll, secret = clean_line(roll_number, LONGEST_SECRET), clean_line(code, LONGEST_SECRET)
        self._admission = self._authority.admit(roll, secret, self.seat)
        self._forget_sitting()
        return self._admission.candidate

    def sign_out(self) -> None:
        """Forget the candidate; raises Refused while a test is open."""
        self._must_be_free()
        self._writer.drain()
        self._forget_sitting()
        self._admission = None

    def tests(self) -> tuple[TestCard, ...]:
        """Return the candidate's tests, with the receipts of what was handed in here."""
        receipts = {line.assignment_id: line.receipt for line in self._store.sittings()}
        cards = self._authority.tests(self._admitted().token)
        return tuple(replace(card, receipt=receipts.get(card.assignment_id)) for card in cards)

    def notices(self) -> tuple[Notice, ...]:
        """Return the candidate's notifications, newest first."""
        return self._authority.notices(self._admitted().token)

    def instructions(self, assignment_id: str) -> Instructions:
        """Return what is read before the start."""
        return self._authority.instructions(self._admitted().token, assignment_id)

    def result(self, assignment_id: str) -> Result:
        """Return the released result; raises Refused while there is none to show."""
        return self._authority.result(self._admitted().token, assignment_id)

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
        offer = self._authority.lease(admission.token, assignment_id, self.seat)
        signed = lease_of(offer, self._trust, admission, assignment_id)
        record = self._store.record(signed.lease.submission_id)
        if record is None:
            opening = opening_of(offer, signed, admission)
            attached = opening.attachments
            scribe = Scribe.open(opening, self._build, self._clock, self._writer)
        elif record.leases[-1].lease != signed.lease:
            raise Refused("This sitting went on elsewhere after it was here. Please ask the proctor.")
        else:
            attached = record.attachments
            must_be_attached(record.paper, attached)
            scribe = Scribe.resume(record, self.seat, self._build, self._clock, self._writer)
        self._scribe = scribe
        self._sheet = draw_sheet(scribe.sitting.paper, scribe.sitting.order, admission.candidate, attached)
        self._writer.drain()
        self._reporter.tell(scribe)

    def unlock_overlay(self, pin: str) -> str:
        """Let the hall check a proctor's PIN; return the proctor's name; raises Denied with the wait."""
        return clean_line(self._authority.proctor(pin[:LONGEST_SECRET], self.seat))

    def act(self, pin: str, request: ActRequest, second_pin: str | None = None) -> None:
        """Ask the hall for a grant, carry it out and wait until it is saved; raises Denied or Refused."""
        scribe = self._scribe
        if scribe is not None and self._store.is_sealed(scribe.sitting.genesis.submission_id):
            raise Refused("This sitting is sealed. Nothing can be done to it any more.")
        signed = ask_grant(self._authority, self._trust, scribe, self.seat, request, pin, second_pin)
        carry_out(scribe, signed)
        self._writer.drain()

    def sheet(self) -> Sheet:
        """Return the paper in this candidate's order."""
        if self._sheet is None:
            raise KioskError(NOT_OPEN)
        return self._sheet

    def state(self) -> SittingState:
        """Return the present state of the sitting."""
        scribe = self._open()
        with scribe.lock:
            sitting = scribe.sitting
            hand_in = sitting.hand_in_entry
            return SittingState(
                phase=sitting.phase,
                question_id=sitting.question,
                section_id=sitting.section,
                answers=MappingProxyType(dict(sitting.answers)),
                shut_sections=sitting.shut_sections(scribe.now()),
                receipt=receipt_code(hand_in.hash) if hand_in else None,
                handed_in_at=hand_in.at if hand_in else None,
                handed_in_by=hand_in.body["by"] if hand_in else None,
            )

    def time_left(self) -> TimeLeft:
        """Return the clocks at this moment."""
        scribe = self._open()
        with scribe.lock:
            ledger, now = scribe.sitting.ledger, scribe.now()
            section = scribe.sitting.section
            section_ms = None if section is None else ledger.section_left_ms(section, now)
            return TimeLeft(ledger.left_ms(now), section_ms, ledger.running)

    def saved(self) -> SaveState:
        """Return how far everything is saved."""
        return SaveState(self._writer.pending, seat_at=self._seat_at, failure=self._writer.failure)

    def overlay(self) -> OverlayState:
        """Return what the proctor's overlay shows."""
        card = None if self._admission is None else self._admission.candidate
        scribe = self._scribe
        if scribe is None:
            return overlay_of(card, None, RecentEvents(), self._clock.now(), self._courier.trouble)
        with scribe.lock:
            return overlay_of(card, scribe.sitting, scribe.events, scribe.now(), self._courier.trouble)

    def head(self) -> int:
        """Return the number of the last entry of the open sitting, saved or not."""
        scribe = self._open()
        with scribe.lock:
            return scribe.sitting.head.seq

    def visit(self, question_id: str) -> None:
        """Go to a question."""
        self._move(lambda sitting, moment: sitting.visit(question_id, moment))

    def choose(self, question_id: str, option_ids: Iterable[str]) -> None:
        """Put down the chosen options."""
        chosen = tuple(option_ids)
        self._move(lambda sitting, moment: sitting.choose(question_id, chosen, moment))

    def type(self, question_id: str, text: str) -> None:
        """Put down the present text."""
        self._move(lambda sitting, moment: sitting.type(question_id, text, moment))

    def clear(self, question_id: str) -> None:
        """Take the answer back."""
        self._move(lambda sitting, moment: sitting.clear(question_id, moment))

    def flag(self, question_id: str, on: bool) -> None:
        """Mark for review, or take the mark away."""
        self._move(lambda sitting, moment: sitting.flag(question_id, on, moment))

    def show_hint(self, question_id: str) -> None:
        """Show the next hint."""
        self._move(lambda sitting, moment: sitting.show_hint(question_id, moment))

    def hand_in(self) -> None:
        """Hand in by the candidate's own wish."""
        self._move(lambda sitting, moment: sitting.hand_in(moment))

    def tick(self) -> bool:
        """Do what the clocks demand; return whether the state changed."""
        return self._scribe is not None and self._scribe.tick()

    def note_overlay(self, opened: bool) -> None:
        """Record that the proctor's overlay was opened or closed."""
        self._observe(Kind.OVERLAY_OPENED if opened else Kind.OVERLAY_CLOSED, {})

    def note_focus_lost(self) -> None:
        """Record that the terminal lost the focus."""
        self._observe(Kind.FOCUS_LOST, {})

    def note_paste(self, length: int) -> None:
        """Record that a paste of `length` characters was refused."""
        self._observe(Kind.PASTED, {"length": length})

    def capture(self, text: str) -> None:
        """Keep a text picture of the screen as evidence."""
        content = clean_text(text, LONGEST_CAPTURE).encode("utf-8")
        evidence = Evidence.of(content, SCREEN_TEXT, self._clock.now().at)
        self._observe(Kind.CAPTURED, {"evidence": evidence.digest}, (evidence,))

    def close(self) -> None:
        """Wait until everything put down is committed and the hall has been told, and let go of the store."""
        self._writer.close()
        self._courier.close()
        self._store.close()

    def _move(self, ask: Move) -> None:
        self._open().move(ask)

    def _observe(self, kind: Kind, body: Mapping[str, Any], evidence: tuple[Evidence, ...] = ()) -> None:
        if self._scribe is not None:
            self._scribe.observe(kind, body, evidence)

    def _heard(self, event: DeskEvent) -> None:
        scribe = self._scribe
        if isinstance(event, Saved):
            self._seat_at = event.at
            if scribe is not None:
                self._reporter.saved(scribe, event.seq)
        for listener in self._listeners:
            listener(event)

    def _must_be_free(self) -> None:
        if self._writer.failure is not None:
            raise KioskError(self._writer.failure, "Not saved")
        if self._scribe is not None and self._scribe.is_at_work:
            raise Refused("A test is open on this seat. It must be handed in first.")

    def _forget_sitting(self) -> None:
        self._scribe, self._sheet, self._seat_at = None, None, None

    def _admitted(self) -> Admission:
        if self._admission is None:
            raise KioskError("Nobody is signed in on this seat.")
        return self._admission

    def _open(self) -> Scribe:
        if self._scribe is None:
            raise KioskError(NOT_OPEN)
        return self._scribe
