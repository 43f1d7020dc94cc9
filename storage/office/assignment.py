"""Tests given to candidates: `test_assignments`, with the notification and the log of each act in its transaction."""

import uuid
from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from kiosk.exam.assignment import Assignment, AssignmentStatus
from kiosk.exam.draft import AccessType
from kiosk.exam.error import Refused
from kiosk.exam.log import LogEntry
from kiosk.exam.notification import TEST_ASSIGNED, Notification, assigned_metadata
from kiosk.exam.person import SYSTEM_ID, Person, Role
from kiosk.exam.status import LogAction, SubmissionStatus
from storage.models import office as rows
from storage.office.store import Store, add_rows, in_batches, write_logs, write_notifications
from storage.value import assignment_of, person_of


class AssignmentStore(Store):
    """Assigns tests and tells where each assignment stands."""

    def assign(
        self, test_id: str, candidate_ids: Sequence[str], due: datetime, by: str, at: datetime
    ) -> tuple[Assignment, ...]:
        """Give a published test to candidates, tell them, and return the new assignments; who has it keeps it.

        Raises Refused for a test that is not published, and for somebody who is not an active candidate.
        """
        with self._writing() as session:
            test = _published(session, test_id)
            candidates = _candidates(session, candidate_ids)
            holders = _holders(session, test_id, [c.user_id for c in candidates])
            new = [_assignment(test, c, due, at) for c in candidates if c.user_id not in holders]
            _add(session, test, new, by, LogAction.ASSIGNED)
            return tuple(new)

    def start(
        self, test_id: str, candidate_id: str, submission_id: str, opened_on: str, due: datetime, at: datetime
    ) -> Assignment:
        """Open the next attempt, with its assignment in the same transaction where the test is public.

        Whether it may start is for `kiosk.exam.gate` to say beforehand. Raises Refused for a private test that was
        never assigned. Returns the assignment as it then stands.
        """
        with self._writing() as session:
            row = assignment_for_start(session, test_id, candidate_id, due, at)
            row.status = AssignmentStatus.IN_PROGRESS
            row.attempt_count += 1
            row.last_attempt_at = at
            submission = {
                "submission_id": submission_id,
                "opened_on": opened_on,
                "assignment_id": row.assignment_id,
                "started_at": at,
                "status": SubmissionStatus.IN_PROGRESS,
                "attempt": row.attempt_count,
                "paper_digest": row.paper_digest,
            }
            session.flush()
            add_rows(session, rows.Submission, [submission])
            write_logs(session, [_log(row.assignment_id, LogAction.STARTED, candidate_id, at)])
            return assignment_of(row)

    def withdraw(self, assignment_id: str, by: str, reason: str, at: datetime) -> None:
        """Take a test back from a candidate; raises Refused once it has been begun."""
        with self._writing() as session:
            row = _row(session, assignment_id)
            if row.attempt_count:
                raise Refused("This test has been begun, so it is not taken back.")
            row.withdrawn_at = at
            write_logs(session, [_log(assignment_id, LogAction.UPDATED, by, at, f"Withdrawn: {reason}")])

    def set_due(self, assignment_id: str, due: datetime, by: str, at: datetime) -> None:
        """Move the due date of one assignment."""
        with self._writing() as session:
            row = _row(session, assignment_id)
            before, row.due_date = row.due_date, due
            details = f"Due {due:%Y-%m-%d %H:%M} UTC instead of {before:%Y-%m-%d %H:%M} UTC"
            write_logs(session, [_log(assignment_id, LogAction.UPDATED, by, at, details)])

    def assignment(self, assignment_id: str) -> Assignment:
        """Return one assignment; raises Refused when there is none of that id."""
        with self._reading() as session:
            return assignment_of(_row(session, assignment_id))

    def of_tests(self, test_ids: Sequence[str]) -> tuple[Assignment, ...]:
        """Return the assignments of some tests."""
        query = (
            select(rows.Assignment)
            .where(rows.Assignment.test_id.in_(test_ids))
            .order_by(rows.Assignment.assigned_at, rows.Assignment.assignment_id)
        )
        with self._reading() as session:
            return tuple(assignment_of(row) for row in session.scalars(query))

    def of_candidate(self, candidate_id: str) -> tuple[Assignment, ...]:
        """Return the assignments of one candidate, the next due first."""
        query = (
            select(rows.Assignment)
            .where(rows.Assignment.candidate_id == candidate_id)
            .order_by(rows.Assignment.due_date, rows.Assignment.assignment_id)
        )
        with self._reading() as session:
            return tuple(assignment_of(row) for row in session.scalars(query))


def assignment_for_start(
    session: Session, test_id: str, candidate_id: str, due: datetime, at: datetime
) -> rows.Assignment:
    """Return the assignment an attempt hangs on, made on the spot for a public test, in the caller's transaction."""
    query = select(rows.Assignment).where(
        rows.Assignment.candidate_id == candidate_id,
        rows.Assignment.test_id == test_id,
        rows.Assignment.withdrawn_at.is_(None),
    )
    found = session.scalars(query.with_for_update()).first()
    if found is not None:
        return found
    test = _published(session, test_id)
    if test.access_type is not AccessType.PUBLIC:
        raise Refused(f"{test.title} is a private test, and it was not assigned to this candidate.")
    new = _assignment(test, _candidates(session, [candidate_id])[0], due, at)
    _add(session, test, [new], SYSTEM_ID, LogAction.ASSIGNED)
    return _row(session, new.assignment_id)


def _row(session: Session, assignment_id: str) -> rows.Assignment:
    row = session.get(rows.Assignment, assignment_id)
    if row is None:
        raise Refused(f"There is no assignment {assignment_id} here.")
    return row


def _published(session: Session, test_id: str) -> rows.Test:
    test = session.get(rows.Test, test_id)
    if test is None:
        raise Refused(f"There is no test {test_id} here. `kiosk exam list` names them all.")
    if test.paper_digest is None:
        raise Refused(f"{test.title} is a draft. Publish it first: `kiosk exam publish {test_id}`.")
    return test


def _candidates(session: Session, candidate_ids: Sequence[str]) -> list[Person]:
    found: dict[str, Person] = {}
    for some in in_batches(candidate_ids):
        query = select(rows.Person).where(rows.Person.user_id.in_(some))
        found |= {row.user_id: person_of(row) for row in session.scalars(query)}
    for user_id in candidate_ids:
        person = found.get(user_id)
        if person is None or person.role is not Role.CANDIDATE or not person.is_active:
            raise Refused(f"{user_id} is not an active candidate here.")
    return list(found.values())


def _holders(session: Session, test_id: str, candidate_ids: Sequence[str]) -> set[str]:
    found: set[str] = set()
    for some in in_batches(candidate_ids):
        query = select(rows.Assignment.candidate_id).where(
            rows.Assignment.candidate_id.in_(some),
            rows.Assignment.test_id == test_id,
            rows.Assignment.withdrawn_at.is_(None),
        )
        found.update(session.scalars(query))
    return found


def _assignment(test: rows.Test, candidate: Person, due: datetime, at: datetime) -> Assignment:
    return Assignment(
        assignment_id=uuid.uuid4().hex,
        test_id=test.test_id,
        candidate_id=candidate.user_id,
        assigned_at=at,
        due_date=due,
        paper_digest=test.paper_digest,
        accommodation=candidate.accommodation,
    )


def _add(session: Session, test: rows.Test, new: Iterable[Assignment], by: str, action: LogAction) -> None:
    values, notices, logs = [], [], []
    for a in new:
        values.append(
            {
                "assignment_id": a.assignment_id,
                "test_id": a.test_id,
                "candidate_id": a.candidate_id,
                "assigned_at": a.assigned_at,
                "due_date": a.due_date,
                "status": a.status,
                "attempt_count": 0,
                "paper_digest": a.paper_digest,
                "absent": False,
                **a.accommodation.document(),
            }
        )
        notices.append(
            Notification(
                notification_id=uuid.uuid4().hex,
                user_id=a.candidate_id,
                type=TEST_ASSIGNED,
                reference_id=a.assignment_id,
                reference_type="testAssignments",
                from_user_id=by,
                metadata=assigned_metadata(a.test_id, test.title),
                created_at=a.assigned_at,
            )
        )
        logs.append(_log(a.assignment_id, action, by, a.assigned_at, f"Due {a.due_date:%Y-%m-%d %H:%M} UTC"))
    add_rows(session, rows.Assignment, values)
    write_notifications(session, notices)
    write_logs(session, logs)


def _log(assignment_id: str, action: LogAction, by: str, at: datetime, details: str | None = None) -> LogEntry:
    return LogEntry(
        log_id=uuid.uuid4().hex,
        assignment_id=assignment_id,
        action=action,
        performed_by=by,
        timestamp=at,
        details=details,
    )
