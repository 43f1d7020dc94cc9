"""The voice: what a seat says to its hub of its own accord, in order, and never while somebody waits for it."""

from collections import deque
from collections.abc import Mapping
from threading import Condition

from pydantic import BaseModel
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection

from kiosk.exam.moment import Clock
from kiosk.seat.link.replica import EVERY_MS, Replica
from kiosk.seat.link.side import Side
from kiosk.wire.hub import BEAT_SECONDS, BeatMessage, SeatMessage


class Voice:
    """Holds what is to be said; one thread says it, any may add to it."""

    def __init__(self, changed: Condition, clock: Clock) -> None:
        """`changed` is the link's own: whoever waits for a change hears of those made here."""
        self._changed = changed
        self._clock = clock
        self._outgoing: deque[SeatMessage] = deque()
        """What waits to be said, so that nobody waits while it is."""
        self._fresh: dict[str, bool] = {}
        """Sittings with new entries, and whether these are to leave at once."""
        self._beat_ms: int | None = None
        self.behind = 0
        """Entries the hub has not committed yet."""

    @property
    def is_at_rest(self) -> bool:
        """Whether all was said, and the hub has committed what it was sent."""
        return not (self._fresh or self._outgoing or self.behind)

    def saved(self, submission_id: str, *, at_once: bool) -> None:
        """Let new entries of a sitting be sent, now or with the next beat of the clock."""
        with self._changed:
            self._fresh[submission_id] = at_once or self._fresh.get(submission_id, False)
            if at_once:
                self._changed.notify_all()

    def add(self, message: SeatMessage) -> None:
        """Let a message be said soon."""
        with self._changed:
            self._outgoing.append(message)
            self._changed.notify_all()

    def beat(self) -> None:
        """Let the next beat be said without waiting until it is due."""
        self._beat_ms = None

    def forget(self) -> None:
        """Drop what was to be said on a line that was cut: the hub asks again for what it was not told."""
        self._outgoing.clear()

    def wait(self) -> Mapping[str, bool]:
        """Wait until something is to be said, or a moment; return the sittings with new entries."""
        with self._changed:
            if not any(self._fresh.values()) and not self._outgoing:
                self._changed.wait(EVERY_MS / 1000)
            fresh, self._fresh = self._fresh, {}
        return fresh

    def tell(self, line: ClientConnection | None, replica: Replica, side: Side, fresh: Mapping[str, bool]) -> None:
        """Say on a line, if there is one, all there is to say; take note of what is fresh in any case."""
        for submission_id, at_once in fresh.items():
            replica.saved(submission_id, at_once=at_once)
        self.count(replica)
        if line is None:
            return
        while (waiting := self._next()) is not None:
            say_on(line, waiting)
        now_ms = self._now_ms()
        if self._beat_ms is None or now_ms - self._beat_ms >= BEAT_SECONDS * 1000:
            self._beat_ms = now_ms
            say_on(line, BeatMessage(vitals=side.vitals(), sent=now_ms))
        while (message := replica.send(self._now_ms())) is not None:
            if not say_on(line, message):
                return

    def count(self, replica: Replica) -> None:
        """Count anew how far the hub is behind."""
        behind = replica.behind()
        with self._changed:
            if behind != self.behind:
                self.behind = behind
                self._changed.notify_all()

    def _next(self) -> SeatMessage | None:
        with self._changed:  # for the line may be cut meanwhile, and what waits forgotten
            return self._outgoing.popleft() if self._outgoing else None

    def _now_ms(self) -> int:
        return self._clock.now().boot_ms


def say_on(line: ClientConnection, message: BaseModel) -> bool:
    """Say something on a line; return whether it left: who listens on the line finds out, and dials again."""
    try:
        line.send(message.model_dump_json())
    except (ConnectionClosed, OSError):
        return False
    return True
