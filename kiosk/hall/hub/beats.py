"""Beats: how seats say they are; what they say of a sitting is kept where it changed."""

from collections.abc import Sequence

from kiosk.exam.attempt import Phase
from kiosk.exam.moment import Clock, parse_iso
from kiosk.exam.roster import Pulse
from kiosk.hall.hub.claim import Claims
from kiosk.hall.hub.presence import Presence
from kiosk.wire.hub import BeatMessage, Vitals
from storage.hall.store import HallStore

EVERY_MS = 30_000
"""Counts that only grow are written down so often; a change of phase at once."""


class Beats:
    """Takes beats of many seats at a time."""

    def __init__(self, store: HallStore, presence: Presence, clock: Clock, claims: Claims) -> None:
        """`claims` tells what of a seat's word for who sits there counts."""
        self._claims = claims
        self._store = store
        self._presence = presence
        self._clock = clock
        self._kept: dict[str, tuple[str, Phase, int]] = {}
        """By seat: sitting and phase as last written down, and when, by the hub's boot clock."""

    def take(self, batch: Sequence[tuple[str, BeatMessage]]) -> None:
        """Note how seats are."""
        now = self._clock.now()
        pulses = []
        for seat, beat in batch:
            skew = parse_iso(beat.vitals.at) - parse_iso(now.at)
            vitals = self._claims.proved(seat, beat.vitals, now.boot_ms)
            self._presence.hear(seat, now.boot_ms, vitals, int(skew.total_seconds() * 1000))
            if self._is_news(seat, beat.vitals, now.boot_ms):
                pulses.append(_pulse(seat, beat.vitals))
        if pulses:
            self._store.permits.take_pulses(pulses, parse_iso(now.at))

    def _is_news(self, seat: str, vitals: Vitals, now_ms: int) -> bool:
        if vitals.submission_id is None or vitals.phase in (None, Phase.NEW, Phase.MOVED):
            return False
        assert vitals.phase is not None
        sitting, phase, kept_ms = self._kept.get(seat, ("", Phase.NEW, 0))
        if (sitting, phase) == (vitals.submission_id, vitals.phase) and now_ms - kept_ms < EVERY_MS:
            return False
        self._kept[seat] = vitals.submission_id, vitals.phase, now_ms
        return True


def _pulse(seat: str, vitals: Vitals) -> Pulse:
    assert vitals.submission_id is not None
    assert vitals.phase is not None
    return Pulse(
        seat=seat,
        submission_id=vitals.submission_id,
        phase=vitals.phase,
        answered=vitals.answered,
        questions=vitals.questions,
        used_ms=vitals.used_ms,
        seq=vitals.seq,
    )
