"""A seat on a machine of its own and the hub of its hall, over TLS on loopback: enrolled, begun, cut off, and back."""

import asyncio
import time
from contextlib import contextmanager
from datetime import timedelta
from threading import Event, Thread

import pytest

from builders import NOON
from house import CODE, ROLL, a_house
from kiosk.exam.moment import Moment, iso
from kiosk.ground.clock import SystemClock
from kiosk.ground.home import Home
from kiosk.hall.hub.server import listen
from kiosk.hall.hub.site import ADDRESS, HubSite
from kiosk.hall.hub.turnstile import Turnstile
from kiosk.seat.link.connecting import connect_seat, open_link
from kiosk.seat.place import open_desk, seat_store
from kiosk.views.authority import HallLost

SEAT = "A12"
PATIENCE = 30


class ExamDay:
    """A clock that runs as the machine's does, on the day of the exam."""

    def __init__(self):
        self._clock = SystemClock()
        self._begun = self._clock.now().boot_ms

    def now(self):
        real = self._clock.now()
        wall = NOON + timedelta(minutes=5, milliseconds=real.boot_ms - self._begun)
        return Moment(iso(wall), real.boot_id, real.boot_ms)


@contextmanager
def serving(place, clock, port=0):
    """Run the hub of a hall in a thread, as `kiosk hall serve` does; give its site and port."""
    site = HubSite.open(place, clock, ["127.0.0.1"])
    bound = listen("127.0.0.1", port)
    port = bound.getsockname()[1]
    site.write_address([f"wss://127.0.0.1:{port}"])
    ready, ending = Event(), []

    async def run():
        stop, loop = asyncio.Event(), asyncio.get_running_loop()
        ending.append(lambda: loop.call_soon_threadsafe(stop.set))
        ready.set()
        await site.run(Turnstile(bound, site.limits, site.now_ms), stop)

    thread = Thread(target=lambda: asyncio.run(run()))
    thread.start()
    assert ready.wait(PATIENCE)
    try:
        yield site, port
    finally:
        ending[0]()
        thread.join(PATIENCE)
        assert not thread.is_alive()
        site.close()


def until(holds):
    """Return what `holds` gives once that is something; what is waited for happens in other threads."""
    deadline, pause = time.monotonic() + PATIENCE, Event()
    while not (found := holds()):
        assert time.monotonic() < deadline, "it never came to be"
        pause.wait(0.02)
    return found


@pytest.fixture
def house(tmp_path):
    made = a_house(tmp_path)
    yield made
    made.close()


def copies_of_seat(place):
    """Return what is committed at the seat: each sitting with its head."""
    store = seat_store(place)
    try:
        return {h.submission_id: (h.opened_on, h.epoch, h.head) for h in store.holdings()}
    finally:
        store.close()


def copies(site):
    """Return the same of what the hub holds."""
    held = {}
    for told in site.hub.hall.progress():
        found = site.store.tails.holding(told.submission_id, told.opened_on)
        if found is None:
            continue
        held[told.submission_id] = (told.opened_on, found.tail.newest.epoch, found.tail.newest.head)
    return held


def is_whole(site, desk, place):
    """Whether the hub holds all that was put down at the desk, entry by entry."""
    desk._writer.drain()
    return copies(site) == copies_of_seat(place) and desk.link().behind == 0


def test_a_sitting_goes_on_without_its_hub_and_is_whole_in_the_hall_when_it_is_back(house, tmp_path):
    clock, hall = ExamDay(), house.home.hall
    place = Home(tmp_path / "lab").seat(SEAT)
    with serving(hall, clock) as (site, port):
        connect_seat(place, SEAT, (hall.folder / ADDRESS).read_bytes(), house.keyring.root.public)
        link = open_link(place, clock)
        link.start()
        assert link.wait(PATIENCE)
        desk = open_desk(place, link, clock, None, link)
        desk.sign_in(ROLL, CODE)
        desk.begin("assignment-1")
        first, *others = desk.sheet().sections[0].questions
        desk.choose(first.question_id, [first.options[0].option_id])
        until(lambda: is_whole(site, desk, place))
    try:
        until(lambda: not desk.link().is_connected)
        for question in others:
            desk.choose(question.question_id, [question.options[0].option_id])
        with pytest.raises(HallLost):
            link.tests("0" * 32)
        with serving(hall, clock, port) as (site, _):
            desk.hand_in()
            until(lambda: is_whole(site, desk, place))
    finally:
        desk.close()
        link.close()
