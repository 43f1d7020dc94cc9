"""A gathering: one session of a hall, or a test without one, with everybody who is expected."""

from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from kiosk.exam.accommodation import Accommodation
from kiosk.exam.status import AttendanceState
from kiosk.exam.timing import MINUTE_MS


@dataclass(frozen=True, slots=True, kw_only=True)
class Sat:
    """One test of one candidate."""

    test_id: str
    title: str
    minutes: int
    """With their own extra time."""
    accommodation: Accommodation


@dataclass(frozen=True, slots=True, kw_only=True)
class Sitter:
    """One candidate who is expected."""

    candidate_id: str
    name: str
    roll_number: str | None
    planned: str | None
    """The seat the office gave them."""
    seat: str | None
    """Where they sit: the seat that may write their sitting, or else the planned one."""
    tests: tuple[Sat, ...]
    state: AttendanceState
    arrived_at: datetime | None = None
    note: str = ""

    @property
    def extra(self) -> str:
        """What they are allowed beyond the others, in words: "+25 %, rest breaks"."""
        words: dict[str, None] = {}
        for sat in self.tests:
            given = sat.accommodation
            if given.extra_percent:
                words[f"+{given.extra_percent} %"] = None
            if given.extra_ms:
                words[f"+{given.extra_ms // MINUTE_MS} min"] = None
            if given.rest_breaks:
                words["rest breaks"] = None
        return ", ".join(words)


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathering:
    """Who is expected where and when."""

    session_id: str
    """Empty where no session of this hall holds the test."""
    title: str
    opens_at: datetime | None
    """When candidates may log in."""
    starts_at: datetime | None
    ends_at: datetime | None
    """When no sitting may open any more."""
    time_zone: str
    opened_by: str | None
    """Name of the proctor who opened the session."""
    sitters: tuple[Sitter, ...]
    """By name."""

    @property
    def tests(self) -> tuple[str, ...]:
        """The titles of the tests that are sat here."""
        return tuple(dict.fromkeys(sat.title for sitter in self.sitters for sat in sitter.tests))

    @property
    def when(self) -> str:
        """The day and the hours, as the hall's clock shows them."""
        if self.starts_at is None or self.opens_at is None or self.ends_at is None:
            return "no session"
        start, day = local(self.starts_at, self.time_zone), "%Y-%m-%d"
        hours = f"log in from {local(self.opens_at, self.time_zone):%H:%M}, starts {start:%H:%M}"
        end = local(self.ends_at, self.time_zone)
        last = f"{end:%H:%M}" if end.date() == start.date() else f"{end:%Y-%m-%d %H:%M}"
        return f"{start:{day}}, {hours}, last start {last} ({zone_name(self.time_zone)})"

    def count(self, state: AttendanceState) -> int:
        """Return how many stand so."""
        return sum(sitter.state is state for sitter in self.sitters)


def local(when: datetime, zone: str) -> datetime:
    """Return a moment by the clock of a zone; by UTC where this machine does not know the zone."""
    return when.astimezone(_zone(zone) or UTC)


def zone_name(zone: str) -> str:
    """Return the zone times are shown in."""
    return zone if _zone(zone) is not None else "UTC"


def _zone(zone: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None
