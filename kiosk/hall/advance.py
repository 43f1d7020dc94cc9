"""Advances: what lets the seats begin although the hub has gone. Made by the rules of an ordinary start, one ahead.

A lease made ahead names one seat and one attempt. It counts as an attempt once its seat has used it, which the hub
learns from the seat's entries, or once the hall itself hands it out. Where the hall starts the candidate elsewhere,
that lease is of a higher epoch of the same sitting, so that of two starts one counts, the same one everywhere.
"""

import secrets
import uuid
from datetime import datetime, timedelta

from kiosk.exam.assignment import Assignment, Session
from kiosk.exam.error import Refused
from kiosk.exam.gate import check_opening
from kiosk.exam.lease import Lease
from kiosk.exam.moment import Clock, iso, parse_iso
from kiosk.exam.outline import Outline
from kiosk.exam.page import SignedLease
from kiosk.exam.person import Person
from kiosk.exam.text import clean_line
from kiosk.hall.card import candidate_card, instructions_of, minutes_of
from kiosk.hall.keys import HallKeys
from kiosk.sealing.envelope import PayloadType, sign
from kiosk.views.candidate import TestCard
from kiosk.wire.answer import CandidateAnswer, InstructionsAnswer, TestAnswer
from kiosk.wire.expected import ExpectedDocument
from kiosk.wire.hub import AdvanceMessage
from storage.hall.store import HallStore


class Advances:
    """Makes leases ahead for those whom the roster seats somewhere; the same one at every asking."""

    def __init__(self, store: HallStore, keys: HallKeys, clock: Clock) -> None:
        self._store = store
        self._keys = keys
        self._clock = clock

    def state(self) -> frozenset[tuple[str, bool]]:
        """Return what all that may be told depends on: the packages, and which papers are open; cheap to ask."""
        packages = self._store.roster.packages()
        papers = [p for test_id in {p.test_id for p in packages} for p in self._store.papers.sealed(test_id)]
        opened = {(p.digest, self._store.papers.identity(p.digest) is not None) for p in papers}
        return frozenset({*opened, *((p.package_id, True) for p in packages)})

    def of_seat(self, seat: str) -> tuple[AdvanceMessage, ...]:
        """Return what a seat may be told of those expected there; nothing of those who may not begin, or have begun."""
        now, found = parse_iso(self._clock.now().at), []
        sessions = {s.session_id: s for s in self._store.roster.all_sessions()}
        people = self._store.advances.people(seat)
        for session_id, person in people:
            for assignment in self._store.roster.assignments(person.user_id):
                message = self._message(seat, person, assignment, sessions[session_id], now)
                found += [message] if message is not None else []
        return tuple(found)

    def _message(
        self, seat: str, person: Person, assignment: Assignment, session: Session, now: datetime
    ) -> AdvanceMessage | None:
        digest = assignment.paper_digest
        sealed = None if digest is None else self._store.papers.paper(digest)
        if digest is None or sealed is None or not self._may(assignment, sealed.outline, session, now):
            return None
        signed = self._lease(seat, assignment, digest, sealed.outline, session, now)
        return AdvanceMessage(
            lease=signed.envelope.decode("ascii"),
            candidate=self.introduce(signed.lease, person, assignment, sealed.outline),
            paper_identity=self._store.papers.identity(digest),
        )

    def introduce(self, lease: Lease, person: Person, assignment: Assignment, outline: Outline) -> str:
        """Return the hall's word for whose sitting a lease is of, and what they read before they begin or go on."""
        document = _expected(lease, person, assignment, outline).model_dump(mode="json")
        return sign(PayloadType.EXPECTED, document, self._keys.signing).decode("ascii")

    def _may(self, assignment: Assignment, outline: Outline, session: Session, now: datetime) -> bool:
        latest = self._store.permits.progress((assignment.assignment_id,)).get(assignment.assignment_id)
        if latest is not None and not latest.is_over:
            return False
        test = self._store.roster.test(assignment.test_id)
        try:
            start = max(now, session.starts_at)
            check_opening(outline.policy, assignment, start, is_active=test.is_active, session=session)
        except Refused:
            return False  # they would not be let in either while the hub is there
        return True

    def _lease(
        self, seat: str, assignment: Assignment, paper: str, outline: Outline, session: Session, now: datetime
    ) -> SignedLease:
        attempt = assignment.attempt_count + 1
        before = self._store.advances.of(assignment.assignment_id, attempt)
        if before is not None and (before.lease.seat, before.lease.paper) == (seat, paper):
            return before
        left = max(assignment.due_date - max(now, session.starts_at), timedelta(0)) // timedelta(milliseconds=1)
        lease = Lease(
            lease_id=uuid.uuid4().hex,
            submission_id=uuid.uuid4().hex if before is None else before.lease.submission_id,
            opened_on=max(now, session.starts_at).date().isoformat() if before is None else before.lease.opened_on,
            assignment_id=assignment.assignment_id,
            candidate_id=assignment.candidate_id,
            paper=paper,
            seat=seat,
            epoch=1 if before is None else before.lease.epoch + 1,
            attempt=attempt,
            seed=secrets.token_hex(16),
            accommodation=assignment.accommodation,
            limit_ms=left if outline.policy.due_date_ends else None,
            due_at=iso(assignment.due_date),
            proctor_id=session.opened_by,
            issued_at=iso(now),
        )
        signed = SignedLease(lease=lease, envelope=sign(PayloadType.LEASE, lease.document(), self._keys.signing))
        self._store.advances.keep(signed)
        return signed


def _expected(lease: Lease, person: Person, assignment: Assignment, outline: Outline) -> ExpectedDocument:
    resumes = lease.fork is not None
    card = TestCard(
        assignment_id=assignment.assignment_id,
        title=clean_line(outline.title),
        status=assignment.status,
        due=assignment.due_date,
        minutes=minutes_of(outline, assignment),
        questions=outline.questions,
        attempts_used=assignment.attempt_count,
        max_attempts=outline.policy.max_attempts,
        has_open_sitting=resumes,
        has_results=False,
    )
    return ExpectedDocument(
        version=1,
        submission_id=lease.submission_id,
        candidate=CandidateAnswer.model_validate(candidate_card(person, lease.seat)),
        test=TestAnswer.model_validate(card),
        instructions=InstructionsAnswer.model_validate(instructions_of(outline, assignment, lease.attempt, resumes)),
    )
