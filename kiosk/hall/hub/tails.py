"""Tails: the hub's safety copies of its seats' journals, and what it says of them to the seats."""

from collections.abc import Callable, Sequence

from kiosk.exam.moment import Clock
from kiosk.hall.hub.presence import Presence
from kiosk.hall.keys import HallKeys
from kiosk.wire.hub import FrameMessage, HoldingMessage
from storage.hall.store import HallStore

Notice = Callable[[str, str, str], None]
"""Told of something a person should look at: seat, kind, words."""


class Tails:
    """Takes frames from seats; an ack says they are committed."""

    def __init__(self, store: HallStore, keys: HallKeys, presence: Presence, clock: Clock, notice: Notice) -> None:
        self._store = store
        self._keys = keys
        self._presence = presence
        self._clock = clock
        self._notice = notice

    def hold(self, seat: str, message: HoldingMessage) -> None:
        """Compare what a seat holds with what is kept here; ask it for what is missing."""
        raise NotImplementedError

    def take(self, batch: Sequence[tuple[str, FrameMessage]]) -> None:
        """Keep what is new of some frames in one transaction, then tell each seat how far it is kept."""
        raise NotImplementedError
