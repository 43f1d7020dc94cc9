"""Between rows of a hall and the values they stand for."""

from datetime import datetime
from typing import Any

from kiosk.exam.assignment import Assignment, Session
from kiosk.exam.roster import Account, LoadedPackage
from storage.models import hall as rows
from storage.value import person_of


def package_of(row: rows.Package) -> LoadedPackage:
    """Return the package of a row."""
    return LoadedPackage(
        package_id=row.package_id,
        test_id=row.test_id,
        hall=row.hall,
        number=row.number,
        envelope=row.manifest,
        made_at=row.made_at,
    )


def account_of(row: rows.Person) -> Account:
    """Return the account of a row."""
    return Account(person_of(row), row.secret_hash)


def session_of(row: rows.Session, test_ids: tuple[str, ...], chief_ids: tuple[str, ...]) -> Session:
    """Return the session of a row, with the tests held in it and its chiefs."""
    return Session(
        session_id=row.session_id,
        hall=row.hall,
        title=row.title,
        opens_at=row.opens_at,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        time_zone=row.time_zone,
        late_entry_minutes=row.late_entry_minutes,
        test_ids=test_ids,
        chief_ids=chief_ids,
        opened_by=row.opened_by,
    )


def package_row(package: LoadedPackage, now: datetime) -> dict[str, Any]:
    """Return the row of a package."""
    return {
        "package_id": package.package_id,
        "test_id": package.test_id,
        "hall": package.hall,
        "number": package.number,
        "manifest": package.envelope,
        "made_at": package.made_at,
        "received_at": now,
    }


def person_row(account: Account, now: datetime) -> dict[str, Any]:
    """Return the row of a person."""
    person = account.person
    return {
        "user_id": person.user_id,
        "name": person.name,
        "roll_number": person.roll_number,
        "role": person.role,
        "email": person.email,
        "is_active": person.is_active,
        "secret_hash": account.secret_hash,
        "created_at": now,
        "is_provisional": False,
        **person.accommodation.document(),
    }


def assignment_row(assignment: Assignment) -> dict[str, Any]:
    """Return the row of an assignment."""
    return {
        "assignment_id": assignment.assignment_id,
        "test_id": assignment.test_id,
        "candidate_id": assignment.candidate_id,
        "assigned_at": assignment.assigned_at,
        "due_date": assignment.due_date,
        "status": assignment.status,
        "attempt_count": assignment.attempt_count,
        "last_attempt_at": assignment.last_attempt_at,
        "paper_digest": assignment.paper_digest,
        "withdrawn_at": assignment.withdrawn_at,
        "absent": assignment.absent,
        **assignment.accommodation.document(),
    }


def session_row(session: Session, hall: str) -> dict[str, Any]:
    """Return the row of a session."""
    return {
        "session_id": session.session_id,
        "hall": hall,
        "title": session.title,
        "time_zone": session.time_zone,
        "opens_at": session.opens_at,
        "starts_at": session.starts_at,
        "ends_at": session.ends_at,
        "late_entry_minutes": session.late_entry_minutes,
        "opened_by": session.opened_by,
    }
