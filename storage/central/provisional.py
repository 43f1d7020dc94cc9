"""People and assignments a bundle brings that the office has not heard of: rows of their own, marked as provisional."""

from collections.abc import Collection, Iterable, Mapping, Sequence
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
from storage.central.once import add_all_once, add_once
from storage.models import office as rows
from storage.office.store import write_audit

if TYPE_CHECKING:
    from storage.central.count import Opened


def ensure_people(session: Session, candidates: Iterable[Person], staff: Collection[str], at: datetime) -> None:
    """Add whoever the office does not know: candidates, each told of once, and staff by their id alone.

    In one order, so that two workers at it wait for each other and never in a ring.
    """
    told = {c.user_id: c for c in candidates}
    wanted = {SYSTEM_ID, *told, *staff}
    person = rows.Person
    query = select(person.user_id, person.is_provisional, person.name).where(person.user_id.in_(wanted))
    known = {row.user_id: row for row in session.execute(query)}
    if SYSTEM_ID not in known:
        system = Person(user_id=SYSTEM_ID, role=Role.SYSTEM, name="exam-kiosk")
        add_once(session, rows.Person, _person(system, at, provisional=False))
    for user_id in sorted(told.keys() & known.keys()):
        if known[user_id].is_provisional and told[user_id].name < known[user_id].name:
            _rename(session, told[user_id])
    new = sorted(wanted - known.keys() - {SYSTEM_ID})
    _add_people(session, [told.get(u) or Person(user_id=u, role=Role.PROCTOR, name=u) for u in new], at)


def ensure_assignments(
    session: Session, batch: Iterable["Opened"], tests: Mapping[str, str], at: datetime
) -> Mapping[str, rows.Assignment]:
    """Add the assignments the office does not know, and return all of them, locked.

    Each is told of once; `tests` are test ids by the digest of their paper. Raises Invalid where the office knows one
    otherwise.
    """
    told = {opened.opening_lease.assignment_id: opened for opened in batch}
    held = _assignments(session, told)
    new = sorted(told.keys() - held.keys())
    values = [_assignment_row(told[i], tests[told[i].page.genesis.paper]) for i in new]
    added = {key[0] for key in add_all_once(session, rows.Assignment, values)}
    _audit(session, at, "testAssignments", {i: {"candidate": told[i].candidate.user_id} for i in new if i in added})
    held |= _assignments(session, new)
    for assignment_id, opened in told.items():
        row = held[assignment_id]
        if row.candidate_id != opened.candidate.user_id:
            raise Invalid(f"the assignment {assignment_id} belongs to another candidate")
        if row.is_provisional:
            assigned_at, due = _dates(opened)
            row.assigned_at, row.due_date = min(row.assigned_at, assigned_at), max(row.due_date, due)
    return held


def _assignment_row(opened: "Opened", test_id: str) -> dict[str, Any]:
    lease = opened.opening_lease
    assigned_at, due = _dates(opened)
    return {
        "assignment_id": lease.assignment_id,
        "test_id": test_id,
        "candidate_id": opened.candidate.user_id,
        "assigned_at": assigned_at,
        "due_date": due,
        "status": AssignmentStatus.IN_PROGRESS,
        "paper_digest": opened.page.genesis.paper,
        "is_provisional": True,
        **lease.accommodation.document(),
    }


def _dates(opened: "Opened") -> tuple[datetime, datetime]:
    lease = opened.opening_lease
    return parse_iso(lease.issued_at), parse_iso(lease.due_at or opened.page.standing.started_at)


def _rename(session: Session, candidate: Person) -> None:
    """Of several names bundles tell for somebody the office does not know, keep the first by the alphabet."""
    row = session.get(rows.Person, candidate.user_id, with_for_update={"key_share": True}, populate_existing=True)
    if row is not None and row.is_provisional and candidate.name < row.name:
        row.name = candidate.name
        session.flush()


def _assignments(session: Session, ids: Collection[str]) -> dict[str, rows.Assignment]:
    if not ids:
        return {}
    query = select(rows.Assignment).where(rows.Assignment.assignment_id.in_(ids))
    # not locked for its key: whoever marks a sitting may name the assignment in a log meanwhile
    locked = query.order_by(rows.Assignment.assignment_id).with_for_update(key_share=True)
    found = session.scalars(locked, execution_options={"populate_existing": True})
    return {row.assignment_id: row for row in found}


def _add_people(session: Session, people: Sequence[Person], at: datetime) -> None:
    added = {key[0] for key in add_all_once(session, rows.Person, [_person(p, at, provisional=True) for p in people])}
    _audit(session, at, "users", {user_id: {} for user_id in sorted(added)})
    for person in people:
        if person.user_id not in added:
            _add_clashing(session, person, at)


def _add_clashing(session: Session, person: Person, at: datetime) -> None:
    """Add one person whose roll number somebody else has.

    Of those the office does not know, the first by id gets it, whoever came first; the number of one it knows stays.
    """
    if person.roll_number is None:
        return  # another worker brought the same person
    query = select(rows.Person).where(rows.Person.roll_number == person.roll_number)
    holder = session.scalars(query.with_for_update(), execution_options={"populate_existing": True}).one_or_none()
    mine, without = person, ""
    if holder is not None and holder.is_provisional and person.user_id < holder.user_id:
        without, holder.roll_number = holder.user_id, None
        session.flush()
    elif holder is not None and holder.user_id != person.user_id:
        without, mine = person.user_id, replace(person, roll_number=None)
    if add_once(session, rows.Person, _person(mine, at, provisional=True)):
        # the number itself stands in `users` and in the bundle, where it is sealed
        taken = {without: {"roll_number": "taken by somebody else"}} if without else {}
        _audit(session, at, "users", {person.user_id: {}, **taken})


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


def _audit(session: Session, at: datetime, subject_type: str, subjects: Mapping[str, Mapping[str, str]]) -> None:
    """Write down whom or what was added, by id, with what is to be said of each."""
    entries = [
        AuditEntry(
            at=at,
            who=SYSTEM_ID,
            action="central.provisional",
            subject_type=subject_type,
            subject_id=subject_id,
            details=dict(details),
        )
        for subject_id, details in subjects.items()
    ]
    write_audit(session, *entries)
