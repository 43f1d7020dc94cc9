"""The gate: a seat that comes to the hub proves its key, for this connection and this certificate alone."""

import secrets

from kiosk import __version__
from kiosk.exam.error import Denied
from kiosk.exam.moment import Clock, parse_iso
from kiosk.hall.hub.log import log
from kiosk.hall.keys import HallKeys
from kiosk.sealing.seat_proof import check_seat_proof
from kiosk.wire.hub import Admitted, SeatHello, SeatProof, Welcome
from storage.hall.seat import SeatPart

BUILD = f"exam-kiosk {__version__}"


class Gate:
    """Knows seats by their keys. Usable from any thread."""

    def __init__(self, keys: HallKeys, seats: SeatPart, certificate: str, clock: Clock) -> None:
        """`certificate` is the SHA-256 of the TLS certificate (DER) the hub shows, in hex."""
        self._keys = keys
        self._seats = seats
        self._certificate = certificate
        self._clock = clock

    def welcome(self) -> Welcome:
        """Return the first word of a new connection, with a nonce of its own."""
        return Welcome(hall=self._keys.hall, nonce=secrets.token_hex(32), at=self._clock.now().at, build=BUILD)

    def admit(self, welcome: Welcome, hello: SeatHello) -> Admitted:
        """Believe a seat that answers a welcome; raises Denied, Tampered or Invalid, in words, otherwise."""
        now = self._clock.now().at
        if hello.protocol != welcome.protocol:
            raise Denied(f"this hub speaks {welcome.protocol}")
        expected = SeatProof(hall=self._keys.hall, seat=hello.seat, nonce=welcome.nonce, certificate=self._certificate)
        holder = check_seat_proof(
            hello.proof,
            hello.chain,
            expected,
            hall_key=self._keys.signing.public,
            root=self._keys.root,
            at=now,
            revoked=self._keys.revocations.read(),
        )
        for flag in holder.flags:
            log.warning("seat %s: %s", hello.seat, flag)
        self._seats.meet(hello.seat, holder.key, parse_iso(holder.certificate.not_before), parse_iso(now))
        return Admitted(at=now)
