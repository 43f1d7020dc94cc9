"""One exam day in one process: seats, hub, console and central by a seed, with all that can go wrong.

`PYTHONPATH=.:tests python tests/simulation/hall_day.py SEED` runs one day and prints what happened.
"""

import atexit
import gc
import hashlib
import random
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from unittest.mock import patch

from broken_promise import Broken
from lottery import drawn_from
from one_dialect import one_dialect
from oracle_book import Oracle
from sim_hub import SimHub
from sim_people import Candidates
from sim_proctor import Proctors
from sim_reckoning import Reckoning
from sim_seat import SimSeat
from sim_trouble import NONE, Faults, Trouble
from world import MachineClock, World

import house
import kiosk.seat.alone
from keyring import Keyring, a_keyring
from kiosk.ground.home import Home
from kiosk.sealing.age import AgeIdentity

SEATS = ("A12", "A13", "B1", "B2")
LIVELY = 20_000
"""How long things go wrong."""
CALM = 60_000
"""By when, with everything mended, all must have come right."""


@dataclass(frozen=True)
class Plant:
    """A fault that must be found: the promise it breaks, and how often what brings it out happens on such a day."""

    promise: str
    faults: Faults = Faults()


PLANTS = {
    "ack before commit": Plant("I1", Faults(seat_crash=40, rollback=0)),
    "hub acknowledges before commit": Plant("I2", Faults(hub_dies_before_ack=5, replaced=0)),
    "receipt signed again": Plant("I4"),
    "whoever comes last counts": Plant("I5", Faults(move=6)),
    "the boot clock follows the wall": Plant("I8", Faults(clock_set=40)),
}


class Day:
    """A day, run by `run`; `count` says what happened in it."""

    def __init__(self, seed: int, folder: Path, plant: str = "") -> None:
        self.world = World(seed)
        self.faults = PLANTS[plant].faults if plant else Faults()
        self.plant = plant
        self.count: Counter[str] = Counter()
        self.trace: list[bytes] = []
        self.oracle = Oracle(lambda: self.world.now_ms)
        template = _template()
        shutil.copytree(template.home, folder)
        self.home = Home(folder)
        self.fresh_hall = template.home / "hall" / "hall.db"
        self.mended_ms: int | None = None
        """When everything was mended; None while things go wrong."""
        draw = self.world.random.randrange
        self.hub = SimHub(self, MachineClock(self.world, "hub", ppm=draw(-200, 200)))
        self.seats = {
            name: SimSeat(self, name, self._clock(name, draw(-90_000, 90_000), draw(-200, 200))) for name in SEATS
        }
        self.trouble = Trouble(self)
        self.candidates = Candidates(self)
        self.proctors = Proctors(self)
        self.reckoning = Reckoning(self, template.keyring)

    def run(self) -> Counter[str]:
        """Let the day pass; raises Broken where a promise was not kept."""
        self.hub.boot()
        for seat in self.seats.values():
            seat.boot()
        self.candidates.begin()
        self.world.after(3_000, self.trouble.strike)
        self.world.after(3_000, self.proctors.look)
        self.world.run(LIVELY)
        self._mend()
        while self.world.now_ms < LIVELY + CALM and not self._is_done():
            self.world.run(self.world.now_ms + 1_000)
        self.reckoning.make()
        return self.count

    def boot(self, seat: SimSeat) -> None:
        """Start a seat that is down."""
        if not seat.is_up:
            seat.boot()

    def boot_hub(self) -> None:
        """Start the hub if it is down."""
        if not self.hub.is_up:
            self.hub.boot()

    def close(self) -> None:
        """Close what is open."""
        for seat in self.seats.values():
            if seat.desk is not None:
                seat.desk._store.close()
        if self.hub.is_up:
            self.hub.hall.close()

    def digest(self) -> str:
        """Return what tells two runs apart: all that was noted and written, each receipt, each entry."""
        written = sorted(
            f"{place} {h.hex()} {who}" for place, by in self.oracle.written.items() for h, who in by.items()
        )
        parts: Iterable[bytes] = (*(line.encode() for line in (*self.world.log, *written)), *self.trace)
        return hashlib.sha256(b"\n".join(parts)).hexdigest()

    def _mend(self) -> None:
        self.mended_ms, self.faults = self.world.now_ms, NONE
        for seat in self.seats.values():
            seat.cable.mend()
            self.boot(seat)
        self.boot_hub()
        self.world.note("all is mended")

    def _is_done(self) -> bool:
        """Whether the hall knows that both have handed in, and holds all that any seat has written."""
        told = self.hub.store.permits.progress(tuple(p.assignment for p in self.candidates.people))
        links = [seat.link for seat in self.seats.values()]
        over = len(told) == len(self.candidates.people) and all(progress.is_over for progress in told.values())
        return over and all(link is not None and link.is_settled for link in links)

    def _clock(self, name: str, wall_ms: int, ppm: int) -> MachineClock:
        kind = _WallClock if self.plant == "the boot clock follows the wall" else MachineClock
        return kind(self.world, name, wall_ms, ppm)


class _WallClock(MachineClock):
    """The planted fault: a boot clock that follows the wall."""

    def set_wall(self, by_ms: int) -> None:
        """Set the wall clock, and the boot clock with it."""
        super().set_wall(by_ms)
        self._booted_ms = min(self._world.now_ms, self._booted_ms - by_ms)


@dataclass(frozen=True)
class Template:
    """The folder of a hall with its seats, enrolled and empty, of which every day is a copy."""

    home: Path
    keyring: Keyring


@cache
def _template() -> Template:
    """Return a house with keys, package and paper of its own, drawn from a seed, so that a day repeats anywhere."""
    root = Path("/dev/shm")
    folder = Path(tempfile.mkdtemp(prefix="kiosk-days-", dir=root if root.is_dir() else None))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    with drawn_from(random.Random("the house")), ExitStack() as stack:
        keyring, identity = a_keyring(), AgeIdentity.generate()
        hashes = cache(house._hash.__wrapped__)
        code = house.the_code.__wrapped__()
        for name, drawn in (
            ("the_keyring", lambda: keyring),
            ("_identity", lambda: identity),
            ("the_code", lambda: code),
            ("_hash", hashes),
        ):
            stack.enter_context(patch.object(house, name, drawn))
        made = house._made(Home(folder / "home"), house.a_paper(), house.a_hall_roster(), house.a_clock())
        for name in SEATS:
            made.desk(name)
        made.close()
    return Template(made.home.folder, keyring)


@dataclass(frozen=True)
class Told:
    """What is left of a day: how often what happened, its log, and a digest of all of it."""

    count: Counter[str]
    log: list[str]
    digest: str


def run_day(seed: int, plant: str = "") -> Told:
    """Return what happened on a day; raises Broken, with the seed, where a promise was not kept."""
    root = Path("/dev/shm")
    _template()
    with (
        tempfile.TemporaryDirectory(prefix="kiosk-day-", dir=root if root.is_dir() else None) as folder,
        drawn_from(random.Random(f"chances of {seed}")),
        one_dialect(),
        patch.object(kiosk.seat.alone, "CODE", house.CHEAP),  # what is proved here is not how slow a hash is
    ):
        day = Day(seed, Path(folder) / "home", plant=plant)
        gc.disable()  # a fifth of the time of a day, which is short
        try:
            return Told(day.run(), day.world.log, day.digest())
        except Exception as error:
            log = "\n".join(day.world.log[-60:])
            again = f"PYTHONPATH=.:tests python tests/simulation/hall_day.py {seed} {plant!r}".removesuffix(" ''")
            raise Broken(f"seed {seed}: {type(error).__name__}: {error}\n{log}\nAgain: {again}") from error
        finally:
            day.close()
            gc.enable()


if __name__ == "__main__":
    told = run_day(int(sys.argv[1]), *sys.argv[2:3])
    print("\n".join(told.log))
    print(dict(told.count))
    print(told.digest)
