"""Recognition: whose PIN it is. The work of Argon2 is done for each PIN once, not for each act of a proctor in a hurry.

What was recognised is kept only in this program's memory, as a digest under a key drawn at its start; a wrong PIN costs
the full work every time, and so does a PIN whose holder has another since.
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
        """The Argon2id string that each digest was found to fit."""

    def holder(self, pin: str, accounts: Iterable[Account]) -> Person | None:
        """Return the one of some people who has a PIN."""
        digest = hmac.digest(self._key, plain(pin).encode("utf-8", "replace"), "sha256")
        known, candidates = self._known.get(digest), [a for a in accounts if a.secret_hash is not None]
        for account in candidates:
            if account.secret_hash == known:
                return account.person
        for account in candidates:
            assert account.secret_hash is not None
            if fits(pin, account.secret_hash):
                self._known[digest] = account.secret_hash
                return account.person
        return None
