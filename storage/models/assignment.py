"""Columns of assignments, hall sessions and attendance."""

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from kiosk.exam.assignment import AssignmentStatus
from kiosk.exam.status import AttendanceState
from storage.models.person import AccommodationColumns


class AssignmentColumns(AccommodationColumns):
    """One test given to one candidate."""

    assignment_id: Mapped[str] = mapped_column(primary_key=True, sort_order=-1)
    test_id: Mapped[str]
    candidate_id: Mapped[str]
    assigned_at: Mapped[datetime]
    due_date: Mapped[datetime]
    status: Mapped[AssignmentStatus]
    attempt_count: Mapped[int] = mapped_column(default=0)
    last_attempt_at: Mapped[datetime | None]
    paper_digest: Mapped[str | None]
    """The paper this candidate gets; None while the test is not printed."""
    withdrawn_at: Mapped[datetime | None]
    absent: Mapped[bool] = mapped_column(default=False)


class SessionColumns:
    """One session of one hall: a date and a shift."""

    session_id: Mapped[str] = mapped_column(primary_key=True, sort_order=-1)
    hall: Mapped[str]
    title: Mapped[str]
    shift: Mapped[str | None]
    time_zone: Mapped[str] = mapped_column(default="UTC")
    opens_at: Mapped[datetime]
    """When candidates may log in."""
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    """When no sitting may open any more."""
    late_entry_minutes: Mapped[int | None]
    opened_by: Mapped[str | None]
    opened_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]


class SessionTestColumns:
    """One test held in one session."""

    session_id: Mapped[str] = mapped_column(primary_key=True, sort_order=-1)
    test_id: Mapped[str] = mapped_column(primary_key=True, sort_order=-1)


class SessionChiefColumns:
    """One proctor who is chief of a session."""

    session_id: Mapped[str] = mapped_column(primary_key=True, sort_order=-1)
    chief_id: Mapped[str] = mapped_column(primary_key=True, sort_order=-1)


class AttendanceColumns:
    """One candidate expected in one session."""

    session_id: Mapped[str] = mapped_column(primary_key=True, sort_order=-1)
    candidate_id: Mapped[str] = mapped_column(primary_key=True, sort_order=-1)
    seat: Mapped[str | None]
    state: Mapped[AttendanceState] = mapped_column(default=AttendanceState.EXPECTED)
    arrived_at: Mapped[datetime | None]
    identity_checked_at: Mapped[datetime | None]
    identity_checked_by: Mapped[str | None]
