"""The token a hall shows at the door, and what is kept of it."""

import hashlib
import re

from kiosk.central.door.fault import Fault

_BEARER = re.compile(r"[Bb]earer +([A-Za-z0-9_-]{43})\Z")
"""RFC 6750; 256 bits in base64url."""


def digest_of(token: str) -> str:
    """Return what central keeps of a token: enough to know it again, and nothing to show elsewhere."""
    return hashlib.sha256(token.encode("utf-8")).hexdigest()


def token_of(header: str | None) -> str:
    """Return the token in an `Authorization` header; raises Fault 401 where there is none."""
    found = _BEARER.match(header or "")
    if found is None:
        raise Fault(401, "Who is this?", "Send the hall's token: Authorization: Bearer TOKEN.")
    return found[1]
