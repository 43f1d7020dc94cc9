"""People and assignments a bundle brings that the office has not heard of: rows of their own, marked as provisional."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from kiosk.exam.assignment import AssignmentStatus
from kiosk.exam.error import Invalid
from kiosk.exam.log import AuditEntry
from kiosk.exam.moment import parse_iso
from kiosk.exam.person import SYSTEM_ID, Person, Role
from storage.central.once import add_once
from storage.models import office as rows
from storage.office.store import write_audit

if TYPE_CHECKING:
    from storage.central.count import Opened


def ensure_people(session: Session, candidate: Person, staff: Collection[str], at: datetime) -> None:
    """Add whoever the office does not know: the candidate, and staff by their id alone.

    In one order, so that two workers at it wait for each other and never in a ring.
    """
    wanted = {SYSTEM_ID, candidate.user_id, *staff}
    known = set(session.scalars(select(rows.Person.user_id).where(rows.Person.user_id.in_(wanted))))
    if SYSTEM_ID not in known:
        system = Person(user_id=SYSTEM_ID, role=Role.SYSTEM, name="exam-kiosk")
        add_once(session, rows.Person, _person(system, at, provisional=False))
    if candidate.user_id in known:
        _rename(session, candidate)
    for user_id in sorted(wanted - known - {SYSTEM_ID}):
        person = Person(user_id=user_id, role=Role.PROCTOR, name=user_id)
        if user_id == candidate.user_id:
            person = candidate
        _add_person(session, person, at)


def ensure_assignment(session: Session, opened: "Opened", at: datetime) -> None:
    """Add the assignment where the office does not know it; raises Invalid where it knows it otherwise."""
    lease, page = opened.opening_lease, opened.page
    assigned_at = parse_iso(lease.issued_at)
    due = parse_iso(lease.due_at) if lease.due_at else parse_iso(page.standing.started_at)
    row = _assignment(session, lease.assignment_id)
    if row is None:
        test_id = session.scalars(select(rows.Paper.test_id).where(rows.Paper.paper_digest == page.genesis.paper)).one()
        values = {
            "assignment_id": lease.assignment_id,
            "test_id": test_id,
            "candidate_id": opened.candidate.user_id,
            "assigned_at": assigned_at,
            "due_date": due,
            "status": AssignmentStatus.IN_PROGRESS,
            "paper_digest": page.genesis.paper,
            "is_provisional": True,
            **lease.accommodation.document(),
        }
        if add_once(session, rows.Assignment, values):
            _audit(session, at, "testAssignments", lease.assignment_id, {"candidate": opened.candidate.user_id})
        row = _assignment(session, lease.assignment_id)
    assert row is not None
    if row.candidate_id != opened.candidate.user_id:
        raise Invalid(f"the assignment {lease.assignment_id} belongs to another candidate")
    if row.is_provisional:
        row.assigned_at, row.due_date = min(row.assigned_at, assigned_at), max(row.due_date, due)


def _rename(session: Session, candidate: Person) -> None:
    """Of several names bundles tell for somebody the office does not know, keep the first by the alphabet."""
    row = session.get(rows.Person, candidate.user_id, with_for_update={"key_share": True}, populate_existing=True)
    if row is not None and row.is_provisional and candidate.name < row.name:
        row.name = candidate.name


def _assignment(session: Session, assignment_id: str) -> rows.Assignment | None:
    # not locked for its key: whoever marks a sitting may name the assignment in a log meanwhile
    return session.get(rows.Assignment, assignment_id, with_for_update={"key_share": True}, populate_existing=True)


def _add_person(session: Session, person: Person, at: datetime) -> None:
    """Add one person; a roll number that somebody else has is left out."""
    for known in (person, replace(person, roll_number=None)):
        if add_once(session, rows.Person, _person(known, at, provisional=True)):
            # the number itself stands in `users` and in the bundle, where it is sealed
            details: dict[str, str | None] = {} if known == person else {"roll_number": "taken by somebody else"}
            _audit(session, at, "users", person.user_id, details)
            return


def _person(person: Person, at: datetime, *, provisional: bool) -> dict[str, Any]:
    return {
        "user_id": person.user_id,
        "role": person.role,
        "name": person.name,
        "roll_number": person.roll_number,
        "is_active": True,
        "created_at": at,
        "is_provisional": provisional,
        **person.accommodation.document(),
    }


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
