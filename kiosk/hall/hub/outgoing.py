"""What waits to go out to one seat: bounded, in order, handed over from any thread."""

import asyncio
from collections import deque
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass

from websockets.asyncio.server import ServerConnection
from websockets.exceptions import ConnectionClosed

from kiosk.exam.error import Refused
from kiosk.hall.hub.limit import HubLimits
from kiosk.hall.hub.log import log
from kiosk.hall.line import fault_of
from kiosk.wire.hub import Farewell, HubMessage

PIECE = 256 * 2**10
"""Characters a long message goes out in at a time, so that it holds up no other seat."""


@dataclass(frozen=True, slots=True)
class _Letter:
    text: str
    is_last: bool = False
    written: asyncio.Future[None] | None = None
    """Done when it is written; such a letter is not counted."""


class Outgoing:
    """Implements `kiosk.hall.hub.post.Post` over one WebSocket."""

    def __init__(self, line: ServerConnection, seat: str, limits: HubLimits) -> None:
        """Must be made in the thread of the line's event loop."""
        self._line = line
        self._seat = seat
        self._limits = limits
        self._loop = asyncio.get_running_loop()
        self._letters: deque[_Letter] = deque()
        self._bytes = 0
        self._more = asyncio.Event()
        self._is_over = False
        self.farewell = ""
        """Why the hub hung up, in words; nothing where the seat left by itself."""

    def send(self, message: HubMessage) -> None:
        """Hand a message over and return at once; on a line that is cut it is lost, what matters comes again."""
        self._hand_over(_Letter(message.model_dump_json()))

    def hang_up(self, words: str) -> None:
        """End the line when all before it is written, saying why."""
        self.farewell = words
        fault = fault_of(Refused(words, "The hub hangs up"))
        self._hand_over(_Letter(Farewell(fault=fault).model_dump_json(), is_last=True))

    async def deliver(self, text: str) -> None:
        """Hand over a text and return once it is written or the line has gone."""
        written = self._loop.create_future()
        self._put(_Letter(text, written=written))
        if not self._is_over:
            await written

    async def write_on(self) -> None:
        """Write what is handed over, until the last letter or until the seat reads too slowly."""
        while True:
            while not self._letters:
                self._more.clear()
                await self._more.wait()
            letter = self._letters.popleft()
            self._bytes -= _weight(letter)
            try:
                async with asyncio.timeout(self._limits.writing * (1 + len(letter.text) / 2**20)):
                    await self._line.send(_pieces(letter.text) if len(letter.text) > PIECE else letter.text)
            except TimeoutError:
                self._cut("it read nothing for too long")
                return
            if letter.written is not None and not letter.written.done():
                letter.written.set_result(None)
            if letter.is_last:
                self._is_over = True
                await self._line.close(1008, "see the last message")
                return

    def end(self) -> None:
        """Let go of what waits: the line has gone."""
        self._is_over = True
        for letter in self._letters:
            if letter.written is not None and not letter.written.done():
                letter.written.set_result(None)
        self._letters.clear()

    def _hand_over(self, letter: _Letter) -> None:
        with suppress(RuntimeError):  # the loop has ended, and all its lines with it
            self._loop.call_soon_threadsafe(self._put, letter)

    def _put(self, letter: _Letter) -> None:
        if self._is_over:
            return
        self._letters.append(letter)
        self._bytes += _weight(letter)
        self._more.set()
        too_many = len(self._letters) > self._limits.outgoing or self._bytes > self._limits.outgoing_bytes
        if too_many and not letter.is_last:
            self._cut(f"{len(self._letters)} messages wait for it")

    def _cut(self, why: str) -> None:
        """End a line on which no word of farewell would be read."""
        self.farewell = f"it reads too slowly: {why}"
        log.warning("seat %s reads too slowly and is cut: %s", self._seat, why)
        self.end()
        self._line.transport.abort()


def _weight(letter: _Letter) -> int:
    return 0 if letter.written is not None else len(letter.text)


def _pieces(text: str) -> Iterator[str]:
    return (text[start : start + PIECE] for start in range(0, len(text), PIECE))


async def part(line: ServerConnection, farewell: Farewell) -> None:
    """Say why, and end a line that has no post yet."""
    try:
        await line.send(farewell.model_dump_json())
        await line.close(1008, "see the last message")
    except ConnectionClosed:
        return
