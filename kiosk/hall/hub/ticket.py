"""Tickets: let a console whose line was cut, or whose hub was started anew, look at the hall again without a PIN."""

import hmac
import secrets
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

from kiosk.exam.moment import Clock, parse_iso
from kiosk.ground.home import read_secret, write_secret

HOURS = 12
"""A ticket is good for a day's exams, not for the next day's."""
KEY = "console.key"
_CONTEXT = b"exam-kiosk console ticket v1\n"


def ticket_key(folder: Path) -> bytes:
    """Return the 32 raw bytes tickets are made with, kept in the hall's key folder; made at the first call."""
    path = folder / KEY
    if not path.exists():
        write_secret(path, secrets.token_bytes(32))
    return read_secret(path)


class Tickets:
    """Makes and judges tickets. They give no right to act, so they name nobody."""

    def __init__(self, key: bytes, clock: Clock) -> None:
        self._key = key
        self._clock = clock

    def make(self) -> str:
        """Return a ticket that is good from now on for `HOURS`."""
        until = int((parse_iso(self._clock.now().at) + timedelta(hours=HOURS)).timestamp())
        return f"{until}.{self._seal(until)}"

    def holds(self, ticket: str) -> bool:
        """Whether this hall made the ticket and it is still good."""
        said, _, seal = ticket.partition(".")
        until = int(said)
        genuine = hmac.compare_digest(self._seal(until), seal)
        return genuine and parse_iso(self._clock.now().at).timestamp() < until

    def _seal(self, until: int) -> str:
        return hmac.new(self._key, _CONTEXT + str(until).encode("ascii"), sha256).hexdigest()
