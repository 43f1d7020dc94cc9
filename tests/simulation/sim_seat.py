"""One seat of the simulation: the real desk, attendant and replica; writer, courier and line belong to the world.

The writer commits a little later than it is handed a page, as a disk does; a crash takes what it has not committed.
"""

from collections import deque
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

from world import Cable, Connection, End, MachineClock

import kiosk.seat.desk as desk_module
from kiosk.exam.error import KioskError
from kiosk.exam.page import Page
from kiosk.seat.caller import Caller
from kiosk.seat.desk import Desk
from kiosk.seat.link.replica import EVERY_MS, Replica
from kiosk.seat.link.side import Side
from kiosk.seat.place import BUILD, open_desk
from kiosk.views.authority import HallLost, Report
from kiosk.views.desk import LinkState, Saved
from kiosk.wire import line
from kiosk.wire.hub import (
    BEAT_SECONDS,
    AckMessage,
    BeatMessage,
    CallMessage,
    DoneMessage,
    EchoMessage,
    FencedMessage,
    HubMessage,
    SeatMessage,
    ToldMessage,
    WantMessage,
)

if TYPE_CHECKING:
    from hall_day import Day

LOST = "The hall does not answer."
SLOWEST_DISK = 400
"""Milliseconds: a slow disk leaves more to be lost."""
TURN_MS = 2 * EVERY_MS


class SimWriter:
    """A disk: pages are committed some time after they were put, in order, several at once."""

    failure: str | None = None
    cause: BaseException | None = None

    def __init__(self, seat: "SimSeat", commit: Callable[[Sequence[Page]], None], tell: Callable[[Any], None]) -> None:
        self._seat = seat
        self._life = seat.life
        self._commit = commit
        self._tell = tell
        self._waiting: deque[Page] = deque()

    @property
    def pending(self) -> int:
        """Entries put and not yet committed."""
        return sum(len(p.entries) for p in self._waiting)

    def put(self, page: Page) -> None:
        """Take a page; it is committed later."""
        self._seat.day.oracle.wrote(self._seat.name, page.entries)
        self._waiting.append(page)
        if self._seat.day.plant == "ack before commit":
            self._seat.day.oracle.saved(self._seat.name, page.entries)
        self._seat.day.world.after(self._seat.day.world.random.randrange(1, SLOWEST_DISK), self._turn)

    def drain(self) -> None:
        """Commit at once."""
        self._turn()

    def close(self) -> None:
        """Commit at once."""
        self._turn()

    def _turn(self) -> None:
        if self._life != self._seat.life or not self._waiting:
            return
        pages, self._waiting = list(self._waiting), deque()
        self._commit(pages)
        self._seat.day.count["commits"] += 1
        for page in pages:
            self._seat.day.oracle.saved(self._seat.name, page.entries)
        last = pages[-1].entries[-1]
        self._tell(Saved(last.seq, last.at))


class SimCourier:
    """Delivers reports a little later, if the hall answers."""

    trouble: str | None = None

    def __init__(self, seat: "SimSeat", deliver: Callable[[Report], None]) -> None:
        self._seat = seat
        self._life = seat.life
        self._deliver = deliver

    def post(self, report: Report) -> None:
        """Take a report along."""
        self._seat.day.world.after(5, lambda: self._go(report))

    def close(self) -> None:
        """Nothing is waited for."""

    def _go(self, report: Report) -> None:
        if self._life != self._seat.life:
            return
        try:
            self._deliver(report)
        except HallLost:
            self._seat.day.world.after(3_000, lambda: self._go(report))
        except KioskError as error:
            self.trouble = error.message


class SimLink(Caller, End):
    """The seat's end of its line: what `kiosk.seat.link.link.Link` does, without a thread."""

    def __init__(self, seat: "SimSeat") -> None:
        self._seat = seat
        self._side: Side | None = None
        self._replica: Replica | None = None
        self._connection: Connection | None = None
        self._outgoing: deque[SeatMessage] = deque()
        self._beat_ms = 0
        self._fresh: dict[str, bool] = {}

    def serve(self, side: Side, journals: Any) -> None:
        """Tell the hub from now on how the seat is."""
        self._side, self._replica = side, Replica(journals)

    def connected(self, connection: Connection) -> None:
        """A line is up."""
        assert self._replica is not None
        assert self._side is not None
        self._connection = connection
        connection.send(0, self._replica.connected(self._now()))
        self._side.joined()

    @property
    def is_up(self) -> bool:
        """Whether there is a line."""
        return self._connection is not None

    @property
    def is_settled(self) -> bool:
        """Whether the hub is known to hold all that is committed here, or to have fenced it."""
        replica = self._replica
        if self._connection is None or replica is None or self._fresh:
            return False
        courses = replica._courses.values()
        return all(c.sent is None and (c.is_fenced or (c.next is not None and not c.is_due)) for c in courses)

    def got(self, connection: Connection, message: object) -> None:
        """The hub said something."""
        if connection is self._connection:
            self._hear(message)

    def lost(self, connection: Connection) -> None:
        """The line is cut."""
        if connection is self._connection:
            self._connection = None
            self._outgoing.clear()
            assert self._replica is not None
            self._replica.disconnected()

    def state(self) -> LinkState:
        """Return how the seat stands with its hall."""
        return LinkState(is_connected=self.is_up, hall="Hall 2")

    def saved(self, submission_id: str, *, at_once: bool = False) -> None:
        """Take note of a commit."""
        self._fresh[submission_id] = at_once or self._fresh.get(submission_id, False)

    def told(self, announcement_id: str, is_read: bool) -> None:
        """Say how far an announcement came."""
        self._outgoing.append(ToldMessage(announcement_id=announcement_id, is_read=is_read))

    def done(self, command_id: str, done: bool, words: str = "") -> None:
        """Say what became of a command."""
        self._outgoing.append(DoneMessage(command_id=command_id, done=done, words=words[:2_000]))

    def say(self, message: SeatMessage) -> bool:
        """Send a message, if there is a line."""
        if self._connection is None:
            return False
        self._connection.send(0, message)
        return True

    def settle(self, submission_id: str, seconds: float) -> bool:
        """Whether the hub holds all that is saved of a sitting; nobody can wait here."""
        self.turn()
        return self._replica is not None and self._replica.is_settled(submission_id)

    def close(self) -> None:
        """Nothing is waited for."""

    def turn(self) -> None:
        """Send what is due."""
        if self._connection is None or self._replica is None or self._side is None:
            return
        for submission_id, at_once in self._fresh.items():
            self._replica.saved(submission_id, at_once=at_once)
        self._fresh = {}
        while self._outgoing:
            self._connection.send(0, self._outgoing.popleft())
        now = self._now()
        if abs(now - self._beat_ms) >= BEAT_SECONDS * 1000:
            self._beat_ms = now
            self._connection.send(0, BeatMessage(vitals=self._side.vitals(), sent=now))
        while (message := self._replica.send(self._now())) is not None:
            self._connection.send(0, message)

    def _put(self, call: line.Call) -> line.Answer:
        connection, hub = self._connection, self._seat.day.hub
        if connection is None or not connection.is_up or not self._seat.cable_is_open or not hub.is_up:
            raise HallLost(LOST)
        answer = hub.call(self._seat.name, CallMessage(id=1, call=call)).answer
        if self._seat.day.world.chance(self._seat.day.faults.lost_answers):
            self._seat.day.count["lost answers"] += 1
            raise HallLost(LOST)
        return answer

    def _hear(self, message: HubMessage) -> None:
        assert self._replica is not None
        assert self._side is not None
        if isinstance(message, EchoMessage):
            return
        if isinstance(message, AckMessage | WantMessage | FencedMessage):
            head = self._replica.hear(message)
            if head is not None:
                self._side.held(message.submission_id, head)
        if not isinstance(message, AckMessage | WantMessage):
            try:
                self._side.do(message)
            except KioskError as error:
                self._seat.note(f"cannot: {error.message}")

    def _now(self) -> int:
        return self._seat.clock.now().boot_ms


class SimSeat:
    """One machine: it boots, is cut off, crashes, and keeps what its disk has."""

    def __init__(self, day: "Day", name: str, clock: MachineClock) -> None:
        self.day = day
        self.name = name
        self.clock = clock
        self.cable = Cable()
        self.life = 0
        """Counts the starts of its program; what belongs to an earlier one is gone."""
        self.is_up = False
        self.place = day.home.seat(name)
        self.desk: Desk | None = None
        self.link: SimLink | None = None

    @property
    def cable_is_open(self) -> bool:
        """Whether both directions are open."""
        return self.cable.there.is_open and self.cable.back.is_open

    def note(self, words: str) -> None:
        """Write down what happened here."""
        self.day.world.note(f"{self.name} {words}")

    def boot(self) -> None:
        """Start the seat's program; looks again later where its disk or hall does not let it."""
        self.life += 1
        self.is_up = True
        self.link = SimLink(self)
        with (
            patch.object(desk_module, "Writer", lambda commit, tell: SimWriter(self, commit, tell)),
            patch.object(desk_module, "Courier", lambda deliver: SimCourier(self, deliver)),
        ):
            self.desk = open_desk(self.place, self.link, self.clock, link=self.link)  # type: ignore[arg-type]
        self._watch_take_overs(self.desk)
        self.day.oracle.look_at_seat(self)
        life = self.life
        self._again(life, 1_000, self._tick)
        self._again(life, TURN_MS, self.link.turn)
        self._again(life, 700, self._dial)
        self.note("is up")

    def _watch_take_overs(self, desk: Desk) -> None:
        """Tell the oracle of what is written in one go with a journal from elsewhere."""
        take_over = desk._store.take_over

        def watched(page: Page, leases: Any, grants: Any) -> None:
            take_over(page, leases, grants)
            own = [e for e in page.entries if e.epoch == page.entries[-1].epoch]
            self.day.oracle.wrote(self.name, own)
            self.day.oracle.saved(self.name, own)
            self.day.count["taken over"] += 1

        desk._store.take_over = watched  # type: ignore[method-assign]

    def crash(self, rollback: bool = False, reboot: bool = False) -> None:
        """Lose power: what was not committed is gone."""
        assert self.desk is not None
        assert self.link is not None
        self.note("crashes" + (" and its disk goes back" if rollback else ""))
        self.day.count["seat crashes"] += 1
        self.day.oracle.stopped(self)
        self.life += 1
        self.is_up = False
        if self.link._connection is not None:
            self.link._connection.cut()
        self.desk._store.close()
        self.desk = self.link = None
        if reboot:
            self.clock.reboot()
        if rollback and self.day.trouble.restore(self):
            self.day.count["rolled back"] += 1

    def _again(self, life: int, ms: int, what: Callable[[], None]) -> None:
        def run() -> None:
            if self.life == life:
                what()
                self.day.world.after(ms, run)

        self.day.world.after(ms, run)

    def _tick(self) -> None:
        assert self.desk is not None
        self.desk.tick()

    def _dial(self) -> None:
        if self.link is None or self.link.is_up or not self.day.hub.is_up or not self.cable_is_open:
            return
        self.link.connected(self.day.hub.take(self, self.link, BUILD))
