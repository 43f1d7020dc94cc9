"""The roster of a hall: who may sit what and when, field by field, and nothing that says what is right."""

from typing import Annotated, Literal

from pydantic import Field

from kiosk.wire.document import Count, Digest, Document, Identifier, Instant, Name

MOST_PEOPLE = 20_000
MOST_ROWS = 200_000
Text = Annotated[str, Field(max_length=20_000)]


class AccommodationDocument(Document):
    """What a person is allowed beyond the paper."""

    extra_percent: Annotated[int, Field(ge=0, le=1_000)]
    extra_ms: Count
    rest_breaks: bool


class PersonDocument(Document):
    """One candidate or proctor, with the Argon2id string of the access code or PIN."""

    user_id: Identifier
    role: Literal["admin", "author", "evaluator", "proctor", "candidate", "system"]
    name: Name
    roll_number: Name | None
    is_active: bool
    secret_hash: Annotated[str, Field(max_length=500, pattern=r"^\$argon2id\$")] | None
    accommodation: AccommodationDocument


class TestDocument(Document):
    """One test held in the hall: what may be known of it before its paper is opened."""

    __test__ = False  # not a pytest class

    test_id: Identifier
    paper: Digest
    title: Name
    is_active: bool


class AssignmentDocument(Document):
    """One test given to one candidate."""

    assignment_id: Identifier
    test_id: Identifier
    candidate_id: Identifier
    paper: Digest
    assigned_at: Instant
    due_date: Instant
    status: Literal["assigned", "in_progress", "completed"]
    attempt_count: Count
    last_attempt_at: Instant | None
    withdrawn_at: Instant | None
    absent: bool
    accommodation: AccommodationDocument


class SeatingDocument(Document):
    """One candidate expected in a session."""

    candidate_id: Identifier
    seat: Name | None


class SessionDocument(Document):
    """One session of the hall."""

    session_id: Identifier
    title: Name
    shift: Name | None
    time_zone: Name
    opens_at: Instant
    starts_at: Instant
    ends_at: Instant
    late_entry_minutes: Count | None
    test_ids: Annotated[tuple[Identifier, ...], Field(max_length=1_000)]
    candidates: Annotated[tuple[SeatingDocument, ...], Field(max_length=MOST_PEOPLE)]


class NoticeDocument(Document):
    """One thing a candidate is told."""

    notification_id: Identifier
    user_id: Identifier
    type: Name
    text: Text
    created_at: Instant
    is_read: bool


class ResultDocument(Document):
    """One released result, already cut to what the test's policy lets the candidate see."""

    submission_id: Identifier
    assignment_id: Identifier
    released_at: Instant
    body: Annotated[str, Field(max_length=1_000_000)]
    """Canonical text."""


class RosterDocument(Document):
    """Everything a hall is told about its people and sessions."""

    version: Literal[1]
    hall: Name
    tests: Annotated[tuple[TestDocument, ...], Field(max_length=1_000)]
    people: Annotated[tuple[PersonDocument, ...], Field(max_length=MOST_PEOPLE)]
    assignments: Annotated[tuple[AssignmentDocument, ...], Field(max_length=MOST_ROWS)]
    sessions: Annotated[tuple[SessionDocument, ...], Field(max_length=1_000)]
    notices: Annotated[tuple[NoticeDocument, ...], Field(max_length=MOST_ROWS)]
    results: Annotated[tuple[ResultDocument, ...], Field(max_length=MOST_ROWS)]
