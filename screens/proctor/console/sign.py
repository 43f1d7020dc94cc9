"""How a seat's state, a time and a degree of need read on the console: letter, word, glyph, and few cells."""

from collections.abc import Iterable, Mapping

from kiosk.exam.moment import parse_iso
from kiosk.exam.selection import Facts
from kiosk.exam.text import clean_line
from kiosk.views.board import Attention, BoardState, SeatLine, SeatState, Severity

QUIET = frozenset(
    {SeatState.EMPTY, SeatState.READY, SeatState.WORKING, SeatState.HANDED_IN, SeatState.SEALED, SeatState.ABSENT}
)
"""States in which a seat asks nothing of anybody."""
GLYPHS: Mapping[Severity, str] = {Severity.ALARM: "▲", Severity.WARN: "!", Severity.NOTE: "·"}
WEIGHT: Mapping[Severity, int] = {Severity.ALARM: 2, Severity.WARN: 1, Severity.NOTE: 0}
DAY_SECONDS = 86_400
_TIMED = frozenset({SeatState.PAUSED, SeatState.AWAY, SeatState.LOST, SeatState.LOCKED})


def state_name(state: SeatState) -> str:
    """Return a state as the selection language and the styles name it: "handed_in"."""
    return state.name.lower()


def state_word(state: SeatState, candidate: str | None = None) -> str:
    """Return a state as people say it, "handed in"; an empty seat to which a candidate is to come is "expected"."""
    return "expected" if state is SeatState.EMPTY and candidate else state_name(state).replace("_", " ")


def needs(board: BoardState) -> Mapping[str, Severity]:
    """Return how much each seat needs somebody, where it does."""
    worst: dict[str, Severity] = {}
    for one in board.attention:
        if one.seat is not None and WEIGHT[one.severity] >= WEIGHT[worst.get(one.seat, Severity.NOTE)]:
            worst[one.seat] = one.severity
    return worst


def by_need(attention: Iterable[Attention]) -> list[Attention]:
    """Return what needs somebody, the worst first, and the longest of those first."""
    return sorted(attention, key=lambda a: (-WEIGHT[a.severity], -a.age_ms, a.attention_id))


def facts_of(board: BoardState) -> list[Facts]:
    """Return what the selection language can ask of each seat."""
    worst = needs(board)
    return [_facts(line, worst.get(line.seat) is Severity.ALARM) for line in board.seats]


def _facts(line: SeatLine, alarm: bool) -> Facts:
    marks = {
        "extended": line.extended,
        "accommodated": line.accommodated,
        "incident": line.incidents > 0,
        "alarm": alarm,
        "bundle": line.bundle,
        "central": line.central,
    }
    return Facts(
        seat=line.seat,
        state=state_name(line.state),
        marks=frozenset(mark for mark, holds in marks.items() if holds),
        measures={
            "lag": line.lag_ms,
            "saved": line.saved_ms,
            "since": line.since_ms,
            "left": line.left_ms,
            "done": line.percent,
            "incidents": line.incidents,
        },
        texts={"name": line.candidate or "", "roll": line.roll_number or "", "test": line.test or ""},
    )


def brief(ms: int, cells: int) -> str:
    """Return a time in at most `cells` cells (2 or more); bare digits are minutes: "9s", "42", "102", "1h"."""
    seconds = max(0, ms) // 1000
    minutes, hours = seconds // 60, seconds // 3600
    if cells >= 4 and minutes < 10:
        return f"{minutes}:{seconds % 60:02}"
    if cells >= 4 and 1 <= hours < 10:
        return f"{hours}h{minutes % 60:02}"
    if cells == 3 and 100 <= minutes < 1000:
        return str(minutes)
    if hours:
        return f"{min(hours, 99)}h" if cells > 2 else f"{min(hours, 9)}h"
    if seconds < (60 if cells > 2 else 10):
        return f"{seconds}s"
    return f"{minutes}m" if cells > 2 else str(max(1, minutes))


def value_of(line: SeatLine, shown: str, cells: int) -> str:
    """Return what stands behind a seat's letter: `shown` is "done", "left" or "lag"; a stopped seat shows how long."""
    if line.state in _TIMED:
        return brief(line.since_ms, cells)
    if line.state in (SeatState.HANDED_IN, SeatState.SEALED):
        return "↑↑" if line.central else "↑" if line.bundle else ""
    if line.state not in (SeatState.WORKING, SeatState.READY):
        return ""
    if shown == "lag":
        return "" if line.lag_ms is None else brief(line.lag_ms, cells)
    if shown == "left":
        return "" if line.left_ms is None else brief(line.left_ms, cells)
    if line.percent is None:
        return ""
    return "all" if line.percent >= 100 and cells == 3 else f"{line.percent}%"[:cells] if line.percent < 100 else "■■"


def surname(name: str | None) -> str:
    """Return the part of a name that fits under a seat."""
    return clean_line(name or "").partition(",")[0]


def wall(at: str | None) -> str:
    """Return a moment as the hall's clock shows it; words that are no moment stay, nothing is a dash."""
    if at is None:
        return "–"
    try:
        return f"{parse_iso(at).astimezone():%H:%M:%S}"
    except ValueError:
        return clean_line(at, 40)


def age(at: str | None, clock: str) -> str:
    """Return how old a moment is by the hall's clock: "2 s", "4 min"; nothing where that cannot be said."""
    then, now = _seconds(wall(at)), _seconds(clock)
    if then is None or now is None:
        return ""
    seconds = (now - then) % DAY_SECONDS
    if seconds >= DAY_SECONDS // 2:
        return "0 s"
    return f"{seconds} s" if seconds < 120 else f"{seconds // 60} min"


def end_of(clock: str, left_ms: int) -> str:
    """Return when a sitting ends by the hall's clock, if it is not stopped: "14:10"."""
    now = _seconds(clock)
    if now is None:
        return "–"
    end = (now + left_ms // 1000) % DAY_SECONDS
    return f"{end // 3600:02}:{end % 3600 // 60:02}"


def _seconds(clock: str) -> int | None:
    parts = clock.split(":")
    if len(parts) != 3 or not all(p.isascii() and p.isdigit() for p in parts):
        return None
    hours, minutes, seconds = (int(p) for p in parts)
    return hours * 3600 + minutes * 60 + seconds
