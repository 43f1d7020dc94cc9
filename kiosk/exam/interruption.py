"""Interruptions a seat notices by itself: it was not running, it slept, or somebody set its clock.

Each compares two moments and says what to write down; none of them changes the time left (see `timing`).
"""

from kiosk.exam.entry import Kind
from kiosk.exam.moment import Moment, parse_iso
from kiosk.exam.sitting import Step
from kiosk.exam.timing import STEP_LIMIT_MS

WALL_STEP_MS = 2_000
"""How far wall and boot clock may drift apart between two looks before it is a set clock."""


def gap_at_restart(last: Moment, now: Moment) -> Step:
    """Return the gap between the last entry and a seat that has just started; its length only within one boot."""
    if last.boot_id != now.boot_id:
        return Step(Kind.GAP, {"cause": "reboot", "ms": None})
    return Step(Kind.GAP, {"cause": "restart", "ms": max(0, now.boot_ms - last.boot_ms)})


def gap_at_wake(last: Moment, now: Moment) -> Step | None:
    """Return the gap of a machine that was asleep between two looks of a running seat, or None if it was awake."""
    silent = now.boot_ms - last.boot_ms
    if last.boot_id != now.boot_id or silent <= STEP_LIMIT_MS:
        return None
    return Step(Kind.GAP, {"cause": "suspend", "ms": silent})


def wall_step(last: Moment, now: Moment) -> Step | None:
    """Return by how much the wall clock was set between two looks in one boot, or None where it was not."""
    if last.boot_id != now.boot_id:
        return None
    wall_ms = round((parse_iso(now.at) - parse_iso(last.at)).total_seconds() * 1000)
    step = wall_ms - (now.boot_ms - last.boot_ms)
    return Step(Kind.CLOCK_STEPPED, {"ms": step}) if abs(step) > WALL_STEP_MS else None
