"""A whole hub at work for tests of seats: the real program behind real TLS sockets, in a thread of its own.

with a_live_hub(house) as hub:
    seat = hub.seat("A12")      # connected as `kiosk seat connect` does, its desk opened over the link
    seat.desk.sign_in(ROLL, CODE)
"""

import asyncio
import shutil
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from threading import Event, Thread

from builders import NOON
from house import House
from kiosk.exam.moment import Moment, iso
from kiosk.ground.home import Place
from kiosk.hall.hub.server import listen
from kiosk.hall.hub.site import HubSite
from kiosk.hall.hub.turnstile import Turnstile
from kiosk.hall.package import load_package
from kiosk.hall.place import hall_keys, hall_store
from kiosk.seat.desk import Desk
from kiosk.seat.link.connecting import connect_seat, open_link
from kiosk.seat.link.link import Link
from kiosk.seat.place import open_desk

PATIENCE = 20.0


class RunningClock:
    """A clock that goes on from noon of the exam's day by itself; a test may let it jump."""

    def __init__(self, boot: str = "boot-1") -> None:
        self.boot = boot
        self._began = time.monotonic()

    @property
    def at(self):
        """The wall time."""
        return NOON + timedelta(seconds=time.monotonic() - self._began)

    def now(self) -> Moment:
        """Return the present moment."""
        return Moment(iso(self.at), self.boot, 600_000 + int((time.monotonic() - self._began) * 1000))


def until(holds: Callable[[], object], seconds: float = PATIENCE) -> None:
    """Return once something holds; raises AssertionError when it does not in time."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, f"it never came to be, while {at_work()}"
        Event().wait(0.01)


def at_work() -> str:
    """Return where each thread of this process is, so that what hangs can be told from what is slow."""
    names = {thread.ident: thread.name for thread in threading.enumerate()}
    stacks = ((names.get(ident, "?"), traceback.format_stack(frame)) for ident, frame in sys._current_frames().items())
    return "".join(f"\n--- {name}\n{''.join(stack[-8:])}" for name, stack in stacks)


@dataclass
class Seat:
    """One connected seat."""

    place: Place
    clock: RunningClock
    link: Link
    desk: Desk
    heard: list = field(default_factory=list)

    def close(self) -> None:
        """Close the desk, and its link with it."""
        self.desk.close()


@dataclass
class LiveHub:
    """A hub that can be killed and come back at the same address."""

    house: House
    site: HubSite | None = None
    port: int = 0
    address: bytes = b""
    seats: list[Seat] = field(default_factory=list)
    _loop: asyncio.AbstractEventLoop | None = None
    _stop: asyncio.Event | None = None
    _thread: Thread | None = None

    def start(self) -> None:
        """Open the hub, at the port it had before."""
        ready, clock = Event(), RunningClock()
        self.site = HubSite.open(self.house.home.hall, clock, ["127.0.0.1"])
        bound = listen("127.0.0.1", self.port)
        self.port = bound.getsockname()[1]
        self.address = self.site.write_address([f"wss://127.0.0.1:{self.port}"]).read_bytes()

        async def serve() -> None:
            self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
            ready.set()
            await self.site.run(Turnstile(bound, self.site.limits, self.site.now_ms), self._stop)

        self._thread = Thread(target=lambda: asyncio.run(serve()), daemon=True)
        self._thread.start()
        assert ready.wait(PATIENCE)

    def stop(self) -> None:
        """End the hub."""
        if self.site is not None:
            self._loop.call_soon_threadsafe(self._stop.set)
            self._thread.join(PATIENCE)
            self.site.close()
            self.site = None

    @property
    def hub(self):
        """The hub itself."""
        return self.site.hub

    def connect(self, name: str) -> Place:
        """Enrol a seat over the line."""
        place = self.house.home.seat(name)
        connect_seat(place, name, self.address)
        return place

    def seat(self, name: str = "A12", clock: RunningClock | None = None) -> Seat:
        """Return a seat whose desk is open over its link."""
        place, clock = self.house.home.seat(name), clock or RunningClock(f"boot-{name}")
        if not (place.folder / "hub.json").exists():
            self.connect(name)
        link = open_link(place, clock)
        link.start()
        assert self.site is None or link.wait(PATIENCE)
        seat = Seat(place, clock, link, open_desk(place, link, clock, link=link))
        seat.desk.listen(seat.heard.append)
        self.seats.append(seat)
        return seat

    def begun(self, name: str, roll: str, code: str, assignment_id: str = "assignment-1") -> Seat:
        """Return a seat at which a candidate has begun, or goes on."""
        seat = self.seat(name)
        seat.desk.sign_in(roll, code)
        seat.desk.begin(assignment_id)
        return seat

    def switch_off(self, seat: Seat) -> None:
        """Let a seat go from the line; what it saved stays on its disk."""
        seat.close()
        self.seats.remove(seat)

    def lose_store(self, after: timedelta = timedelta()) -> None:
        """End the hub, lose its store, and set up a new one so much later, with the key folder and the package alone.

        It is not open yet.
        """
        self.stop()
        place = self.house.home.hall
        for path in place.folder.iterdir():
            if path.name != "keys":
                shutil.rmtree(path) if path.is_dir() else path.unlink()
        (place.keys / "store.key").unlink()
        store = hall_store(place)
        load_package(store, hall_keys(place), self.house.home.folder / "package-1", self.house.clock.at + after)
        store.close()

    def close(self) -> None:
        """Close every seat, then the hub."""
        for seat in self.seats:
            seat.close()
        self.stop()


@contextmanager
def a_live_hub(house: House) -> Iterator[LiveHub]:
    """Serve the hall of a house until the block ends; the house's own hall is closed."""
    house.hall.close()
    hub = LiveHub(house)
    hub.start()
    try:
        yield hub
    finally:
        hub.close()
