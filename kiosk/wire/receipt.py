"""A receipt on the wire: central's word that it holds a bundle."""

from typing import Annotated, Literal

from pydantic import Field

from kiosk.wire.document import ChainTexts, Count, Day, Digest, Document, Extent, Identifier, Instant


class ReceiptDocument(Document):
    """What the receipt key signs. It promises that these bytes are stored, not that they will be counted."""

    version: Literal[1]
    bundle_id: Digest
    submission_id: Identifier
    opened_on: Day
    entries: Count
    head: Digest
    sealed: Extent
    received_at: Instant
    flags: Annotated[tuple[Annotated[str, Field(max_length=1_000)], ...], Field(max_length=100)]
    """What central will look at, in words."""
    certificates: ChainTexts
