"""A seat's clock whose wall time somebody has set wrong, while its boot time goes on as it must."""

from dataclasses import replace
from datetime import timedelta

from kiosk.exam.moment import Clock, Moment, iso, parse_iso


class SkewedClock:
    """Tells the moments of another clock, with a wall time that is off."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.ahead_seconds = 0

    def now(self) -> Moment:
        """Return the present moment."""
        moment = self._clock.now()
        if not self.ahead_seconds:
            return moment
        return replace(moment, at=iso(parse_iso(moment.at) + timedelta(seconds=self.ahead_seconds)))
