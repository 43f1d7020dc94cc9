"""A bundle on the wire: the manifest anyone can verify, and the body only central and the escrow can read."""

from typing import Annotated, Any, Literal

from pydantic import Field

from kiosk.wire.document import (
    ChainTexts,
    Count,
    Day,
    Digest,
    Document,
    EnvelopeText,
    Extent,
    Identifier,
    Instant,
    Name,
    Recipient,
)

MOST_ENTRIES = 1_000_000
LARGEST_PLAIN = 64 * 2**20
"""Bytes of a body once it is opened and expanded."""


class AssignmentDocument(Document):
    """The assignment a sitting belongs to, as the lease named it: enough to make a provisional row."""

    assignment_id: Identifier
    candidate_id: Identifier
    attempt: Annotated[int, Field(ge=1, le=10_000)]
    due_at: Instant | None


class EpochDocument(Document):
    """The part of a journal one lease allowed."""

    epoch: Annotated[int, Field(ge=1, le=10_000)]
    seat: Name
    lease_id: Identifier
    first: Count
    last: Count
    head: Digest
    """Hash of its last entry."""


class HandInDocument(Document):
    """The hand-in that stands."""

    seq: Count
    at: Instant
    by: Literal["candidate", "time", "proctor"]
    head: Digest
    """Hash of the chain at the hand-in: what the candidate's receipt is made of."""
    receipt: Annotated[str, Field(pattern=r"^[A-Z2-7]{4}-[A-Z2-7]{4}-[A-Z2-7]{2}$")]
    answered: Count
    questions: Count


class GapDocument(Document):
    """A stretch nobody could watch, and what was charged for it."""

    seq: Count
    ms: Count | None
    charged_ms: Annotated[int, Field(ge=-(2**53) + 1, le=2**53 - 1)] | None


class TimeDocument(Document):
    """What the journal says about time, in milliseconds."""

    used_ms: Count
    extended_ms: Count
    extensions: Count
    pauses: Count
    gaps: Annotated[tuple[GapDocument, ...], Field(max_length=MOST_ENTRIES)]


class BundleManifest(Document):
    """What the seat signs. Its SHA-256 is the bundle's id. It names nobody: people stand in the body."""

    version: Literal[1]
    submission_id: Identifier
    opened_on: Day
    paper: Digest
    assignment: AssignmentDocument
    hall: Name
    seat: Name
    """The seat that sealed."""
    entries: Annotated[int, Field(ge=1, le=MOST_ENTRIES)]
    head: Digest
    epochs: Annotated[tuple[EpochDocument, ...], Field(min_length=1, max_length=10_000)]
    handed_in: HandInDocument | None
    time: TimeDocument
    plain: Extent
    sealed: Extent
    recipients: Annotated[tuple[Recipient, ...], Field(min_length=1, max_length=8)]
    reason: Literal["hand_in", "time", "proctor", "recovered"]
    """Why the sitting ended; `recovered` where nobody handed it in."""
    sealed_at: Instant
    build: Name
    certificates: ChainTexts


class CandidateDocument(Document):
    """Who sat, as the seat was told."""

    user_id: Identifier
    name: Name
    roll_number: Name | None


class EvidenceDocument(Document):
    """One piece of evidence: `text` where it is text of one spelling, `data` (base64) otherwise."""

    sha256: Digest
    media_type: Annotated[str, Field(pattern=r"^[a-z0-9.+-]{1,64}/[a-z0-9.+;= -]{1,100}$")]
    captured_at: Instant
    text: str | None
    data: str | None


class EntryDocument(Document):
    """One journal entry, with its hash in hex."""

    submission_id: Identifier
    opened_on: Day
    seq: Count
    epoch: Annotated[int, Field(ge=1, le=10_000)]
    kind: Annotated[str, Field(max_length=32)]
    at: Instant
    boot_id: Annotated[str, Field(max_length=200)]
    boot_ms: Annotated[int, Field(ge=-(2**53) + 1, le=2**53 - 1)]
    body: dict[str, Any]
    hash: Digest


class GenesisDocument(Document):
    """What a chain hangs on."""

    submission_id: Identifier
    opened_on: Day
    paper: Digest
    assignment_id: Identifier
    seat: Name
    lease: Identifier
    build: Name


class JournalDocument(Document):
    """A whole journal."""

    genesis: GenesisDocument
    entries: Annotated[tuple[EntryDocument, ...], Field(min_length=1, max_length=MOST_ENTRIES)]


class BundleBody(Document):
    """What is sealed: the journal, who sat, the leases and grants the hall signed, the evidence."""

    version: Literal[1]
    journal: JournalDocument
    candidate: CandidateDocument
    leases: Annotated[tuple[EnvelopeText, ...], Field(min_length=1, max_length=10_000)]
    grants: Annotated[tuple[EnvelopeText, ...], Field(max_length=100_000)]
    evidence: Annotated[tuple[EvidenceDocument, ...], Field(max_length=MOST_ENTRIES)]
