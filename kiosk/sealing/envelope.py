"""Signed documents: DSSE envelopes in one spelling, so that no byte of one can change unseen."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from securesystemslib.dsse import Envelope as Dsse
from securesystemslib.exceptions import Error as SecureSystemsError
from securesystemslib.signer import CryptoSigner, SSlibKey

from kiosk.exam.canonical import Misspelt, canonical
from kiosk.exam.canonical import read_canonical as read_any
from kiosk.exam.error import Invalid, Tampered
from kiosk.sealing.key import SigningKey, read_public

LARGEST_ENVELOPE = 4 * 2**20
MOST_PARTS = 250_000
"""Values of a payload: the largest closing has half as many."""
OWN_PARTS = 8
"""Values of an envelope itself, whatever its payload holds."""
_TEXT = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"', re.DOTALL)


class PayloadType(StrEnum):
    """What an envelope holds; signed with it, so that one kind never passes for another."""

    CERTIFICATE = "application/vnd.exam-kiosk.certificate.v1+json"
    PACKAGE = "application/vnd.exam-kiosk.package.v1+json"
    BUNDLE = "application/vnd.exam-kiosk.bundle.v1+json"
    RECEIPT = "application/vnd.exam-kiosk.receipt.v1+json"
    LEASE = "application/vnd.exam-kiosk.lease.v1+json"
    GRANT = "application/vnd.exam-kiosk.grant.v1+json"
    RELEASE = "application/vnd.exam-kiosk.release.v1+json"
    INDEX = "application/vnd.exam-kiosk.index.v1+json"
    CLOSING = "application/vnd.exam-kiosk.closing.v1+json"
    CLOSEOUT = "application/vnd.exam-kiosk.closeout.v1+json"
    REVOCATIONS = "application/vnd.exam-kiosk.revocations.v1+json"
    DECISION = "application/vnd.exam-kiosk.decision.v1+json"
    TOMBSTONE = "application/vnd.exam-kiosk.tombstone.v1+json"
    UNLOCK = "application/vnd.exam-kiosk.unlock.v1+json"
    CODED_GRANT = "application/vnd.exam-kiosk.coded-grant.v1+json"
    EXPECTED = "application/vnd.exam-kiosk.expected.v1+json"
    HUB_ADDRESS = "application/vnd.exam-kiosk.hub-address.v1+json"
    SEAT_PROOF = "application/vnd.exam-kiosk.seat-proof.v1+json"
    JOURNAL = "application/vnd.exam-kiosk.journal.v1+json"
    HANDOVER = "application/vnd.exam-kiosk.handover.v1+json"


@dataclass(frozen=True, slots=True)
class Envelope:
    """One signed payload as read; nothing of it is to be believed before `check` has passed."""

    payload_type: PayloadType
    payload: bytes
    signer: str
    """The public key the envelope says it was signed with."""
    _dsse: Dsse

    def check(self, public: str) -> None:
        """Raise Tampered unless the key `public` signed this payload as this type."""
        read_public(public)
        key = SSlibKey(public, "ed25519", "ed25519", {"public": public})
        try:
            self._dsse.verify([key], 1)
        except SecureSystemsError:
            raise Tampered("the signature does not hold, or is by another key") from None

    def document(self) -> dict[str, Any]:
        """Return the payload as plain JSON values; raises Tampered when it is not canonical."""
        must_be_modest(self.payload, MOST_PARTS)
        return read_canonical(self.payload)

    def canonical_payload(self) -> bytes:
        """Return the payload bytes; raises Tampered when they are not canonical JSON."""
        self.document()
        return self.payload


def sign(payload_type: PayloadType, document: Mapping[str, Any], key: SigningKey) -> bytes:
    """Return the envelope of the canonical bytes of `document`, signed."""
    return sign_payload(payload_type, canonical(document), key)


def sign_payload(payload_type: PayloadType, payload: bytes, key: SigningKey) -> bytes:
    """Return the envelope of payload bytes, signed."""
    envelope = Dsse(payload, payload_type.value, {})
    public = SSlibKey(key.public, "ed25519", "ed25519", {"public": key.public})
    envelope.sign(CryptoSigner(key.private, public))
    return canonical(envelope.to_dict())


def read_envelope(data: bytes, payload_type: PayloadType) -> Envelope:
    """Read an envelope without checking its signature.

    Raises Tampered when its bytes are not the one spelling of what they say, Invalid when it is of another type.
    """
    if len(data) > LARGEST_ENVELOPE:
        raise Invalid(f"an envelope has {len(data):,} bytes; at most {LARGEST_ENVELOPE:,} are read")
    must_be_modest(data, OWN_PARTS)
    outer = read_canonical(data)
    if set(outer) != {"payload", "payloadType", "signatures"} or outer["payloadType"] != payload_type.value:
        raise Invalid(f"this is not an envelope of the type {payload_type.value}")
    signatures = outer["signatures"]
    if not isinstance(signatures, list) or len(signatures) != 1 or not isinstance(signatures[0], dict):
        raise Invalid("an envelope carries exactly one signature")
    if set(signatures[0]) != {"keyid", "sig"}:
        raise Invalid("a signature has a keyid and a sig and nothing else")
    try:
        envelope = Dsse.from_dict({**outer, "signatures": [dict(signatures[0])]})
        again = canonical(envelope.to_dict())
    except (SecureSystemsError, ValueError, TypeError, KeyError, AttributeError):
        raise Tampered("an envelope is damaged") from None
    if again != data:
        raise Tampered("an envelope is not in its one spelling")
    return Envelope(payload_type, envelope.payload, str(signatures[0]["keyid"]), envelope)


def open_envelope(data: bytes, payload_type: PayloadType, public: str) -> dict[str, Any]:
    """Return the document of an envelope signed by the key `public`; raises Tampered or Invalid otherwise."""
    envelope = read_envelope(data, payload_type)
    envelope.check(public)
    return envelope.document()


def must_be_modest(data: bytes, most: int) -> None:
    """Raise Invalid for more values than `most`, before any of them takes memory or time.

    Megabytes of empty lists are gigabytes once they are read; a text is one value, whatever it holds.
    """
    parts = _separators(data)
    if parts <= most:
        return
    for number, text in enumerate(_TEXT.finditer(data)):
        parts -= _separators(text[0])
        if parts <= most:
            return
        if number > most:
            break
    raise Invalid(f"a document of more than {most:,} values is not read here")


def _separators(data: bytes) -> int:
    return data.count(b",") + data.count(b"[") + data.count(b"{")


def read_canonical(data: bytes) -> dict[str, Any]:
    """Return the object that `data` is the canonical JSON of; raises Tampered for any other bytes."""
    try:
        value = read_any(data)
    except Misspelt as error:
        raise Tampered(error.message) from None
    except (ValueError, RecursionError, Invalid):
        raise Tampered("a document is damaged: it cannot be read as canonical JSON") from None
    if not isinstance(value, dict):
        raise Tampered("a document is not in its one spelling")
    return value
