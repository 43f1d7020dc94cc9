"""Needs: what about one seat, or the hall, needs a person at this moment; pure, and forgotten as soon as it is over."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from kiosk.exam.status import AttendanceState
from kiosk.exam.text import clean_line
from kiosk.exam.timing import MINUTE_MS
from kiosk.hall.board.fold import Glance
from kiosk.views.board import SeatLine, SeatState, Severity

SLOW_MS = ((15_000, Severity.ALARM), (10_000, Severity.WARN), (5_000, Severity.NOTE))
"""After so long without a commit while something waits to be saved; a seat at rest still saves every five seconds."""
RESTING_MS = 15_000
FULL_BYTES = ((100 * 2**20, Severity.ALARM), (500 * 2**20, Severity.WARN))
"""Below so much room on a seat's disk."""
SKEW_MS = 2 * MINUTE_MS
"""So far a seat's wall clock may be off: it never gives or takes time, but the record is read by it."""
LATE = ((timedelta(minutes=15), Severity.WARN), (timedelta(minutes=5), Severity.NOTE))
"""So long after the start of their session without having begun."""
LONGEST_FAILURE = 300
NEARLY_MS = 5 * MINUTE_MS

TOLD_BY_SEAT = frozenset({"hand", "save", "disk", "clock", "slow"})
"""Kinds that only the seat itself can say."""


@dataclass(frozen=True, slots=True)
class Need:
    """One thing that needs somebody, while it lasts."""

    seat: str | None
    kind: str
    severity: Severity
    words: str
    submission_id: str | None = None
    """The sitting this is about, where it stays the same need at whatever seat that goes on."""


def needs(look: Glance, line: SeatLine, now: datetime) -> Iterator[Need]:
    """Give what needs a person at one seat."""
    if line.state is SeatState.LOST:
        yield Need(look.seat, "lost", Severity.ALARM, "no word from the seat")
    elif look.heard is not None and look.vitals is not None:
        yield from _of_machine(look)
        yield from _of_saving(look, line)
    yield from _of_candidate(look, line, now)


def runs_on(look: Glance, line: SeatLine) -> Need | None:
    """Return that a sitting runs although the whole hall is paused: it was begun, or resumed, since."""
    if line.state is not SeatState.WORKING or look.record is None or look.record.acts.by_hall:
        return None
    return Need(look.seat, "runs", Severity.WARN, "runs while the hall is paused: pause this seat too")


def hall_needs(lines: Sequence[SeatLine]) -> Iterator[Need]:
    """Give what concerns the hall as a whole."""
    nearly = sum(line.state is SeatState.WORKING and _is_nearly_over(line) for line in lines)
    if nearly:
        seats = "1 seat has" if nearly == 1 else f"{nearly} seats have"
        yield Need(None, "time", Severity.NOTE, f"{seats} 5 minutes or less")


def _of_machine(look: Glance) -> Iterator[Need]:
    told = look.vitals
    assert told is not None
    assert look.heard is not None
    if told.hand:
        yield Need(look.seat, "hand", Severity.WARN, "the candidate asks for somebody")
    if told.failure is not None:
        yield Need(look.seat, "save", Severity.ALARM, f"cannot save: {clean_line(told.failure, LONGEST_FAILURE)}")
    for least, severity in FULL_BYTES:
        if told.free_bytes < least:
            free = told.free_bytes // 2**20
            yield Need(look.seat, "disk", severity, f"{free} MB free: make room or use another seat")
            break
    if abs(look.heard.skew_ms) > SKEW_MS:
        way = "ahead of" if look.heard.skew_ms > 0 else "behind"
        minutes = abs(look.heard.skew_ms) // MINUTE_MS
        yield Need(
            look.seat, "clock", Severity.NOTE, f"its clock is {minutes} min {way} the hall's; time left is right"
        )


def _of_saving(look: Glance, line: SeatLine) -> Iterator[Need]:
    told = look.sitting
    if told is None or line.saved_ms is None or line.state is not SeatState.WORKING:
        return
    for least, severity in SLOW_MS:
        if line.saved_ms > least and (told.unsaved > 0 or line.saved_ms > RESTING_MS):
            yield Need(look.seat, "slow", severity, f"last save {line.saved_ms // 1000} s ago")
            return


def _of_candidate(look: Glance, line: SeatLine, now: datetime) -> Iterator[Need]:
    if line.state is SeatState.WORKING and (line.extended or line.accommodated) and _is_nearly_over(line):
        yield Need(look.seat, "own end", Severity.NOTE, "5 minutes or less of their own time are left")
    player = look.player
    if look.record is not None or player is None or player.session is None:
        return
    session = player.session
    if player.attendance is AttendanceState.ABSENT or session.opened_by is None or now > session.ends_at:
        return
    for least, severity in LATE:
        if now >= session.starts_at + least:
            where = "is here" if line.state is SeatState.READY else "has not come"
            yield Need(look.seat, "not begun", severity, f"{player.person.name} {where}")
            return


def _is_nearly_over(line: SeatLine) -> bool:
    return line.left_ms is not None and 0 < line.left_ms <= NEARLY_MS
