"""A cable between one seat and its hub: it can be cut, left half-open, made slow, and mended."""

import socket
from contextlib import suppress
from enum import StrEnum
from threading import Event, Lock, Thread

PIECE = 16_384
SLOW_SECONDS = 0.3
"""Delay of each piece on a slow cable: a bad wireless line of a few tens of kilobytes a second."""


class Cut(StrEnum):
    """How a cable is."""

    WHOLE = "whole"
    CUT = "cut"
    HALF_OPEN = "half-open"
    SLOW = "slow"


class Cable:
    """Carries TCP connections from a port of its own to the hub's; usable from any thread."""

    def __init__(self, hub_port: int) -> None:
        self.hub_port = hub_port
        self.state = Cut.WHOLE
        self._bound = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._bound.getsockname()[1])
        self._ends: list[socket.socket] = []
        self._lock = Lock()
        self._closed = Event()
        Thread(target=self._accept, daemon=True, name=f"cable {self.port}").start()

    def put(self, state: Cut) -> None:
        """Cut the cable, or let it be otherwise; a mended cable knows nothing of the connections before it."""
        with self._lock:
            before, self.state = self.state, state
            ends = list(self._ends)
        if state is Cut.CUT or (before is Cut.HALF_OPEN and state is Cut.WHOLE):
            for end in ends:
                _end(end)

    def close(self) -> None:
        """Let go of everything."""
        self._closed.set()
        self.put(Cut.CUT)
        _end(self._bound)

    def _accept(self) -> None:
        while not self._closed.is_set():
            try:
                near, _ = self._bound.accept()
            except OSError:
                return
            if self.state in (Cut.CUT, Cut.HALF_OPEN):
                _end(near)
                continue
            try:
                far = socket.create_connection(("127.0.0.1", self.hub_port), timeout=5)
            except OSError:
                _end(near)
                continue
            far.settimeout(None)
            for end in (near, far):
                end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with self._lock:
                self._ends += [near, far]
            for source, sink in ((near, far), (far, near)):
                Thread(target=self._carry, args=(source, sink), daemon=True, name=f"cable {self.port}").start()

    def _carry(self, source: socket.socket, sink: socket.socket) -> None:
        try:
            while data := source.recv(PIECE):
                if self.state is Cut.SLOW:
                    self._closed.wait(SLOW_SECONDS)
                if self.state is Cut.HALF_OPEN:
                    continue  # swallowed: neither end is told
                sink.sendall(data)
        except OSError:
            pass  # an end of the cable was pulled, which is what it is for
        if self.state is not Cut.HALF_OPEN:
            _end(source)
            _end(sink)
        with self._lock:
            self._ends = [end for end in self._ends if end.fileno() >= 0]


def _end(end: socket.socket) -> None:
    with suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)
    with suppress(OSError):
        end.close()
