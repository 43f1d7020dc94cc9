"""A throng: as many simulated seats as wished, in one process of their own, each with its own key, line and journal.

A seat sends what it wrote by the very rules of a real one (`kiosk.seat.link.replica`), carries out what the hall signs
and says how it is. What it lacks is a disk and a screen. Times are seconds of the machine's monotonic clock, which all
processes share.
"""

import asyncio
import random
import signal
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import Any

from benchmarks.simulated import Book, Seat
from benchmarks.venue import Venue
from kiosk.exam.attempt import Phase

LONGEST_SECONDS = 600.0
SEALING = 4
"""Bundles sealed at once: in a hall each machine seals its own, here one process does for all and has to go on."""


@dataclass
class Throng:
    """The throng as its maker sees it: asked, it answers."""

    process: Any
    pipe: Connection

    @classmethod
    def gather(cls, venue: Venue, seed: int = 4) -> "Throng":
        """Let the seats of a venue be made, enrol and come on the line."""
        ours, theirs = get_context("fork").Pipe()
        process = get_context("fork").Process(target=_live, args=(venue, theirs, seed), daemon=True)
        process.start()
        theirs.close()
        return cls(process, ours)

    def ask(self, what: str, *given: Any) -> Any:
        """Return what the throng answers, once it has done what it is asked for."""
        self.pipe.send((what, *given))
        if not self.pipe.poll(LONGEST_SECONDS):
            raise RuntimeError(f"the simulated seats did not answer in {LONGEST_SECONDS:g} s: {what}")
        answer = self.pipe.recv()
        if isinstance(answer, Exception):
            raise answer
        return answer

    def disperse(self) -> None:
        """End every seat at once."""
        self.process.kill()
        self.process.join()


def _live(venue: Venue, pipe: Connection, seed: int) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    asyncio.run(_Gathering(venue, pipe, seed).live())


@dataclass
class _Gathering:
    venue: Venue
    pipe: Connection
    seed: int
    seats: list[Seat] = field(default_factory=list)
    book: Book = field(default_factory=Book)

    async def live(self) -> None:
        """Do what is asked until the process is ended."""
        self.seats = [
            Seat(self.venue, name, self.book, random.Random(f"{self.seed}{name}"), n)
            for n, name in enumerate(self.venue.seats)
        ]
        acts: dict[str, Callable[..., Awaitable[Any]]] = {
            "enrol": self._enrol,
            "start": self._start,
            "figures": self._figures,
            "mark": self._mark,
            "caught up": self._caught_up,
            "hand in": self._hand_in,
            "bundles": self._bundles,
            "heads": self._heads,
        }
        while True:
            what, *given = await asyncio.to_thread(self.pipe.recv)
            try:
                self.pipe.send(await acts[what](*given))
            except Exception as error:  # noqa: BLE001 - told to whoever asked
                self.pipe.send(RuntimeError(f"{what}: {type(error).__name__}: {error}"))

    async def _enrol(self) -> float:
        """Let every seat enrol and come on the line; return the seconds until the last was on it."""
        begun = time.monotonic()
        for seat in self.seats:
            await seat.enrol()
        for seat in self.seats:
            seat.begin()
        await self._until(lambda: all(seat.is_connected for seat in self.seats))
        return time.monotonic() - begun

    async def _start(self, seconds: float) -> dict[str, list[float]]:
        """Let every candidate sign in and begin within so many seconds; return what they waited for."""
        signing, opening = [], []

        async def start(seat: Seat) -> None:
            await asyncio.sleep(seat.dice.uniform(0, seconds))
            signing.append(await seat.sign_in())
            opening.append(await seat.start())

        await asyncio.gather(*(start(seat) for seat in self.seats))
        for seat in self.seats:
            seat.work()
        return {"signing": signing, "opening": opening}

    async def _mark(self) -> None:
        self.book.clear()

    async def _figures(self) -> Book:
        return self.book

    async def _caught_up(self) -> float:
        """Return after how many seconds the hub was known to hold all that was written until now."""
        begun, heads = time.monotonic(), {seat.name: seat.head for seat in self.seats}
        await self._until(lambda: all(seat.held >= heads[seat.name] for seat in self.seats))
        return time.monotonic() - begun

    async def _hand_in(self, seconds: float) -> list[float]:
        """Let every candidate hand in within so many seconds; return what each waited until the hall had all of it."""

        async def hand_in(seat: Seat) -> float:
            await asyncio.sleep(seat.dice.uniform(0, seconds))
            return await seat.hand_in()

        waits = await asyncio.gather(*(hand_in(seat) for seat in self.seats))
        left = [seat.name for seat in self.seats if seat.phase is not Phase.HANDED_IN]
        if left:
            raise RuntimeError(f"not handed in: {left[:5]}")
        return list(waits)

    async def _bundles(self) -> float:
        """Seal every sitting and send its bundle; return the seconds until the hub held the last."""
        begun, places = time.monotonic(), asyncio.Semaphore(SEALING)

        async def send(seat: Seat) -> None:
            async with places:
                await seat.send_bundle()

        await asyncio.gather(*(send(seat) for seat in self.seats))
        return time.monotonic() - begun

    async def _heads(self) -> list[tuple[str, str, int, str, int]]:
        """Return sitting, day, last entry, its hash, and the last entry the hub acknowledged, of each seat."""
        return [seat.summary() for seat in self.seats]

    async def _until(self, holds: Callable[[], bool]) -> None:
        async with asyncio.timeout(LONGEST_SECONDS):
            while not holds():
                await asyncio.sleep(0.02)
