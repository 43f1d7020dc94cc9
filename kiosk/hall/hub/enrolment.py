"""Enrolment over the line: whoever carries the token makes a new seat known, under a name nobody else has."""

import hmac
import re
from collections.abc import Callable, Collection

from kiosk.exam.error import KioskError, Refused
from kiosk.exam.log import AuditEntry
from kiosk.exam.moment import Clock, parse_iso
from kiosk.exam.person import SYSTEM_ID
from kiosk.ground.home import must_be_seat
from kiosk.ground.rate import Buckets, Rate
from kiosk.hall.hall import Hall
from kiosk.sealing.certificate import verify_chain
from kiosk.sealing.key import KeyRole
from kiosk.wire.address import EnrolRequest
from kiosk.wire.enrolment import EnrolmentDocument
from storage.hall.seat import SeatPart

MOST = 1_000
"""Names; the largest hall has 500 seats."""
NEW = Rate(1, 600)
"""New names: a whole hall at once, and then one a second."""
_BEARER = re.compile(r"[Bb]earer +([A-Za-z0-9_-]{43})\Z")
"""RFC 6750; 256 bits in base64url."""


class Enrolment:
    """Lets new seats in. Usable from any thread."""

    def __init__(
        self, hall: Hall, seats: SeatPart, token: str, clock: Clock, plan: Callable[[], Collection[str]] | None = None
    ) -> None:
        """`plan` names the seats there are; where it names none, or none is given, any name may come, up to `MOST`."""
        self._plan = plan or tuple
        self._new = Buckets(NEW, lambda: clock.now().boot_ms)
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
        self._must_have_room(request.seat)
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

    def _must_have_room(self, seat: str) -> None:
        """Raise Refused for a name this hall has no seat of, or one too many, or too many new ones at a time.

        So the token alone, lost with an address file, fills neither the store nor the map.
        """
        if self._seats.is_known(seat):
            return
        planned = self._plan()
        if planned and seat not in planned:
            raise Refused(f"There is no seat {seat} in this hall's plan. Add it to seats.csv in the hall's folder.")
        known = self._seats.count()
        if known >= MOST:
            raise Refused(f"{known} seats are enrolled here, and a hall has no more. Use a name that is known.")
        wait = self._new.take("")
        if wait:
            raise Refused(f"Too many new seats come at a time. Try again in {wait} seconds.")


def read_token(text: bytes) -> str:
    """Return the token a file holds; raises KioskError for anything else."""
    token = text.decode("ascii", "replace").strip()
    if _BEARER.match(f"Bearer {token}") is None:
        raise KioskError("The file of the hub's token holds no token. Remove it, and carry the new address around.")
    return token
