"""Outages: how long a sitting stood still while its seat was silent, told once the seat is back.

No seat charges its candidate for such a time, and one that has only lost its hall works on; a proctor decides whether
it counts.
"""

from dataclasses import dataclass

from kiosk.exam.attempt import Phase
from kiosk.exam.incident import Sight
from kiosk.hall.board.fold import Glance
from kiosk.hall.board.need import Need
from kiosk.views.board import Severity
from kiosk.wire.hub import BEAT_SECONDS

LEAST_MS = round(5 * BEAT_SECONDS * 1000)
"""Less cannot be told from what the hall reckons between two beats."""
KIND = "gap"


@dataclass(frozen=True, slots=True)
class _Silence:
    boot_id: str
    last: Sight
    """How the sitting stood when the seat last spoke."""


class Outages:
    """Remembers how each running sitting stood when its seat fell silent; one for a watch."""

    def __init__(self) -> None:
        self._silent: dict[str, _Silence] = {}

    def over(self, look: Glance, now_ms: int) -> Need | None:
        """Return that a sitting stood still, once its seat has come back without a start of its machine.

        `now_ms` is the hall's wall clock. A machine that was started again is told of by `Lags.gap`.
        """
        told = look.sitting
        if told is None:
            return None
        sitting = told.submission_id or ""
        if look.is_lost:
            if look.phase is Phase.RUNNING:
                last = Sight(at_ms=now_ms - look.age_ms, used_ms=told.used_ms)
                self._silent.setdefault(sitting, _Silence(told.boot_id, last))
            return None
        before = self._silent.pop(sitting, None)
        if before is None or told.boot_id != before.boot_id:
            return None
        stood_ms = now_ms - look.age_ms - before.last.at_ms - (told.used_ms - (before.last.used_ms or 0))
        if stood_ms < LEAST_MS:
            return None
        seconds = stood_ms // 1000
        words = f"stood still for {seconds // 60}:{seconds % 60:02}, not charged; charge it at the seat, or leave it"
        return Need(look.seat, KIND, Severity.NOTE, words)
