"""A line to a port of this machine that carries bytes both ways and is cut after as many as a test says."""

import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

REQUEST, RESPONSE = "request", "response"
PIECE = 65_536


@dataclass
class Line:
    """One address a client is given in place of the server's. Every cut is made once, then the line is whole again."""

    to: int
    """The server's port."""
    port: int = 0
    carried: dict[str, int] = field(default_factory=lambda: {REQUEST: 0, RESPONSE: 0})
    """Bytes carried each way since `arm`."""
    turns: list[tuple[int, int]] = field(default_factory=list)
    """What had been carried each way whenever a new request began, and at the end of the answer before it."""
    cuts: int = 0
    _limit: tuple[str, int] | None = None
    _is_answering: bool = False

    def arm(self, way: str | None = None, after: int = 0) -> None:
        """Count anew, and cut when `after` bytes were carried that way."""
        self.carried = {REQUEST: 0, RESPONSE: 0}
        self.turns, self._is_answering = [], False
        self._limit = None if way is None else (way, after)

    async def meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Carry one connection until either end hangs up, or it is cut."""
        to_server = await asyncio.open_connection("127.0.0.1", self.to)
        ways = (
            asyncio.create_task(self._carry(REQUEST, reader, to_server[1])),
            asyncio.create_task(self._carry(RESPONSE, to_server[0], writer)),
        )
        await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        for way in ways:
            way.cancel()
        await asyncio.gather(*ways, return_exceptions=True)
        for end in (to_server[1], writer):
            end.close()  # what was carried this far still arrives

    async def _carry(self, way: str, source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        while data := await source.read(PIECE):
            self._note(way)
            room = self._room(way)
            if room is not None and room <= len(data):
                self._limit = None
                self.cuts += 1
                data, room = data[:room], 0
            sink.write(data)
            self.carried[way] += len(data)
            if room == 0:
                return
            await sink.drain()

    def _room(self, way: str) -> int | None:
        return None if self._limit is None or self._limit[0] != way else self._limit[1] - self.carried[way]

    def _note(self, way: str) -> None:
        if way == REQUEST and self._is_answering:
            self.turns.append((self.carried[REQUEST], self.carried[RESPONSE]))
        self._is_answering = way == RESPONSE


@contextmanager
def a_line(to: int) -> Iterator[Line]:
    """Hold a line to a port open while the block runs."""
    line, loop = Line(to), asyncio.new_event_loop()
    bound = socket.create_server(("127.0.0.1", 0))
    bound.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    line.port = bound.getsockname()[1]
    server = loop.run_until_complete(asyncio.start_server(line.meet, sock=bound))
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    try:
        yield line
    finally:
        loop.call_soon_threadsafe(server.close)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.run_until_complete(_hang_up())
        loop.close()


async def _hang_up() -> None:
    left = asyncio.all_tasks() - {asyncio.current_task()}
    for task in left:
        task.cancel()
    await asyncio.gather(*left, return_exceptions=True)
