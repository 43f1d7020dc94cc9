"""How a seat is opened: the login screen first, and the desk with its hall behind it."""

import gc
import sys
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from kiosk.exam.error import KioskError

if TYPE_CHECKING:
    from collections.abc import Callable

    from kiosk.ground.home import Place
    from kiosk.hall.hall import Hall
    from kiosk.views.desk import Desk

PATIENCE = 3.0
"""Seconds a seat waits at its start for its hub; after that it opens without."""


def run_seat(
    home: Path, name: str, samples: tuple[tuple[str, str, str], ...] = (), unlock: "Callable[[], bytes] | None" = None
) -> int:
    """Run one seat until it is closed; return the exit status.

    Raises KioskError without a terminal, where a keyboard that is not there would be read for ever, for a name no
    seat can have, and for a seat that is open already: two hands must never write one journal.
    """
    from kiosk.apps.seat import SeatApp
    from kiosk.ground.home import Home
    from kiosk.ground.occupancy import occupied

    place = Home(home).seat(name)
    place.make()
    if not all(stream is not None and stream.isatty() for stream in (sys.__stdin__, sys.__stderr__)):
        raise KioskError("A seat is run in a terminal, with its keyboard and its screen.", "No terminal")
    opener = DeskOpener(home, name, unlock)
    kiosk = SeatApp(name, opener.open, samples=samples, log_file=place.folder / "seat.log")
    with occupied(place):
        kiosk.run()
        opener.close()
    return kiosk.return_code or 0


class DeskOpener:
    """Opens the desk of a seat behind the first frame, with everything that takes long to load."""

    def __init__(self, home: Path, name: str, unlock: "Callable[[], bytes] | None" = None) -> None:
        """`unlock` gives the key of a sealed seat in its hall's place; then the seat opens without that hall."""
        self._home = home
        self._name = name
        self._unlock = unlock
        self._hall: Hall | None = None
        self._lock = Lock()

    def open(self) -> "Desk":
        """Open the hall of this home and the seat's desk; raises KioskError for what is missing."""
        try:
            return self._open()
        finally:
            # what a program has loaded is never garbage: no collection need stop a key for looking at it
            gc.freeze()
            gc.enable()

    def close(self) -> None:
        """Close the hall behind the seat."""
        if self._hall is not None:
            self._hall.close()

    def _open(self) -> "Desk":
        from kiosk.ground.clock import SystemClock
        from kiosk.ground.home import Home
        from kiosk.hall.place import open_hall
        from kiosk.seat.place import HUB, make_seat, open_desk, settle_seat

        home, clock = Home(self._home), SystemClock()
        place = home.seat(self._name)
        if (place.folder / HUB).exists():
            return self._connected(place)
        if self._unlock is not None:
            from kiosk.seat.late_hall import LateHall

            return open_desk(place, LateHall(self._reach), clock, self._unlock)
        try:
            self._hall = open_hall(home.hall, clock)
        except KioskError as error:
            raise _with_code(place, error) from None
        settle_seat(place, self._hall.enrol(self._name, make_seat(place)), self._hall)
        return open_desk(place, self._hall, clock)

    def _connected(self, place: "Place") -> "Desk":
        """Open a seat that has a hub; one whose hub does not answer in time opens with what it knows by itself."""
        from kiosk.ground.clock import SystemClock
        from kiosk.seat.link.connecting import open_link
        from kiosk.seat.place import open_desk

        clock = SystemClock()
        link = open_link(place, clock)
        link.start()
        link.wait(PATIENCE)
        try:
            return open_desk(place, link, clock, self._unlock, link)
        except KioskError as error:
            link.close()
            raise _with_code(place, error) from None

    def _reach(self) -> "Hall":
        """Return the hall of this home as soon as it can be opened; raises KioskError until then."""
        from kiosk.ground.clock import SystemClock
        from kiosk.ground.home import Home
        from kiosk.hall.place import open_hall
        from kiosk.seat.caller import LOST
        from kiosk.views.authority import HallLost

        place = Home(self._home).hall
        with self._lock:
            if self._hall is None:
                if not place.exists:
                    raise HallLost(LOST)
                try:
                    self._hall = open_hall(place, SystemClock())
                except KioskError:
                    raise HallLost(LOST) from None
            return self._hall


def _with_code(place: "Place", error: KioskError) -> KioskError:
    from kiosk.seat.custody import is_sealed

    if not is_sealed(place):
        return error
    name = place.folder.name
    return KioskError(f"{error.message} This seat is sealed; with its code: kiosk seat --seat {name} --code")
