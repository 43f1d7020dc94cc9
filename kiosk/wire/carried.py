"""A journal on a stick: what a seat that reaches no hall has written, signed by the seat and sealed to the hall."""

from typing import Annotated, Literal

from pydantic import Field

from kiosk.wire.document import ChainTexts, Count, Digest, Document, Extent, Identifier, Name
from kiosk.wire.hub import FrameMessage

LARGEST_CARRIED = 64 * 2**20
"""Bytes of a journal before it is compressed and sealed: as much as a bundle may hold."""


class CarriedManifest(Document):
    """What the seat signs."""

    version: Literal[1] = 1
    hall: Name
    seat: Name
    chain: ChainTexts
    """The seat's certificates, its own first."""
    submission_id: Identifier
    head: Digest
    """Hash of the last entry."""
    plain: Annotated[int, Field(ge=1, le=LARGEST_CARRIED)]
    """Bytes of the frames' text."""
    sealed: Extent
    """The body: the text as one zstd frame, sealed to the hall's age recipient."""
    entries: Count


class CarriedJournal(Document):
    """What is sealed: the journal in frames, the first with genesis and leases."""

    frames: Annotated[tuple[FrameMessage, ...], Field(min_length=1, max_length=200_000)]
