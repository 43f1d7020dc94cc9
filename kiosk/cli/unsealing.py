"""What commands do about a sealed seat: its store's key is opened by the hall of the home, or by the code typed."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from kiosk.cli.option import put_text
from kiosk.exam.error import Denied, KioskError, Refused
from kiosk.ground.home import Home, Place

if TYPE_CHECKING:
    from storage.seat.store import SeatStore

TRIES = 5


def opened_store(home: Home, name: str) -> "SeatStore":
    """Open the store of a seat of a home; the hall of the home opens a sealed one, or the code where there is none."""
    from kiosk.seat.place import seat_store

    return seat_store(home.seat(name), unlock_at(home, name))


def unlock_at(home: Home, name: str) -> Callable[[], bytes]:
    """Return what has a seat's key opened when it is asked, once: by the hall of the home, or by the code typed."""
    found: list[bytes] = []

    def unlock() -> bytes:
        if not found:
            found.append(_by_hall(home, name) if home.hall.exists else ask_code(home.seat(name)))
        return found[0]

    return unlock


def ask_code(place: Place) -> bytes:
    """Ask for the code of a seat until it opens its store; return the store's key.

    Raises Refused after the fifth wrong one, and at once where no code opens this seat.
    """
    from kiosk.cli.secret import ask_secret
    from kiosk.exam.envelope_code import Mistyped
    from kiosk.seat.place import read_enrolment
    from kiosk.seat.unlocking import unlock_by_code

    enrolment = read_enrolment(place)
    for _ in range(TRIES):
        try:
            return unlock_by_code(place, enrolment, ask_secret(f"Code of the seat {place.folder.name}"))
        except (Mistyped, Denied) as slip:
            put_text(slip.message, err=True)
    raise Refused("No code that was typed opens this seat. Compare it with the paper, then begin again.")


def _by_hall(home: Home, name: str) -> bytes:
    from kiosk.cli.hall.hall import open_hall_of
    from kiosk.seat.place import read_enrolment
    from kiosk.seat.unlocking import unlock_by_hall

    place = home.seat(name)
    try:
        hall = open_hall_of(home)
    except KioskError as error:
        put_text(f"The seat {name} is sealed, and its hall cannot be opened: {error.message}", err=True)
        return ask_code(place)
    try:
        return unlock_by_hall(place, read_enrolment(place), hall)
    finally:
        hall.close()
