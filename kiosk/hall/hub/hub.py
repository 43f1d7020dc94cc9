"""The hub: what a hall does with what its seats say, without a socket, a thread or a clock of its own."""

from collections.abc import Sequence
from typing import Protocol

from kiosk.exam.moment import Clock
from kiosk.hall.hall import Hall
from kiosk.hall.hub.announcements import Announcements
from kiosk.hall.hub.commands import Commands
from kiosk.hall.hub.moves import Moves
from kiosk.hall.hub.post import Post
from kiosk.hall.hub.presence import Presence
from kiosk.hall.hub.tails import Notice, Tails
from kiosk.hall.keys import HallKeys
from kiosk.wire.hub import AnswerMessage, BundlePartMessage, CallMessage, FetchMessage, SeatMessage
from storage.hall.store import HallStore


class Provision(Protocol):
    """What seats are to have before the exam: sealed blobs, and leases made ahead."""

    def join(self, seat: str) -> None:
        """Offer a seat that has just joined what it is to have."""
        ...

    def fetch(self, seat: str, message: FetchMessage) -> None:
        """Send a seat the part it asks for."""
        ...


class BundleIn(Protocol):
    """Where the bundles of seats come in."""

    def take(self, seat: str, message: BundlePartMessage) -> None:
        """Keep a part; the last one is answered with `BundleHeldMessage` once the bundle is committed."""
        ...

    def join(self, seat: str) -> None:
        """Send a seat that has just joined the receipts it has not heard of."""
        ...


class Hub:
    """Synchronous: whoever drives it calls `join`, `leave`, `receive` and `tick` one at a time, from any thread.

    It never waits for a seat: what it has to say goes through the seat's `Post`. `call` may run beside the others.
    """

    def __init__(self, hall: Hall, store: HallStore, keys: HallKeys, clock: Clock, notice: Notice) -> None:
        """`notice` is told of what a person should look at: seat, kind, words."""
        self.hall = hall
        self.presence = Presence()
        self.tails = Tails(store, keys, self.presence, clock, notice)
        self.commands = Commands(store, self.presence, clock)
        self.announcements = Announcements(store, self.presence, clock)
        self.moves = Moves(store, keys, self.commands, clock)
        self.provision: Provision | None = None
        """Set by whoever opens the hub."""
        self.bundles: BundleIn | None = None
        """Set by whoever opens the hub."""
        self._clock = clock
        self._notice = notice

    def join(self, seat: str, build: str, post: Post) -> None:
        """Take a seat that has proved itself onto the line; a line it had before is hung up."""
        raise NotImplementedError

    def leave(self, seat: str, post: Post) -> None:
        """Note that a line was cut."""
        self.presence.leave(seat, post)

    def receive(self, batch: Sequence[tuple[str, SeatMessage]]) -> None:
        """Take what seats said, in order; all frames of the batch are committed in one transaction before any ack."""
        raise NotImplementedError

    def call(self, seat: str, message: CallMessage) -> AnswerMessage:
        """Return the answer to a call; blocking (a login takes a tenth of a second), and safe beside `receive`."""
        raise NotImplementedError

    def tick(self) -> None:
        """Do what is due by time, once a second: mark lost seats, say again what was not answered."""
        raise NotImplementedError
