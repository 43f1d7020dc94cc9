"""The site of a hub: all one hall's hub stands on, opened together and closed together."""

import asyncio
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event

from kiosk.exam.moment import Clock, parse_iso
from kiosk.ground.certificate import DoorCertificate
from kiosk.ground.home import Place, read_secret, write_secret
from kiosk.ground.rights import load_rights
from kiosk.hall.board.board import Boardroom, open_boardroom
from kiosk.hall.board.notice import Notices
from kiosk.hall.board.plan import FILE, read_plan
from kiosk.hall.collection import Collection
from kiosk.hall.hall import Hall
from kiosk.hall.hub.bundle_in import BundleArrivals
from kiosk.hall.hub.clerk import Clerk
from kiosk.hall.hub.console import ConsoleDoor
from kiosk.hall.hub.enrolment import Enrolment, read_token
from kiosk.hall.hub.gate import Gate
from kiosk.hall.hub.hub import Hub
from kiosk.hall.hub.limit import HubLimits
from kiosk.hall.hub.log import log
from kiosk.hall.hub.provision import PaperProvision
from kiosk.hall.hub.seat_line import Counters
from kiosk.hall.hub.server import HubServer
from kiosk.hall.hub.ticket import ticket_key
from kiosk.hall.hub.turnstile import Turnstile
from kiosk.hall.keys import HallKeys
from kiosk.hall.place import hall_keys, hall_store
from kiosk.sealing.address import sign_address
from kiosk.sealing.key_file import replace_file
from storage.hall.store import HallStore

CERTIFICATE = "hub"
TOKEN = "hub.token"  # noqa: S105 - the name of its file
ADDRESS = "hub.json"
PARTS = "arriving"
"""Folder of bundles that have come in part."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HubSite:
    """A settled hall with its hub; nothing listens yet."""

    place: Place
    clock: Clock
    keys: HallKeys
    store: HallStore
    hub: Hub
    certificate: DoorCertificate
    token: str = field(repr=False)
    limits: HubLimits
    boardroom: Boardroom

    @classmethod
    def open(cls, place: Place, clock: Clock, names: Sequence[str] = (), limits: HubLimits | None = None) -> "HubSite":
        """Open a settled hall's hub; its TLS certificate vouches for `names`. Raises KioskError for what is missing."""
        keys, rights = hall_keys(place), load_rights()
        certificate = DoorCertificate.own(place.keys, CERTIFICATE)
        certificate.make([*names, "localhost"], parse_iso(clock.now().at), f"exam-kiosk {keys.hall}")
        certificate.check()
        token = kept_token(place)
        store = hall_store(place)
        notices = Notices()

        def notice(seat: str, kind: str, words: str) -> None:
            log.warning("seat %s, %s: %s", seat, kind, words)
            notices(seat, kind, words)

        hub = Hub(Hall(store, keys, rights, clock, place.folder), store, keys, clock, notice)
        hub.provision = PaperProvision(store, hub.presence)
        parts = place.folder / PARTS
        hub.bundles = BundleArrivals(
            store.bundles, lambda: Collection.open(place, keys, store, clock), hub.presence, notice, parts
        )
        return cls(
            place=place,
            clock=clock,
            keys=keys,
            store=store,
            hub=hub,
            certificate=certificate,
            token=token,
            limits=limits or HubLimits(),
            boardroom=open_boardroom(place, store, keys, rights, hub, clock, notices),
        )

    def write_address(self, urls: Sequence[str]) -> Path:
        """Write the file a technician carries to seats and consoles, for this user alone; return where it is."""
        keys, at = self.keys, parse_iso(self.clock.now().at)
        address = sign_address(urls, self.certificate.pem(), self.token, keys.signing, keys.chain, keys.root, at)
        path = self.place.folder / ADDRESS
        replace_file(path, address.model_dump_json(indent=2).encode("utf-8"), 0o600)
        return path

    async def run(self, listening: Turnstile, stop: asyncio.Event) -> None:
        """Serve until `stop` is set, and until all that came by then is worked on."""
        provision, bundles = self.hub.provision, self.hub.bundles
        assert isinstance(provision, PaperProvision)
        assert isinstance(bundles, BundleArrivals)
        clerk = Clerk(self.hub, self.clock, (provision.tick, bundles.tick))
        gate = Gate(self.keys, self.store.seats, self.certificate.fingerprint(), self.clock)
        room, watched = self.boardroom, Event()
        consoles = ConsoleDoor(room.board(), room.board, ticket_key(self.place.keys), self.clock)
        server = HubServer(
            counters=Counters(gate, clerk, self.hub.call, self.hub.hear, self.limits, self.now_ms),
            enrolment=Enrolment(self.hub.hall, self.store.seats, self.token, self.clock, self._planned),
            consoles=consoles,
            certificate=self.certificate,
        )
        clerk.start()
        watching = room.watch.run(watched)
        try:
            await server.run(listening, stop)
        finally:
            watched.set()
            consoles.close()
            clerk.close()
            watching.join()

    def _planned(self) -> frozenset[str]:
        """Return the seats of the hall's own plan, and those the roster names; none where the hall has no plan."""
        spots = read_plan(self.place.folder / FILE)
        if not spots:
            return frozenset()
        sessions = (session.session_id for session in self.store.roster.all_sessions())
        return frozenset({*spots, *(mark.seat for mark in self.store.attendance.marks(sessions) if mark.seat)})

    def now_ms(self) -> int:
        """Return the time on the boot clock."""
        return self.clock.now().boot_ms

    def close(self) -> None:
        """Let go of the store."""
        self.store.close()


def kept_token(place: Place) -> str:
    """Return the token that lets seats enrol and consoles connect; drawn at the first call, kept beside the keys."""
    path = place.keys / TOKEN
    if not path.exists():
        write_secret(path, secrets.token_urlsafe(32).encode("ascii"))
    return read_token(read_secret(path))
