"""The door's real application behind its real server, in a thread; a hall's real client; and what must hold after all.

The store behind the door can be changed between two requests: the server stays, what it keeps is new.
"""

import socket
import threading
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn import Server

from builders import NOON
from keyring import HALL, the_keyring
from kiosk.central.door.app import make_app
from kiosk.central.door.door import IntakeDoor
from kiosk.central.door.limit import Limits
from kiosk.central.door.server import DoorServer
from kiosk.central.token import ENROL, give
from kiosk.exam.error import KioskError
from kiosk.ground.certificate import DoorCertificate
from kiosk.ground.clock import SystemClock
from kiosk.ground.rate import Rate
from kiosk.hall.central import CentralDoor
from kiosk.hall.connection import open_client
from kiosk.hall.shelf import FolderShelf
from kiosk.hall.upload import Upload, Uploaded
from kiosk.office.office import FIRST_PEOPLE, Office
from kiosk.sealing import frame
from kiosk.sealing.receipt import SUFFIX, ReceiptSigner, read_receipt
from kiosk.wire.connection import ConnectionDocument
from storage.models import office as rows

WIDE = Limits(hall_rate=Rate(1e9, 10**9), address_rate=Rate(1e9, 10**9), threads=4)
PATIENCE = 60


def a_signer() -> ReceiptSigner:
    """Return what receipts are signed with."""
    return ReceiptSigner(the_keyring().receipt, the_keyring().receipt_chain)


def a_door_on(engine: Engine) -> IntakeDoor:
    """Return a door over a store, by the clock on the wall: a receipt signed again would be another."""
    return IntakeDoor(engine, the_keyring().root.public, a_signer(), SystemClock(), WIDE)


def let_in(engine: Engine) -> str:
    """Found an office in an empty store and return a token of Hall 2."""
    office = Office(engine, SystemClock())
    office.people.found(FIRST_PEOPLE, office.now())
    return give(office, office.acting(ENROL), HALL, "https://central.example", None)[1].token


class Rooms:
    """A door whose store is changed between two requests; it is handed to the application in a door's place."""

    def __init__(self) -> None:
        self.door: Any = None
        self.limits, self.clock = WIDE, SystemClock()
        self.is_shared = False
        self._app = _Counted(make_app(self))  # type: ignore[arg-type]

    def __getattr__(self, name: str) -> Any:
        return getattr(self.door, name)

    def clean(self) -> int:
        """Nothing is old enough here."""
        return 0

    def close(self) -> None:
        """The store is closed by whoever opened it."""

    def __call__(self) -> ASGIApp:
        return self._app

    def rest(self) -> None:
        """Wait until no request is in hand: also one whose asker has long hung up is done to its end."""
        self._app.rest()


class _Counted:
    """An application that knows how many requests it has in hand."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._hand = threading.Condition()
        self._in_hand = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        with self._hand:
            self._in_hand += 1
        try:
            await self._app(scope, receive, send)
        finally:
            with self._hand:
                self._in_hand -= 1
                self._hand.notify_all()

    def rest(self) -> None:
        """Wait until it has none."""
        with self._hand:
            assert self._hand.wait_for(lambda: self._in_hand == 0, PATIENCE)


@contextmanager
def serving(rooms: Rooms, certificate: DoorCertificate | None = None) -> Iterator[int]:
    """Serve rooms on a free port with the settings of `kiosk central serve`; give the port."""
    place = DoorServer(site=rooms, host="127.0.0.1", port=0, certificate=certificate)  # type: ignore[arg-type]
    bound = place.bind()
    server = Server(place._config())
    thread = threading.Thread(target=server.run, args=([bound],), daemon=True)
    thread.start()
    try:
        with socket.create_connection(bound.getsockname(), PATIENCE):
            assert thread.is_alive()
        yield bound.getsockname()[1]
    finally:
        server.should_exit = True
        thread.join(PATIENCE)


def a_certificate(folder: Path) -> DoorCertificate:
    """Return a door's own certificate."""
    made = DoorCertificate.own(folder)
    made.make(["127.0.0.1"], NOON.replace(year=2026), "another")
    return made


@dataclass
class Journey:
    """One upload by the hall's real client, and what it asked for on the way."""

    done: Uploaded
    asked: list[str] = field(default_factory=list)
    answered: list[str] = field(default_factory=list)
    trouble: list[tuple[int, int]] = field(default_factory=list)
    """How many requests had been asked and answered whenever a round broke off."""

    @property
    def after(self) -> list[str]:
        """What was asked after the first round broke off."""
        return self.asked[self.trouble[0][0] :] if self.trouble else []


def upload(
    folder: Path, port: int, token: str, certificate: str, *, is_tls: bool = False, root: str = "", hall: str = HALL
) -> Journey:
    """Upload an export folder until everything in it is settled; `certificate` is the one pinned."""
    url = f"{'https' if is_tls else 'http'}://127.0.0.1:{port}"
    connection = ConnectionDocument(version=1, url=url, hall=hall, token=token, certificate=certificate)
    journey = Journey(Uploaded())
    with open_client(connection) as client:
        client.event_hooks = {
            "request": [lambda r: journey.asked.append(f"{r.method} {r.url.path}")],
            "response": [lambda r: journey.answered.append(f"{r.request.method} {r.request.url.path}")],
        }
        shelf = FolderShelf(folder, root or the_keyring().root.public)
        say = lambda words: journey.trouble.append((len(journey.asked), len(journey.answered)))  # noqa: E731
        journey.done = Upload(shelf, CentralDoor(client), say=say).run()
    return journey


def receipts_in(folder: Path) -> dict[str, bytes]:
    """Return the receipts beside the bundles of a folder, by bundle."""
    return {path.stem: path.read_bytes() for path in folder.glob(f"*{SUFFIX}")}


def wrongs(engine: Engine, bundles: Mapping[str, bytes], acknowledged: Mapping[str, bytes], root: str) -> list[str]:
    """Return, in words, how a store breaks its promises to halls that hold these receipts of these bundles.

    Promised is: each acknowledged bundle in one row, byte for byte, with one receipt, the very bytes the hall has.
    """
    with Session(engine) as session:
        held = session.execute(select(rows.Bundle.bundle_id, rows.Bundle.manifest, rows.Bundle.body)).all()
        given = session.execute(select(rows.Receipt.bundle_id, rows.Receipt.envelope)).all()
        aside = session.scalar(select(func.count()).select_from(rows.Quarantine))
        pieces = session.scalar(select(func.count()).select_from(rows.Chunk))
    found = [f"{aside} things in quarantine"] * bool(aside) + [f"{pieces} chunks left over"] * bool(pieces)
    for kind, ids in (("rows", [h.bundle_id for h in held]), ("receipts", [g.bundle_id for g in given])):
        found += [f"{count} {kind} of {bundle[:8]}" for bundle, count in Counter(ids).items() if count > 1]
        found += [f"{bundle[:8]}, acknowledged, has none of the {kind}" for bundle in set(acknowledged) - set(ids)]
        found += [f"{bundle[:8]} has {kind}, and nobody sent it" for bundle in set(ids) - set(bundles)]
    for row in held:
        if row.bundle_id in bundles and frame.join(row.manifest, row.body) != bundles[row.bundle_id]:
            found.append(f"{row.bundle_id[:8]} is not what was sent")
    if {h.bundle_id for h in held} != {g.bundle_id for g in given}:
        found.append("not every row has its receipt")
    for row in given:
        if row.bundle_id in acknowledged and bytes(row.envelope) != acknowledged[row.bundle_id]:
            found.append(f"the hall has another receipt of {row.bundle_id[:8]} than the store")
    for bundle_id, receipt in acknowledged.items():
        try:
            read_receipt(receipt, root, bundle_id)
        except KioskError as error:
            found.append(f"{bundle_id[:8]}: {error.message}")
    return found
