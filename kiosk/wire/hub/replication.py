"""How a sitting's journal reaches the hub, and what the hub says of it."""

from typing import Annotated, Literal

from pydantic import Field

from kiosk.wire import line
from kiosk.wire.document import Count, Day, Digest, Document, EnvelopeText, Identifier, Instant
from kiosk.wire.hub.term import MOST_ENTRIES, EntryText, Epoch, Seq


class HoldingLine(Document):
    """How far one sitting's journal goes on this seat."""

    submission_id: Identifier
    opened_on: Day
    epoch: Epoch
    seq: Seq
    hash: Digest


class HoldingMessage(Document):
    """The sittings a seat holds that are not sealed and receipted; said after each connection."""

    type: Literal["holding"] = "holding"
    sittings: Annotated[tuple[HoldingLine, ...], Field(max_length=1_000)]


class GenesisPart(line.Asked):
    """What a chain hangs on, and by what right it was written: sent with a sitting's first frame."""

    genesis: EntryText
    """Canonical text of the genesis."""
    leases: Annotated[tuple[EnvelopeText, ...], Field(min_length=1, max_length=100)]


class EvidencePart(line.Asked):
    """One capture that an entry of the frame names."""

    digest: Digest
    media_type: Annotated[str, Field(max_length=100)]
    at: Instant
    content: Annotated[str, Field(max_length=1_000_000)]
    """base64."""


class FrameMessage(line.Asked):
    """Entries that follow one another, all of one epoch: what the hub keeps a durable copy of."""

    type: Literal["frame"] = "frame"
    submission_id: Identifier
    opened_on: Day
    epoch: Epoch
    first: Count
    """`seq` of the first entry."""
    before: Digest
    """Hash of the entry before the first, or of the genesis."""
    entries: Annotated[tuple[EntryText, ...], Field(min_length=1, max_length=MOST_ENTRIES)]
    evidence: Annotated[tuple[EvidencePart, ...], Field(max_length=100)] = ()
    grants: Annotated[tuple[EnvelopeText, ...], Field(max_length=MOST_ENTRIES)] = ()
    """Envelopes of the grants the entries carry out."""
    start: GenesisPart | None = None


class AckMessage(Document):
    """The hub has committed a sitting's entries of an epoch up to here: "saved in the hall"."""

    type: Literal["ack"] = "ack"
    submission_id: Identifier
    epoch: Epoch
    seq: Seq
    hash: Digest
    at: Instant


class WantMessage(Document):
    """Asks for a sitting's entries from `first` on; with `start` where the hub knows nothing of it yet."""

    type: Literal["want"] = "want"
    submission_id: Identifier
    first: Count
    start: bool


class FencedMessage(Document):
    """The sitting went on elsewhere: this seat sends what it has and writes no more."""

    type: Literal["fenced"] = "fenced"
    submission_id: Identifier
    lease: EnvelopeText
    """The lease of the newer epoch, signed by the hall."""
