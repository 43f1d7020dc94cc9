"""The hub: what a hall does with what its seats say, without a socket, a thread or a clock of its own."""

from collections.abc import Sequence
from typing import Protocol

from kiosk.exam.error import Denied
from kiosk.exam.moment import Clock
from kiosk.hall.hall import Hall
from kiosk.hall.hub.ahead import Ahead
from kiosk.hall.hub.announcements import Announcements
from kiosk.hall.hub.beats import Beats
from kiosk.hall.hub.claim import Claims
from kiosk.hall.hub.commands import Commands
from kiosk.hall.hub.confirmations import Confirmations
from kiosk.hall.hub.doubt import Doubts
from kiosk.hall.hub.moves import Moves
from kiosk.hall.hub.post import Post
from kiosk.hall.hub.presence import Presence
from kiosk.hall.hub.seal_orders import SealOrders
from kiosk.hall.hub.tails import Notice, Tails
from kiosk.hall.keys import HallKeys
from kiosk.hall.line import answer
from kiosk.wire.hub import (
    LOST_SECONDS,
    AnswerMessage,
    BeatMessage,
    BundlePartMessage,
    CallMessage,
    DoneMessage,
    EchoMessage,
    FetchMessage,
    FrameMessage,
    HoldingMessage,
    HubMessage,
    SeatMessage,
    ToldMessage,
)
from kiosk.wire.line import Answer, ReportCall
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
        self.commands = Commands(store, self.presence, clock, notice)
        self.announcements = Announcements(store, self.presence, clock, hall.openings.papers_with)
        self.moves = Moves(store, keys, self.commands, clock)
        self.provision: Provision | None = None
        """Set by whoever opens the hub."""
        self.bundles: BundleIn | None = None
        """Set by whoever opens the hub."""
        self.lost: frozenset[str] = frozenset()
        """Seats that said nothing for too long, or whose line is cut, by the last tick."""
        self.ahead = Ahead(hall, self.presence)
        self.seal_orders = SealOrders(store, self.presence)
        self.confirmations = Confirmations(store, hall.confirmation, self.presence, clock, notice)
        claims = Claims(hall.is_here, notice)
        self._beats = Beats(store, self.presence, clock, claims)
        self.doubts = Doubts(store, self.tails.has_told, claims.elsewhere)
        self._store = store
        self._clock = clock
        hall.openings.is_behind = self.tails.is_behind
        hall.openings.doubt = self.doubts.of

    def join(self, seat: str, build: str, post: Post) -> None:
        """Take a seat that has proved itself onto the line; a line it had before is hung up."""
        before = self.presence.join(seat, build, post, self._clock.now().boot_ms)
        self.tails.join(seat)
        if before is not None and before is not post:
            before.hang_up("This seat has come on another line.")
        self.commands.send_waiting(seat)
        self.confirmations.send_waiting(seat)
        self.announcements.send_waiting(seat)
        if self.provision is not None:
            self.provision.join(seat)
        if self.bundles is not None:
            self.bundles.join(seat)
        self.ahead.join(seat)
        self.seal_orders.join(seat)

    def leave(self, seat: str, post: Post) -> None:
        """Note that a line was cut."""
        self.presence.leave(seat, post)

    def hear(self, seat: str, message: SeatMessage, post: Post) -> None:
        """Take note at once that a seat said something, and answer a beat with the hub's clock; from any thread.

        How long what was said waits for its turn says nothing of the seat: none is lost for the hub's own delay.
        """
        now = self._clock.now()
        self.presence.hear(seat, now.boot_ms)
        if isinstance(message, BeatMessage):
            post.send(EchoMessage(sent=message.sent, at=now.at, boot_ms=now.boot_ms))

    def receive(self, batch: Sequence[tuple[str, SeatMessage]]) -> None:
        """Take what seats said, in order; all frames of the batch are committed in one transaction before any ack.

        What a seat holds is looked at after the frames, so that nothing is asked for that has just come.
        """
        now = self._clock.now().boot_ms
        for seat in dict.fromkeys(seat for seat, _ in batch):
            self.presence.hear(seat, now)
        frames = [(seat, said) for seat, said in batch if isinstance(said, FrameMessage)]
        self.tails.take(frames)
        self.confirmations.look(frames)
        self._beats.take([(seat, said) for seat, said in batch if isinstance(said, BeatMessage)])
        done = [(seat, said) for seat, said in batch if isinstance(said, DoneMessage)]
        self.commands.take(done)
        self.announcements.take([(seat, said) for seat, said in batch if isinstance(said, ToldMessage)])
        for seat, said in batch:
            self._take(seat, said)
        self.confirmations.take(done)

    def call(self, seat: str, message: CallMessage) -> AnswerMessage:
        """Return the answer to a call; blocking (a login takes a tenth of a second), and safe beside `receive`.

        What a seat reports of a sitting that has left it is passed over: the new seat's word counts.
        """
        if isinstance(message.call, ReportCall) and not self._writes(seat, message.call.submission_id):
            return AnswerMessage(id=message.id, answer=Answer(result={}))
        data = message.call.model_dump_json().encode("utf-8")
        return AnswerMessage(id=message.id, answer=answer(self.hall, seat, data))

    def tick(self) -> None:
        """Do what is due by time, once a second: mark lost seats, say again what was not answered."""
        silent = int(LOST_SECONDS * 1000)
        now, lost = self._clock.now().boot_ms, set()
        for heard in self.presence:
            if now - heard.heard_ms < silent:
                continue
            lost.add(heard.seat)
            if heard.post is not None:  # a line that is dead without having been cut
                heard.post.hang_up("Nothing was heard on this line.")
                self.presence.leave(heard.seat, heard.post)
        self.lost = frozenset(lost)
        self.commands.tick()
        self.announcements.tick()
        self.ahead.tick()
        self.seal_orders.tick()

    def _writes(self, seat: str, submission_id: str) -> bool:
        try:
            return self._store.permits.lease(submission_id).lease.seat == seat
        except Denied:
            return True  # the hall says itself that it knows of no such sitting

    def _take(self, seat: str, message: SeatMessage) -> None:
        match message:
            case HoldingMessage():
                self.tails.hold(seat, message)
            case CallMessage():
                self._say(seat, self.call(seat, message))
            case BundlePartMessage() if self.bundles is not None:
                self.bundles.take(seat, message)
            case FetchMessage() if self.provision is not None:
                self.provision.fetch(seat, message)

    def _say(self, seat: str, message: HubMessage) -> None:
        post = self.presence.post(seat)
        if post is not None:
            post.send(message)
