"""The roster of a hall: who may sit what and when, field by field, and nothing that says what is right."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from kiosk.exam.assignment import MOST_CHIEFS, Assignment, AssignmentStatus, Session
from kiosk.exam.error import Invalid
from kiosk.exam.moment import iso, parse_iso
from kiosk.exam.notification import Notification
from kiosk.exam.roster import HeldResult, HeldTest, Roster, Seating
from kiosk.wire.document import Count, Digest, Document, Identifier, Instant, Name
from kiosk.wire.person import AccommodationDocument, PersonDocument

MOST_PEOPLE = 20_000
MOST_ROWS = 200_000
Words = Annotated[str, Field(max_length=20_000)]


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
    status: Literal["assigned", "in_progress", "completed", "overdue"]
    attempt_count: Count
    last_attempt_at: Instant | None
    withdrawn_at: Instant | None
    absent: bool
    accommodation: AccommodationDocument

    @classmethod
    def of(cls, value: Assignment) -> "AssignmentDocument":
        """Return the document of a value; raises Invalid for one without a printed paper."""
        if value.paper_digest is None:
            raise Invalid(f"the assignment {value.assignment_id} names no paper")
        return cls(
            assignment_id=value.assignment_id,
            test_id=value.test_id,
            candidate_id=value.candidate_id,
            paper=value.paper_digest,
            assigned_at=iso(value.assigned_at),
            due_date=iso(value.due_date),
            status=value.status.value,
            attempt_count=value.attempt_count,
            last_attempt_at=_iso(value.last_attempt_at),
            withdrawn_at=_iso(value.withdrawn_at),
            absent=value.absent,
            accommodation=AccommodationDocument.of(value.accommodation),
        )

    def value(self) -> Assignment:
        """Return the value of a document."""
        return Assignment(
            assignment_id=self.assignment_id,
            test_id=self.test_id,
            candidate_id=self.candidate_id,
            assigned_at=parse_iso(self.assigned_at),
            due_date=parse_iso(self.due_date),
            status=AssignmentStatus(self.status),
            attempt_count=self.attempt_count,
            last_attempt_at=_when(self.last_attempt_at),
            paper_digest=self.paper,
            accommodation=self.accommodation.value(),
            withdrawn_at=_when(self.withdrawn_at),
            absent=self.absent,
        )


class SeatingDocument(Document):
    """One candidate expected in a session."""

    candidate_id: Identifier
    seat: Name | None


class SessionDocument(Document):
    """One session of the hall."""

    session_id: Identifier
    title: Name
    time_zone: Name
    opens_at: Instant
    starts_at: Instant
    ends_at: Instant
    late_entry_minutes: Count | None
    chief_ids: Annotated[tuple[Identifier, ...], Field(max_length=MOST_CHIEFS)] = ()
    test_ids: Annotated[tuple[Identifier, ...], Field(max_length=1_000)]
    candidates: Annotated[tuple[SeatingDocument, ...], Field(max_length=MOST_PEOPLE)]

    @classmethod
    def of(cls, value: Session, seatings: Sequence[Seating]) -> "SessionDocument":
        """Return the document of a session and of whom it expects."""
        expected = (s for s in seatings if s.session_id == value.session_id)
        return cls(
            session_id=value.session_id,
            title=value.title,
            time_zone=value.time_zone,
            opens_at=iso(value.opens_at),
            starts_at=iso(value.starts_at),
            ends_at=iso(value.ends_at),
            late_entry_minutes=value.late_entry_minutes,
            chief_ids=value.chief_ids,
            test_ids=value.test_ids,
            candidates=tuple(SeatingDocument(candidate_id=s.candidate_id, seat=s.seat) for s in expected),
        )

    def value(self, hall: str) -> Session:
        """Return the value of a document."""
        return Session(
            session_id=self.session_id,
            hall=hall,
            title=self.title,
            opens_at=parse_iso(self.opens_at),
            starts_at=parse_iso(self.starts_at),
            ends_at=parse_iso(self.ends_at),
            time_zone=self.time_zone,
            late_entry_minutes=self.late_entry_minutes,
            chief_ids=self.chief_ids,
            test_ids=self.test_ids,
        )


class NoticeDocument(Document):
    """One thing a candidate is told."""

    notification_id: Identifier
    user_id: Identifier
    type: Name
    message: Words
    created_at: Instant
    is_read: bool

    @classmethod
    def of(cls, value: Notification) -> "NoticeDocument":
        """Return the document of a value: the words alone."""
        return cls(
            notification_id=value.notification_id,
            user_id=value.user_id,
            type=value.type,
            message=value.message,
            created_at=iso(value.created_at),
            is_read=value.is_read,
        )

    def value(self) -> Notification:
        """Return the value of a document."""
        return Notification(
            notification_id=self.notification_id,
            user_id=self.user_id,
            type=self.type,
            created_at=parse_iso(self.created_at),
            metadata={"message": self.message},
            is_read=self.is_read,
        )


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

    @classmethod
    def of(cls, hall: str, roster: Roster) -> "RosterDocument":
        """Return the document of a roster; raises Invalid or pydantic's ValidationError for what cannot travel."""
        return cls(
            version=1,
            hall=hall,
            tests=tuple(
                TestDocument(test_id=t.test_id, paper=t.paper_digest, title=t.title, is_active=t.is_active)
                for t in roster.tests
            ),
            people=tuple(PersonDocument.of(a) for a in roster.accounts),
            assignments=tuple(AssignmentDocument.of(a) for a in roster.assignments),
            sessions=tuple(SessionDocument.of(s, roster.seatings) for s in roster.sessions),
            notices=tuple(NoticeDocument.of(n) for n in roster.notifications),
            results=tuple(
                ResultDocument(
                    submission_id=r.submission_id,
                    assignment_id=r.assignment_id,
                    released_at=iso(r.released_at),
                    body=r.body,
                )
                for r in roster.results
            ),
        )

    def roster(self) -> Roster:
        """Return the roster of a document."""
        return Roster(
            tests=tuple(HeldTest(t.test_id, t.title, t.is_active, t.paper) for t in self.tests),
            accounts=tuple(p.value() for p in self.people),
            assignments=tuple(a.value() for a in self.assignments),
            sessions=tuple(s.value(self.hall) for s in self.sessions),
            seatings=tuple(Seating(s.session_id, c.candidate_id, c.seat) for s in self.sessions for c in s.candidates),
            notifications=tuple(n.value() for n in self.notices),
            results=tuple(
                HeldResult(r.submission_id, r.assignment_id, parse_iso(r.released_at), r.body) for r in self.results
            ),
        )


def _iso(when: datetime | None) -> str | None:
    return None if when is None else iso(when)


def _when(text: str | None) -> datetime | None:
    return None if text is None else parse_iso(text)
