"""How a hub and a seat come to believe one another, and how the hub hangs up."""

from typing import Literal

from kiosk.wire import line
from kiosk.wire.document import ChainTexts, Digest, Document, EnvelopeText, Instant, Name
from kiosk.wire.hub.term import PROTOCOL, Nonce


class Welcome(Document):
    """The hub's first word, to anybody."""

    type: Literal["welcome"] = "welcome"
    protocol: Literal["exam-kiosk.hub.v1"] = PROTOCOL
    hall: Name
    nonce: Nonce
    at: Instant
    """The hub's wall clock."""
    build: Name


class SeatProof(Document):
    """What a seat signs, so that the proof is good for this hub, this certificate and this moment alone."""

    hall: Name
    seat: Name
    nonce: Nonce
    certificate: Digest
    """SHA-256 of the hub's TLS certificate (DER), as the seat saw it."""


class SeatHello(Document):
    """The seat's first word."""

    type: Literal["hello"] = "hello"
    protocol: Literal["exam-kiosk.hub.v1"] = PROTOCOL
    seat: Name
    build: Name
    chain: ChainTexts
    """The seat's certificates, its own first."""
    proof: EnvelopeText
    """DSSE envelope of a `SeatProof` by the seat's key."""


class Admitted(Document):
    """The hub believes the seat."""

    type: Literal["admitted"] = "admitted"
    at: Instant


class Farewell(Document):
    """Why the hub hangs up."""

    type: Literal["farewell"] = "farewell"
    fault: line.Fault
