"""A console in a process of its own: the real App draws the hall, and orders go the way a proctor's go."""

import asyncio
import signal
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from benchmarks.venue import Venue
from house import PIN
from kiosk.apps.console import ConsoleApp
from kiosk.hall.console.opening import open_board
from kiosk.hall.console.remote_board import RemoteBoard
from kiosk.views.board import BoardState, SeatState
from kiosk.views.order import Order, Verb

WIDTH, HEIGHT = 160, 50
REASON = "equipment"
SEEN = {Verb.PAUSE: SeatState.PAUSED, Verb.RESUME: SeatState.WORKING}
LONGEST = 60.0
ONE_EVERY, SOME_EVERY, ALL_EVERY, WORD_EVERY = 4.0, 30.0, 120.0, 60.0
SOME = 20


@dataclass(frozen=True)
class Ordered:
    """One order and what became of it; moments of the monotonic clock."""

    kind: str
    act: str
    seats: tuple[str, ...]
    asked: float
    answered: float
    shown: float | None
    """When the last of its seats stood as ordered on the console; None where it never did."""
    refused: int


@dataclass
class Report:
    """What a console saw."""

    orders: list[Ordered] = field(default_factory=list)
    ticks: list[tuple[float, float]] = field(default_factory=list)
    """Milliseconds of each frame: until the screen was updated, until it was drawn."""
    cpu: float = 0.0
    seconds: float = 0.0
    gaps: list[float] = field(default_factory=list)
    """Seconds between two states told by the hub."""


class TimedConsole(ConsoleApp):
    """Measures its frames."""

    def __init__(self, board: Any) -> None:
        super().__init__(board)
        self.frames: list[tuple[float, float]] = []

    def tick(self) -> None:
        """Draw the hall, and note how long that took."""
        began = time.perf_counter()
        super().tick()
        updated = (time.perf_counter() - began) * 1000
        self.call_after_refresh(lambda: self.frames.append((updated, (time.perf_counter() - began) * 1000)))


def oversee(venue: Venue, seconds: float) -> "Overseer":
    """Open a console for so long; it orders something every few seconds."""
    ours, theirs = get_context("spawn").Pipe()
    given = (venue.home.folder, venue.seats, seconds, theirs)
    process = get_context("spawn").Process(target=_run, args=given, daemon=True)
    process.start()
    theirs.close()
    return Overseer(process, ours)


@dataclass
class Overseer:
    """The console as its maker sees it."""

    process: Any
    pipe: Connection

    def wait(self) -> None:
        """Return once it shows the hall; raises RuntimeError where it never does."""
        self._hear(LONGEST)

    def report(self, seconds: float) -> Report:
        """Return what it saw; raises RuntimeError where it ended before or takes too long."""
        found: Report = self._hear(seconds)
        self.process.join(30)
        return found

    def _hear(self, seconds: float) -> Any:
        if not self.pipe.poll(seconds):
            raise RuntimeError("the console says nothing")
        found = self.pipe.recv()
        if isinstance(found, Exception):
            raise found
        return found


def _run(folder: Path, seats: tuple[str, ...], seconds: float, pipe: Connection) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        pipe.send(asyncio.run(_Console(folder, seats).live(seconds, lambda: pipe.send(None))))
    except Exception as error:  # noqa: BLE001 - told to whoever waits for the report
        pipe.send(RuntimeError(f"the console: {type(error).__name__}: {error}"))


class _Console:
    def __init__(self, folder: Path, seats: tuple[str, ...]) -> None:
        from kiosk.ground.home import Home

        self._seats = seats
        self._board: RemoteBoard = open_board(Home(folder).hall)
        self._report = Report()
        self._wanted: tuple[frozenset[str], SeatState] | None = None
        self._shown: float | None = None
        self._heard_at: float | None = None

    async def live(self, seconds: float, ready: Callable[[], None]) -> Report:
        """Draw and order until the time is over; `ready` is called when the hall is in sight."""
        self._board.listen(self._hear)
        self._board.start()
        app = TimedConsole(lambda: self._board)
        try:
            async with app.run_test(size=(WIDTH, HEIGHT)) as pilot:
                await self._until(lambda: self._board.state().is_connected)
                await pilot.press(*PIN, "enter")
                await self._until(lambda: len(self._board.state().seats) == len(self._seats))
                ready()
                app.frames.clear()
                began, cpu = time.monotonic(), time.process_time()
                await self._order_on(began + seconds)
                self._report.ticks = app.frames
                self._report.cpu, self._report.seconds = time.process_time() - cpu, time.monotonic() - began
        finally:
            await asyncio.to_thread(self._board.close)
        return self._report

    async def _order_on(self, until: float) -> None:
        """Order by a timetable; all is resumed at the end."""
        everybody, now = self._seats, time.monotonic()
        plan: list[tuple[float, float, Callable[[], Awaitable[None]]]] = [
            (now + 1, ONE_EVERY, lambda: self._pair("one", (everybody[len(self._report.orders) % len(everybody)],))),
            (now + 2, SOME_EVERY, lambda: self._pair(f"{SOME}", everybody[:SOME])),
            (now + 3, WORD_EVERY, self._announce),
            (now + 5, ALL_EVERY, lambda: self._pair("all", ())),
        ]
        while (turn := min(plan, key=lambda p: p[0]))[0] < until:
            await asyncio.sleep(max(0.0, turn[0] - time.monotonic()))
            await turn[2]()
            plan[plan.index(turn)] = (max(turn[0] + turn[1], time.monotonic() + 1), turn[1], turn[2])
        await asyncio.sleep(max(0.0, until - time.monotonic()))

    async def _pair(self, kind: str, seats: tuple[str, ...]) -> None:
        await self._order(kind, Verb.PAUSE, seats)
        await self._order(kind, Verb.RESUME, seats)

    async def _order(self, kind: str, verb: Verb, seats: tuple[str, ...]) -> None:
        self._shown, self._wanted = None, (frozenset(seats or self._seats), SEEN[verb])
        asked = time.monotonic()
        order = Order(verb=verb, seats=seats, reason=REASON, pin=PIN)
        outcomes = await asyncio.to_thread(self._board.carry_out, order)
        answered = time.monotonic()
        try:
            await self._until(lambda: self._shown is not None, 10.0)
        except TimeoutError:
            self._wanted = None
        refused = sum(not o.done for o in outcomes)
        named = seats or self._seats
        self._report.orders.append(Ordered(kind, verb.value, named, asked, answered, self._shown, refused))

    async def _announce(self) -> None:
        asked = time.monotonic()
        await asyncio.to_thread(self._board.announce, "Ten more minutes are given to everybody.")
        answered = time.monotonic()
        self._report.orders.append(Ordered("announcement", "announce", self._seats, asked, answered, answered, 0))

    def _hear(self, state: BoardState) -> None:
        """Called from the board's own thread."""
        now = time.monotonic()
        if self._heard_at is not None:
            self._report.gaps.append(now - self._heard_at)
        self._heard_at = now
        wanted = self._wanted
        if wanted is not None and self._shown is None:
            names, standing = wanted
            if all(line.state is standing for line in state.seats if line.seat in names):
                self._shown = now

    async def _until(self, holds: Callable[[], bool], seconds: float = LONGEST) -> None:
        async with asyncio.timeout(seconds):
            while not holds():
                await asyncio.sleep(0.01)
