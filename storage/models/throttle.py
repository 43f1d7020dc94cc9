"""Columns of a throttle."""

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column


class ThrottleColumns:
    """Wrong tries at one door, kept across restarts."""

    door: Mapped[str] = mapped_column(primary_key=True)
    """What was tried: `login ROLL`, `login SEAT`, `pin SEAT`, `code`."""
    wrong_tries: Mapped[int] = mapped_column(default=0)
    last_at: Mapped[datetime]
    shut_until: Mapped[datetime | None]
