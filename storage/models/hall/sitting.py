"""The sittings of a hall as it allowed them: where each stands, its leases, acts, moves and codes."""

from datetime import datetime

from sqlalchemy import ForeignKeyConstraint, Index, LargeBinary, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import DayKey, HallBase
from storage.models.sitting import GrantColumns, LeaseColumns


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


class Grant(GrantColumns, HallBase):
    """One act this hall allowed."""

    __tablename__ = "grants"
    __table_args__ = (
        ForeignKeyConstraint(["who"], ["users.user_id"]),
        ForeignKeyConstraint(["second"], ["users.user_id"]),
        # what was allowed for a sitting
        Index(None, "submission_id"),
    )


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
