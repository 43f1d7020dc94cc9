"""Announcements: what the hall is told, and how many seats have it on the screen, and read it."""

from collections.abc import Sequence

from kiosk.exam.moment import Clock
from kiosk.exam.person import Person
from kiosk.hall.hub.presence import Presence
from kiosk.views.board import Announcement
from kiosk.wire.hub import ToldMessage
from storage.hall.store import HallStore


class Announcements:
    """Durable; said again after every connection, until the seat says it is on the screen."""

    def __init__(self, store: HallStore, presence: Presence, clock: Clock) -> None:
        self._store = store
        self._presence = presence
        self._clock = clock

    def give(self, text: str, who: Person, seats: Sequence[str], question: str | None = None) -> str:
        """Tell some seats something and return its id; with `question`, those whose paper has it.

        Raises Refused for a text that says nothing or is too long, and where no seat is left to be told.
        """
        raise NotImplementedError

    def told(self, seat: str, message: ToldMessage) -> None:
        """Write down how far an announcement came at a seat; what it was not told is passed over."""
        raise NotImplementedError

    def given(self) -> tuple[Announcement, ...]:
        """Return every announcement with how far it has come, newest first."""
        raise NotImplementedError

    def send_waiting(self, seat: str) -> None:
        """Send a seat that has just joined what it was not told yet."""
        raise NotImplementedError
