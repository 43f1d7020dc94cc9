"""Counting a sitting: its journal, answers and evidence become rows, once, in one transaction."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.exc import StatementError
from sqlalchemy.orm import Session

from kiosk.exam.assignment import AssignmentStatus
from kiosk.exam.error import Invalid
from kiosk.exam.lease import Lease
from kiosk.exam.log import LogEntry
from kiosk.exam.moment import parse_iso
from kiosk.exam.page import Page, SignedLease, row_id
from kiosk.exam.person import Person
from kiosk.exam.status import BundleState, SubmissionStatus
from storage.central.provisional import ensure_assignment, ensure_people
from storage.models import office as rows
from storage.office.store import Store, add_rows, write_logs
from storage.page import answer_row, entry_row, evidence_row, lease_row, sitting_key, standing_row


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A bundle opened, verified and folded."""

    bundle_id: str
    page: Page
    """The whole journal as one page."""
    candidate: Person
    leases: tuple[SignedLease, ...]
    """In the order of their epochs; the first allowed the opening."""
    story: tuple[LogEntry, ...]
    flags: tuple[str, ...] = ()

    @property
    def opening_lease(self) -> Lease:
        """The lease that allowed the opening."""
        return self.leases[0].lease


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A bundle to be opened, as it was stored."""

    bundle_id: str
    envelope: bytes
    body: bytes


class CountStore(Store):
    """Turns opened bundles into the rows of their sittings."""

    def waiting(self, bundle_id: str) -> Waiting | None:
        """Return a bundle that is still to be opened, or None when it has been settled."""
        query = select(rows.Bundle).where(rows.Bundle.bundle_id == bundle_id)
        with self._reading() as session:
            row = session.scalar(query)
            if row is None or row.body is None or row.state in (BundleState.COUNTED, BundleState.BRANCH):
                return None
            return Waiting(bundle_id=row.bundle_id, envelope=row.manifest, body=row.body)

    def count(self, opened: Opened, at: datetime) -> BundleState:
        """Write the rows of a sitting and return where its bundle then stands.

        A sitting that is counted already keeps its rows: the same bundle changes nothing, another one is a branch.
        Raises Invalid where the office's own rows contradict the bundle.
        """
        try:
            with self._writing() as session:
                return _count(session, opened, at)
        except StatementError as error:  # a value of another kind than its column; its words may hold an answer
            raise Invalid("the journal holds a value that no row can hold") from error

    def fail(self, bundle_id: str, problem: str, at: datetime) -> None:
        """Remember why a bundle could not be counted; it stays to be tried again."""
        with self._writing() as session:
            bundle = _bundle(session, bundle_id)
            if bundle.state in (BundleState.RECEIVED, BundleState.FAILED):
                bundle.state, bundle.problem, bundle.settled_at = BundleState.FAILED, problem, at


def _count(session: Session, opened: Opened, at: datetime) -> BundleState:
    genesis = opened.page.genesis
    bundle = _bundle(session, opened.bundle_id)
    if bundle.state is BundleState.COUNTED:
        return bundle.state
    _must_know_paper(session, genesis.paper)
    staff = {e.performed_by for e in opened.story} | {opened.page.proctor_id or opened.candidate.user_id}
    ensure_people(session, opened.candidate, staff, at)
    ensure_assignment(session, opened, at)
    bundle.flags = sorted({*bundle.flags, *opened.flags})
    bundle.problem, bundle.settled_at = None, at
    bundle.state = BundleState.COUNTED
    if not _begin_sitting(session, opened):
        bundle.state = BundleState.BRANCH
        bundle.problem = "another bundle of this sitting is counted already"
        return bundle.state
    session.flush()
    _write_sitting(session, opened)
    _write_attempts(session, genesis.assignment_id)
    return bundle.state


def _bundle(session: Session, bundle_id: str) -> rows.Bundle:
    query = select(rows.Bundle).where(rows.Bundle.bundle_id == bundle_id).with_for_update()
    return session.scalars(query).one()


def _must_know_paper(session: Session, digest: str) -> None:
    if session.get(rows.Paper, digest) is None:
        raise Invalid(f"the paper {digest[:12]} was not printed here")


def _begin_sitting(session: Session, opened: Opened) -> bool:
    """Make the row of the sitting; return whether it is ours to fill."""
    genesis, standing = opened.page.genesis, opened.page.standing
    row = session.get(rows.Submission, (genesis.submission_id, genesis.opened_on), with_for_update=True)
    if row is not None and row.head_seq is not None:
        return False
    if row is None:
        row = rows.Submission(**sitting_key(genesis), status=SubmissionStatus.IN_PROGRESS)
        session.add(row)
    row.assignment_id, row.started_at, row.attempt = (
        genesis.assignment_id,
        parse_iso(standing.started_at),
        standing.attempt,
    )
    row.paper_digest, row.seat, row.lease_id, row.build = genesis.paper, genesis.seat, genesis.lease, genesis.build
    for name, value in standing_row(standing).items():
        setattr(row, name, value)
    return True


def _write_sitting(session: Session, opened: Opened) -> None:
    page, key = opened.page, sitting_key(opened.page.genesis)
    add_rows(session, rows.JournalEntry, [entry_row(e) for e in page.entries])
    add_rows(session, rows.Answer, [{**key, **storable(answer_row(a))} for a in page.answers])
    add_rows(session, rows.Evidence, [{**key, **evidence_row(e)} for e in page.evidence])
    add_rows(session, rows.Lease, [lease_row(signed) for signed in opened.leases])
    add_rows(session, rows.Proctoring, [{**key, **_proctoring_row(page)}])
    write_logs(session, opened.story)


def storable(value: Any) -> Any:
    """Return JSON values with U+FFFD for every NUL, which PostgreSQL has no place for; the journal keeps it."""
    if isinstance(value, str):
        return value.replace("\0", "\ufffd")
    if isinstance(value, dict):
        return {name: storable(part) for name, part in value.items()}
    return [storable(part) for part in value] if isinstance(value, list) else value


def _proctoring_row(page: Page) -> dict[str, Any]:
    ended_at = page.standing.submitted_at
    return {
        "session_id": row_id(page.genesis.submission_id, "proctoring"),
        "proctor_id": page.proctor_id,
        "started_at": parse_iso(page.standing.started_at),
        "ended_at": parse_iso(ended_at) if ended_at else None,
        "activities": storable(list(page.activities)),
    }


def _write_attempts(session: Session, assignment_id: str) -> None:
    """Let the assignment say what its sittings say: how many, the last one, and whether that is handed in."""
    submission = rows.Submission
    attempts: Sequence[tuple[int, datetime, datetime | None]] = [
        (attempt, started, submitted)
        for attempt, started, submitted in session.execute(
            select(submission.attempt, submission.started_at, submission.submitted_at)
            .where(submission.assignment_id == assignment_id)
            .order_by(submission.attempt, submission.started_at)
        )
    ]
    latest = attempts[-1]
    count = max(latest[0], len(attempts))
    handed_in = latest[2] is not None
    held = session.scalar(
        select(func.max(rows.Assignment.attempt_count)).where(rows.Assignment.assignment_id == assignment_id)
    )
    session.execute(
        update(rows.Assignment)
        .where(rows.Assignment.assignment_id == assignment_id)
        .values(
            status=AssignmentStatus.COMPLETED if handed_in else AssignmentStatus.IN_PROGRESS,
            attempt_count=max(count, held or 0),
            last_attempt_at=latest[1],
        )
    )
