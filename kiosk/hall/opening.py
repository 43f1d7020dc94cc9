"""Openings: which tests a candidate may begin, and the lease that lets one seat do it."""

import secrets
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import RLock

from kiosk.exam.assignment import Assignment, Session
from kiosk.exam.error import Denied, Refused
from kiosk.exam.gate import check_opening
from kiosk.exam.lease import Lease
from kiosk.exam.log import AuditEntry
from kiosk.exam.moment import Clock, iso, parse_iso
from kiosk.exam.outline import Outline
from kiosk.exam.page import SignedLease
from kiosk.exam.paper import Paper
from kiosk.exam.roster import HeldTest, Progress
from kiosk.exam.text import clean_line
from kiosk.hall.card import instructions_of, minutes_of
from kiosk.hall.keys import HallKeys
from kiosk.hall.reception import Guest
from kiosk.hall.timetable import session_for
from kiosk.sealing.envelope import PayloadType, sign
from kiosk.sealing.part import open_paper
from kiosk.views.authority import LeaseOffer
from kiosk.views.candidate import Instructions, TestCard
from storage.hall.store import HallStore

NO_PAPER = "The paper of this test has not come to this hall. Please ask the proctor."
NOT_RELEASED = "The paper of this test has not been released yet. Please wait for the proctor."


@dataclass(frozen=True, slots=True)
class Case:
    """One assignment as it stands at one moment for a candidate at a seat."""

    assignment: Assignment
    test: HeldTest
    outline: Outline | None
    """What may be told of its paper; None while that has not come to the hall."""
    paper: Paper | None
    """None before the release."""
    running: Progress | None
    """The attempt that is not over yet."""
    session: Session | None
    is_expected: bool
    """Whether the hall has no sessions, or one of them holds this test for this candidate."""

    @property
    def attempt(self) -> int:
        """The attempt that would be worked at."""
        return self.running.attempt if self.running else self.assignment.attempt_count + 1


class Openings:
    """Asks the gate and signs leases; one at a time, so that an attempt is never given twice."""

    def __init__(self, store: HallStore, keys: HallKeys, clock: Clock) -> None:
        self._store = store
        self._keys = keys
        self._clock = clock
        self._lock = RLock()
        self._papers: dict[str, Paper] = {}

    def tests(self, guest: Guest) -> tuple[TestCard, ...]:
        """Return a candidate's tests, with why each may not start now."""
        assignments = self._store.roster.assignments(guest.person.user_id)
        released = self._store.roster.results(a.assignment_id for a in assignments)
        now = self._now()
        return tuple(self._card(guest, self._case(guest, a), now, a.assignment_id in released) for a in assignments)

    def instructions(self, guest: Guest, assignment_id: str) -> Instructions:
        """Return what is read before the start; raises Denied for somebody else's assignment."""
        case = self._case(guest, self._own(guest, assignment_id))
        return instructions_of(_told(case), case.assignment, case.attempt, case.running is not None)

    def lease(self, guest: Guest, assignment_id: str) -> LeaseOffer:
        """Return the lease of the running attempt, or of a new one; raises Refused where neither may be."""
        with self._lock:
            case, now = self._case(guest, self._own(guest, assignment_id)), self._now()
            _check(guest, case, now)
            if case.running is not None:
                signed = self._store.permits.lease(case.running.submission_id)
            else:
                signed = self._open(guest, case, now)
        sealed, identity = self._store.papers.paper(signed.lease.paper), self._store.papers.identity(signed.lease.paper)
        if sealed is None or identity is None:
            raise Refused(NO_PAPER if sealed is None else NOT_RELEASED)
        return LeaseOffer(signed.envelope, identity, sealed.blob, sealed.attachments)

    def _open(self, guest: Guest, case: Case, now: datetime) -> SignedLease:
        paper, assignment = _printed(case), case.assignment
        left = max(assignment.due_date - now, timedelta(0)) // timedelta(milliseconds=1)
        lease = Lease(
            lease_id=uuid.uuid4().hex,
            submission_id=uuid.uuid4().hex,
            opened_on=now.date().isoformat(),
            assignment_id=assignment.assignment_id,
            candidate_id=guest.person.user_id,
            paper=paper.digest,
            seat=guest.seat,
            epoch=1,
            attempt=case.attempt,
            seed=secrets.token_hex(16),
            accommodation=assignment.accommodation,
            limit_ms=left if paper.policy.due_date_ends else None,
            due_at=iso(assignment.due_date),
            proctor_id=None if case.session is None else case.session.opened_by,
            issued_at=iso(now),
        )
        signed = SignedLease(lease=lease, envelope=sign(PayloadType.LEASE, lease.document(), self._keys.signing))
        audit = AuditEntry(
            at=now,
            who=guest.person.user_id,
            action="submission.start",
            subject_type="test_assignments",
            subject_id=assignment.assignment_id,
            details={"submission": lease.submission_id, "attempt": lease.attempt, "seat": guest.seat},
        )
        self._store.permits.give_lease(signed, audit)
        return signed

    def _own(self, guest: Guest, assignment_id: str) -> Assignment:
        for assignment in self._store.roster.assignments(guest.person.user_id):
            if assignment.assignment_id == assignment_id:
                return assignment
        raise Denied("This test is not assigned to you.")

    def _case(self, guest: Guest, assignment: Assignment) -> Case:
        latest = self._store.permits.progress((assignment.assignment_id,)).get(assignment.assignment_id)
        sessions = self._store.roster.sessions(guest.person.user_id)
        session = session_for(sessions, assignment.test_id, self._now())
        paper = self._paper(assignment.paper_digest)
        return Case(
            assignment=assignment,
            test=self._store.roster.test(assignment.test_id),
            outline=self._outline(assignment.paper_digest) if paper is None else Outline.of(paper, opened=True),
            paper=paper,
            running=None if latest is None or latest.is_over else latest,
            session=session,
            is_expected=session is not None or not self._store.roster.all_sessions(),
        )

    def _outline(self, digest: str | None) -> Outline | None:
        sealed = None if digest is None else self._store.papers.paper(digest)
        return None if sealed is None else sealed.outline

    def _paper(self, digest: str | None) -> Paper | None:
        if digest is None:
            return None
        if digest not in self._papers:
            identity, sealed = self._store.papers.identity(digest), self._store.papers.paper(digest)
            if sealed is None or identity is None:
                return None
            self._papers[digest] = open_paper(sealed.blob, identity, digest)
        return self._papers[digest]

    def _card(self, guest: Guest, case: Case, now: datetime, has_results: bool) -> TestCard:
        assignment, outline = case.assignment, case.outline
        return TestCard(
            assignment_id=assignment.assignment_id,
            title=clean_line(case.test.title),
            status=assignment.status_at(now),
            due=assignment.due_date,
            minutes=0 if outline is None else minutes_of(outline, assignment),
            questions=0 if outline is None else outline.questions,
            attempts_used=assignment.attempt_count,
            max_attempts=None if outline is None else outline.policy.max_attempts,
            has_open_sitting=case.running is not None,
            has_results=has_results,
            refusal=_refusal(guest, case, now),
        )

    def _now(self) -> datetime:
        return parse_iso(self._clock.now().at)


def _refusal(guest: Guest, case: Case, now: datetime) -> str | None:
    try:
        _check(guest, case, now)
    except Refused as refusal:
        return refusal.message
    return None


def _check(guest: Guest, case: Case, now: datetime) -> None:
    """Raise Refused unless a candidate may begin here and now, or go on."""
    if case.running is not None:
        if case.running.seat != guest.seat:
            raise Refused(f"This test is open at the seat {case.running.seat}. Please ask the proctor.")
        return
    outline = _told(case)
    if not case.is_expected:
        raise Refused("You are not expected in a session of this hall. Please ask the proctor.")
    check_opening(outline.policy, case.assignment, now, is_active=case.test.is_active, session=case.session)
    if case.session is not None and case.session.opened_by is None:
        raise Refused("The proctor has not opened this session yet. Please wait.")
    _printed(case)


def _told(case: Case) -> Outline:
    if case.outline is None:
        raise Refused(NO_PAPER)
    return case.outline


def _printed(case: Case) -> Paper:
    if case.paper is None:
        raise Refused(NOT_RELEASED)
    return case.paper
