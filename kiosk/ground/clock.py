"""The machine's clock: the one place that reads time."""

import time
from datetime import UTC, datetime
from pathlib import Path

from kiosk.exam.moment import Moment, iso


class SystemClock:
    """Wall time and CLOCK_BOOTTIME of this machine, with its boot id."""

    def __init__(self) -> None:
        self._boot_id = _boot_id()

    def now(self) -> Moment:
        """Return the present moment."""
        wall = datetime.fromtimestamp(time.time(), UTC)
        return Moment(iso(wall), self._boot_id, _boot_ns() // 1_000_000)


def _boot_id() -> str:
    source = Path("/proc/sys/kernel/random/boot_id")
    if source.exists():
        return source.read_text(encoding="ascii").strip()
    return f"since-{int(time.time() - time.monotonic())}"


def _boot_ns() -> int:
    if hasattr(time, "CLOCK_BOOTTIME"):
        return time.clock_gettime_ns(time.CLOCK_BOOTTIME)
    return time.monotonic_ns()
