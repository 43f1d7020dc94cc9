"""Lags: how far the hall's copy of each sitting is behind its seat."""

from dataclasses import dataclass

from kiosk.hall.board.fold import Glance


@dataclass(frozen=True, slots=True)
class _Behind:
    held_seq: int
    since_ms: int


class Lags:
    """Remembers between two looks; one for a watch."""

    def __init__(self) -> None:
        self._behind: dict[str, _Behind] = {}

    def of(self, look: Glance, now_ms: int) -> int | None:
        """Return the age of the oldest entry the hall does not hold, in milliseconds.

        None where the seat has not been heard of; of a silent seat it is at least how long it has been silent.
        """
        if look.heard is None:
            return None
        told = look.sitting
        if told is None or look.record is None:
            return 0
        held, sitting = look.record.held_seq, look.record.progress.submission_id
        silent = look.silent_ms or 0
        quiet_ms = silent if look.is_lost else 0
        if told.seq <= held:
            self._behind.pop(sitting, None)
            return quiet_ms
        known = self._behind.get(sitting)
        if known is None or known.held_seq != held:
            known = self._behind[sitting] = _Behind(held, look.heard.vitals_ms)
        return max(quiet_ms, now_ms - known.since_ms)
