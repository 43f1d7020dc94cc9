"""The back room of a hall: what proctors do with the store when no seat is asking."""

from dataclasses import dataclass

from kiosk.exam.moment import Clock
from kiosk.ground.door import Doorkeeper
from kiosk.ground.home import Place
from kiosk.ground.rights import load_rights
from kiosk.hall.attendance import Attendances
from kiosk.hall.closing import Closings
from kiosk.hall.keys import HallKeys
from kiosk.hall.print.reportsource import ReportSource
from kiosk.hall.print.source import GatheringSource
from kiosk.hall.supervision import Pair, Supervision
from kiosk.sealing.revocation import RevocationFile
from storage.hall.store import HallStore

CONSOLE = "console"
"""The door at which PINs are tried here."""


@dataclass(frozen=True, slots=True)
class Backroom:
    """Attendance, closing and what is printed, over a store that is open."""

    keys: HallKeys
    attendances: Attendances
    closings: Closings
    gatherings: GatheringSource
    """Who is expected where: what is printed before an exam."""
    reports: ReportSource
    _supervision: Supervision

    @classmethod
    def open(cls, place: Place, keys: HallKeys, store: HallStore, clock: Clock) -> "Backroom":
        """Return the back room of a settled hall."""
        rights = load_rights()
        attendances = Attendances(store, rights, clock)
        revoked = RevocationFile(place.keys, keys.root).read()
        closings = Closings(store, keys, attendances, rights, clock, revoked)
        gatherings = GatheringSource(store, attendances)
        return cls(
            keys,
            attendances,
            closings,
            gatherings,
            ReportSource(store, keys.hall, closings, gatherings),
            Supervision(store, keys, rights, Doorkeeper(store.doors, clock), clock),
        )

    def proctors(self, pin: str, second_pin: str | None = None) -> Pair:
        """Return who has these PINs; raises Denied after a wrong try, and for how long to wait."""
        return self._supervision.pair(pin, second_pin, CONSOLE)
