"""All tables of one seat: sittings, their journals, and the papers while they are sat. No key, no roster."""

from datetime import datetime

from sqlalchemy import ForeignKeyConstraint, Index, LargeBinary, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Bytes, DayKey, SeatBase
from storage.models.paper import AttachmentColumns, PaperColumns
from storage.models.person import NameColumns
from storage.models.sitting import (
    AnswerColumns,
    EvidenceColumns,
    GrantColumns,
    JournalColumns,
    LeaseColumns,
    ProctoringColumns,
    SubmissionColumns,
    of_a_sitting,
)
from storage.models.sync import BundleColumns, ReceiptColumns
from storage.models.throttle import ThrottleColumns


class Person(NameColumns, SeatBase):
    """One candidate who has sat here."""

    __tablename__ = "users"


class Paper(PaperColumns, SeatBase):
    """One paper, opened."""

    __tablename__ = "papers"


class Attachment(AttachmentColumns, SeatBase):
    """The text of one file of a paper that is sat here."""

    __tablename__ = "attachments"


class Submission(SubmissionColumns, SeatBase):
    """One attempt on this seat."""

    __tablename__ = "test_submissions"
    __table_args__ = (
        ForeignKeyConstraint(["candidate_id"], ["users.user_id"]),
        ForeignKeyConstraint(["paper_digest"], ["papers.paper_digest"]),
        # the open sitting to resume, and those to seal
        Index(None, "status"),
    )

    candidate_id: Mapped[str]


class JournalEntry(JournalColumns, SeatBase):
    """One entry of a journal; its key serves: the journal of a sitting in order."""

    __tablename__ = "journal"
    __table_args__ = (of_a_sitting(), {"sqlite_with_rowid": False})


class Answer(AnswerColumns, SeatBase):
    """One question of one sitting; the question is an entry of the paper, not a row."""

    __tablename__ = "answers"
    # also serves: the answers of a sitting
    __table_args__ = (of_a_sitting(), UniqueConstraint("submission_id", "opened_on", "question_id"))


class Evidence(EvidenceColumns, SeatBase):
    """One capture; its key serves: the evidence of a sitting."""

    __tablename__ = "evidence"
    __table_args__ = (of_a_sitting(),)


class Proctoring(ProctoringColumns, SeatBase):
    """The supervision of one sitting."""

    __tablename__ = "proctoring_sessions"
    __table_args__ = (
        of_a_sitting(),
        # the supervision of a sitting
        Index(None, "submission_id", "opened_on"),
    )


class Lease(LeaseColumns, SeatBase):
    """One lease this seat was given."""

    __tablename__ = "leases"
    __table_args__ = (
        # the leases of a sitting in order
        Index(None, "submission_id", "opened_on", "epoch"),
    )


class Grant(GrantColumns, SeatBase):
    """One act of a proctor carried out here."""

    __tablename__ = "grants"
    __table_args__ = (
        # what was allowed for a sitting
        Index(None, "submission_id"),
    )

    confirmation: Mapped[bytes | None] = mapped_column(LargeBinary)
    """The hall's own envelope of an act that a code allowed."""


class Bundle(BundleColumns, SeatBase):
    """One bundle, made once in the sealing transaction."""

    __tablename__ = "bundles"
    __table_args__ = (
        of_a_sitting(),
        # the bundle of a sitting: only one is ever made
        UniqueConstraint("submission_id", "opened_on"),
    )


class Receipt(ReceiptColumns, SeatBase):
    """Central's receipt for a bundle."""

    __tablename__ = "receipts"
    __table_args__ = (ForeignKeyConstraint(["bundle_id", "opened_on"], ["bundles.bundle_id", "bundles.opened_on"]),)


class Fence(SeatBase):
    """One sitting that goes on elsewhere: this seat writes no epoch before `epoch`."""

    __tablename__ = "fences"
    __table_args__ = (of_a_sitting(),)

    submission_id: Mapped[str] = mapped_column(primary_key=True, sort_order=-1)
    opened_on: Mapped[DayKey]
    epoch: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, sort_order=-1)
    seat: Mapped[str | None]
    """Where it goes on, as far as it was said."""
    at: Mapped[datetime]
    envelope: Mapped[Bytes]
    """The lease or the grant that says so."""


class Throttle(ThrottleColumns, SeatBase):
    """Wrong tries at one door of the seat, while its hall does not answer."""

    __tablename__ = "throttles"


class ActChallenge(SeatBase):
    """One challenge that is open: a code for it allows one act."""

    __tablename__ = "act_challenges"

    submission_id: Mapped[str] = mapped_column(primary_key=True, sort_order=-1)
    """Empty where no sitting is open."""
    candidate_id: Mapped[str] = mapped_column(primary_key=True, sort_order=-1)
    """Empty where nobody is known to sit there."""
    nonce: Mapped[str]
    wrong_tries: Mapped[int] = mapped_column(default=0)
    drawn_at: Mapped[datetime]


class Acquaintance(SeatBase):
    """One candidate the hall admitted here, as the seat knows them again without it."""

    __tablename__ = "acquaintances"

    roll_number: Mapped[str] = mapped_column(primary_key=True)
    candidate_id: Mapped[str]
    name: Mapped[str]
    secret_hash: Mapped[str]
    """Argon2id string of the access code; never the code."""
    kept_at: Mapped[datetime]


class Message(SeatBase):
    """One thing the hall told a candidate while no test was open."""

    __tablename__ = "messages"

    candidate_id: Mapped[str] = mapped_column(primary_key=True, sort_order=-1)
    message_id: Mapped[str] = mapped_column(primary_key=True, sort_order=-1)
    at: Mapped[datetime]
    """When the hall said it."""
    who: Mapped[str]
    text: Mapped[str] = mapped_column(Text)
    question: Mapped[str | None]
    is_read: Mapped[bool] = mapped_column(default=False)


class Advance(SeatBase):
    """One permission the hall gave ahead, for a start while it does not answer."""

    __tablename__ = "advances"

    submission_id: Mapped[str] = mapped_column(primary_key=True)
    assignment_id: Mapped[str]
    candidate_id: Mapped[str]
    roll_number: Mapped[str]
    lease: Mapped[Bytes]
    expected: Mapped[Bytes]
    """Envelope of who is expected and what they are shown before the start."""
    paper_identity: Mapped[str | None]
    start: Mapped[bytes | None] = mapped_column(LargeBinary)
    """Envelope of the coded grant that started it; None before."""
    secret_hash: Mapped[str | None]
    """Argon2id string of the code that started it."""
    kept_at: Mapped[datetime]


class SealedPaper(SeatBase):
    """One sealed paper that was sent here before the exam."""

    __tablename__ = "sealed_papers"

    paper_digest: Mapped[str] = mapped_column(primary_key=True)
    blob: Mapped[bytes | None] = mapped_column(LargeBinary)
    attachments: Mapped[bytes | None] = mapped_column(LargeBinary)
    """Its files, sealed as it is; None where it has none, or they have not come."""
