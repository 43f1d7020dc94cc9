"""A hub with nothing but its consoles' door: a real TLS server on a loopback port that can be cut and killed.

`python tests/console_hub.py FOLDER 250` serves a lively hall until it is killed, and writes FOLDER/hub.json.
"""

import asyncio
import ssl
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from http import HTTPStatus
from pathlib import Path
from typing import Any

from websockets.asyncio.server import Request, Response, Server, ServerConnection, serve

from keyring import the_keyring
from kiosk.exam.moment import Clock
from kiosk.ground.certificate import DoorCertificate
from kiosk.ground.dialling import Dialler
from kiosk.hall.console.remote_board import RemoteBoard
from kiosk.hall.hub.console import ConsoleDoor
from kiosk.sealing.address import sign_address
from kiosk.views.board import Board, BoardState
from kiosk.wire.address import HubAddress
from kiosk.wire.hub import CONSOLE_PATH, LARGEST_FROM_SEAT, PROTOCOL

TOKEN = "t" * 43
PATIENCE = 20.0
"""Seconds after which a test says that something never came."""


class ConsoleHub:
    """Each start is a new door on the same port, as after a crash of the hub."""

    def __init__(self, folder: Path, board: Board, clock: Clock, own: Callable[[], Board] | None = None) -> None:
        self.certificate = DoorCertificate.own(folder)
        self.certificate.make(["127.0.0.1"], datetime.now(UTC), "hub")
        self.board, self.clock, self.own = board, clock, own or (lambda: board)
        self.port = 0
        self.texts: list[str] = []
        """Every text the hub sent."""
        self.tokens: list[str | None] = []
        self._loop: asyncio.AbstractEventLoop | None = None
        self._server: Server | None = None
        self._thread: threading.Thread | None = None
        self._door: ConsoleDoor | None = None

    def start(self) -> "ConsoleHub":
        ready = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve(ready)), daemon=True)
        self._thread.start()
        assert ready.wait(PATIENCE)
        return self

    def stop(self) -> None:
        """Kill the hub: every line is cut without a word."""
        assert self._loop is not None
        assert self._thread is not None
        self._loop.call_soon_threadsafe(self._kill)
        self._thread.join(PATIENCE)
        assert not self._thread.is_alive()

    def cut(self) -> None:
        """Cut every line; the hub goes on."""
        assert self._loop is not None
        self._loop.call_soon_threadsafe(self._abort)

    def address(self) -> HubAddress:
        fields = {
            "version": 1,
            "hall": "Hall 2",
            "urls": [f"wss://127.0.0.1:{self.port}"],
            "certificate": self.certificate.pem(),
            "made_at": "2026-06-12T10:00:00.000Z",
            "chain": ["x"],
            "root": "0" * 64,
        }
        return HubAddress.model_validate(fields, strict=False)

    def write_address(self, path: Path) -> Path:
        """Write the address as a technician carries it, signed by the hall of the shared keys."""
        keys, at = the_keyring(), datetime(2031, 5, 6, tzinfo=UTC)
        urls = self.address().urls
        signed = sign_address(urls, self.certificate.pem(), TOKEN, keys.hall, keys.hall_chain, keys.root.public, at)
        path.write_text(signed.model_dump_json())
        return path

    def remote(self, token: str = TOKEN) -> RemoteBoard:
        return RemoteBoard("Hall 2", self.dialler(token).dial)

    def dialler(self, token: str = TOKEN, **changes: Any) -> Dialler:
        address = self.address().model_copy(update=changes)
        return Dialler(address.urls, address.certificate, CONSOLE_PATH, token)

    async def _serve(self, ready: threading.Event) -> None:
        self._loop = asyncio.get_running_loop()
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.certificate.certificate, self.certificate.key)
        self._door = ConsoleDoor(self.board, lambda address: self.own(), b"k" * 32, self.clock)
        async with serve(
            self._handle,
            "127.0.0.1",
            self.port,
            ssl=context,
            process_request=self._judge,
            subprotocols=[PROTOCOL],
            max_size=LARGEST_FROM_SEAT,
        ) as self._server:
            self.port = self._server.sockets[0].getsockname()[1]
            ready.set()
            await self._server.wait_closed()
        self._door.close()

    def _judge(self, connection: ServerConnection, request: Request) -> Response | None:
        self.tokens.append(request.headers.get("Authorization"))
        if request.headers.get("Authorization") == f"Bearer {TOKEN}":
            return None
        return connection.respond(HTTPStatus.UNAUTHORIZED, "who are you?\n")

    async def _handle(self, line: ServerConnection) -> None:
        assert self._door is not None
        await self._door.serve(_Overheard(line, self.texts))

    def _abort(self) -> None:
        assert self._server is not None
        for line in self._server.connections:
            line.transport.abort()

    def _kill(self) -> None:
        assert self._server is not None
        self._abort()
        self._server.close(close_connections=False)


class _Overheard:
    """A line that keeps what is sent over it."""

    def __init__(self, line: ServerConnection, texts: list[str]) -> None:
        self._line, self._texts = line, texts

    @property
    def remote_address(self) -> Any:
        return self._line.remote_address

    async def send(self, message: str, /) -> None:
        self._texts.append(message)
        await self._line.send(message)

    async def recv(self) -> str | bytes:
        return await self._line.recv()


class Listener:
    """Waits for a state of a board, as it is told."""

    def __init__(self, board: Board) -> None:
        self.states: list[BoardState] = []
        self._told = threading.Condition()
        board.listen(self._hear)

    def _hear(self, state: BoardState) -> None:
        with self._told:
            self.states.append(state)
            self._told.notify_all()

    def until(self, holds: Callable[[BoardState], bool]) -> BoardState:
        """Return the newest state as soon as it holds; whatever came before is passed over."""
        with self._told:
            assert self._told.wait_for(lambda: bool(self.states) and holds(self.states[-1]), PATIENCE)
            return self.states[-1]


def main(folder: Path, seats: int, clock: Clock) -> None:
    """Serve a lively hall of so many seats, in rows of 25 or 10."""
    from fake_board import FakeBoard

    columns = 25 if seats > 100 else 10
    board = FakeBoard(seats // columns, columns).trouble()
    hub = ConsoleHub(folder, board, clock).start()
    print(hub.write_address(folder / "hub.json"), flush=True)
    second = threading.Event()
    while not second.wait(1):
        board.pass_time(1000, lively=True)


if __name__ == "__main__":
    import sys

    root = Path(__file__).resolve().parents[1]
    sys.path[:0] = [str(root), str(root / "tests"), str(root / "tests" / "screens")]
    from kiosk.ground.clock import SystemClock

    main(Path(sys.argv[1]), int(sys.argv[2]), SystemClock())
