"""A moment as a seat can honestly know it: wall time for the record, boot time for measuring."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Moment:
    """Wall time and the monotonic time since a boot, read together."""

    at: str
    """Wall time, ISO 8601 UTC with milliseconds and a Z."""
    boot_id: str
    """Which boot of which machine `boot_ms` counts from."""
    boot_ms: int
    """Milliseconds of CLOCK_BOOTTIME: goes on during suspend, never set by anybody."""


class Clock(Protocol):
    """Whoever can tell the moment; given to every place, so that tests own time."""

    def now(self) -> Moment:
        """Return the present moment."""
        ...


def iso(when: datetime) -> str:
    """Return an aware datetime in the one spelling of this project: UTC, milliseconds, Z."""
    if when.tzinfo is None:
        raise ValueError("a time without a zone is not a time")
    return when.astimezone(UTC).isoformat(timespec="milliseconds").removesuffix("+00:00") + "Z"


def parse_iso(text: str) -> datetime:
    """Return the aware datetime of an ISO 8601 string; raises ValueError without a zone."""
    when = datetime.fromisoformat(text)
    if when.tzinfo is None:
        raise ValueError(f"{text} has no time zone")
    return when.astimezone(UTC)
