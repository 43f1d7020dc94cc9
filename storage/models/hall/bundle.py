"""The sealed bundles of a hall, central's receipts for them, and how a test was closed."""

from datetime import datetime

from sqlalchemy import ForeignKeyConstraint, Index, LargeBinary, Text
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import HallBase
from storage.models.sync import BundleColumns, ReceiptColumns


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
