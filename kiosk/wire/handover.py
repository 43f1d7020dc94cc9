"""A sitting on a stick from the hall to the seat where it goes on: signed by the hall, sealed to that seat."""

from typing import Annotated, Literal

from pydantic import Field

from kiosk.wire.answer import OfferAnswer
from kiosk.wire.document import Digest, Document, EnvelopeText, Extent, Identifier, Name

LARGEST_HANDOVER = 256 * 2**20
"""Bytes of what is handed over before it is compressed: a paper with its files, and a journal."""


class HandoverManifest(Document):
    """What the hall signs."""

    version: Literal[1] = 1
    hall: Name
    seat: Name
    """Where the sitting goes on; nobody else can open the body."""
    submission_id: Identifier
    epoch: Annotated[int, Field(ge=1, le=1_000_000)]
    fork: Digest
    """Hash of the entry after which it goes on."""
    plain: Annotated[int, Field(ge=1, le=LARGEST_HANDOVER)]
    """Bytes of the contents' text."""
    sealed: Extent
    """The body: the text as one zstd frame, sealed to the seat."""


class HandoverContents(Document):
    """What is sealed: the lease with paper and journal, as on the line, and whose sitting it is."""

    offer: Annotated[OfferAnswer, Field(repr=False)]
    candidate: EnvelopeText
    """DSSE envelope by the hall, as in `AdvanceMessage`."""
