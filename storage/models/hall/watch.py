"""What a hall keeps watch with: its seats, what needed a person, wrong tries and who did what."""

from datetime import datetime

from sqlalchemy import Text
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.audit import AuditColumns
from storage.models.base import HallBase
from storage.models.throttle import ThrottleColumns


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


class Throttle(ThrottleColumns, HallBase):
    """Wrong tries at one door of the hall."""

    __tablename__ = "throttles"


class Audit(AuditColumns, HallBase):
    """One act in this hall."""

    __tablename__ = "audit_log"
