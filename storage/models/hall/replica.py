"""A hall's own copy of the journals of its seats."""

from datetime import datetime

from sqlalchemy import ForeignKeyConstraint, Text
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Bytes, DayKey, HallBase
from storage.models.sitting import EvidenceColumns


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
