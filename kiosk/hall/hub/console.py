"""The consoles' door: each console that was let in is told how the hall stands, and its calls are put to the board."""

import asyncio
from asyncio import Lock, Semaphore, TaskGroup, sleep
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Protocol

from pydantic import ValidationError
from websockets.exceptions import ConnectionClosed

from kiosk.exam.error import Invalid, KioskError
from kiosk.exam.moment import Clock
from kiosk.ground.rate import neighbourhood
from kiosk.hall.console.delta import text_of
from kiosk.hall.hub.picture import Picture, Telling
from kiosk.hall.hub.session import Session
from kiosk.hall.hub.ticket import Tickets
from kiosk.hall.line import fault_of
from kiosk.views.board import Board
from kiosk.wire.console import (
    CONSOLE_MESSAGE,
    LARGEST_FROM_CONSOLE,
    PUSH_SECONDS,
    BoardCallMessage,
    ConsoleHello,
    ConsoleMessage,
)
from kiosk.wire.document import words
from kiosk.wire.hub import AnswerMessage, Farewell

MOST_AT_ONCE = 4
"""Calls of one console that are worked on at once; further ones wait unread."""
THREADS = 8
HELLO_SECONDS = 10.0
STUCK_SECONDS = 30.0
"""A console that takes nothing for so long is hung up on; it dials again when it can."""


class ConsoleLine(Protocol):
    """A WebSocket to one console, let in by its token; a `websockets` connection is one."""

    @property
    def remote_address(self) -> Any:
        """Return host and port of the console; empty once it is gone."""
        ...

    async def send(self, message: str, /) -> None:
        """Send a text, as soon as the console takes it; raises ConnectionClosed."""
        ...

    async def recv(self) -> str | bytes:
        """Return the next message; raises ConnectionClosed."""
        ...


class ConsoleDoor:
    """Serves every console of a hub; the board's calls run in threads of its own."""

    def __init__(self, board: Board, board_of_console: Callable[[str], Board], ticket_key: bytes, clock: Clock) -> None:
        """`board` tells how the hall stands; `board_of_console` gives each console its own, by its address.

        Wrong PINs are counted by address, so that nobody who tries PINs at one console shuts out the others.
        """
        self._picture = Picture(board)
        self._board_of_console = board_of_console
        self._tickets = Tickets(ticket_key, clock)
        self._clock = clock
        self._threads = ThreadPoolExecutor(THREADS, "console")

    async def serve(self, line: ConsoleLine) -> None:
        """Serve one console until its line is cut, or it says what is not in the protocol."""
        try:
            try:
                async with asyncio.timeout(HELLO_SECONDS):
                    hello = _read(await line.recv())
                if not isinstance(hello, ConsoleHello):
                    raise Invalid("a console says hello first")
                await self._serve(line, hello)
            except* KioskError as errors:
                await line.send(Farewell(fault=fault_of(_first(errors))).model_dump_json())
        except* (ConnectionClosed, TimeoutError):
            pass  # the console is gone, and dials again by itself

    def close(self) -> None:
        """End the threads, once what is in hand is done."""
        self._threads.shutdown()

    async def _serve(self, line: ConsoleLine, hello: ConsoleHello) -> None:
        session = Session(self._board_of_console(_address(line)), self._tickets, self._clock, hello.ticket)
        served = _Served(line, session, self._picture, self._threads)
        try:
            async with TaskGroup() as group:
                group.create_task(served.tell_on())
                await served.take_calls(group)
        finally:
            session.end()


class _Served:
    """One console while it is on the line."""

    def __init__(self, line: ConsoleLine, session: Session, picture: Picture, threads: ThreadPoolExecutor) -> None:
        self._line = line
        self._session = session
        self._picture = picture
        self._threads = threads
        self._telling = Telling()
        self._in_turn = Lock()
        self._places = Semaphore(MOST_AT_ONCE)

    async def tell_on(self) -> None:
        """Tell how the hall stands, every second and no faster than the console takes it."""
        while True:
            await self._tell()
            await sleep(PUSH_SECONDS)

    async def take_calls(self, group: TaskGroup) -> None:
        """Answer calls, several at once; raises Invalid for what is none."""
        while True:
            await self._places.acquire()
            message = _read(await self._line.recv())
            if not isinstance(message, BoardCallMessage):
                raise Invalid("a console says hello once")
            group.create_task(self._answer(message))

    async def _answer(self, message: BoardCallMessage) -> None:
        """Answer one call; the state that shows what it did goes ahead of the answer."""
        try:
            answer = await asyncio.get_running_loop().run_in_executor(self._threads, self._ask, message)
            await self._tell()
            await self._send(answer.model_dump_json())
        finally:
            self._places.release()

    def _ask(self, message: BoardCallMessage) -> AnswerMessage:
        answer = self._session.answer(message.call)
        self._picture.look()
        return AnswerMessage(id=message.id, answer=answer)

    async def _tell(self) -> None:
        async with self._in_turn:
            state = self._session.sight_of(self._picture.now())
            await self._send(text_of(self._telling.next(state, self._session.is_open)))

    async def _send(self, text: str) -> None:
        async with asyncio.timeout(STUCK_SECONDS):
            await self._line.send(text)


def _read(data: str | bytes) -> ConsoleMessage:
    if len(data) > LARGEST_FROM_CONSOLE:
        raise Invalid(f"a console says at most {LARGEST_FROM_CONSOLE:,} bytes at once")
    try:
        return CONSOLE_MESSAGE.validate_json(data)
    except ValidationError as error:
        raise Invalid(f"this is not in the protocol: {words(error)}") from None


def _address(line: ConsoleLine) -> str:
    address = line.remote_address
    return neighbourhood(str(address[0])) if address else "unknown"


def _first(errors: ExceptionGroup[KioskError]) -> KioskError:
    found = errors.exceptions[0]
    return _first(found) if isinstance(found, ExceptionGroup) else found
