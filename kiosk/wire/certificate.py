"""A certificate: who a key belongs to, what it is for, where and how long, in the words of its issuer."""

from typing import Literal

from kiosk.wire.document import Document, Identifier, Instant, Name, PublicKey, Recipient


class CertificateDocument(Document):
    """The payload of a certificate."""

    version: Literal[1]
    serial: Identifier
    role: Literal["release", "receipt", "hall", "seat", "proctor"]
    key: PublicKey
    recipient: Recipient | None
    """The age recipient that goes with the key, where the role has one."""
    hall: Name | None
    seat: Name | None
    not_before: Instant
    not_after: Instant
