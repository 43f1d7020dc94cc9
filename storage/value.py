"""The values rows stand for, where a hall and an office keep the very same columns."""

from kiosk.exam.accommodation import Accommodation
from kiosk.exam.assignment import Assignment
from kiosk.exam.person import Person
from storage.models.assignment import AssignmentColumns
from storage.models.person import AccommodationColumns, PersonColumns


def person_of(row: PersonColumns) -> Person:
    """Return the person of a row of `users`, without the secret."""
    return Person(
        user_id=row.user_id,
        role=row.role,
        name=row.name,
        roll_number=row.roll_number,
        email=row.email,
        is_active=row.is_active,
        accommodation=_accommodation_of(row),
    )


def assignment_of(row: AssignmentColumns) -> Assignment:
    """Return the assignment of a row of `test_assignments`."""
    return Assignment(
        assignment_id=row.assignment_id,
        test_id=row.test_id,
        candidate_id=row.candidate_id,
        assigned_at=row.assigned_at,
        due_date=row.due_date,
        status=row.status,
        attempt_count=row.attempt_count,
        last_attempt_at=row.last_attempt_at,
        paper_digest=row.paper_digest,
        accommodation=_accommodation_of(row),
        withdrawn_at=row.withdrawn_at,
        absent=row.absent,
    )


def _accommodation_of(row: AccommodationColumns) -> Accommodation:
    return Accommodation(row.extra_percent, row.extra_ms, row.rest_breaks)
