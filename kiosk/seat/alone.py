"""A seat alone: what it may say by itself while its hall does not answer. Nothing new is allowed; what was, goes on."""

import secrets
from collections.abc import Callable, Container, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime

from kiosk.exam.assignment import AssignmentStatus
from kiosk.exam.error import Denied, Refused
from kiosk.exam.lease import Lease
from kiosk.exam.moment import Clock, parse_iso
from kiosk.exam.outline import Outline
from kiosk.exam.record import Record
from kiosk.exam.status import SubmissionStatus
from kiosk.exam.text import clean_line
from kiosk.ground.door import Doorkeeper
from kiosk.sealing.secret import CODE, fits, hash_secret
from kiosk.seat.expectation import Expectations, Expected
from kiosk.views.authority import Admission, Authority, GrantRequest, HallLost, LeaseOffer, Report
from kiosk.views.candidate import CandidateCard, Instructions, Notice, Result, TestCard
from storage.seat.acquaintance import Acquaintance
from storage.seat.store import SeatStore

REFUSAL = "Roll number and access code do not go together. Check both."
STRANGER = "The hall does not answer, and you have not signed in at this seat before. Please wait, or ask the proctor."
NO_PIN = "The hall does not answer, so that no PIN can be checked. Ask the console for a code."
NOT_NOW = "The hall does not answer. What you have written is safe on this seat. Please wait, or ask the proctor."
NOT_STARTED = "The hall does not answer. Please ask the proctor, who can start this test with a code."
NOT_BROUGHT = "The hall does not answer, and this test has not been brought here. Please ask the proctor."
NO_PAPER = "The hall does not answer, and the paper of this test has not come to this seat. Please ask the proctor."
AGAIN = "Please sign in again."
Papers = Callable[[str], tuple[bytes, bytes | None] | None]
"""Returns a sealed paper by its digest, and its files sealed as it is; None where it does not lie on this seat."""

Handed = Callable[[Lease], LeaseOffer | None]
"""Returns what a lease that begins at a fork goes on with; None where it was not brought here."""


@dataclass(frozen=True, slots=True)
class _Guest:
    """Who a token was given to, and whether the seat gave it."""

    card: CandidateCard
    is_own: bool


@dataclass(frozen=True, slots=True)
class Local:
    """What this seat knows of one candidate by itself."""

    open: Sequence[Record] = ()
    """Sittings that are neither handed in nor sealed."""
    expected: Sequence[Expected] = field(default=())


class Alone:
    """Implements `kiosk.views.authority.Authority`: the hall where it answers, else what the seat may say itself."""

    def __init__(
        self,
        hall: Authority,
        store: SeatStore,
        expectations: Expectations,
        clock: Clock,
        papers: Papers | None = None,
        handed: Handed | None = None,
    ) -> None:
        """`papers` finds what was sent to the seat before the exam: in its store, unless told otherwise.

        `handed` finds what a sitting that was brought on a stick goes on with.
        """
        self._hall = hall
        self._store = store
        self._expectations = expectations
        self._clock = clock
        self._papers = papers or store.papers.sealed
        self._handed = handed or (lambda lease: None)
        self._doorkeeper = Doorkeeper(store.doors, clock)
        self._guests: dict[str, _Guest] = {}

    def admit(self, roll_number: str, code: str, seat: str) -> Admission:
        """Recognise a candidate; without the hall only one who signed in here before, or whom a code has started."""
        try:
            admission = self._hall.admit(roll_number, code, seat)
        except HallLost:
            card = self._recognise(roll_number, code, seat)
            admission = Admission(secrets.token_hex(16), card)
            self._guests = {admission.token: _Guest(card, is_own=True)}
            return admission
        self._guests = {admission.token: _Guest(admission.candidate, is_own=False)}
        self._remember(roll_number, admission.candidate, code)
        return admission

    def tests(self, token: str) -> tuple[TestCard, ...]:
        """Return the candidate's tests; without the hall, what is open here and what may be started here."""
        if not self._is_own(token):
            try:
                return self._hall.tests(token)
            except HallLost:
                self._guest(token)
        local = self._local(token)
        opened = tuple(_card(record) for record in local.open)
        found = (*opened, *(self._offer_card(e) for e in local.expected))
        if all(card.refusal is not None for card in found):
            self._must_be_lost(token)
        return found

    def notices(self, token: str) -> tuple[Notice, ...]:
        """Return the candidate's notifications; none without the hall."""
        if not self._is_own(token):
            try:
                return self._hall.notices(token)
            except HallLost:
                self._guest(token)
        return ()

    def instructions(self, token: str, assignment_id: str) -> Instructions:
        """Return what is read before the start."""
        if not self._is_own(token):
            try:
                return self._hall.instructions(token, assignment_id)
            except HallLost:
                self._guest(token)
        local = self._local(token)
        for record in local.open:
            if record.genesis.assignment_id == assignment_id:
                return _instructions(record)
        for expected in local.expected:
            if expected.lease.lease.assignment_id == assignment_id:
                return expected.instructions
        self._must_be_lost(token)
        raise HallLost(NOT_NOW)

    def lease(self, token: str, assignment_id: str, seat: str) -> LeaseOffer:
        """Allow the seat to go on with what is open here, or to begin what a code has started."""
        if not self._is_own(token):
            try:
                return self._hall.lease(token, assignment_id, seat)
            except HallLost:
                self._guest(token)
        local = self._local(token)
        for record in local.open:
            if record.genesis.assignment_id == assignment_id:
                return LeaseOffer(record.leases[-1].envelope, "", b"")
        for expected in local.expected:
            if expected.lease.lease.assignment_id == assignment_id:
                if expected.start is None:
                    self._must_be_lost(token)
                return self._begin(expected)
        self._must_be_lost(token)
        raise HallLost(NOT_NOW)

    def result(self, token: str, assignment_id: str) -> Result:
        """Return the released result; only the hall knows it."""
        if self._is_own(token):
            raise HallLost(NOT_NOW)
        return self._hall.result(token, assignment_id)

    def proctor(self, pin: str, seat: str) -> str:
        """Check a PIN; only the hall can."""
        try:
            return self._hall.proctor(pin, seat)
        except HallLost:
            raise HallLost(NO_PIN) from None

    def grant(self, request: GrantRequest) -> bytes:
        """Return the signed grant of a proctor's act; only the hall can."""
        try:
            return self._hall.grant(request)
        except HallLost:
            raise HallLost(NO_PIN) from None

    def report(self, report: Report) -> None:
        """Tell of a sitting's progress."""
        self._hall.report(report)

    def challenge(self, seat: str) -> str:
        """Return what the seat must sign."""
        return self._hall.challenge(seat)

    def unlock(self, seat: str, wrapped_key: bytes, proof: bytes) -> bytes:
        """Return the key of the seat's store, sealed to whom the proof names."""
        return self._hall.unlock(seat, wrapped_key, proof)

    def _remember(self, roll_number: str, card: CandidateCard, code: str) -> None:
        """Keep how to recognise somebody the hall has just admitted."""
        known = self._store.acquaintances.known(roll_number)
        if known is not None and known.candidate_id == card.user_id and fits(code, known.secret_hash):
            return
        now = parse_iso(self._clock.now().at)
        self._store.acquaintances.keep(Acquaintance(roll_number, card.user_id, card.name, hash_secret(code, CODE)), now)

    def _recognise(self, roll_number: str, code: str, seat: str) -> CandidateCard:
        known = self._store.acquaintances.known(roll_number)
        started = [e for e in self._expectations.all() if e.card.roll_number == roll_number and e.secret_hash]

        def judge() -> CandidateCard | None:
            if known is not None and fits(code, known.secret_hash):
                return CandidateCard(known.candidate_id, clean_line(known.name), clean_line(roll_number), seat)
            return next((e.card for e in started if e.secret_hash and fits(code, e.secret_hash)), None)

        refusal = REFUSAL if known is not None or started else STRANGER
        return self._doorkeeper.judge((f"login roll {roll_number}", f"login seat {seat}"), judge, refusal)

    def _local(self, token: str) -> Local:
        candidate_id = self._guest(token).card.user_id
        records = [
            record
            for line in self._store.sittings()
            if line.status is SubmissionStatus.IN_PROGRESS and line.bundle_id is None
            if (record := self._store.record(line.submission_id)) is not None
        ]
        mine = {r.genesis.submission_id: r for r in records if r.candidate.user_id == candidate_id}
        begun = {line.submission_id for line in self._store.sittings()}
        expected = [
            e
            for e in self._expectations.all()
            if e.card.user_id == candidate_id and _is_ahead(e.lease.lease, mine.get(e.lease.lease.submission_id), begun)
        ]
        ahead = {e.lease.lease.submission_id for e in expected}
        return Local([r for r in mine.values() if r.genesis.submission_id not in ahead], expected)

    def _begin(self, expected: Expected) -> LeaseOffer:
        if expected.start is None:
            raise Refused(NOT_STARTED)
        if expected.lease.lease.fork is not None:
            return self._go_on(expected)
        paper = self._papers(expected.lease.lease.paper)
        if paper is None or expected.paper_identity is None:
            raise Refused(NO_PAPER)
        return LeaseOffer(expected.lease.envelope, expected.paper_identity, *paper)

    def _go_on(self, expected: Expected) -> LeaseOffer:
        offer = self._handed(expected.lease.lease)
        if offer is None:
            raise Refused(NOT_BROUGHT)
        return offer

    def _offer_card(self, expected: Expected) -> TestCard:
        return replace(expected.test, refusal=self._why_not(expected))

    def _why_not(self, expected: Expected) -> str | None:
        try:
            self._begin(expected)
        except Refused as refusal:
            return refusal.message
        return None

    def _must_be_lost(self, token: str) -> None:
        """Raise Denied where the hall is back: it knows nothing of a sign-in this seat allowed by itself."""
        if self._is_own(token):
            with suppress(HallLost):
                self._hall.tests(token)

    def _is_own(self, token: str) -> bool:
        guest = self._guests.get(token)
        return guest is not None and guest.is_own

    def _guest(self, token: str) -> _Guest:
        guest = self._guests.get(token)
        if guest is None:
            raise Denied(AGAIN)
        return guest


def _is_ahead(lease: Lease, record: Record | None, begun: Container[str]) -> bool:
    """Whether a permission is newer than what was written here under an earlier one, or the first here."""
    if record is None:
        return lease.submission_id not in begun
    return record.leases[-1].lease.epoch < lease.epoch


def _card(record: Record) -> TestCard:
    lease, outline = record.leases[-1].lease, Outline.of(record.paper)
    return TestCard(
        assignment_id=record.genesis.assignment_id,
        title=clean_line(record.paper.title),
        status=AssignmentStatus.IN_PROGRESS,
        due=_due(record),
        minutes=_instructions(record).minutes,
        questions=outline.questions,
        attempts_used=lease.attempt,
        max_attempts=record.paper.policy.max_attempts,
        has_open_sitting=True,
        has_results=False,
    )


def _due(record: Record) -> datetime:
    lease = record.leases[-1].lease
    return parse_iso(lease.due_at or lease.issued_at)


def _instructions(record: Record) -> Instructions:
    lease = record.leases[-1].lease
    outline = Outline.of(record.paper, opened=True)
    return Instructions.of(outline, lease.assignment_id, lease.accommodation, lease.attempt, resumes=True)
