"""Columns of a sitting: the submission, its journal, answers, evidence and leases."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKeyConstraint, LargeBinary, Text
from sqlalchemy.orm import Mapped, mapped_column

from kiosk.exam.entry import Kind
from kiosk.exam.status import SubmissionStatus
from storage.models.base import Bytes, DayKey
from storage.types import growing_enum


def of_a_sitting() -> ForeignKeyConstraint:
    """Return what ties a row to its sitting."""
    return ForeignKeyConstraint(
        ["submission_id", "opened_on"], ["test_submissions.submission_id", "test_submissions.opened_on"]
    )


class SubmissionColumns:
    """One attempt: what its chain hangs on, and where it stands."""

    submission_id: Mapped[str] = mapped_column(primary_key=True, sort_order=-1)
    opened_on: Mapped[DayKey]
    assignment_id: Mapped[str]
    started_at: Mapped[datetime]
    submitted_at: Mapped[datetime | None]
    duration: Mapped[int | None]
    """Seconds used, by the journal's own clock."""
    status: Mapped[SubmissionStatus]
    attempt: Mapped[int] = mapped_column(default=1)
    paper_digest: Mapped[str | None]
    seat: Mapped[str | None]
    """The seat of the opening: part of the genesis."""
    lease_id: Mapped[str | None]
    """The lease that allowed the opening: part of the genesis."""
    build: Mapped[str | None]
    """The program that opened it: part of the genesis."""
    handed_in_by: Mapped[str | None]
    """candidate, time or proctor."""
    is_late: Mapped[bool] = mapped_column(default=False)
    receipt: Mapped[str | None]
    """The receipt code the candidate was shown."""
    head_seq: Mapped[int | None]
    head_hash: Mapped[bytes | None] = mapped_column(LargeBinary)


class JournalColumns:
    """One entry of a journal. `body` is the canonical text the hash was taken of."""

    submission_id: Mapped[str] = mapped_column(primary_key=True, sort_order=-1)
    opened_on: Mapped[DayKey]
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, sort_order=-1)
    epoch: Mapped[int]
    kind: Mapped[Kind] = mapped_column(growing_enum(Kind))
    at: Mapped[str]
    """Wall time as it was hashed: ISO 8601 text."""
    boot_id: Mapped[str]
    boot_ms: Mapped[int]
    body: Mapped[str] = mapped_column(Text)
    hash: Mapped[Bytes]
    """32 raw bytes."""


class AnswerColumns:
    """One question of one sitting as the journal leaves it."""

    answer_id: Mapped[str] = mapped_column(primary_key=True, sort_order=-1)
    submission_id: Mapped[str]
    opened_on: Mapped[DayKey]
    question_id: Mapped[str]
    selected_option_ids: Mapped[list[str] | None]
    essay_answer: Mapped[str | None] = mapped_column(Text)
    coding_answer: Mapped[str | None] = mapped_column(Text)
    answered_at: Mapped[datetime | None]
    """Last change; None where the question was seen and nothing put down."""
    answered_seq: Mapped[int | None]
    seen: Mapped[bool] = mapped_column(default=True)
    flagged: Mapped[bool] = mapped_column(default=False)
    hints_shown: Mapped[int] = mapped_column(default=0)


class EvidenceColumns:
    """One screen capture or the like, stored once by digest."""

    submission_id: Mapped[str] = mapped_column(primary_key=True, sort_order=-1)
    opened_on: Mapped[DayKey]
    digest: Mapped[str] = mapped_column(primary_key=True, sort_order=-1)
    media_type: Mapped[str]
    captured_at: Mapped[datetime]
    body: Mapped[Bytes]


class ProctoringColumns:
    """The supervision of one sitting."""

    session_id: Mapped[str] = mapped_column(primary_key=True, sort_order=-1)
    submission_id: Mapped[str]
    opened_on: Mapped[DayKey]
    proctor_id: Mapped[str | None]
    """Who opened the hall's session."""
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    activities: Mapped[list[dict[str, Any]] | None]


class LeaseColumns:
    """One lease: the hall's word that one seat may write one sitting."""

    lease_id: Mapped[str] = mapped_column(primary_key=True, sort_order=-1)
    opened_on: Mapped[DayKey]
    submission_id: Mapped[str]
    assignment_id: Mapped[str]
    candidate_id: Mapped[str]
    seat: Mapped[str]
    epoch: Mapped[int]
    document: Mapped[str] = mapped_column(Text)
    """Canonical text of `Lease.document`."""
    envelope: Mapped[bytes | None] = mapped_column(LargeBinary)
    """The signed envelope it came in."""
    issued_at: Mapped[datetime]


class GrantColumns:
    """One act of a proctor, allowed by the hall."""

    grant_id: Mapped[str] = mapped_column(primary_key=True, sort_order=-1)
    submission_id: Mapped[str]
    seat: Mapped[str]
    act: Mapped[str]
    who: Mapped[str]
    second: Mapped[str | None]
    document: Mapped[str] = mapped_column(Text)
    """Canonical text of `Grant.document`."""
    envelope: Mapped[bytes | None] = mapped_column(LargeBinary)
    issued_at: Mapped[datetime]
