"""A test assigned to a candidate, and the session of the hall it may be sat in."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from kiosk.exam.accommodation import Accommodation

MOST_CHIEFS = 20
"""Chiefs of one session."""


class AssignmentStatus(StrEnum):
    """Where an assignment stands; `overdue` is computed when read, never stored."""

    ASSIGNED = "assigned"
    IN_PROGRESS = "in_progress"
    COMPLETED = "completed"
    OVERDUE = "overdue"


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """One row of `test_assignments`."""

    assignment_id: str
    test_id: str
    candidate_id: str
    assigned_at: datetime
    due_date: datetime
    status: AssignmentStatus = AssignmentStatus.ASSIGNED
    attempt_count: int = 0
    last_attempt_at: datetime | None = None
    paper_digest: str | None = None
    accommodation: Accommodation = Accommodation()
    withdrawn_at: datetime | None = None
    absent: bool = False

    def status_at(self, now: datetime) -> AssignmentStatus:
        """Return the status as it reads at `now`: open work past its due date is overdue."""
        if self.status is AssignmentStatus.ASSIGNED and now > self.due_date:
            return AssignmentStatus.OVERDUE
        return self.status


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """One row of `exam_sessions`: a hall, a date, a shift."""

    session_id: str
    hall: str
    title: str
    opens_at: datetime
    """When candidates may log in."""
    starts_at: datetime
    ends_at: datetime
    """When no sitting may open any more."""
    time_zone: str = "UTC"
    late_entry_minutes: int | None = None
    """None leaves it to the test's policy."""
    test_ids: tuple[str, ...] = ()
    chief_ids: tuple[str, ...] = ()
    """The proctors who are chiefs of it."""
    opened_by: str | None = None
    """The proctor who opened the hall."""
