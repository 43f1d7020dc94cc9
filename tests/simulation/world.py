"""A world in which nothing happens but by a seed: events in order of virtual time, clocks that lie, cables that fail.

There is no thread and no real time here. Whoever draws from `World.random` gets the same draw at every run of a seed,
so that a failure is told by its number alone.
"""

import heapq
import itertools
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

from builders import NOON
from kiosk.exam.moment import Moment, iso


class World:
    """Virtual time in milliseconds, and what is to happen in it."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.random = random.Random(seed)
        self.now_ms = 0
        self.log: list[str] = []
        """What happened, for whoever looks at a seed that failed."""
        self._queue: list[tuple[int, int, Callable[[], None]]] = []
        self._numbers = itertools.count()

    def after(self, ms: int, what: Callable[[], None]) -> None:
        """Let something happen later; what is due at the same time happens in the order it was asked for."""
        heapq.heappush(self._queue, (self.now_ms + max(0, ms), next(self._numbers), what))

    def every(self, ms: int, what: Callable[[], None]) -> None:
        """Let something happen again and again."""

        def again() -> None:
            what()
            self.after(ms, again)

        self.after(ms, again)

    def run(self, until_ms: int) -> None:
        """Let everything happen that is due by then."""
        while self._queue and self._queue[0][0] <= until_ms:
            self.now_ms, _, what = heapq.heappop(self._queue)
            what()
        self.now_ms = max(self.now_ms, until_ms)

    def chance(self, of_a_hundred: float) -> bool:
        """Whether something happens that does so often."""
        return self.random.random() * 100 < of_a_hundred

    def note(self, words: str) -> None:
        """Write down what happened."""
        self.log.append(f"{self.now_ms:>9} {words}")


class MachineClock:
    """The clock of one machine: its wall may be wrong and be set, its boot clock starts anew and may run fast."""

    def __init__(self, world: World, name: str, wall_ms: int = 0, ppm: int = 0) -> None:
        self._world = world
        self._name = name
        self._wall_ms = wall_ms
        self._ppm = ppm
        self._boots = 0
        self._booted_ms = 0
        self._slept_ms = 0

    def now(self) -> Moment:
        """Return the present moment as this machine knows it."""
        since = self._world.now_ms - self._booted_ms
        boot_ms = since + since * self._ppm // 1_000_000
        wall = NOON + timedelta(milliseconds=self._world.now_ms + self._wall_ms)
        return Moment(iso(wall), f"{self._name}-boot-{self._boots}", boot_ms)

    def reboot(self) -> None:
        """Start the machine anew."""
        self._boots += 1
        self._booted_ms = self._world.now_ms

    def set_wall(self, by_ms: int) -> None:
        """Set the wall clock."""
        self._wall_ms += by_ms


@dataclass
class Way:
    """One direction of a cable."""

    is_open: bool = True
    delay_ms: int = 1


@dataclass
class Cable:
    """What joins two machines: each direction may fail by itself."""

    there: Way = field(default_factory=Way)
    back: Way = field(default_factory=Way)

    def cut(self) -> None:
        """Let nothing through."""
        self.there.is_open = self.back.is_open = False

    def mend(self) -> None:
        """Let everything through."""
        self.there.is_open = self.back.is_open = True


PATIENCE_MS = 10_000
"""After so long without an answer an end takes a connection for dead, as a keep-alive does."""


class Connection:
    """A stream between two ends over a cable: in order, nothing twice, until it is cut; what was on its way is lost.

    A way that is shut holds what is sent on it, as a stream sends again, until it opens or an end loses patience.
    """

    def __init__(self, world: World, cable: Cable, ends: "tuple[End, End]") -> None:
        self._world = world
        self._ways = (cable.there, cable.back)
        self._ends = ends
        self._held: tuple[list[object], list[object]] = ([], [])
        self._is_moving = [False, False]
        self.is_up = True
        self._stuck_ms: list[int | None] = [None, None]
        world.after(1_000, self._watch)

    def send(self, sender: int, message: object) -> None:
        """Put a message on its way from end 0 or end 1; lost where the connection is cut."""
        if not self.is_up:
            return
        self._held[sender].append(message)
        self._move(sender)

    def cut(self) -> None:
        """Cut the connection; both ends hear of it."""
        if not self.is_up:
            return
        self.is_up = False
        for number, end in enumerate(self._ends):
            self._held[number].clear()
            self._world.after(0, lambda end=end: end.lost(self))

    def _move(self, sender: int) -> None:
        if self._is_moving[sender]:
            return
        self._is_moving[sender] = True
        self._world.after(self._ways[sender].delay_ms, lambda: self._arrive(sender))

    def _arrive(self, sender: int) -> None:
        self._is_moving[sender] = False
        held = self._held[sender]
        if not self.is_up or not held or not self._ways[sender].is_open:
            return
        self._ends[1 - sender].got(self, held.pop(0))
        if held:
            self._move(sender)

    def _watch(self) -> None:
        """Notice a way that does not open again."""
        if not self.is_up:
            return
        for sender, way in enumerate(self._ways):
            if way.is_open:
                self._stuck_ms[sender] = None
                if self._held[sender]:
                    self._move(sender)
                continue
            since = self._stuck_ms[sender]
            if since is None:
                self._stuck_ms[sender] = self._world.now_ms
            elif self._world.now_ms - since >= PATIENCE_MS:
                self.cut()
                return
        self._world.after(1_000, self._watch)


class End:
    """One end of a connection."""

    def got(self, connection: Connection, message: object) -> None:
        """A message came."""
        raise NotImplementedError

    def lost(self, connection: Connection) -> None:
        """The connection is cut."""
        raise NotImplementedError
