"""A tombstone: what a seat signs before it wipes itself, so that what is gone can be told from what was lost."""

from typing import Annotated, Literal

from pydantic import Field

from kiosk.wire.document import ChainTexts, Digest, Document, Identifier, Instant, Name


class TombstoneDocument(Document):
    """What the seat's key signs."""

    version: Literal[1]
    hall: Name
    seat: Name
    wiped_at: Instant
    who: Identifier | None
    """The proctor; None where a technician did it without the hall."""
    second: Identifier | None
    reason: Annotated[str, Field(max_length=500)]
    """Why it was done before its time; empty where it was not."""
    closings: Annotated[tuple[Digest, ...], Field(max_length=1_000)]
    """The closings whose close-outs allowed it, sorted."""
    bundles: Annotated[tuple[Digest, ...], Field(max_length=20_000)]
    """Every bundle this seat had made, sorted."""
    certificates: ChainTexts
