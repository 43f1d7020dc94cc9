"""People and assignments a bundle brings that the office has not heard of: rows of their own, marked as provisional."""

from collections.abc import Collection
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import Session

from kiosk.exam.assignment import AssignmentStatus
from kiosk.exam.error import Invalid
from kiosk.exam.log import AuditEntry
from kiosk.exam.moment import parse_iso
from kiosk.exam.person import SYSTEM_ID, Person, Role
from storage.models import office as rows
from storage.office.store import write_audit

if TYPE_CHECKING:
    from storage.central.count import Opened


def ensure_people(session: Session, candidate: Person, staff: Collection[str], at: datetime) -> None:
    """Add whoever the office does not know: the candidate, and staff by their id alone."""
    wanted = {SYSTEM_ID, candidate.user_id, *staff}
    known = set(session.scalars(select(rows.Person.user_id).where(rows.Person.user_id.in_(wanted))))
    if SYSTEM_ID not in known:
        session.add(_person(Person(user_id=SYSTEM_ID, role=Role.SYSTEM, name="exam-kiosk"), at, provisional=False))
        session.flush()
    for user_id in sorted(wanted - known - {SYSTEM_ID}):
        person = Person(user_id=user_id, role=Role.PROCTOR, name=user_id)
        if user_id == candidate.user_id:
            person = _with_free_roll(session, candidate)
        session.add(_person(person, at, provisional=True))
        session.flush()
        _audit(session, at, "users", user_id, {"roll_number": candidate.roll_number} if person is candidate else {})


def ensure_assignment(session: Session, opened: "Opened", at: datetime) -> None:
    """Add the assignment where the office does not know it; raises Invalid where it knows it otherwise."""
    lease, page = opened.opening_lease, opened.page
    row = session.get(rows.Assignment, lease.assignment_id, with_for_update=True)
    assigned_at = parse_iso(lease.issued_at)
    due = parse_iso(lease.due_at) if lease.due_at else parse_iso(page.standing.started_at)
    if row is None:
        test_id = session.scalars(select(rows.Paper.test_id).where(rows.Paper.paper_digest == page.genesis.paper)).one()
        session.add(
            rows.Assignment(
                assignment_id=lease.assignment_id,
                test_id=test_id,
                candidate_id=opened.candidate.user_id,
                assigned_at=assigned_at,
                due_date=due,
                status=AssignmentStatus.IN_PROGRESS,
                paper_digest=page.genesis.paper,
                is_provisional=True,
                **lease.accommodation.document(),
            )
        )
        session.flush()
        _audit(session, at, "testAssignments", lease.assignment_id, {"candidate": opened.candidate.user_id})
        return
    if row.candidate_id != opened.candidate.user_id:
        raise Invalid(f"the assignment {lease.assignment_id} belongs to another candidate")
    if row.is_provisional:
        row.assigned_at, row.due_date = min(row.assigned_at, assigned_at), max(row.due_date, due)


def _with_free_roll(session: Session, candidate: Person) -> Person:
    if candidate.roll_number is None:
        return candidate
    taken = session.scalar(select(rows.Person.user_id).where(rows.Person.roll_number == candidate.roll_number))
    if taken is None:
        return candidate
    return Person(user_id=candidate.user_id, role=candidate.role, name=candidate.name)


def _person(person: Person, at: datetime, *, provisional: bool) -> rows.Person:
    return rows.Person(
        user_id=person.user_id,
        role=person.role,
        name=person.name,
        roll_number=person.roll_number,
        is_active=True,
        created_at=at,
        is_provisional=provisional,
        **person.accommodation.document(),
    )


def _audit(session: Session, at: datetime, subject_type: str, subject_id: str, details: dict[str, str | None]) -> None:
    entry = AuditEntry(
        at=at,
        who=SYSTEM_ID,
        action="central.provisional",
        subject_type=subject_type,
        subject_id=subject_id,
        details={k: v for k, v in details.items() if v is not None},
    )
    write_audit(session, entry)
