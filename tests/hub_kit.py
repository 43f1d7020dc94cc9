"""A hub on loopback for tests: a house's own keys, real TLS sockets, and a hub behind them that writes down what comes.

async with a_hub(house) as served:
    line = await served.seat("A12")
    await line.say(beat()); await line.hear("echo")
"""

import asyncio
import hashlib
import json
import ssl
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Subprotocol

from builders import NOON
from house import House
from kiosk.exam.moment import iso
from kiosk.ground.certificate import DoorCertificate
from kiosk.ground.clock import SystemClock
from kiosk.hall.hub.clerk import Clerk
from kiosk.hall.hub.enrolment import Enrolment
from kiosk.hall.hub.gate import Gate
from kiosk.hall.hub.limit import HubLimits
from kiosk.hall.hub.post import Post
from kiosk.hall.hub.presence import Presence
from kiosk.hall.hub.seat_line import Counters
from kiosk.hall.hub.server import HubServer, listen
from kiosk.hall.hub.site import CERTIFICATE
from kiosk.hall.hub.turnstile import Turnstile
from kiosk.hall.line import answer_call
from kiosk.hall.place import hall_keys
from kiosk.sealing.key import KeyFolder
from kiosk.sealing.seat_proof import sign_seat_proof
from kiosk.seat.place import make_seat, read_enrolment
from kiosk.wire.hub import LARGEST_TO_SEAT, PROTOCOL, AnswerMessage, BeatMessage, EchoMessage, Vitals
from storage.hall.seat import SeatPart

TOKEN = "t" * 43
PATIENCE = 30


class BookHub:
    """Implements `Counter`: writes down what came, echoes beats, and hangs up the older line of a seat."""

    def __init__(self, house: House) -> None:
        self._house = house
        self.presence = Presence()
        self.batches: list[list[tuple[str, object]]] = []
        self.joined: list[str] = []
        self.left: list[str] = []
        self.on_receive: Callable[[list[tuple[str, object]]], None] = lambda batch: None
        self.changed = threading.Condition()

    def join(self, seat: str, build: str, post: Post) -> None:
        """Take a seat onto the line."""
        before = self.presence.join(seat, build, post, 0)
        if before is not None:
            before.hang_up("This seat is on another line now.")
        self._note(self.joined, seat)

    def leave(self, seat: str, post: Post) -> None:
        """Note that a line was cut."""
        self.presence.leave(seat, post)
        self._note(self.left, seat)

    def receive(self, batch: list[tuple[str, object]]) -> None:
        """Write a batch down."""
        self.on_receive(batch)
        self._note(self.batches, list(batch))

    def hear(self, seat: str, message: object, post: Post) -> None:
        """Echo a beat."""
        if isinstance(message, BeatMessage):
            post.send(EchoMessage(sent=message.sent, at=iso(NOON), boot_ms=0))

    def tick(self) -> None:
        """Nothing is due here."""

    def call(self, seat: str, message: object) -> AnswerMessage:
        """Answer by the house's own hall."""
        return AnswerMessage(id=message.id, answer=answer_call(self._house.hall, seat, message.call))

    async def until(self, holds: Callable[[], bool]) -> None:
        """Return once something holds; every change wakes it."""

        def wait() -> None:
            with self.changed:
                assert self.changed.wait_for(holds, PATIENCE)

        await asyncio.to_thread(wait)

    def _note(self, book: list, what: object) -> None:
        with self.changed:
            book.append(what)
            self.changed.notify_all()


@dataclass
class Served:
    """A hub that runs."""

    house: House
    hub: BookHub
    port: int
    certificate: DoorCertificate
    turnstile: Turnstile
    lines: list["Line"] = field(default_factory=list)

    async def dial(self, path: str = "/v1/seat", token: str | None = None, **options: object) -> ClientConnection:
        """Open a WebSocket that pins the hub's certificate."""
        context = ssl.create_default_context(cadata=self.certificate.pem())
        context.check_hostname = False
        given = {
            "ssl": context,
            "subprotocols": [Subprotocol(PROTOCOL)],
            "compression": None,
            "ping_interval": None,
            "max_size": LARGEST_TO_SEAT,
            "additional_headers": {} if token is None else {"Authorization": f"Bearer {token}"},
        }
        return await connect(f"wss://127.0.0.1:{self.port}{path}", **(given | options))

    async def line(self, **options: object) -> "Line":
        """Open a seat's line on which nothing but the hub's welcome was said."""
        line = Line(await self.dial(**options))
        self.lines.append(line)
        line.welcome = json.loads(await line.socket.recv())
        return line

    async def seat(self, name: str = "A12", **options: object) -> "Line":
        """Return the line of a seat that is admitted."""
        line = await self.line(**options)
        await line.say(self.hello(name, line.welcome["nonce"]))
        assert (await line.hear("admitted"))["at"]
        return line

    def hello(self, name: str, nonce: str, /, **changes: object) -> dict:
        """Return what a seat of the house says first; `changes` are fields of it, or of what it proves."""
        place = self.house.home.seat(name)
        self.enrolled(name)
        folder = KeyFolder(place.keys)
        proof = {
            "hall": self.house.hall.name,
            "seat": name,
            "nonce": nonce,
            "certificate": self.certificate.fingerprint(),
        }
        proof |= {k: v for k, v in changes.items() if k in proof}
        key = changes.pop("key", None) or folder.signing("seat")
        document = {
            "type": "hello",
            "protocol": PROTOCOL,
            "seat": name,
            "build": "test",
            "chain": list(read_enrolment(place).chain),
            "proof": sign_seat_proof(**proof, key=key),
        }
        return document | {k: v for k, v in changes.items() if k in document}

    def enrolled(self, name: str) -> None:
        """Make and enrol a seat of the house that is not there yet."""
        place = self.house.home.seat(name)
        if not (place.keys / "enrolment.json").exists():
            from kiosk.seat.place import settle_seat

            settle_seat(place, self.house.hall.enrol(name, make_seat(place)))


@dataclass
class Line:
    """The seat's end of a line."""

    socket: ClientConnection
    welcome: dict = field(default_factory=dict)

    async def say(self, message: object) -> None:
        """Send a message, or anything else."""
        if hasattr(message, "model_dump_json"):
            message = message.model_dump_json()
        await self.socket.send(json.dumps(message) if isinstance(message, dict) else message)

    async def hear(self, kind: str) -> dict:
        """Return the next message of a type, passing over others."""
        async with asyncio.timeout(PATIENCE):
            while (found := json.loads(await self.socket.recv()))["type"] != kind:
                pass
            return found

    async def farewell(self) -> str:
        """Return why the hub hangs up, and wait until it has."""
        words = (await self.hear("farewell"))["fault"]["message"]
        await self.socket.wait_closed()
        return words


@asynccontextmanager
async def a_hub(
    house: House, *, port: int = 0, hub: BookHub | None = None, consoles=None, **limits
) -> AsyncIterator[Served]:
    """Serve a house's hall until the block ends."""
    clock = SystemClock()
    allowed = HubLimits(**({"closing": 0.5} | limits))
    certificate = DoorCertificate.own(house.home.hall.keys, CERTIFICATE)
    certificate.make(["127.0.0.1"], NOON.replace(year=2026), "hub")
    hub = hub or BookHub(house)
    seats: SeatPart = house.hall._store.seats
    keys = hall_keys(house.home.hall)
    clerk = Clerk(hub, clock)
    gate = Gate(keys, seats, certificate.fingerprint(), house.clock)
    server = HubServer(
        counters=Counters(gate, clerk, hub.call, hub.hear, allowed, lambda: clock.now().boot_ms),
        enrolment=Enrolment(house.hall, seats, TOKEN, house.clock),
        consoles=consoles,
        certificate=certificate,
    )
    bound = listen("127.0.0.1", port)
    turnstile = Turnstile(bound, allowed, lambda: clock.now().boot_ms)
    served = Served(house, hub, turnstile.getsockname()[1], certificate, turnstile)
    stop = asyncio.Event()
    clerk.start()
    running = asyncio.create_task(server.run(turnstile, stop))
    try:
        yield served
    finally:
        stop.set()
        await running
        await asyncio.to_thread(clerk.close)


def beat(sent: int = 1, **vitals: object) -> BeatMessage:
    """Return a sign of life."""
    told = {"at": iso(NOON), "boot_id": "boot", "boot_ms": 0, "build": "test", "free_bytes": 1}
    return BeatMessage(vitals=Vitals(**(told | vitals)), sent=sent)


def digest(data: bytes) -> str:
    """Return a SHA-256 in hex."""
    return hashlib.sha256(data).hexdigest()
