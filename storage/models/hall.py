"""All tables of a hall: roster, sealed papers, leases, grants and where each sitting stands."""

from datetime import datetime

from sqlalchemy import ForeignKeyConstraint, Index, LargeBinary, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from kiosk.exam.status import AttendanceState
from storage.models.assignment import AssignmentColumns, AttendanceColumns, SessionColumns, SessionTestColumns
from storage.models.audit import AuditColumns
from storage.models.base import DayKey, HallBase
from storage.models.paper import IdentityColumns, PackageColumns, SealedPaperColumns
from storage.models.person import NotificationColumns, PersonColumns
from storage.models.sitting import GrantColumns, LeaseColumns
from storage.models.sync import BundleColumns, ReceiptColumns


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


class Package(PackageColumns, HallBase):
    """One package that was loaded."""

    __tablename__ = "packages"
    # also serves: the newest package of a test
    __table_args__ = (UniqueConstraint("test_id", "hall", "number"),)


class Test(HallBase):
    """One test held here: what may be known of it before its paper is opened."""

    __test__ = False  # not a pytest class
    __tablename__ = "held_tests"
    __table_args__ = (ForeignKeyConstraint(["paper_digest"], ["sealed_papers.paper_digest"]),)

    test_id: Mapped[str] = mapped_column(primary_key=True, sort_order=-1)
    title: Mapped[str]
    is_active: Mapped[bool]
    paper_digest: Mapped[str]
    """The newest paper; an assignment may name an older one."""


class SealedPaper(SealedPaperColumns, HallBase):
    """One paper that only its identity opens."""

    __tablename__ = "sealed_papers"
    __table_args__ = (ForeignKeyConstraint(["package_id"], ["packages.package_id"]),)

    recipient: Mapped[str]
    """The age recipient it is sealed to; nothing here opens it before the release."""
    locked_identity: Mapped[bytes] = mapped_column(LargeBinary)
    """Its identity, sealed to the envelope code and then to this hall."""
    outline: Mapped[str] = mapped_column(Text)
    """Canonical text of what a candidate is told before the paper is opened: times, sections, attempts."""


class PaperIdentity(IdentityColumns, HallBase):
    """What opens a paper, once central has given it."""

    __tablename__ = "paper_identities"
    __table_args__ = (ForeignKeyConstraint(["paper_digest"], ["sealed_papers.paper_digest"]),)


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


class Progress(HallBase):
    """One sitting as its seat last told of it: counts, never content."""

    __tablename__ = "progress"
    __table_args__ = (
        ForeignKeyConstraint(["assignment_id"], ["test_assignments.assignment_id"]),
        # the attempts of an assignment in order
        Index(None, "assignment_id", "attempt"),
    )

    submission_id: Mapped[str] = mapped_column(primary_key=True, sort_order=-1)
    opened_on: Mapped[DayKey]
    assignment_id: Mapped[str]
    seat: Mapped[str]
    phase: Mapped[str]
    attempt: Mapped[int]
    started_at: Mapped[datetime]
    submitted_at: Mapped[datetime | None]
    answered: Mapped[int] = mapped_column(default=0)
    questions: Mapped[int] = mapped_column(default=0)
    used_ms: Mapped[int] = mapped_column(default=0)
    head_seq: Mapped[int] = mapped_column(default=-1)
    head_hash: Mapped[str] = mapped_column(default="")
    """Lower-case hex."""
    reported_at: Mapped[datetime]


class Lease(LeaseColumns, HallBase):
    """One lease this hall gave; the highest epoch may write."""

    __tablename__ = "leases"
    __table_args__ = (
        # also serves: the leases of a sitting in order; one epoch is given once
        UniqueConstraint("submission_id", "opened_on", "epoch"),
        ForeignKeyConstraint(["assignment_id"], ["test_assignments.assignment_id"]),
        ForeignKeyConstraint(["candidate_id"], ["users.user_id"]),
    )


class Grant(GrantColumns, HallBase):
    """One act this hall allowed."""

    __tablename__ = "grants"
    __table_args__ = (
        ForeignKeyConstraint(["who"], ["users.user_id"]),
        ForeignKeyConstraint(["second"], ["users.user_id"]),
        # what was allowed for a sitting
        Index(None, "submission_id"),
    )


class Throttle(HallBase):
    """Wrong tries at one door, kept across restarts."""

    __tablename__ = "throttles"

    door: Mapped[str] = mapped_column(primary_key=True)
    """What was tried: `login ROLL`, `login SEAT`, `pin SEAT`."""
    wrong_tries: Mapped[int] = mapped_column(default=0)
    last_at: Mapped[datetime]
    shut_until: Mapped[datetime | None]


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


class Bundle(BundleColumns, HallBase):
    """One bundle as its seat gave it to the hall."""

    __tablename__ = "bundles"
    __table_args__ = (
        # the bundles of a sitting
        Index(None, "submission_id", "opened_on"),
    )

    assignment_id: Mapped[str]
    seat: Mapped[str]
    is_handed_in: Mapped[bool]
    received_at: Mapped[datetime]
    flags: Mapped[list[str]]
    """What a person should look at although the bundle verifies."""
    trouble: Mapped[str | None] = mapped_column(Text)
    """Why central did not take it when it was last offered."""


class Receipt(ReceiptColumns, HallBase):
    """Central's receipt for a bundle of this hall."""

    __tablename__ = "receipts"
    __table_args__ = (ForeignKeyConstraint(["bundle_id", "opened_on"], ["bundles.bundle_id", "bundles.opened_on"]),)


class Closing(HallBase):
    """One signed statement of what became of the roster of a test, and central's close-out of it."""

    __tablename__ = "closings"
    __table_args__ = (
        # the newest closing of a test
        Index(None, "test_id", "made_at"),
    )

    closing_id: Mapped[str] = mapped_column(primary_key=True)
    """SHA-256 of the payload."""
    test_id: Mapped[str]
    envelope: Mapped[bytes] = mapped_column(LargeBinary)
    made_at: Mapped[datetime]
    closeout: Mapped[bytes | None] = mapped_column(LargeBinary)


class Audit(AuditColumns, HallBase):
    """One act in this hall."""

    __tablename__ = "audit_log"
