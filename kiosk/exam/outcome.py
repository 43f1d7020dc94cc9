"""What came out of sittings, as the office counts it: one candidate's best attempt, and how a question was answered."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Outcome:
    """The best graded attempt of one candidate."""

    candidate_id: str
    submission_id: str
    score: Decimal
    max_score: Decimal
    passed: bool | None
    """None where the test has no pass mark."""


@dataclass(frozen=True, slots=True)
class Tally:
    """How many candidates, among best graded attempts, saw one question and ended with the same mark on it."""

    question_id: str
    is_correct: bool | None
    is_empty: bool
    points: Decimal | None
    count: int


@dataclass(frozen=True, slots=True)
class Standing:
    """How many attempts at one test stand where."""

    assigned: int = 0
    in_progress: int = 0
    to_mark: int = 0
    """Handed in, with something left to mark."""
    graded: int = 0
    released: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleasedResult:
    """The best released attempt of one assignment, before the test's policy cuts it for the candidate."""

    submission_id: str
    assignment_id: str
    candidate_id: str
    test_id: str
    paper_digest: str
    score: Decimal
    max_score: Decimal
    passed: bool | None
    feedback: str | None
    released_at: datetime
    points: Mapping[str, tuple[Decimal, str | None]]
    """Points and a marker's words, by question id."""
