"""The roster: what a hall knows of its people, tests and sessions, and where each sitting stood when last heard of."""

from dataclasses import dataclass, field
from datetime import datetime

from kiosk.exam.assignment import Assignment, Session
from kiosk.exam.attempt import Phase
from kiosk.exam.notification import Notification
from kiosk.exam.outline import Outline
from kiosk.exam.person import Person


@dataclass(frozen=True, slots=True)
class Account:
    """A person and the Argon2id string of their access code or PIN."""

    person: Person
    secret_hash: str | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class HeldTest:
    """One test held in a hall: what may be known of it before its paper is opened."""

    test_id: str
    title: str
    is_active: bool
    paper_digest: str


@dataclass(frozen=True, slots=True)
class SealedPaper:
    """A paper as it came. What opens it comes apart from it, at the release."""

    digest: str
    test_id: str
    blob: bytes = field(repr=False)
    recipient: str
    """The public half of what opens it."""
    locked_identity: bytes = field(repr=False)
    """What opens it, sealed to the code in the hall's envelope and then to the hall."""
    outline: Outline
    """What may be told of it before."""
    attachments: bytes | None = field(default=None, repr=False)
    """The texts of its files, sealed as it is; None where it has none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadedPackage:
    """A package as the hall keeps it."""

    package_id: str
    test_id: str
    hall: str
    number: int
    envelope: bytes = field(repr=False)
    """The signed manifest."""
    made_at: datetime


@dataclass(frozen=True, slots=True)
class Seating:
    """One candidate expected in one session."""

    session_id: str
    candidate_id: str
    seat: str | None


@dataclass(frozen=True, slots=True)
class HeldResult:
    """One released result, cut to what the candidate may see."""

    submission_id: str
    assignment_id: str
    released_at: datetime
    body: str
    """Canonical text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Roster:
    """Everything one package tells a hall."""

    tests: tuple[HeldTest, ...]
    accounts: tuple[Account, ...]
    assignments: tuple[Assignment, ...]
    sessions: tuple[Session, ...]
    seatings: tuple[Seating, ...] = ()
    notifications: tuple[Notification, ...] = ()
    results: tuple[HeldResult, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """One sitting as its seat last told of it: counts, never content."""

    submission_id: str
    opened_on: str
    assignment_id: str
    seat: str
    phase: Phase
    attempt: int
    started_at: datetime
    submitted_at: datetime | None = None
    answered: int = 0
    questions: int = 0
    used_ms: int = 0
    head_seq: int = -1
    head_hash: str = ""
    """Lower-case hex."""

    @property
    def is_over(self) -> bool:
        """Whether it is handed in."""
        return self.phase in (Phase.HANDED_IN, Phase.SEALED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pulse:
    """How a sitting stands by a sign of life: less than a report, and sooner."""

    seat: str
    submission_id: str
    phase: Phase
    answered: int
    questions: int
    used_ms: int
    seq: int
