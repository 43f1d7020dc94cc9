"""A tombstone: what a seat or a hall signs before it wipes itself, so that the wiped can be told from the lost."""

from typing import Annotated, Literal

from pydantic import Field

from kiosk.wire.document import ChainTexts, Digest, Document, Identifier, Instant, Name


class TombstoneDocument(Document):
    """What the key of the seat, or of the hall, signs."""

    version: Literal[1]
    hall: Name
    seat: Name | None
    """None where it is the hall's own store."""
    wiped_at: Instant
    who: Identifier | None
    """The proctor; None where a technician did it without the hall."""
    second: Identifier | None
    reason: Annotated[str, Field(max_length=500)]
    """Why it was done before its time; empty where it was not."""
    closings: Annotated[tuple[Digest, ...], Field(max_length=1_000)]
    """The closings whose close-outs allowed it, sorted."""
    bundles: Annotated[tuple[Digest, ...], Field(max_length=20_000)]
    """Every bundle this seat had made, or this hall had held, sorted."""
    certificates: ChainTexts
