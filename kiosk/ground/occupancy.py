"""Who is at a seat: the kiosk holds the seat's lock while it runs, and what must not meet it asks for the same lock."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager

from kiosk.exam.error import Refused
from kiosk.ground.home import Place

LOCK = "seat.lock"


@contextmanager
def occupied(place: Place) -> Iterator[None]:
    """Hold a seat for this process while the block runs; raises Refused while another one holds it.

    The system lets go when the process ends, however it ends: a seat that was killed is free again.
    """
    handle = os.open(place.folder / LOCK, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            name = place.folder.name
            raise Refused(
                f"The seat {name} is open in another program now. Close it there first (Ctrl+O, S)."
            ) from None
        yield
    finally:
        os.close(handle)
