"""The watch: looks at the clocks before every move, so that what happened in between is written down first."""

from kiosk.exam.entry import Entry
from kiosk.exam.interruption import gap_at_restart, gap_at_wake, wall_step
from kiosk.exam.moment import Moment
from kiosk.exam.sitting import Step
from kiosk.exam.timing import Ledger


class Watch:
    """Remembers when wall and boot clock last agreed."""

    def __init__(self, since: Moment) -> None:
        self._since = since

    def look(self, ledger: Ledger, now: Moment) -> list[Step]:
        """Return what a running seat must write down before anything else: a sleep, a set clock."""
        asleep = gap_at_wake(Moment("", ledger.boot_id, ledger.boot_ms), now) if ledger.running else None
        return [step for step in (asleep, self._wall_step(now)) if step is not None]

    def after_restart(self, ledger: Ledger, now: Moment) -> list[Step]:
        """Return what a seat that has just started must write down: the gap it was away, a set clock.

        The watch was made at the last entry's moment.
        """
        away = gap_at_restart(self._since, now) if ledger.running else None
        set_clock = self._wall_step(now)
        return [step for step in (away, set_clock) if step is not None]

    def _wall_step(self, now: Moment) -> Step | None:
        step = wall_step(self._since, now)
        if step is not None or self._since.boot_id != now.boot_id:
            self._since = now
        return step


def moment_of(entry: Entry) -> Moment:
    """Return the moment an entry was written at."""
    return Moment(entry.at, entry.boot_id, entry.boot_ms)
