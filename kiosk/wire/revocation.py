"""The revocation list on the wire: the root's word that certificates or keys are no longer to be believed."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from kiosk.wire.document import Document, Identifier, Instant, PublicKey

MOST_REVOKED = 2_000
LARGEST_REVOCATIONS = 2 * 2**20
"""Characters of the envelope of a list."""

RevocationsText = Annotated[str, Field(min_length=1, max_length=LARGEST_REVOCATIONS)]
"""The canonical text of a list's envelope."""


class RevokedDocument(Document):
    """One certificate, or every certificate of one key."""

    serial: Identifier | None
    """The certificate; None where every certificate of the key is meant."""
    key: PublicKey | None
    role: Literal["release", "receipt", "hall", "seat", "proctor"] | None
    reason: Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]+$")]
    at: Instant

    @model_validator(mode="after")
    def _names_something(self) -> Self:
        if self.serial is None and self.key is None:
            raise ValueError("an entry names a certificate or a key")
        return self


class RevocationsDocument(Document):
    """What the root signs. A list holds everything the one before it held."""

    version: Literal[1]
    number: Annotated[int, Field(ge=1, le=2**53 - 1)]
    """Counts up; nobody goes back to a lower one."""
    entries: Annotated[tuple[RevokedDocument, ...], Field(min_length=1, max_length=MOST_REVOKED)]
