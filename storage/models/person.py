"""Columns of people and of what they are told."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Mapped, mapped_column

from kiosk.exam.person import Role
from storage.personal import Personal


class NameColumns:
    """Who somebody is, as far as a seat needs to know."""

    user_id: Mapped[str] = mapped_column(primary_key=True, sort_order=-1)
    name: Mapped[str] = mapped_column(Personal("users.name"))
    roll_number: Mapped[str | None] = mapped_column(Personal("users.roll_number", same=True))
    """What a candidate types at login; None for staff."""


class AccommodationColumns:
    """What a person is allowed beyond the paper."""

    extra_percent: Mapped[int] = mapped_column(default=0)
    extra_ms: Mapped[int] = mapped_column(default=0)
    rest_breaks: Mapped[bool] = mapped_column(default=False)


class PersonColumns(NameColumns, AccommodationColumns):
    """One person with role, secret and accommodation."""

    role: Mapped[Role]
    email: Mapped[str | None] = mapped_column(Personal("users.email"))
    is_active: Mapped[bool] = mapped_column(default=True)
    secret_hash: Mapped[str | None]
    """Argon2id string of the access code, PIN or passphrase; never the secret."""
    created_at: Mapped[datetime]
    is_provisional: Mapped[bool] = mapped_column(default=False)
    """Came with a bundle and is not yet known to the office."""


class NotificationColumns:
    """One thing a person is told."""

    notification_id: Mapped[str] = mapped_column(primary_key=True, sort_order=-1)
    user_id: Mapped[str]
    type: Mapped[str]
    reference_id: Mapped[str | None]
    reference_type: Mapped[str | None]
    from_user_id: Mapped[str | None]
    particulars: Mapped[dict[str, Any] | None] = mapped_column("metadata")
    """The column `metadata`; SQLAlchemy keeps that name for itself in Python."""
    created_at: Mapped[datetime]
    is_read: Mapped[bool] = mapped_column(default=False)
