"""Ageing: how a board looks a while later when nothing happens. The hub and its consoles reckon alike."""

from collections.abc import Callable
from dataclasses import replace

from kiosk.views.board import BoardState, SeatLine, SeatState

RUNNING = frozenset({SeatState.WORKING, SeatState.LOST})
"""Where a candidate's clock runs, whether or not the hall hears of it."""
_DAY = 86_400


def aged(state: BoardState, ms: int) -> BoardState:
    """Return the state `ms` milliseconds later: ages grow, running clocks fall to nothing, the hall's clock goes on."""
    if ms <= 0:
        return state
    return replace(
        state,
        clock=_later(state.clock, ms // 1000),
        seats=tuple(_aged_seat(line, ms) for line in state.seats),
        attention=tuple(replace(item, age_ms=item.age_ms + ms) for item in state.attention),
    )


def _aged_seat(line: SeatLine, ms: int) -> SeatLine:
    left = line.left_ms
    if left is not None and line.state in RUNNING:
        left = max(0, left - ms)
    return replace(
        line,
        since_ms=line.since_ms + ms,
        left_ms=left,
        lag_ms=line.lag_ms + ms if line.lag_ms else line.lag_ms,
        saved_ms=None if line.saved_ms is None else line.saved_ms + ms,
    )


def _later(clock: str, seconds: int) -> str:
    if not clock:
        return clock
    hours, minutes, rest = (int(part) for part in clock.split(":"))
    total = (hours * 3600 + minutes * 60 + rest + seconds) % _DAY
    return f"{total // 3600:02d}:{total // 60 % 60:02d}:{total % 60:02d}"


class Ageing:
    """A state and when it was told; what it looks like now is reckoned from there."""

    def __init__(self, state: BoardState, watch: Callable[[], float], at: float | None = None) -> None:
        """`watch` counts seconds; `at` is what it showed when this was told, if that is not now."""
        self.told = state
        self._watch = watch
        self._at = watch() if at is None else at

    def now(self) -> BoardState:
        """Return how it looks now."""
        return aged(self.told, self.elapsed_ms())

    def elapsed_ms(self) -> int:
        """Return how old the state is."""
        return max(0, round((self._watch() - self._at) * 1000))

    def followed_by(self, state: BoardState, elapsed_ms: int) -> "Ageing":
        """Return the state that was told so much later; no part of a millisecond is lost between them."""
        return Ageing(state, self._watch, self._at + elapsed_ms / 1000)
