"""Ahead: sends each seat what lets it begin without the hub."""

from kiosk.hall.hall import Hall
from kiosk.hall.hub.presence import Presence
from kiosk.wire.hub import AdvanceMessage

LOOK_TICKS = 15
"""Ticks between two looks for what a package or a release changed."""
SEATS = 20
"""Seats told in one tick at most: a hall that comes on the line at once must not hold up its commands."""


class Ahead:
    """Usable by one thread at a time."""

    def __init__(self, hall: Hall, presence: Presence) -> None:
        self._hall = hall
        self._presence = presence
        self._told: dict[str, frozenset[tuple[str, str | None]]] = {}
        """By seat: the leases it was sent on its present line, and with each what opens the paper."""
        self._ticks = 0
        self._state = hall.advances.state()
        self._waiting: dict[str, None] = {}

    def join(self, seat: str) -> None:
        """Tell a seat that has just joined, in the ticks that come."""
        self._told.pop(seat, None)
        self._waiting[seat] = None

    def tick(self) -> None:
        """Tell some of the seats that wait, and all of them anew once a package came or a paper was released."""
        self._ticks += 1
        if self._ticks % LOOK_TICKS == 0 and (state := self._hall.advances.state()) != self._state:
            self._state = state
            self._waiting |= {heard.seat: None for heard in self._presence}
        for seat in list(self._waiting)[:SEATS]:
            del self._waiting[seat]
            self._tell(seat)

    def _tell(self, seat: str) -> None:
        post = self._presence.post(seat)
        if post is None:
            return
        messages: tuple[AdvanceMessage, ...] = self._hall.advances.of_seat(seat)
        told = self._told.get(seat, frozenset())
        for message in messages:
            if (message.lease, message.paper_identity) not in told:
                post.send(message)
        self._told[seat] = frozenset((m.lease, m.paper_identity) for m in messages)
