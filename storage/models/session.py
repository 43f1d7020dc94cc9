"""Sessions of a hall as the office plans them, and the packages for them. Office only."""

from sqlalchemy import ForeignKeyConstraint, Index, UniqueConstraint

from storage.models.assignment import AttendanceColumns, SessionChiefColumns, SessionColumns, SessionTestColumns
from storage.models.base import OfficeBase
from storage.models.paper import PackageColumns


class Session(SessionColumns, OfficeBase):
    """One session of one hall."""

    __tablename__ = "exam_sessions"
    __table_args__ = (ForeignKeyConstraint(["opened_by"], ["users.user_id"]),)


class SessionTest(SessionTestColumns, OfficeBase):
    """One test held in one session."""

    __tablename__ = "exam_session_tests"
    __table_args__ = (
        ForeignKeyConstraint(["session_id"], ["exam_sessions.session_id"]),
        ForeignKeyConstraint(["test_id"], ["tests.test_id"]),
    )


class SessionChief(SessionChiefColumns, OfficeBase):
    """One proctor who is chief of a session."""

    __tablename__ = "exam_session_chiefs"
    __table_args__ = (
        ForeignKeyConstraint(["session_id"], ["exam_sessions.session_id"]),
        ForeignKeyConstraint(["chief_id"], ["users.user_id"]),
    )


class Attendance(AttendanceColumns, OfficeBase):
    """One candidate expected in one session."""

    __tablename__ = "attendance"
    __table_args__ = (
        ForeignKeyConstraint(["session_id"], ["exam_sessions.session_id"]),
        ForeignKeyConstraint(["candidate_id"], ["users.user_id"]),
        ForeignKeyConstraint(["identity_checked_by"], ["users.user_id"]),
        # the sessions of a candidate
        Index(None, "candidate_id"),
    )


class Package(PackageColumns, OfficeBase):
    """One package as it was sent down."""

    __tablename__ = "packages"
    __table_args__ = (
        ForeignKeyConstraint(["session_id"], ["exam_sessions.session_id"]),
        ForeignKeyConstraint(["test_id"], ["tests.test_id"]),
        # also serves: the newest package of a test for a hall
        UniqueConstraint("test_id", "hall", "number"),
    )
