"""What a hall and central say to each other over HTTPS: which bundles are held, which pieces are missing."""

from typing import Annotated, Literal

from pydantic import Field

from kiosk.wire.document import Digest, Document, EnvelopeText
from kiosk.wire.package import LARGEST_BLOB

MOST_ASKED = 1_000
CHUNK = 2**20
"""Bytes of a chunk; a bundle up to this size travels whole."""
MOST_CHUNKS = LARGEST_BLOB // CHUNK + 8


class HaveRequest(Document):
    """`POST /v1/have`: a set, never a cursor, so that any two askings in any order are harmless."""

    ids: Annotated[tuple[Digest, ...], Field(min_length=1, max_length=MOST_ASKED)]


class Held(Document):
    """What central holds of one bundle."""

    id: Digest
    state: Literal["received", "unknown"]
    receipt: EnvelopeText | None
    """The stored receipt, byte for byte, where the bundle is received."""


class HaveAnswer(Document):
    """One answer for each id asked, in the order asked."""

    bundles: tuple[Held, ...]


class ChunkList(Document):
    """`PUT /v1/bundles/{id}` for a bundle of more than one chunk: its pieces in order, each by its SHA-256."""

    version: Literal[1]
    length: Annotated[int, Field(gt=CHUNK, le=MOST_CHUNKS * CHUNK)]
    chunks: Annotated[tuple[Digest, ...], Field(min_length=2, max_length=MOST_CHUNKS)]


class MissingChunks(Document):
    """The answer 202: send these, then the list again."""

    missing: tuple[Digest, ...]


class Problem(Document):
    """Every answer that is not a success, in words."""

    title: str
    detail: str


class Health(Document):
    """`GET /v1/health`: the door is open, and its store answers."""

    state: Literal["open"]
