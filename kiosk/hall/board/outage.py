"""Outages: what a seat that comes back says of the time its sitting stood still, with the hall's own measure of it.

No seat charges its candidate for such a time, and one that has only lost its hall works on; a proctor decides whether
it counts.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from kiosk.exam.attempt import Phase
from kiosk.exam.incident import Cause, Meter, Sight
from kiosk.hall.board.fold import Glance
from kiosk.hall.board.need import Need
from kiosk.views.board import Severity
from kiosk.wire.hub import BEAT_SECONDS, GapLine

LEAST_MS = round(5 * BEAT_SECONDS * 1000)
"""Less is not worth a proctor's look; it is not charged, and can be settled all the same."""
KIND = "gap"


@dataclass(frozen=True, slots=True)
class Standstill:
    """One gap nobody has settled, as the board raises it."""

    sitting: str
    need: Need
    meter: Meter


class Outages:
    """Remembers how each running sitting stood when its seat fell silent; one for a watch."""

    def __init__(self) -> None:
        self._silent: dict[str, Sight] = {}
        """How each stood when its seat last spoke."""
        self._stood: dict[tuple[str, int], int] = {}
        """How long the hall saw each stand still before a gap, in milliseconds."""

    def told(self, look: Glance, cause: Cause, sight: Sight) -> Iterator[Standstill]:
        """Give each gap a seat tells of that a proctor should decide on; `cause` is what they are laid to at first.

        What the seat could not measure, since its machine was started again, is as long as the hall saw it stand.
        """
        told = look.sitting
        if told is None:
            return
        sitting = told.submission_id or ""
        if look.is_lost:
            if look.phase is Phase.RUNNING:
                last = Sight(at_ms=sight.at_ms - look.age_ms, used_ms=told.used_ms)
                self._silent.setdefault(sitting, last)
            return
        before = self._silent.pop(sitting, None)
        if before is not None:
            used_ms = told.used_ms - (before.used_ms or 0)
            newest = max((line.gap for line in told.gaps), default=-1)
            seen_ms = max(0, sight.at_ms - look.age_ms - before.at_ms - used_ms)
            self._stood.setdefault((sitting, newest), seen_ms)
        for line in told.gaps:
            stood_ms = self._stood.get((sitting, line.gap)) if line.ms is None else line.ms
            if stood_ms is None or stood_ms >= LEAST_MS:
                need = Need(look.seat, KIND, Severity.WARN, stood_words(stood_ms))
                yield Standstill(sitting, need, Meter.of_gap(line.gap, stood_ms, cause, sight))


def stood_words(stood_ms: int | None) -> str:
    """Return how long a sitting stood still, in words."""
    if stood_ms is None:
        return "stood still, nobody could measure how long"
    seconds = stood_ms // 1000
    return f"stood still for {seconds // 60}:{seconds % 60:02}"


def gap_of(look: Glance) -> GapLine | None:
    """Return the oldest gap of a sitting that nobody has settled or asked to be settled."""
    if look.sitting is None or look.record is None:
        return None
    return next((line for line in look.sitting.gaps if line.gap not in look.record.acts.settled), None)
