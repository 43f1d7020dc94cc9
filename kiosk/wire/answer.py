"""What a hall answers on the line: the cards of `kiosk.views`, field by field, with bounds."""

from decimal import Decimal
from typing import Annotated

from pydantic import AwareDatetime, ConfigDict, Field

from kiosk.exam.assignment import AssignmentStatus
from kiosk.wire.document import Digest, Document, EnvelopeText, Identifier, Instant, Name
from kiosk.wire.package import LARGEST_ATTACHMENTS
from kiosk.wire.store_key import LARGEST_WRAPPED

LONGEST_ENTRY = 600_000
"""Characters of one entry of a journal, as in a frame."""
MOST_ENTRIES = 200_000
MOST = 10_000
"""Rows of one list."""
EntryText = Annotated[str, Field(max_length=LONGEST_ENTRY)]
Words = Annotated[str, Field(max_length=20_000)]
Number = Annotated[int, Field(ge=0, le=1_000_000)]
Points = Annotated[Decimal, Field(max_digits=60)]


class Card(Document):
    """A document made from a card's attributes."""

    model_config = ConfigDict(from_attributes=True)


class CandidateAnswer(Card):
    """`CandidateCard`."""

    user_id: Identifier
    name: Name
    roll_number: Annotated[str, Field(max_length=500)]
    seat: Name


class AdmissionAnswer(Card):
    """`Admission`."""

    token: Annotated[str, Field(pattern=r"^[0-9a-f]{32}$", repr=False)]
    candidate: CandidateAnswer


class TestAnswer(Card):
    """`TestCard`."""

    __test__ = False  # not a pytest class

    assignment_id: Identifier
    title: Name
    status: AssignmentStatus
    due: AwareDatetime
    minutes: Number
    questions: Number
    attempts_used: Number
    max_attempts: Number | None
    has_open_sitting: bool
    has_results: bool
    refusal: Words | None


class NoticeAnswer(Card):
    """`Notice`."""

    notification_id: Identifier
    text: Words
    created_at: AwareDatetime
    is_read: bool


class SectionAnswer(Card):
    """`SectionLine`."""

    title: Name
    instructions: Words | None
    questions: Number
    minutes: Number | None
    is_mandatory: bool


class InstructionsAnswer(Card):
    """`Instructions`."""

    assignment_id: Identifier
    title: Name
    description: Words | None
    instructions: Words | None
    minutes: Number
    sections: Annotated[tuple[SectionAnswer, ...], Field(max_length=MOST)]
    attempt: Number
    max_attempts: Number | None
    resumes: bool


class ResultLineAnswer(Card):
    """`ResultLine`."""

    number: Number
    section: Name
    points: Points | None
    max_points: Points
    feedback: Words | None


class ResultAnswer(Card):
    """`Result`."""

    title: Name
    score: Points
    max_score: Points
    passed: bool | None
    feedback: Words | None
    lines: Annotated[tuple[ResultLineAnswer, ...], Field(max_length=MOST)]


class CaptureAnswer(Document):
    """`Evidence`."""

    digest: Digest
    media_type: Annotated[str, Field(max_length=100)]
    captured_at: Instant
    content: Annotated[str, Field(repr=False, max_length=1_000_000)]
    """base64."""


class JournalAnswer(Document):
    """`JournalOffer`."""

    genesis: Annotated[EntryText, Field(repr=False)]
    entries: Annotated[tuple[EntryText, ...], Field(repr=False, max_length=MOST_ENTRIES)]
    evidence: Annotated[tuple[CaptureAnswer, ...], Field(repr=False, max_length=10_000)]
    leases: Annotated[tuple[EnvelopeText, ...], Field(repr=False, max_length=100)]
    grants: Annotated[tuple[EnvelopeText, ...], Field(repr=False, max_length=10_000)]


class OfferAnswer(Document):
    """`LeaseOffer`."""

    envelope: EnvelopeText
    paper_identity: Annotated[str, Field(max_length=200, repr=False)]
    paper_blob: Annotated[str, Field(repr=False)]
    """base64."""
    attachments_blob: Annotated[str | None, Field(repr=False, max_length=LARGEST_ATTACHMENTS * 4 // 3 + 4)] = None
    """base64."""
    journal: Annotated[JournalAnswer | None, Field(repr=False)] = None


class TestsAnswer(Document):
    """A list of `TestCard`."""

    __test__ = False  # not a pytest class

    tests: Annotated[tuple[TestAnswer, ...], Field(max_length=MOST)]


class NoticesAnswer(Document):
    """A list of `Notice`."""

    notices: Annotated[tuple[NoticeAnswer, ...], Field(max_length=MOST)]


class NameAnswer(Document):
    """A proctor's name."""

    name: Name


class GrantAnswer(Document):
    """A signed grant."""

    envelope: EnvelopeText


class NonceAnswer(Document):
    """What a seat must sign."""

    nonce: Digest


class KeyAnswer(Document):
    """The key of a store, sealed to whom the seat named."""

    sealed: Annotated[str, Field(max_length=2 * LARGEST_WRAPPED, repr=False)]
    """base64."""


class DoneAnswer(Document):
    """Nothing to say."""
