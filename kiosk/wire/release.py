"""A release token: central's word, for one hall, that the papers of a test may be opened now, and what opens them."""

from typing import Annotated, Literal

from pydantic import Field

from kiosk.wire.document import ChainTexts, Digest, Document, Identifier, Instant, Name, Recipient

LARGEST_TOKEN = 32_768


class ReleasedPaper(Document):
    """One paper and its identity, sealed with age to the hall."""

    paper: Digest
    identity: Annotated[str, Field(pattern=r"^[A-Za-z0-9+/=]{1,4000}$")]
    """Base64 of the age ciphertext."""


class ReleaseDocument(Document):
    """What the release key signs."""

    version: Literal[1]
    test_id: Identifier
    hall: Name
    recipient: Recipient
    """The hall's age key the identities are sealed to; a hall whose key was replaced is given a new token."""
    papers: Annotated[tuple[ReleasedPaper, ...], Field(min_length=1, max_length=8)]
    released_at: Instant
    certificates: ChainTexts
