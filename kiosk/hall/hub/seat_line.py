"""One seat's line at the hub: its hello, then what it says, until it hangs up or breaks a rule."""

import asyncio
from collections.abc import Callable
from concurrent.futures import Executor
from contextlib import suppress

from pydantic import ValidationError
from websockets.asyncio.server import ServerConnection
from websockets.exceptions import ConnectionClosed

from kiosk.exam.error import Invalid, KioskError, Refused
from kiosk.ground.rate import Buckets
from kiosk.hall.hub.clerk import Came, Clerk, Said, Went
from kiosk.hall.hub.gate import Gate
from kiosk.hall.hub.limit import HubLimits
from kiosk.hall.hub.log import log, place_of
from kiosk.hall.hub.outgoing import Outgoing, part
from kiosk.hall.hub.post import Post
from kiosk.hall.line import fault_of, faulty
from kiosk.wire.document import words
from kiosk.wire.hub import SEAT_MESSAGE, AnswerMessage, CallMessage, Farewell, SeatHello, SeatMessage
from kiosk.wire.line import LARGEST_CALL

LARGEST_HELLO = 131_072
SLOWED = 1.0
"""Seconds a seat is held back after which the log tells of it."""
Answering = Callable[[str, CallMessage], AnswerMessage]
Hearing = Callable[[str, SeatMessage, Post], None]


class Counters:
    """What all lines of a hub share: its gate, its clerk, its threads, and how fast each seat was."""

    def __init__(
        self,
        gate: Gate,
        clerk: Clerk,
        answering: Answering,
        hearing: Hearing,
        limits: HubLimits,
        now_ms: Callable[[], int],
    ) -> None:
        """`hearing` is told of each message as it comes, and must return at once."""
        self.gate = gate
        self.hearing = hearing
        self.clerk = clerk
        self.answering = answering
        self.limits = limits
        self._messages = Buckets(limits.messages, now_ms)
        self._bytes = Buckets(limits.bytes, now_ms)

    def wait_for(self, seat: str, size: int) -> float:
        """Return for how many seconds a seat that sent a message of `size` bytes is to be held back."""
        return max(self._messages.draw(seat, 1), self._bytes.draw(seat, size))


class SeatLine:
    """Serves one connection; belongs to the event loop."""

    def __init__(self, line: ServerConnection, counters: Counters, gatekeepers: Executor, callers: Executor) -> None:
        self._line = line
        self._counters = counters
        self._limits = counters.limits
        self._gatekeepers = gatekeepers
        self._callers = callers
        self._loop = asyncio.get_running_loop()
        self._calls: asyncio.Queue[CallMessage] = asyncio.Queue(self._limits.calls)
        self._in_hand = 0
        self._room = asyncio.Event()

    async def serve(self) -> None:
        """Believe the seat or refuse it in words; then carry what is said, both ways."""
        try:
            hello = await self._greet()
        except KioskError as error:
            log.warning("%s is refused: %s", _address(self._line), error.message)
            await part(self._line, Farewell(fault=fault_of(error)))
            return
        post = Outgoing(self._line, hello.seat, self._limits)
        clerk = self._counters.clerk
        log.info("seat %s is on the line from %s", hello.seat, _address(self._line))
        clerk.put(Came(hello.seat, hello.build, post))
        try:
            await self._carry(hello.seat, post)
        finally:
            post.end()
            clerk.put(Went(hello.seat, post))
            log.info("seat %s has left the line: %s", hello.seat, post.farewell or self._line.close_code)

    async def _greet(self) -> SeatHello:
        gate = self._counters.gate
        welcome = gate.welcome()
        await self._line.send(welcome.model_dump_json())
        try:
            async with asyncio.timeout(self._limits.handshake):
                data = await self._line.recv()
        except TimeoutError:
            raise Refused("No hello came in time.") from None
        if not isinstance(data, str) or len(data) > LARGEST_HELLO:
            raise Invalid("this hello is not a text, or too long")
        try:
            hello = SeatHello.model_validate_json(data)
        except ValidationError as error:
            raise Invalid(f"this hello is not in the protocol: {words(error)}") from None
        admitted = await self._loop.run_in_executor(self._gatekeepers, gate.admit, welcome, hello)
        await self._line.send(admitted.model_dump_json())
        return hello

    async def _carry(self, seat: str, post: Outgoing) -> None:
        """Read until the line ends; writing and answering go on beside it, and end with it."""
        beside = [asyncio.create_task(post.write_on()), asyncio.create_task(self._answer_on(seat, post))]
        try:
            await self._read_on(seat, post)
        except KioskError as error:
            log.warning("seat %s is hung up on: %s", seat, error.message)
            post.hang_up(error.message)
            with suppress(ConnectionClosed):
                await beside[0]
        except ConnectionClosed:
            pass  # the seat comes back by itself
        finally:
            for task in beside:
                task.cancel()
            for ended in await asyncio.gather(*beside, return_exceptions=True):
                if isinstance(ended, Exception) and not isinstance(ended, ConnectionClosed):
                    log.error("seat %s: a mistake, %s", seat, place_of(ended))

    async def _read_on(self, seat: str, post: Outgoing) -> None:
        """Raises ConnectionClosed at the end, KioskError for what breaks a rule."""
        is_told = False
        while True:
            try:
                async with asyncio.timeout(self._limits.silence):
                    data = await self._line.recv()
            except TimeoutError:
                raise Refused(f"This seat has said nothing for {self._limits.silence:g} seconds.") from None
            size = len(data)
            message = _read(data)
            self._counters.hearing(seat, message, post)
            await self._take(seat, post, message, size)
            wait = self._counters.wait_for(seat, size)
            if wait > SLOWED and not is_told:
                is_told = True
                log.warning("seat %s sends more than it may and is read more slowly", seat)
            if wait:
                await asyncio.sleep(wait)

    async def _take(self, seat: str, post: Outgoing, message: SeatMessage, size: int) -> None:
        if isinstance(message, CallMessage):
            self._take_call(post, message, size)
            return
        while self._in_hand and self._in_hand + size > self._limits.in_hand:
            self._room.clear()
            await self._room.wait()
        self._in_hand += size
        self._counters.clerk.put(Said(seat, message, post, lambda: self._free(size)))

    def _take_call(self, post: Outgoing, message: CallMessage, size: int) -> None:
        problem = "This call is too long." if size > LARGEST_CALL else ""
        if not problem and self._calls.full():
            problem = "The hall has not answered what this seat asked before. Please wait a moment."
        if problem:
            post.send(AnswerMessage(id=message.id, answer=faulty(Refused(problem))))
        else:
            self._calls.put_nowait(message)

    def _free(self, size: int) -> None:
        """Told by the clerk, in its thread, that a message was worked on."""

        def free() -> None:
            self._in_hand -= size
            self._room.set()

        with suppress(RuntimeError):  # the loop has ended, and all its lines with it
            self._loop.call_soon_threadsafe(free)

    async def _answer_on(self, seat: str, post: Outgoing) -> None:
        """Answer the seat's calls in turn, each once the answer before is read: one may be a whole paper."""
        while True:
            message = await self._calls.get()
            await post.deliver(await self._loop.run_in_executor(self._callers, self._answer, seat, message))

    def _answer(self, seat: str, message: CallMessage) -> str:
        try:
            return self._counters.answering(seat, message).model_dump_json()
        except Exception as error:  # noqa: BLE001 - the last line of defence: the seat is told, and the line stays
            log.error("seat %s: a mistake with a call, %s", seat, place_of(error))
            fault = KioskError("The hall's program made a mistake. Please try again, or ask the proctor.")
            return AnswerMessage(id=message.id, answer=faulty(fault)).model_dump_json()


def _read(data: str | bytes) -> SeatMessage:
    if not isinstance(data, str):
        raise Invalid("messages here are texts")
    try:
        return SEAT_MESSAGE.validate_json(data)
    except ValidationError as error:
        raise Invalid(f"this message is not in the protocol: {words(error)}") from None


def _address(line: ServerConnection) -> str:
    address = line.remote_address
    return str(address[0]) if address else "somebody"
