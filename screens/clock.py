"""Times in words: what is left, when something was, and when a warning is due."""

from collections.abc import Iterable

from kiosk.exam.moment import parse_iso

MINUTE_MS = 60_000
SHORT_MS = 5 * MINUTE_MS
"""Below this a clock is urgent and cannot be hidden."""


def clock_text(ms: int) -> str:
    """Return milliseconds as h:mm:ss, or m:ss under an hour; a begun second counts as one."""
    seconds = -(-max(0, ms) // 1000)
    hours, rest = divmod(seconds, 3600)
    minutes, second = divmod(rest, 60)
    return f"{hours}:{minutes:02}:{second:02}" if hours else f"{minutes}:{second:02}"


def wall_text(at: str) -> str:
    """Return the wall time of an ISO moment as the clock in the hall shows it."""
    return f"{parse_iso(at).astimezone():%H:%M:%S}"


def warning_due(before_ms: int, now_ms: int, minutes: Iterable[int]) -> int | None:
    """Return the warning that fell due between two readings of a clock, the most urgent first, or None.

    There is none for a first reading: who comes back after a power cut is not startled twice.
    """
    passed = [m for m in minutes if now_ms <= m * MINUTE_MS < before_ms]
    return min(passed, default=None)


def warning_words(minutes: int, what: str) -> str:
    """Return the notice for a warning: "5 minutes left in Cells."."""
    unit = "minute" if minutes == 1 else "minutes"
    return f"{minutes} {unit} left {what}."
