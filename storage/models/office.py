"""All tables of the exam office, which is also central."""

from datetime import datetime
from decimal import Decimal

from sqlalchemy import (
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    PrimaryKeyConstraint,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from kiosk.exam.status import LogAction
from storage.models.assignment import AssignmentColumns
from storage.models.audit import AuditColumns
from storage.models.base import OfficeBase
from storage.models.central import (
    Bundle,
    Chunk,
    Closing,
    Decision,
    EnvelopeCode,
    HallToken,
    Quarantine,
    Receipt,
    Release,
)
from storage.models.mark import AnswerKey, Mark
from storage.models.paper import AttachmentColumns, IdentityColumns, PaperColumns
from storage.models.person import NotificationColumns, PersonColumns
from storage.models.question import Option, Question, QuestionBank, Tag
from storage.models.session import Attendance, Package, Session, SessionChief, SessionTest
from storage.models.sitting import (
    AnswerColumns,
    EvidenceColumns,
    JournalColumns,
    LeaseColumns,
    ProctoringColumns,
    SubmissionColumns,
    of_a_sitting,
)
from storage.models.test import Section, Setting, Test
from storage.partition import BY_MONTH
from storage.personal import PersonalBytes


class Person(PersonColumns, OfficeBase):
    """One person."""

    __tablename__ = "users"
    # also serves: who logs in with this roll number
    __table_args__ = (UniqueConstraint("roll_number"),)


class Notification(NotificationColumns, OfficeBase):
    """One thing a person is told."""

    __tablename__ = "notifications"
    __table_args__ = (
        ForeignKeyConstraint(["user_id"], ["users.user_id"]),
        ForeignKeyConstraint(["from_user_id"], ["users.user_id"]),
        # what a person has not read yet, newest first
        Index(None, "user_id", "is_read", "created_at"),
    )


class Paper(PaperColumns, OfficeBase):
    """One printed paper."""

    __tablename__ = "papers"
    __table_args__ = (
        ForeignKeyConstraint(["test_id"], ["tests.test_id"]),
        # the papers printed of a test
        Index(None, "test_id"),
    )

    printed_by: Mapped[str] = mapped_column(ForeignKey("users.user_id"))


class Attachment(AttachmentColumns, OfficeBase):
    """The text of one attached file, kept once however many papers name it."""

    __tablename__ = "attachments"

    kept_at: Mapped[datetime]


class PaperIdentity(IdentityColumns, OfficeBase):
    """What opens a paper once it is sealed."""

    __tablename__ = "paper_identities"
    __table_args__ = (ForeignKeyConstraint(["paper_digest"], ["papers.paper_digest"]),)


class Assignment(AssignmentColumns, OfficeBase):
    """One test given to one candidate."""

    __tablename__ = "test_assignments"
    __table_args__ = (
        ForeignKeyConstraint(["test_id"], ["tests.test_id"]),
        ForeignKeyConstraint(["candidate_id"], ["users.user_id"]),
        ForeignKeyConstraint(["paper_digest"], ["papers.paper_digest"]),
        # the tests of a candidate by where they stand
        Index(None, "candidate_id", "status"),
        # the candidates of a test by where they stand
        Index(None, "test_id", "status"),
    )

    is_provisional: Mapped[bool] = mapped_column(default=False)
    """Came with a bundle and is not yet known to the office."""


class Submission(SubmissionColumns, OfficeBase):
    """One attempt with its result."""

    __tablename__ = "test_submissions"
    __table_args__ = (
        ForeignKeyConstraint(["assignment_id"], ["test_assignments.assignment_id"]),
        ForeignKeyConstraint(["paper_digest"], ["papers.paper_digest"]),
        ForeignKeyConstraint(["reviewed_by"], ["users.user_id"]),
        # the attempts of an assignment in order
        Index(None, "assignment_id", "attempt"),
        # the sittings of a paper to mark, report or re-score
        Index(None, "paper_digest", "status"),
        # which journal a receipt names
        Index(None, "receipt"),
        BY_MONTH,
    )

    score: Mapped[Decimal | None]
    max_score: Mapped[Decimal | None]
    passed: Mapped[bool | None]
    feedback: Mapped[str | None] = mapped_column(Text)
    reviewed_by: Mapped[str | None]
    key_version: Mapped[int | None]
    released_at: Mapped[datetime | None]
    """When the candidate may see the result."""
    bundle_id: Mapped[str | None]
    """The bundle whose journal counts; the others of the sitting are branches."""


class JournalEntry(JournalColumns, OfficeBase):
    """One entry of a journal as one bundle brought it; its key serves: the journal of a bundle in order."""

    __tablename__ = "journal"
    __table_args__ = (
        PrimaryKeyConstraint("submission_id", "opened_on", "bundle_id", "seq"),
        of_a_sitting(),
        {"sqlite_with_rowid": False, **BY_MONTH},
    )

    bundle_id: Mapped[str] = mapped_column(primary_key=True)
    """Two bundles of one sitting may differ; each journal is kept as it came."""


class Answer(AnswerColumns, OfficeBase):
    """One question of one sitting, with the award in force."""

    __tablename__ = "answers"
    __table_args__ = (
        of_a_sitting(),
        ForeignKeyConstraint(["question_id"], ["questions.question_id"]),
        # also serves: the answers of a sitting
        UniqueConstraint("submission_id", "opened_on", "question_id"),
        # how many answered a question right
        Index(None, "question_id", "is_correct"),
        BY_MONTH,
    )

    is_correct: Mapped[bool | None]
    points_awarded: Mapped[Decimal | None]


class Evidence(EvidenceColumns, OfficeBase):
    """One capture of a sitting; its key serves: the evidence of a sitting."""

    __tablename__ = "evidence"
    __table_args__ = (of_a_sitting(), BY_MONTH)

    body: Mapped[bytes] = mapped_column(PersonalBytes("evidence.body"))


class Proctoring(ProctoringColumns, OfficeBase):
    """The supervision of one sitting."""

    __tablename__ = "proctoring_sessions"
    __table_args__ = (
        of_a_sitting(),
        ForeignKeyConstraint(["proctor_id"], ["users.user_id"]),
        # the supervision of a sitting
        Index(None, "submission_id", "opened_on"),
        BY_MONTH,
    )


class Lease(LeaseColumns, OfficeBase):
    """One lease of a sitting, as its bundle told it."""

    __tablename__ = "leases"
    __table_args__ = (
        of_a_sitting(),
        # the leases of a sitting in order
        Index(None, "submission_id", "opened_on", "epoch"),
        BY_MONTH,
    )


class Log(OfficeBase):
    """One act on an assignment."""

    __tablename__ = "test_logs"
    __table_args__ = (
        # the story of an assignment
        Index(None, "assignment_id", "timestamp"),
    )

    log_id: Mapped[str] = mapped_column(primary_key=True)
    assignment_id: Mapped[str] = mapped_column(ForeignKey("test_assignments.assignment_id"))
    action: Mapped[LogAction]
    performed_by: Mapped[str] = mapped_column(ForeignKey("users.user_id"))
    timestamp: Mapped[datetime]
    details: Mapped[str | None] = mapped_column(Text)


class Audit(AuditColumns, OfficeBase):
    """One act outside the story of one assignment."""

    __tablename__ = "audit_log"
    __table_args__ = (
        ForeignKeyConstraint(["who"], ["users.user_id"]),
        # what was done to one thing
        Index(None, "subject_type", "subject_id", "audit_id"),
        # what one person did
        Index(None, "who", "audit_id"),
    )


__all__ = [
    "AnswerKey",
    "Answer",
    "Assignment",
    "Attachment",
    "Attendance",
    "Audit",
    "Bundle",
    "Chunk",
    "Closing",
    "Decision",
    "EnvelopeCode",
    "Evidence",
    "HallToken",
    "JournalEntry",
    "Lease",
    "Log",
    "Mark",
    "Notification",
    "OfficeBase",
    "Option",
    "Package",
    "Paper",
    "PaperIdentity",
    "Person",
    "Proctoring",
    "Quarantine",
    "Question",
    "QuestionBank",
    "Receipt",
    "Release",
    "Section",
    "Session",
    "SessionChief",
    "SessionTest",
    "Setting",
    "Submission",
    "Tag",
    "Test",
]
