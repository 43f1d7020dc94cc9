"""A certificate: who a key belongs to, what it is for, where and how long, in the words of its issuer."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

PublicKey = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
"""An Ed25519 public key, 32 raw bytes in lower-case hex."""
Recipient = Annotated[str, Field(pattern=r"^age1[0-9a-z]{58}$")]
"""An age X25519 recipient."""
Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
"""A SHA-256 in lower-case hex."""
Identifier = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]+$")]
"""An id made by this project or taken from a file."""
Instant = Annotated[str, Field(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$")]
"""A wall time, ISO 8601 UTC with milliseconds."""
Day = Annotated[str, Field(pattern=r"^\d{4}-\d\d-\d\d$")]
Count = Annotated[int, Field(ge=0, le=2**53 - 1)]
Name = Annotated[str, Field(min_length=1, max_length=500)]
CertificateText = Annotated[str, Field(min_length=1, max_length=4096)]
"""The canonical text of a signed certificate's envelope."""
ChainTexts = Annotated[tuple[CertificateText, ...], Field(min_length=1, max_length=4)]
"""Certificates from a key's own up to the one the root signed."""


class Document(BaseModel):
    """What every document on the wire has in common: nothing unknown, nothing coerced, nothing changed."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


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
