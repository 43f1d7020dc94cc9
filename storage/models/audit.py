"""Columns of the log of acts."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Integer
from sqlalchemy.orm import Mapped, mapped_column


class AuditColumns:
    """One act by somebody on something, outside the story of one assignment."""

    audit_id: Mapped[int] = mapped_column(
        BigInteger().with_variant(Integer(), "sqlite"), primary_key=True, autoincrement=True, sort_order=-1
    )
    at: Mapped[datetime]
    who: Mapped[str]
    """User id; `system` for what the program does by itself."""
    action: Mapped[str]
    subject_type: Mapped[str]
    subject_id: Mapped[str]
    details: Mapped[dict[str, Any] | None]
