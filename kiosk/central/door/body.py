"""Bodies of requests: read piece by piece, never more than allowed, never waited for longer than allowed."""

import asyncio
import base64
import binascii
import hashlib
import hmac
import re

from starlette.requests import Request

from kiosk.central.door.fault import Fault
from kiosk.central.door.limit import Limits

_SHA256 = re.compile(r"(?:^|,)\s*sha-256=:([A-Za-z0-9+/]{43}=):\s*(?=,|$)")
DIGEST = "Content-Digest"


class Body:
    """The body of one request."""

    def __init__(self, request: Request, limits: Limits) -> None:
        self._request = request
        self._limits = limits
        self._stream = request.stream()

    async def read(self, most: int) -> bytes:
        """Return the body; raises Fault 413 beyond `most` bytes, whatever its head says, and 408 where it is slow."""
        if self._declared() > most:
            raise _too_large(most)
        read = bytearray()
        try:
            async with asyncio.timeout(self._limits.body):
                while piece := await self._piece():
                    read += piece
                    if len(read) > most:
                        raise _too_large(most)
        except TimeoutError:
            raise Fault(408, "Too slow", "The body did not come in time. Come again.") from None
        return bytes(read)

    async def _piece(self) -> bytes:
        """Return the next bytes; none at the end."""
        async with asyncio.timeout(self._limits.pause):
            async for piece in self._stream:
                if piece:
                    return piece
        return b""

    def _declared(self) -> int:
        length = self._request.headers.get("content-length", "")
        return int(length) if length.isascii() and length.isdigit() and len(length) < 16 else 0


def must_match(data: bytes, header: str | None) -> None:
    """Raise Fault 400 unless the header (RFC 9530) holds the SHA-256 of the body: what was cut short is seen here."""
    found = _SHA256.search(header or "")
    if found is None:
        raise Fault(400, "No digest", f"Send the header {DIGEST}: sha-256=:BASE64: with every bundle.")
    try:
        told = base64.b64decode(found[1], validate=True)
    except binascii.Error:
        told = b""
    if not hmac.compare_digest(told, hashlib.sha256(data).digest()):
        raise Fault(400, "Not what was sent", "The body is not the one the digest names. Nothing was kept; send again.")


def content_digest(data: bytes) -> str:
    """Return the value of the header `Content-Digest` for a body."""
    return f"sha-256=:{base64.b64encode(hashlib.sha256(data).digest()).decode('ascii')}:"


def _too_large(most: int) -> Fault:
    return Fault(413, "Too large", f"At most {most:,} bytes are taken here. Send larger bundles in chunks.")
