"""Central as a hall meets it over HTTPS: asked what it holds, handed bundles, and believed only by its receipts."""

import base64
import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import quote

from pydantic import ValidationError

from kiosk.exam.error import KioskError
from kiosk.exam.text import clean_line
from kiosk.wire.document import Document, words
from kiosk.wire.upload import CHUNK, ChunkList, HaveAnswer, HaveRequest, Held, MissingChunks, Problem

if TYPE_CHECKING:
    from httpx import Client, Response

D = TypeVar("D", bound=Document)
JSON = "application/json"
BYTES = "application/octet-stream"
CHUNKS = "application/vnd.exam-kiosk.chunks+json"
LARGEST_ANSWER = 16 * 2**20
LONGEST_WAIT = 300.0
LONGEST_WORDS = 300
TURNS = 3
"""Times the missing chunks of one bundle are sent in one go; what is missing still is asked for later."""
_BUSY = frozenset({429, 503})
_STRANGER = 401
_AGAIN = frozenset({400, 408, 425, 429})


class ComeAgain(KioskError):
    """Nothing is wrong with what was sent; it is to be sent again, later."""

    title = "Central is not to be had now"

    def __init__(self, message: str, *, wait: float | None = None, is_everywhere: bool = False) -> None:
        super().__init__(message)
        self.wait = wait
        """Seconds central asked to wait; None where it did not say."""
        self.is_everywhere = is_everywhere
        """Whether everything else would fare the same now."""


class Declined(KioskError):
    """Central does not take it, and asking again will not change that: a person must look."""

    title = "Central does not take it"

    def __init__(self, message: str, *, is_everywhere: bool = False) -> None:
        super().__init__(message)
        self.is_everywhere = is_everywhere
        """Whether nothing else would be taken either."""


class CentralDoor:
    """The door of central. Every call may be made again, in any order, any number of times."""

    def __init__(self, client: "Client") -> None:
        self._client = client

    def have(self, bundle_ids: Sequence[str]) -> tuple[Held, ...]:
        """Return what central holds of each of these, in their order; raises ComeAgain or Declined."""
        body = HaveRequest(ids=tuple(bundle_ids)).model_dump_json().encode("ascii")
        _, data = self._call("POST", "/v1/have", body, JSON)
        held = _read(HaveAnswer, data).bundles
        if [h.id for h in held] != list(bundle_ids):
            raise Declined("central answered for other bundles than those it was asked for")
        return held

    def put(self, bundle_id: str, data: bytes) -> bytes:
        """Hand a bundle over and return the receipt, not yet verified; raises ComeAgain or Declined.

        A large one goes in chunks, of which only those are sent that central lacks: one cut off goes on where it was.
        """
        path = f"/v1/bundles/{bundle_id}"
        if len(data) <= CHUNK:
            return self._call("PUT", path, data, BYTES)[1]
        chunks = {hashlib.sha256(c).hexdigest(): c for c in _pieces(data)}
        order = tuple(hashlib.sha256(c).hexdigest() for c in _pieces(data))
        listed = ChunkList(version=1, length=len(data), chunks=order).model_dump_json().encode("ascii")
        for _ in range(TURNS):
            status, answer = self._call("PUT", path, listed, CHUNKS)
            if status != 202:
                return answer
            for digest in _read(MissingChunks, answer).missing:
                if digest not in chunks:
                    raise Declined("central asks for a piece this bundle does not have")
                self._call("PUT", f"/v1/chunks/{digest}", chunks[digest], BYTES)
        raise ComeAgain("central still lacks pieces of this bundle")

    def release(self, test_id: str) -> bytes:
        """Return the release token of a test, not yet verified; raises Declined before the office released it."""
        return self._call("GET", f"/v1/releases/{quote(test_id, safe='')}", b"", JSON)[1]

    def put_closing(self, closing_id: str, envelope: bytes) -> None:
        """Hand a closing over; raises ComeAgain or Declined."""
        self._call("PUT", f"/v1/closings/{closing_id}", envelope, JSON)

    def closeout(self, closing_id: str) -> bytes:
        """Return the close-out of a closing, not yet verified; raises ComeAgain or Declined while there is none."""
        return self._call("GET", f"/v1/closings/{closing_id}/closeout", b"", JSON)[1]

    def _call(self, method: str, path: str, body: bytes, media: str) -> tuple[int, bytes]:
        import httpx

        headers = {"Content-Type": media, "Content-Digest": _content_digest(body)}
        try:
            with self._client.stream(method, path, content=body, headers=headers) as response:
                answer = _whole(response)
        except httpx.TransportError as error:
            raise ComeAgain(_silence(error), is_everywhere=True) from error
        if response.is_success:
            return response.status_code, answer
        raise _fault(response, answer)


def _silence(error: Exception) -> str:
    if "CERTIFICATE_VERIFY_FAILED" in str(error):
        return "something answers in central's place, with another certificate than the connection names"
    return f"central does not answer ({type(error).__name__})"


def _whole(response: "Response") -> bytes:
    read = bytearray()
    for piece in response.iter_bytes():
        read += piece
        if len(read) > LARGEST_ANSWER:
            raise Declined(f"central's answer has more than {LARGEST_ANSWER:,} bytes")
    return bytes(read)


def _fault(response: "Response", answer: bytes) -> KioskError:
    status = response.status_code
    try:
        told = clean_line(Problem.model_validate_json(answer).detail, LONGEST_WORDS)
    except ValidationError:
        told = "it gave no reason"
    text = f"central says {status}: {told}"
    if status in _AGAIN or status >= 500:
        return ComeAgain(text, wait=_wait(response.headers.get("Retry-After")), is_everywhere=status in _BUSY)
    return Declined(text, is_everywhere=status == _STRANGER)


def _wait(told: str | None) -> float | None:
    """Return the seconds of a `Retry-After`, which is a number or a date (RFC 9110), within reason; None without."""
    if told is None:
        return None
    try:
        seconds = float(told) if told.strip().isdigit() else _until(told)
    except (ValueError, TypeError):
        return None
    return min(max(seconds, 0.0), LONGEST_WAIT)


def _until(told: str) -> float:
    moment = parsedate_to_datetime(told)
    return (moment - datetime.now(UTC)).total_seconds()


def _read(document: type[D], data: bytes) -> D:
    try:
        return document.model_validate_json(data)
    except ValidationError as error:
        raise Declined(f"central's answer is not of this version: {words(error)}") from None


def _pieces(data: bytes) -> list[bytes]:
    return [data[start : start + CHUNK] for start in range(0, len(data), CHUNK)]


def _content_digest(data: bytes) -> str:
    return f"sha-256=:{base64.b64encode(hashlib.sha256(data).digest()).decode('ascii')}:"
