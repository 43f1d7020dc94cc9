"""All tables of a hall: roster, sealed papers, leases, grants, where each sitting stands, and what its hub keeps."""

from datetime import datetime

from sqlalchemy import ForeignKeyConstraint, Index, LargeBinary, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from kiosk.exam.status import AttendanceState
from storage.models.assignment import (
    AssignmentColumns,
    AttendanceColumns,
    SessionChiefColumns,
    SessionColumns,
    SessionTestColumns,
)
from storage.models.audit import AuditColumns
from storage.models.base import Bytes, DayKey, HallBase
from storage.models.paper import IdentityColumns, PackageColumns, SealedPaperColumns
from storage.models.person import NotificationColumns, PersonColumns
from storage.models.sitting import EvidenceColumns, GrantColumns, LeaseColumns
from storage.models.sync import BundleColumns, ReceiptColumns
from storage.models.throttle import ThrottleColumns


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


class Advance(HallBase):
    """One lease this hall made ahead for an attempt; it counts only once it is used."""

    __tablename__ = "advances"
    __table_args__ = (
        ForeignKeyConstraint(["assignment_id"], ["test_assignments.assignment_id"]),
        ForeignKeyConstraint(["candidate_id"], ["users.user_id"]),
    )

    assignment_id: Mapped[str] = mapped_column(primary_key=True, sort_order=-1)
    attempt: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, sort_order=-1)
    lease_id: Mapped[str]
    submission_id: Mapped[str]
    opened_on: Mapped[str]
    candidate_id: Mapped[str]
    seat: Mapped[str]
    epoch: Mapped[int]
    document: Mapped[str] = mapped_column(Text)
    """Canonical text of `Lease.document`."""
    envelope: Mapped[bytes] = mapped_column(LargeBinary)
    issued_at: Mapped[datetime]


class ActCode(HallBase):
    """One code this hall gave for an act at a seat that could not reach it."""

    __tablename__ = "act_codes"
    __table_args__ = (
        ForeignKeyConstraint(["who"], ["users.user_id"]),
        ForeignKeyConstraint(["second"], ["users.user_id"]),
        # the codes that were given for a seat, and for one challenge of it
        Index(None, "seat", "challenge"),
    )

    code_id: Mapped[str] = mapped_column(primary_key=True)
    seat: Mapped[str]
    challenge: Mapped[str]
    act: Mapped[str]
    amount_ms: Mapped[int] = mapped_column(default=0)
    reason: Mapped[str]
    who: Mapped[str]
    second: Mapped[str | None]
    number: Mapped[int]
    """The number by which the code names `who`."""
    submission_id: Mapped[str | None]
    """The sitting this hall last knew at the seat; None where it knew of none."""
    issued_at: Mapped[datetime]
    grant_id: Mapped[str | None]
    """The act it was used for, once the seat told of it."""


class SealOrder(HallBase):
    """One sitting a seat was asked to seal and to send; it is done once that bundle is here."""

    __tablename__ = "seal_orders"

    submission_id: Mapped[str] = mapped_column(primary_key=True)
    seat: Mapped[str] = mapped_column(primary_key=True)
    ordered_at: Mapped[datetime]


class Confirmation(HallBase):
    """The hall's own word for an act that a code allowed, on its way to the seat that carried it out."""

    __tablename__ = "confirmations"
    __table_args__ = (
        # what a seat has not kept yet, when it comes on the line
        Index(None, "seat", "kept_at"),
        # what goes with a sitting that is handed over
        Index(None, "submission_id"),
    )

    grant_id: Mapped[str] = mapped_column(primary_key=True)
    submission_id: Mapped[str]
    seat: Mapped[str]
    envelope: Mapped[Bytes]
    made_at: Mapped[datetime]
    kept_at: Mapped[datetime | None]
    """When the seat said that it holds it."""


class Tail(HallBase):
    """What one epoch wrote of a sitting, as far as this hall holds it."""

    __tablename__ = "tails"

    submission_id: Mapped[str] = mapped_column(primary_key=True, sort_order=-1)
    opened_on: Mapped[DayKey]
    epoch: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, sort_order=-1)
    genesis: Mapped[str | None] = mapped_column(Text)
    """Canonical text of what the chain hangs on; with the sitting's first epoch only."""
    fork_seq: Mapped[int]
    """The last entry of the epochs before; -1 where the sitting begins."""
    fork_hash: Mapped[Bytes]
    head_seq: Mapped[int]
    head_hash: Mapped[Bytes]
    heard_at: Mapped[datetime]


class TailEntry(HallBase):
    """One entry of a sitting, as its seat sent it."""

    __tablename__ = "tail_entries"
    __table_args__ = (
        ForeignKeyConstraint(
            ["submission_id", "opened_on", "epoch"], ["tails.submission_id", "tails.opened_on", "tails.epoch"]
        ),
    )

    submission_id: Mapped[str] = mapped_column(primary_key=True, sort_order=-1)
    opened_on: Mapped[DayKey]
    epoch: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, sort_order=-1)
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, sort_order=-1)
    text: Mapped[str] = mapped_column(Text)
    """Canonical text; its hash was taken of it."""
    hash: Mapped[Bytes]


class TailEvidence(EvidenceColumns, HallBase):
    """One capture an entry of a tail names."""

    __tablename__ = "tail_evidence"


class TailGrant(HallBase):
    """One act that entries of a tail carry out, by whomever it was allowed."""

    __tablename__ = "tail_grants"

    submission_id: Mapped[str] = mapped_column(primary_key=True, sort_order=-1)
    opened_on: Mapped[DayKey]
    grant_id: Mapped[str] = mapped_column(primary_key=True, sort_order=-1)
    envelope: Mapped[Bytes]


class StrayEntry(HallBase):
    """One entry that contradicts what this hall acknowledged: kept aside for a person, never believed."""

    __tablename__ = "stray_entries"

    submission_id: Mapped[str] = mapped_column(primary_key=True, sort_order=-1)
    opened_on: Mapped[DayKey]
    epoch: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, sort_order=-1)
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, sort_order=-1)
    digest: Mapped[str] = mapped_column(primary_key=True, sort_order=-1)
    """SHA-256 of the text."""
    seat: Mapped[str]
    text: Mapped[str] = mapped_column(Text)
    kept_at: Mapped[datetime]


class Move(HallBase):
    """One order that a sitting goes on at another seat."""

    __tablename__ = "moves"
    __table_args__ = (
        ForeignKeyConstraint(["move_id"], ["grants.grant_id"]),
        # the moves of a sitting in order
        Index(None, "submission_id", "ordered_at"),
    )

    move_id: Mapped[str] = mapped_column(primary_key=True)
    """The id of its grant."""
    submission_id: Mapped[str]
    from_seat: Mapped[str]
    to_seat: Mapped[str]
    state: Mapped[str]
    """ordered, followed, or replaced by a later order."""
    ordered_at: Mapped[datetime]
    epoch: Mapped[int | None]
    """Of the lease the new seat was given, once it was."""


class Start(HallBase):
    """One candidate who may begin, where the hall starts together."""

    __tablename__ = "starts"
    __table_args__ = (
        ForeignKeyConstraint(["candidate_id"], ["users.user_id"]),
        ForeignKeyConstraint(["grant_id"], ["grants.grant_id"]),
    )

    candidate_id: Mapped[str] = mapped_column(primary_key=True)
    grant_id: Mapped[str]
    ordered_at: Mapped[datetime]


class Command(HallBase):
    """One grant on its way to a seat."""

    __tablename__ = "commands"
    __table_args__ = (
        ForeignKeyConstraint(["grant_id"], ["grants.grant_id"]),
        # what waits for a seat, in order
        Index(None, "seat", "state", "ordered_at"),
    )

    grant_id: Mapped[str] = mapped_column(primary_key=True)
    seat: Mapped[str]
    state: Mapped[str]
    """waiting, sent, done or refused."""
    words: Mapped[str] = mapped_column(Text, default="")
    """What the seat said of it."""
    ordered_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]


class Announcement(HallBase):
    """Something said to the hall."""

    __tablename__ = "announcements"
    __table_args__ = (ForeignKeyConstraint(["who"], ["users.user_id"]),)

    announcement_id: Mapped[str] = mapped_column(primary_key=True)
    who: Mapped[str]
    text: Mapped[str] = mapped_column(Text)
    question: Mapped[str | None]
    """The question it corrects."""
    at: Mapped[datetime]


class AnnouncementSeat(HallBase):
    """One seat that is told an announcement, and how far it came there."""

    __tablename__ = "announcement_seats"
    __table_args__ = (
        ForeignKeyConstraint(["announcement_id"], ["announcements.announcement_id"]),
        # what a seat was not told yet
        Index(None, "seat", "delivered_at"),
    )

    announcement_id: Mapped[str] = mapped_column(primary_key=True, sort_order=-1)
    seat: Mapped[str] = mapped_column(primary_key=True, sort_order=-1)
    delivered_at: Mapped[datetime | None]
    read_at: Mapped[datetime | None]


class Seat(HallBase):
    """One seat that is enrolled under its name."""

    __tablename__ = "seats"

    seat: Mapped[str] = mapped_column(primary_key=True)
    public: Mapped[str]
    """Its public key, in hex."""
    certified_at: Mapped[datetime]
    """When its certificate began; of two keys under one name the one certified later is the seat."""
    enrolled_at: Mapped[datetime]
    let_go_at: Mapped[datetime | None]
    """When a proctor gave its name free; None while it is taken."""


class Throttle(ThrottleColumns, HallBase):
    """Wrong tries at one door of the hall."""

    __tablename__ = "throttles"


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


class Attention(HallBase):
    """Something that needed a person, until somebody took note of it and its cause had gone."""

    __tablename__ = "attentions"

    attention_id: Mapped[str] = mapped_column(primary_key=True)
    seat: Mapped[str | None]
    kind: Mapped[str]
    severity: Mapped[str]
    words: Mapped[str] = mapped_column(Text)
    raised_at: Mapped[datetime]
    over_at: Mapped[datetime | None]
    """When its cause went; None while it lasts."""
    acknowledged_at: Mapped[datetime | None]
    acknowledged_by: Mapped[str | None]
    submission_id: Mapped[str | None]
    """The sitting an incident's meter runs on."""
    meter: Mapped[str | None] = mapped_column(Text)
    """Canonical text of an incident's meter."""


class Audit(AuditColumns, HallBase):
    """One act in this hall."""

    __tablename__ = "audit_log"
