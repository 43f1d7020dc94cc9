"""What is on its way from a hall to its seats, until they answered for it."""

from datetime import datetime

from sqlalchemy import ForeignKeyConstraint, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Bytes, HallBase


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


class SealOrder(HallBase):
    """One sitting a seat was asked to seal and to send; it is done once that bundle is here."""

    __tablename__ = "seal_orders"

    submission_id: Mapped[str] = mapped_column(primary_key=True)
    seat: Mapped[str] = mapped_column(primary_key=True)
    ordered_at: Mapped[datetime]


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
