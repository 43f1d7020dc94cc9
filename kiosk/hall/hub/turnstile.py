"""The turnstile: the hub's listening socket, which lets in no more than it may, before TLS costs anything."""

import socket
from collections import Counter
from collections.abc import Callable

from kiosk.ground.rate import Buckets, neighbourhood
from kiosk.hall.hub.limit import HubLimits
from kiosk.hall.hub.log import log


class Turnstile(socket.socket):
    """A listening socket whose `accept` hangs up on whoever is one too many. Used by one thread."""

    def __init__(self, listening: socket.socket, limits: HubLimits, now_ms: Callable[[], int]) -> None:
        """Take over a socket that listens."""
        super().__init__(listening.family, listening.type, listening.proto, listening.detach())
        self._limits = limits
        self._arrivals = Buckets(limits.arrivals, now_ms)
        self._inside: Counter[str] = Counter()
        self._full: set[str] = set()

    @property
    def inside(self) -> int:
        """How many connections are open."""
        return self._inside.total()

    def accept(self) -> tuple[socket.socket, object]:
        """Return the next connection that may come in; raises BlockingIOError while there is none."""
        while True:
            came, address = super().accept()
            where = neighbourhood(address[0])
            why = self._refusal(where)
            if why is None:
                self._full.discard(where)
                return self._let_in(came, where), address
            came.close()
            if where not in self._full:  # once, and not for every knock of whoever knocks too often
                self._full.add(where)
                log.warning("%s is not let in: %s", where, why)

    def _refusal(self, where: str) -> str | None:
        if self._arrivals.take(where):
            return "it comes too often"
        if self._inside[where] >= self._limits.connections_of_address:
            return f"{self._inside[where]} connections of this address are open"
        if self.inside >= self._limits.connections:
            return f"{self.inside} connections are open"
        return None

    def _let_in(self, came: socket.socket, where: str) -> socket.socket:
        self._inside[where] += 1
        return _Guest(came, lambda: self._leave(where))

    def _leave(self, where: str) -> None:
        self._inside[where] -= 1
        if not self._inside[where]:
            del self._inside[where]


class _Guest(socket.socket):
    """One connection inside, which says when it goes."""

    def __init__(self, came: socket.socket, leave: Callable[[], None]) -> None:
        super().__init__(came.family, came.type, came.proto, came.detach())
        self.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._leave: Callable[[], None] | None = leave

    def close(self) -> None:
        """Close it, and make room for another."""
        super().close()
        leave, self._leave = self._leave, None
        if leave is not None:
            leave()
