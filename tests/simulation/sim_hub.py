"""The hub of the simulation: the real `Hub` over its real store; lines, queue and death belong to the world."""

import shutil
from collections import deque
from datetime import datetime
from typing import TYPE_CHECKING

from world import Connection, End, MachineClock

from kiosk.exam.error import KioskError
from kiosk.exam.log import AuditEntry
from kiosk.exam.move import Move
from kiosk.exam.page import SignedLease
from kiosk.ground.rights import load_rights
from kiosk.hall.board.board import open_boardroom
from kiosk.hall.board.notice import Notices
from kiosk.hall.collection import Collection
from kiosk.hall.hub.bundle_in import BundleArrivals
from kiosk.hall.hub.hub import Hub
from kiosk.hall.place import hall_keys, open_hall
from kiosk.wire.hub import AckMessage, AnswerMessage, CallMessage, HubMessage, SeatMessage

if TYPE_CHECKING:
    from hall_day import Day
    from sim_seat import SimLink, SimSeat


class SimPost:
    """The way to one seat."""

    def __init__(self, hub: "SimHub", connection: Connection) -> None:
        self._hub = hub
        self._connection = connection

    def send(self, message: HubMessage) -> None:
        """Put a message on the line, unless the hub dies before it gets that far."""
        if self._hub.is_dying:
            return
        if isinstance(message, AckMessage):
            self._hub.day.oracle.held(message)
        self._connection.send(1, message)

    def hang_up(self, words: str) -> None:
        """Cut the line."""
        self._connection.cut()


class HubEnd(End):
    """The hub's end of one line."""

    def __init__(self, hub: "SimHub", seat: str) -> None:
        self._hub = hub
        self._seat = seat
        self.post: SimPost | None = None

    def got(self, connection: Connection, message: object) -> None:
        """A seat said something."""
        self._hub.queue(self._seat, message)  # type: ignore[arg-type]

    def lost(self, connection: Connection) -> None:
        """The line is cut."""
        self._hub.left(self._seat, self.post)


class SimHub:
    """One machine: it dies with what it has not committed, and may be replaced by another with its keys."""

    def __init__(self, day: "Day", clock: MachineClock) -> None:
        self.day = day
        self.clock = clock
        self.place = day.home.hall
        self.is_up = False
        self.is_dying = False
        self.lives = 0
        self._lines: list[Connection] = []
        self._queue: deque[tuple[str, SeatMessage]] = deque()
        self.troubled: set[str] = set()
        """Seats somebody must look at: they hold less than was acknowledged, or something else."""

    def boot(self) -> None:
        """Open the hall and its hub."""
        self.lives += 1
        self.is_up = True
        self.keys = keys = hall_keys(self.place)
        self.hall = open_hall(self.place, self.clock)
        self.store = self.hall._store
        self._watch_moves()
        self._notices = Notices()
        self.hub = Hub(self.hall, self.store, keys, self.clock, self._notice)
        self.hub.bundles = self.arrivals = BundleArrivals(
            self.store.bundles,
            lambda: Collection.open(self.place, keys, self.store, self.clock),
            self.hub.presence,
            self._notice,
            self.place.folder / "arriving",
        )
        room = open_boardroom(
            self.place, self.store, keys, load_rights(), self.hub, self.clock, self._notices, patience_seconds=0
        )
        self.board = room.board()
        life = self.lives
        self.day.oracle.look_at_hub(self)
        self.day.world.after(1_000, lambda: self._tick(life))
        self.day.world.note("hub is up")

    def _watch_moves(self) -> None:
        """Tell the oracle when a sitting is cut."""
        moves = self.store.moves
        follow = moves.follow

        def watched(move: Move, signed: SignedLease, audit: AuditEntry, now: datetime) -> bool:
            is_kept = follow(move, signed, audit, now)
            if is_kept:
                self.day.oracle.signed(signed.lease)
            return is_kept

        moves.follow = watched  # type: ignore[method-assign]

    def die(self) -> None:
        """Lose power."""
        self.day.world.note("hub dies")
        self.day.count["hub deaths"] += 1
        self.is_up = self.is_dying = False
        self.lives += 1
        self._queue.clear()
        lines, self._lines = self._lines, []
        for line in lines:
            line.cut()
        self.hall.close()

    def replace(self) -> None:
        """Take another machine, with the keys, the package and the release; it holds nothing of any sitting."""
        self.day.world.note("hub is another machine now")
        self.day.count["hub replaced"] += 1
        for suffix in ("", "-wal", "-shm"):
            (self.place.folder / f"hall.db{suffix}").unlink(missing_ok=True)
        shutil.copy(self.day.fresh_hall, self.place.store)
        self.day.oracle.hub_is_new()

    def take(self, seat: "SimSeat", link: "SimLink", build: str) -> Connection:
        """Take a seat that dialled onto the line."""
        end = HubEnd(self, seat.name)
        connection = Connection(self.day.world, seat.cable, (link, end))
        end.post = SimPost(self, connection)
        self._lines.append(connection)
        self.hub.join(seat.name, build, end.post)
        return connection

    def call(self, seat: str, message: CallMessage) -> AnswerMessage:
        """Answer a call."""
        return self.hub.call(seat, message)

    def queue(self, seat: str, message: SeatMessage) -> None:
        """Take what a seat said; what came by the next turn is worked on together."""
        if not self.is_up:
            return
        if (post := self.hub.presence.post(seat)) is not None:
            self.hub.hear(seat, message, post)
        if not self._queue:
            life = self.lives
            self.day.world.after(self.day.world.random.randrange(1, 10), lambda: self._turn(life))
        self._queue.append((seat, message))

    def left(self, seat: str, post: SimPost | None) -> None:
        """A line is cut."""
        if self.is_up and post is not None:
            self.hub.leave(seat, post)

    def _turn(self, life: int) -> None:
        if life != self.lives or not self._queue:
            return
        batch, self._queue = list(self._queue), deque()
        self.is_dying = self.day.world.chance(self.day.faults.hub_dies_before_ack)
        if self.day.plant == "hub acknowledges before commit" and self.is_dying:
            self.day.oracle.false_ack([said for _, said in batch])
        else:
            self._receive(batch)
        if self.is_dying:
            self.day.count["died before an ack"] += 1
            self.day.trouble.hub_dies()

    def _tick(self, life: int) -> None:
        if life != self.lives:
            return
        self.hub.tick()
        self.arrivals.tick()
        self.day.world.after(1_000, lambda: self._tick(life))

    def _notice(self, seat: str, kind: str, words: str) -> None:
        self._notices(seat, kind, words)
        self.day.world.note(f"notice {seat} {kind}: {words}")
        self.day.count[f"notice {kind}"] += 1
        if kind in ("behind", "contradiction"):
            self.troubled.add(seat)

    def _receive(self, batch: list[tuple[str, SeatMessage]]) -> None:
        try:
            self.hub.receive(batch)
        except KioskError as error:
            self.day.world.note(f"hub refuses: {error.message}")
