"""Openings: which tests a candidate may begin, and the lease that lets one seat do it."""

import secrets
import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from threading import RLock

from kiosk.exam.assignment import Assignment, Session
from kiosk.exam.error import Denied, Refused
from kiosk.exam.lease import Lease
from kiosk.exam.log import AuditEntry
from kiosk.exam.moment import Clock, iso, parse_iso
from kiosk.exam.move import Move
from kiosk.exam.outline import Outline
from kiosk.exam.page import SignedLease
from kiosk.exam.paper import Paper
from kiosk.exam.person import Person
from kiosk.exam.roster import Progress
from kiosk.exam.text import clean_line
from kiosk.hall.card import instructions_of, minutes_of
from kiosk.hall.case import NO_PAPER, NOT_RELEASED, Case
from kiosk.hall.keys import HallKeys
from kiosk.hall.reception import Guest
from kiosk.hall.timetable import session_for
from kiosk.sealing.envelope import PayloadType, sign
from kiosk.sealing.part import open_paper
from kiosk.views.authority import JournalOffer, LeaseOffer
from kiosk.views.candidate import Instructions, TestCard
from storage.hall.store import HallStore

BEHIND = (
    "This seat does not hold all that the hall has of your test. Please ask the proctor: the test has to be moved, to "
    "another seat or to this one."
)
INCOMPLETE = "The hall does not hold all of this test yet. Please wait, or ask the proctor."
TRIES = 20
"""How often a lease is written anew because its sitting grew meanwhile."""


class Openings:
    """Asks the gate and signs leases; one at a time, so that an attempt is never given twice."""

    def __init__(self, store: HallStore, keys: HallKeys, clock: Clock, starts_together: Callable[[], bool]) -> None:
        """`starts_together` tells whether candidates begin when the proctor says, rather than each on their own."""
        self.is_behind: Callable[[str, str], bool] = lambda seat, submission_id: False
        """Whether a seat holds less of a sitting than the hall; the hub says how to know."""
        self.doubt: Callable[[str, str, Session | None], str | None] = lambda candidate, seat, session: None
        """Why a candidate may be at work at another seat than this one; the hub says how to know."""
        self._starts_together = starts_together
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
        return instructions_of(case.told(), case.assignment, case.attempt, case.running is not None)

    def lease(self, guest: Guest, assignment_id: str) -> LeaseOffer:
        """Return the lease of the running attempt, or of a new one; raises Refused where neither may be."""
        with self._lock:
            case, now = self._case(guest, self._own(guest, assignment_id)), self._now()
            case.check(guest.seat, now)
            if case.running is None:
                signed = self._open(guest, case, now)
            elif case.move is not None:
                signed = self._follow(guest, case.move, now)
            else:
                signed = self._again(guest, case.running)
        return self.offer(signed)

    def offer(self, signed: SignedLease) -> LeaseOffer:
        """Return a lease with all its seat needs to open or go on; raises Refused where the paper is not open."""
        sealed, identity = self._store.papers.paper(signed.lease.paper), self._store.papers.identity(signed.lease.paper)
        if sealed is None or identity is None:
            raise Refused(NO_PAPER if sealed is None else NOT_RELEASED)
        return LeaseOffer(signed.envelope, identity, sealed.blob, sealed.attachments, self._journal(signed.lease))

    def follow(self, person: Person, move: Move) -> SignedLease:
        """Give the seat a move names its lease although the candidate cannot ask for it; raises Refused as `lease`."""
        with self._lock:
            return self._follow(Guest(person, move.to_seat), move, self._now())

    def papers_with(self, question_id: str) -> frozenset[str]:
        """Return the digests of the papers, of those that are open, which have a question."""
        digests = {a.paper_digest for a in self._store.roster.all_assignments()}
        opened = {digest: self._paper(digest) for digest in digests if digest is not None}
        return frozenset(d for d, paper in opened.items() if paper is not None and question_id in paper.questions)

    def _again(self, guest: Guest, running: Progress) -> SignedLease:
        if self.is_behind(guest.seat, running.submission_id):
            raise Refused(BEHIND)
        return self._store.permits.lease(running.submission_id)

    def _follow(self, guest: Guest, move: Move, now: datetime) -> SignedLease:
        """Give the lease of the next epoch, cut at what the hall holds at this moment."""
        for _ in range(TRIES):
            before = self._store.permits.lease(move.submission_id).lease
            holding = self._store.tails.holding(before.submission_id, before.opened_on)
            fork = None if holding is None else holding.tail.newest.head
            if holding is not None and holding.tail.gap(holding.tail.newest.epoch) is not None:
                raise Refused(INCOMPLETE)
            lease = replace(
                before,
                lease_id=uuid.uuid4().hex,
                seat=guest.seat,
                epoch=before.epoch + 1,
                limit_ms=None if before.limit_ms is None else _left_ms(before.due_at, now),
                issued_at=iso(now),
                fork_seq=None if fork is None else fork.seq,
                fork_hash=None if fork is None else fork.hash.hex(),
            )
            signed = SignedLease(lease=lease, envelope=sign(PayloadType.LEASE, lease.document(), self._keys.signing))
            details = {"from": before.seat, "to": lease.seat, "epoch": lease.epoch, "move": move.move_id}
            audit = AuditEntry(
                at=now,
                who=guest.person.user_id,
                action="submission.move",
                subject_type="test_submissions",
                subject_id=lease.submission_id,
                details=details,
            )
            if self._store.moves.follow(move, signed, audit, now):
                return signed
        raise Refused("The seat this sitting leaves is still sending. Please try again.")

    def _journal(self, lease: Lease) -> JournalOffer | None:
        if lease.fork is None:
            return None
        copy = self._store.tails.copy(lease.submission_id, lease.opened_on, lease.epoch)
        return JournalOffer(
            genesis=copy.genesis,
            entries=copy.entries,
            evidence=copy.evidence,
            leases=copy.leases,
            grants=(*copy.grants, *self._store.confirmations.of_sitting(lease.submission_id)),
        )

    def _open(self, guest: Guest, case: Case, now: datetime) -> SignedLease:
        paper, assignment = case.printed(), case.assignment
        ahead = self._store.advances.of(assignment.assignment_id, case.attempt)
        if ahead is not None and _is_for(ahead.lease, guest.seat, paper.digest):
            return self._give(guest, ahead, now)
        lease = Lease(
            lease_id=uuid.uuid4().hex,
            submission_id=uuid.uuid4().hex if ahead is None else ahead.lease.submission_id,
            opened_on=now.date().isoformat() if ahead is None else ahead.lease.opened_on,
            assignment_id=assignment.assignment_id,
            candidate_id=guest.person.user_id,
            paper=paper.digest,
            seat=guest.seat,
            epoch=1 if ahead is None else ahead.lease.epoch + 1,
            attempt=case.attempt,
            seed=secrets.token_hex(16),
            accommodation=assignment.accommodation,
            limit_ms=_left_ms(iso(assignment.due_date), now) if paper.policy.due_date_ends else None,
            due_at=iso(assignment.due_date),
            proctor_id=None if case.session is None else case.session.opened_by,
            issued_at=iso(now),
        )
        signed = SignedLease(lease=lease, envelope=sign(PayloadType.LEASE, lease.document(), self._keys.signing))
        return self._give(guest, signed, now)

    def _give(self, guest: Guest, signed: SignedLease, now: datetime) -> SignedLease:
        lease = signed.lease
        audit = AuditEntry(
            at=now,
            who=guest.person.user_id,
            action="submission.start",
            subject_type="test_assignments",
            subject_id=lease.assignment_id,
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
        latest = self._store.permits.attempt_at(assignment.assignment_id, guest.seat)
        sessions = self._store.roster.sessions(guest.person.user_id)
        session = session_for(sessions, assignment.test_id, self._now())
        paper = self._paper(assignment.paper_digest)
        running = None if latest is None or latest.is_over else latest
        is_started = self._store.commands.is_started(assignment.candidate_id)
        is_sure = latest is not None or is_started
        return Case(
            assignment=assignment,
            test=self._store.roster.test(assignment.test_id),
            outline=self._outline(assignment.paper_digest) if paper is None else Outline.of(paper, opened=True),
            paper=paper,
            running=running,
            session=session,
            is_expected=session is not None or not self._store.roster.all_sessions(),
            move=None if running is None else self._store.moves.waiting(running.submission_id),
            may_start=not self._starts_together() or is_started,
            doubt=None if is_sure else self.doubt(assignment.candidate_id, guest.seat, session),
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
            refusal=case.refusal(guest.seat, now),
        )

    def _now(self) -> datetime:
        return parse_iso(self._clock.now().at)


def _is_for(ahead: Lease, seat: str, paper: str) -> bool:
    """Whether a lease made ahead is still what this seat would be given now: it may have begun with it already."""
    return (ahead.seat, ahead.paper, ahead.limit_ms) == (seat, paper, None)


def _left_ms(due_at: str | None, now: datetime) -> int | None:
    if due_at is None:
        return None
    return max(parse_iso(due_at) - now, timedelta(0)) // timedelta(milliseconds=1)
