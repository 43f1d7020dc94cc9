"""Recognition: whose PIN it is. The work of Argon2 is done for each PIN once, not for each act of a proctor in a hurry.

What was recognised is kept only in this program's memory, as a digest under a key drawn at its start; a wrong PIN costs
the full work every time, and so does a PIN whose holder has another since. Tries are counted by who asks, before.
"""

import hmac
import secrets
from collections.abc import Iterable

from kiosk.exam.code import plain
from kiosk.exam.person import Person
from kiosk.exam.roster import Account
from kiosk.sealing.secret import fits


class Recognition:
    """Usable from any thread."""

    def __init__(self) -> None:
        self._key = secrets.token_bytes(32)
        self._known: dict[bytes, str] = {}
        """The Argon2id string that each digest was found to fit; never more than there are people with a PIN."""

    def holder(self, pin: str, accounts: Iterable[Account]) -> Person | None:
        """Return the one of some people who has a PIN."""
        digest = hmac.digest(self._key, plain(pin).encode("utf-8", "replace"), "sha256")
        holders = {a.secret_hash: a.person for a in accounts if a.secret_hash is not None}
        known = self._known.get(digest)
        if known is not None and known in holders:
            return holders[known]
        for hashed, person in holders.items():
            if fits(pin, hashed):
                self._known = {d: h for d, h in self._known.items() if h in holders and h != hashed} | {digest: hashed}
                return person
        return None
