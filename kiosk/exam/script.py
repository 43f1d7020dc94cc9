"""What a marker has before them: one sitting's answers, and the awards they have so far."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from kiosk.exam.answer import Answer, count_words
from kiosk.exam.draft import QuestionType
from kiosk.exam.grading import Award, Grade
from kiosk.exam.status import SubmissionStatus


@dataclass(frozen=True, slots=True)
class Script:
    """One handed-in sitting, ready to be marked; it names no candidate."""

    submission_id: str
    opened_on: str
    assignment_id: str
    status: SubmissionStatus
    answers: Mapping[str, Answer]
    in_force: Mapping[str, Award]
    is_released: bool = False


@dataclass(frozen=True, slots=True)
class MarkedScript:
    """What marking a sitting came to."""

    submission_id: str
    added: int
    """New awards."""
    grade: Grade
    before: Decimal | None
    """The score it had."""


@dataclass(frozen=True, slots=True)
class QueueItem:
    """One answer that waits for a person to mark it; it names no candidate."""

    submission_id: str
    question_id: str
    type: QuestionType
    question_text: str
    max_points: Decimal
    rubric: str | None
    answer: str
    submitted_at: datetime | None

    @property
    def words(self) -> int:
        """How many words the answer has."""
        return count_words(self.answer)
