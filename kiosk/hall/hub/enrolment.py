"""Enrolment over the line: whoever carries the token makes a new seat known, under a name nobody else has."""

import hmac
import re

from kiosk.exam.error import KioskError
from kiosk.exam.log import AuditEntry
from kiosk.exam.moment import Clock, parse_iso
from kiosk.exam.person import SYSTEM_ID
from kiosk.ground.home import must_be_seat
from kiosk.hall.hall import Hall
from kiosk.sealing.certificate import verify_chain
from kiosk.sealing.key import KeyRole
from kiosk.wire.address import EnrolRequest
from kiosk.wire.enrolment import EnrolmentDocument
from storage.hall.seat import SeatPart

_BEARER = re.compile(r"[Bb]earer +([A-Za-z0-9_-]{43})\Z")
"""RFC 6750; 256 bits in base64url."""


class Enrolment:
    """Lets new seats in. Usable from any thread."""

    def __init__(self, hall: Hall, seats: SeatPart, token: str, clock: Clock) -> None:
        self._hall = hall
        self._seats = seats
        self._token = token
        self._clock = clock

    def is_bearer(self, header: str | None) -> bool:
        """Return whether an `Authorization` header holds the token; takes as long for a near miss as for a far one."""
        found = _BEARER.match(header or "")
        return hmac.compare_digest("" if found is None else found[1], self._token)

    def enrol(self, request: EnrolRequest) -> EnrolmentDocument:
        """Certify a seat's key under a name; raises Refused for a name that is another's, KioskError for no name."""
        must_be_seat(request.seat)
        self._seats.must_be_free(request.seat, request.public)
        enrolment = self._hall.enrol(request.seat, request.public)
        certificate = verify_chain(enrolment.chain, enrolment.root, KeyRole.SEAT).certificate
        now = parse_iso(self._clock.now().at)
        audit = AuditEntry(
            at=now,
            who=SYSTEM_ID,
            action="seat.enrol",
            subject_type="seats",
            subject_id=request.seat,
            details={"key": request.public, "serial": certificate.serial},
        )
        self._seats.enrol(request.seat, request.public, parse_iso(certificate.not_before), now, audit)
        return enrolment


def read_token(text: bytes) -> str:
    """Return the token a file holds; raises KioskError for anything else."""
    token = text.decode("ascii", "replace").strip()
    if _BEARER.match(f"Bearer {token}") is None:
        raise KioskError("The file of the hub's token holds no token. Remove it, and carry the new address around.")
    return token
