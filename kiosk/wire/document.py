"""What every document that crosses a border has in common: exact field types with bounds, nothing unknown."""

from datetime import datetime
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

PublicKey = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
"""An Ed25519 public key, 32 raw bytes in lower-case hex."""
Recipient = Annotated[str, Field(pattern=r"^age1[0-9a-z]{58}$")]
"""An age X25519 recipient."""
Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
"""A SHA-256 in lower-case hex."""
Identifier = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]+$")]
"""An id made by this project or taken from a file."""


def _exists(text: str) -> str:
    datetime.fromisoformat(text)
    return text


Instant = Annotated[
    str, Field(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z$"), AfterValidator(_exists)
]
"""A wall time, ISO 8601 UTC with milliseconds."""
Day = Annotated[str, Field(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"), AfterValidator(_exists)]
"""A date, ISO 8601."""
Count = Annotated[int, Field(ge=0, le=2**53 - 1)]
Name = Annotated[str, Field(min_length=1, max_length=500)]
CertificateText = Annotated[str, Field(min_length=1, max_length=4096)]
"""The canonical text of a signed certificate's envelope."""
ChainTexts = Annotated[tuple[CertificateText, ...], Field(min_length=1, max_length=4)]
"""Certificates from a key's own up to the one the root signed."""
EnvelopeText = Annotated[str, Field(min_length=1, max_length=65_536)]
"""The canonical text of a signed envelope."""


class Document(BaseModel):
    """Nothing unknown, nothing coerced, nothing changed; read with `model_validate_json`."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Extent(Document):
    """A run of bytes elsewhere, held to by digest and length."""

    sha256: Digest
    length: Count


def words(error: ValidationError) -> str:
    """Return the first thing wrong with a document: the field, and what was expected of it; never its content."""
    first = error.errors(include_url=False, include_input=False, include_context=False)[0]
    return f"{'.'.join(str(part) for part in first['loc'])}: {first['msg']}"
