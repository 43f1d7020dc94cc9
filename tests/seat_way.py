"""The way of a simulated seat to its hub, by the protocol alone: what is dialled, and how a seat greets.

way = Way.of(address_file.read_bytes())
async with way.dial(SEAT_PATH) as wire:
    await way.greet(wire, "A12", key, chain)
"""

import hashlib
import json
import ssl
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache

from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Subprotocol

from kiosk.exam.error import Denied
from kiosk.sealing.address import parse_address, read_address
from kiosk.sealing.key import SigningKey
from kiosk.sealing.seat_proof import sign_seat_proof
from kiosk.seat.place import BUILD
from kiosk.wire.hub import LARGEST_TO_SEAT, PROTOCOL, SEAT_PATH, SeatHello

OPEN_SECONDS = 60


@dataclass(frozen=True)
class Way:
    """How every seat of one process finds the hub."""

    url: str
    token: str = field(repr=False)
    certificate: str
    """SHA-256 of the hub's own, in hex."""
    tls: ssl.SSLContext

    @classmethod
    @cache
    def of(cls, data: bytes) -> "Way":
        """Read an address file."""
        carried = parse_address(data)
        address = read_address(carried)
        tls = ssl.create_default_context(cadata=address.certificate)
        tls.check_hostname = False
        digest = hashlib.sha256(ssl.PEM_cert_to_DER_cert(address.certificate.strip())).hexdigest()
        return cls(address.urls[0], carried.token, digest, tls)

    def dial(self, path: str) -> connect:
        """Return a connection that is still to be opened."""
        headers = {} if path == SEAT_PATH else {"Authorization": f"Bearer {self.token}"}
        return connect(
            self.url + path,
            ssl=self.tls,
            subprotocols=[Subprotocol(PROTOCOL)],
            compression=None,
            max_size=LARGEST_TO_SEAT,
            ping_interval=None,
            open_timeout=OPEN_SECONDS,
            additional_headers=headers,
        )

    async def greet(self, wire: ClientConnection, seat: str, key: SigningKey, chain: Sequence[str]) -> None:
        """Prove to be a seat; raises Denied where the hub does not believe it."""
        welcome = json.loads(await wire.recv())
        proof = sign_seat_proof(welcome["hall"], seat, welcome["nonce"], self.certificate, key)
        await wire.send(SeatHello(seat=seat, build=BUILD, chain=tuple(chain), proof=proof).model_dump_json())
        if json.loads(await wire.recv())["type"] != "admitted":
            raise Denied(f"{seat} is not admitted")
