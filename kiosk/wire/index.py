"""The index of an export: every file on the stick by name, length and digest, signed by the place that wrote it."""

from typing import Annotated, Literal

from pydantic import Field

from kiosk.wire.document import ChainTexts, Count, Digest, Document, Identifier, Instant, Name

MOST_BUNDLES = 20_000


class IndexedBundle(Document):
    """One bundle file of an export."""

    bundle_id: Digest
    submission_id: Identifier
    seat: Name
    sha256: Digest
    """Of the whole file."""
    length: Count


class IndexDocument(Document):
    """What the hall signs, or the seat in an emergency export without its hall."""

    version: Literal[1]
    hall: Name
    seat: Name | None
    """The seat that signed; None where the hall did."""
    exported_at: Instant
    bundles: Annotated[tuple[IndexedBundle, ...], Field(max_length=MOST_BUNDLES)]
    certificates: ChainTexts
