"""What passes between central and its halls: bundles up, receipts, tokens, releases, close-outs, decisions."""

from datetime import datetime

from sqlalchemy import (
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from kiosk.exam.status import BundleState
from storage.models.base import DayKey, OfficeBase
from storage.models.sitting import of_a_sitting
from storage.models.sync import BundleColumns, ReceiptColumns
from storage.personal import Personal


class Bundle(BundleColumns, OfficeBase):
    """One bundle that verified; it is stored and receipted before it is opened, so its sitting need not be known."""

    __tablename__ = "bundles"
    __table_args__ = (
        # the bundles of a sitting
        Index(None, "submission_id", "opened_on"),
        # what waits to be opened, in the order it came; how many stand where
        Index(None, "state", "received_at"),
        # the bundles of a hall by id, held against what it says it sent
        Index(None, "hall", "bundle_id"),
    )

    received_at: Mapped[datetime]
    source: Mapped[str]
    """Where it came from: a folder or an address."""
    hall: Mapped[str]
    state: Mapped[BundleState]
    flags: Mapped[list[str]]
    """What a person should look at, in words."""
    problem: Mapped[str | None] = mapped_column(Text)
    """Why it could not be opened or counted."""
    settled_at: Mapped[datetime | None]
    """When its state last changed."""
    rank: Mapped[str | None]
    """Epoch, time and digest of its last lease, in an order text sorts by: of several bundles the highest counts."""


class Receipt(ReceiptColumns, OfficeBase):
    """The receipt given for a bundle."""

    __tablename__ = "receipts"
    __table_args__ = (ForeignKeyConstraint(["bundle_id", "opened_on"], ["bundles.bundle_id", "bundles.opened_on"]),)


class Quarantine(OfficeBase):
    """Something sent up that did not verify: kept for a person to look at, never taken in."""

    __tablename__ = "quarantine"

    digest: Mapped[str] = mapped_column(primary_key=True)
    """SHA-256 of `content`, so that sending it again changes nothing."""
    content: Mapped[bytes] = mapped_column(LargeBinary)
    source: Mapped[str]
    reason: Mapped[str]
    received_at: Mapped[datetime]


class Chunk(OfficeBase):
    """One piece of a large bundle on its way up."""

    __tablename__ = "chunks"
    __table_args__ = (
        # the pieces nobody came back for
        Index(None, "received_at"),
    )

    digest: Mapped[str] = mapped_column(primary_key=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)
    hall: Mapped[str]
    received_at: Mapped[datetime]


class HallToken(OfficeBase):
    """One hall's key to the upload door; only its digest is kept."""

    __tablename__ = "hall_tokens"
    __table_args__ = (
        # also serves: whose token this is
        UniqueConstraint("digest"),
    )

    token_id: Mapped[str] = mapped_column(primary_key=True)
    hall: Mapped[str]
    digest: Mapped[str]
    """SHA-256 of the token."""
    made_at: Mapped[datetime]
    made_by: Mapped[str] = mapped_column(ForeignKey("users.user_id"))
    not_after: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class EnvelopeCode(OfficeBase):
    """What opens a hall's papers without a network: printed once for a test and a hall, and put in an envelope."""

    __tablename__ = "envelope_codes"
    __table_args__ = (ForeignKeyConstraint(["test_id"], ["tests.test_id"]),)

    test_id: Mapped[str] = mapped_column(primary_key=True)
    hall: Mapped[str] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(Personal("envelope_codes.code"))
    made_at: Mapped[datetime]

    def __repr__(self) -> str:
        return f"EnvelopeCode(test_id={self.test_id!r}, hall={self.hall!r})"


class Release(OfficeBase):
    """One release token that was given: from then on the hall may open the papers of a test."""

    __tablename__ = "releases"
    __table_args__ = (ForeignKeyConstraint(["test_id"], ["tests.test_id"]),)

    test_id: Mapped[str] = mapped_column(primary_key=True)
    hall: Mapped[str] = mapped_column(primary_key=True)
    envelope: Mapped[bytes] = mapped_column(LargeBinary)
    released_at: Mapped[datetime]
    released_by: Mapped[str] = mapped_column(ForeignKey("users.user_id"))


class Closing(OfficeBase):
    """One hall's statement of what became of its roster, and central's close-out once it holds."""

    __tablename__ = "closings"
    __table_args__ = (
        # the closings of a test, hall by hall
        Index(None, "test_id", "hall"),
        # what waits for its close-out
        Index(None, "settled_at"),
    )

    closing_id: Mapped[str] = mapped_column(primary_key=True)
    """SHA-256 of the payload."""
    hall: Mapped[str]
    test_id: Mapped[str]
    envelope: Mapped[bytes] = mapped_column(LargeBinary)
    received_at: Mapped[datetime]
    closeout: Mapped[bytes | None] = mapped_column(LargeBinary)
    problem: Mapped[str | None] = mapped_column(Text)
    """What is still unexplained."""
    settled_at: Mapped[datetime | None]


class Decision(OfficeBase):
    """One signed decision about the bundles of a sitting: which counts, or an answer taken over from a branch."""

    __tablename__ = "decisions"
    __table_args__ = (
        of_a_sitting(),
        ForeignKeyConstraint(["decided_by"], ["users.user_id"]),
        ForeignKeyConstraint(["second"], ["users.user_id"]),
        # the decisions on a sitting in order
        Index(None, "submission_id", "opened_on", "decided_at"),
    )

    decision_id: Mapped[str] = mapped_column(primary_key=True, sort_order=-2)
    submission_id: Mapped[str]
    opened_on: Mapped[DayKey]
    bundle_id: Mapped[str]
    question_id: Mapped[str | None]
    """The question whose answer is adopted; None where a held bundle is let count."""
    envelope: Mapped[bytes] = mapped_column(LargeBinary)
    reason: Mapped[str] = mapped_column(Text)
    decided_by: Mapped[str]
    second: Mapped[str | None]
    decided_at: Mapped[datetime]
