"""Who is expected in a hall, when and for what, and what they are told of it."""

from datetime import datetime

from sqlalchemy import ForeignKeyConstraint, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from kiosk.exam.status import AttendanceState
from storage.models.assignment import (
    AssignmentColumns,
    AttendanceColumns,
    SessionChiefColumns,
    SessionColumns,
    SessionTestColumns,
)
from storage.models.base import HallBase
from storage.models.person import NotificationColumns, PersonColumns


class Person(PersonColumns, HallBase):
    """One candidate or proctor of this hall."""

    __tablename__ = "users"
    # also serves: who logs in with this roll number
    __table_args__ = (UniqueConstraint("roll_number"),)


class Notification(NotificationColumns, HallBase):
    """One thing a candidate is told."""

    __tablename__ = "notifications"
    __table_args__ = (
        ForeignKeyConstraint(["user_id"], ["users.user_id"]),
        # what a candidate is told, newest first
        Index(None, "user_id", "created_at"),
    )


class Session(SessionColumns, HallBase):
    """One session of this hall."""

    __tablename__ = "exam_sessions"
    __table_args__ = (ForeignKeyConstraint(["opened_by"], ["users.user_id"]),)


class SessionTest(SessionTestColumns, HallBase):
    """One test held in one session."""

    __tablename__ = "exam_session_tests"
    __table_args__ = (
        ForeignKeyConstraint(["session_id"], ["exam_sessions.session_id"]),
        ForeignKeyConstraint(["test_id"], ["held_tests.test_id"]),
    )


class SessionChief(SessionChiefColumns, HallBase):
    """One proctor who is chief of a session."""

    __tablename__ = "exam_session_chiefs"
    __table_args__ = (
        ForeignKeyConstraint(["session_id"], ["exam_sessions.session_id"]),
        ForeignKeyConstraint(["chief_id"], ["users.user_id"]),
    )


class Attendance(AttendanceColumns, HallBase):
    """One candidate expected in one session."""

    __tablename__ = "attendance"
    __table_args__ = (
        ForeignKeyConstraint(["session_id"], ["exam_sessions.session_id"]),
        ForeignKeyConstraint(["candidate_id"], ["users.user_id"]),
        # the sessions of a candidate
        Index(None, "candidate_id"),
    )

    note: Mapped[str] = mapped_column(Text, default="")
    """Why a proctor marked them as they did; empty where the program did."""
    is_named: Mapped[bool] = mapped_column(default=True)
    """Whether the office named them; False for who came to a session that names nobody."""


class TestAttendance(HallBase):
    """What a proctor says of one candidate of a test whom no session of this hall expects."""

    __test__ = False  # not a pytest class
    __tablename__ = "test_attendance"
    __table_args__ = (
        ForeignKeyConstraint(["test_id"], ["held_tests.test_id"]),
        ForeignKeyConstraint(["candidate_id"], ["users.user_id"]),
    )

    test_id: Mapped[str] = mapped_column(primary_key=True, sort_order=-1)
    candidate_id: Mapped[str] = mapped_column(primary_key=True, sort_order=-1)
    state: Mapped[AttendanceState]
    note: Mapped[str] = mapped_column(Text, default="")


class Assignment(AssignmentColumns, HallBase):
    """One test given to one candidate."""

    __tablename__ = "test_assignments"
    __table_args__ = (
        ForeignKeyConstraint(["candidate_id"], ["users.user_id"]),
        ForeignKeyConstraint(["test_id"], ["held_tests.test_id"]),
        # the tests of a candidate
        Index(None, "candidate_id"),
    )


class Result(HallBase):
    """One released result, as far as the test's policy lets a candidate see it."""

    __tablename__ = "results"
    __table_args__ = (
        ForeignKeyConstraint(["assignment_id"], ["test_assignments.assignment_id"]),
        # the results of an assignment
        Index(None, "assignment_id"),
    )

    submission_id: Mapped[str] = mapped_column(primary_key=True, sort_order=-1)
    assignment_id: Mapped[str]
    body: Mapped[str] = mapped_column(Text)
    """Canonical text."""
    released_at: Mapped[datetime]
