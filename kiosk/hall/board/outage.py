"""Outages: what a seat's silence may have cost its candidate, proposed once the seat is back.

A seat that has only lost its hall works on, and one that was started again is not charged for the time between: both
cost nothing. A machine that stood still while its clock ran did, and nobody there can have said so.
"""

from dataclasses import dataclass

from kiosk.exam.incident import Cause, Meter, Sight
from kiosk.hall.board.fold import Glance
from kiosk.hall.board.need import Need
from kiosk.views.board import Severity

LEAST_MS = 5_000
"""Less than this is not worth a proctor's time."""
KIND = "was lost"
WORDS = "equipment: silent, and nothing was put down meanwhile. Space if no time was lost"


@dataclass(frozen=True, slots=True)
class _Silence:
    boot_id: str
    seq: int
    noticed: Sight


class Outages:
    """Remembers how each sitting stood when its seat was lost; one for a watch."""

    def __init__(self) -> None:
        self._silent: dict[str, _Silence] = {}

    def over(self, look: Glance, sight: Sight) -> tuple[Need, Meter] | None:
        """Return the time that is proposed for a seat which has just come back; None where there is none."""
        told = look.sitting
        if told is None:
            return None
        sitting = told.submission_id or ""
        if look.is_lost:
            self._silent.setdefault(sitting, _Silence(told.boot_id, told.seq, sight))
            return None
        before = self._silent.pop(sitting, None)
        if before is None or (told.boot_id, told.seq) != (before.boot_id, before.seq):
            return None
        meter = Meter(cause=Cause.EQUIPMENT, noticed=before.noticed, has_stopped=True, over=sight)
        if meter.lost_ms(sight) < LEAST_MS:
            return None
        return Need(look.seat, KIND, Severity.WARN, WORDS), meter
