"""The clerk: one thread that puts before the hub what the seats said, as much at once as has come in meanwhile."""

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from threading import Condition, Thread
from typing import Protocol

from kiosk.exam.error import KioskError
from kiosk.exam.moment import Clock
from kiosk.hall.hub.log import log, place_of
from kiosk.hall.hub.post import Post
from kiosk.wire.hub import SeatMessage

MOST_AT_ONCE = 500
"""Messages of one batch: one transaction, and never seconds without an ack."""
MOST_OF_SEAT = 16
"""Messages of one seat in a batch, so that one that sends thousands holds no other up."""
TICK_MS = 1_000
MISTAKE = "The hall's program made a mistake with what this seat sent. Nothing is lost; the seat tries again."


class Counter(Protocol):
    """What of the hub the clerk needs: one call at a time."""

    def join(self, seat: str, build: str, post: Post) -> None:
        """Take a seat onto the line."""
        ...

    def leave(self, seat: str, post: Post) -> None:
        """Note that a line was cut."""
        ...

    def receive(self, batch: Sequence[tuple[str, SeatMessage]]) -> None:
        """Take what seats said, in order."""
        ...

    def tick(self) -> None:
        """Do what is due by time."""
        ...


@dataclass(frozen=True, slots=True)
class Said:
    """One message of a seat."""

    seat: str
    message: SeatMessage
    post: Post
    taken: Callable[[], None]
    """Told when it was worked on, whatever came of it."""


@dataclass(frozen=True, slots=True)
class Came:
    """A seat is on the line."""

    seat: str
    build: str
    post: Post


@dataclass(frozen=True, slots=True)
class Went:
    """A line was cut."""

    seat: str
    post: Post


Item = Said | Came | Went


class Clerk:
    """Works until it is closed; `put` may be called from any thread."""

    def __init__(self, hub: Counter, clock: Clock, chores: Sequence[Callable[[], None]] = ()) -> None:
        """`chores` are done with each tick."""
        self._hub = hub
        self._clock = clock
        self._chores = (hub.tick, *chores)
        self._items: dict[str, deque[Item]] = {}
        """What waits, by seat; who was served goes to the end."""
        self._wake = Condition()
        self._is_closing = False
        self._tick_at = clock.now().boot_ms + TICK_MS
        self._thread = Thread(target=self._work, name="clerk", daemon=True)

    def start(self) -> None:
        """Begin to work."""
        self._thread.start()

    def put(self, item: Item) -> None:
        """Put something down to be worked on after all that was put down before by the same seat."""
        with self._wake:
            self._items.setdefault(item.seat, deque()).append(item)
            self._wake.notify()

    def close(self) -> None:
        """Finish what was put down, and end."""
        with self._wake:
            self._is_closing = True
            self._wake.notify()
        self._thread.join()

    def _work(self) -> None:
        while True:
            taken = self._take()
            if taken is None:
                return
            self._see_to(taken)
            now = self._clock.now().boot_ms
            if now >= self._tick_at:
                self._tick_at = now + TICK_MS
                for chore in self._chores:
                    self._guarded(chore)

    def _take(self) -> list[Item] | None:
        """Return what has come in, nothing at the time for a tick, or None at the end."""
        with self._wake:
            if not self._items and not self._is_closing:
                self._wake.wait(max(0, self._tick_at - self._clock.now().boot_ms) / 1000)
            if not self._items and self._is_closing:
                return None
            return self._drawn()

    def _drawn(self) -> list[Item]:
        """Take out some of each seat's items, in their order, as many as one batch holds."""
        drawn: list[Item] = []
        for seat in list(self._items):
            items = self._items.pop(seat)
            drawn += [items.popleft() for _ in range(min(len(items), MOST_OF_SEAT, MOST_AT_ONCE - len(drawn)))]
            if items:
                self._items[seat] = items
            if len(drawn) == MOST_AT_ONCE:
                break
        return drawn

    def _see_to(self, items: Sequence[Item]) -> None:
        batch: list[Said] = []
        for item in items:
            if isinstance(item, Said):
                batch.append(item)
                continue
            self._receive(batch)
            batch = []
            match item:
                case Came(seat, build, post):
                    self._for_seat(post, seat, partial(self._hub.join, seat, build, post))
                case Went(seat, post):
                    self._for_seat(post, seat, partial(self._hub.leave, seat, post))
        self._receive(batch)

    def _receive(self, batch: Sequence[Said]) -> None:
        """Put messages before the hub, and say that they were worked on."""
        if batch:
            self._put_before(batch)
        for said in batch:
            said.taken()

    def _put_before(self, batch: Sequence[Said]) -> None:
        """Put messages before the hub together; where that fails, half by half, so that one keeps no other back."""
        if len(batch) == 1:
            (said,) = batch
            self._for_seat(said.post, said.seat, partial(self._hub.receive, [(said.seat, said.message)]))
            return
        try:
            self._hub.receive([(s.seat, s.message) for s in batch])
        except Exception:  # noqa: BLE001 - told apart half by half
            half = len(batch) // 2
            self._put_before(batch[:half])
            self._put_before(batch[half:])

    def _for_seat(self, post: Post, seat: str, act: Callable[[], None]) -> None:
        """Do something for one seat; where it fails its line is hung up, and what was not acknowledged comes again."""
        try:
            act()
        except KioskError as error:
            log.error("seat %s: %s", seat, error.message)
            post.hang_up(error.message)
        except Exception as error:  # noqa: BLE001 - the last line of defence: the other seats go on
            log.error("seat %s: a mistake, %s", seat, place_of(error))
            post.hang_up(MISTAKE)

    def _guarded(self, chore: Callable[[], None]) -> None:
        try:
            chore()
        except KioskError as error:
            log.error("%s", error.message)
        except Exception as error:  # noqa: BLE001 - the last line of defence: the next tick comes
            log.error("a mistake, %s", place_of(error))
