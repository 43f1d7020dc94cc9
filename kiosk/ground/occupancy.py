"""Who is at a place: a program holds its lock while it runs, and what must not meet it asks for the same lock."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kiosk.exam.error import Refused
from kiosk.ground.home import Place

LOCK = "seat.lock"
HUB_LOCK = "hub.lock"


@contextmanager
def occupied(place: Place) -> Iterator[None]:
    """Hold a seat for this process while the block runs; raises Refused while another one holds it.

    The system lets go when the process ends, however it ends: a seat that was killed is free again.
    """
    name = place.folder.name
    with _held(
        place.folder / LOCK, f"The seat {name} is open in another program now. Close it there first (Ctrl+O, Q)."
    ):
        yield


@contextmanager
def served(place: Place) -> Iterator[None]:
    """Hold a hall's hub for this process while the block runs; raises Refused while another one serves it."""
    with _held(place.folder / HUB_LOCK, "The hub of this hall runs already. End that one first, or leave it be."):
        yield


@contextmanager
def _held(path: Path, refusal: str) -> Iterator[None]:
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Refused(refusal) from None
        yield
    finally:
        os.close(handle)
