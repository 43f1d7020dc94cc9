"""What the candidate's screens are shown: frozen cards, already in this candidate's own order."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from kiosk.exam.accommodation import Accommodation
from kiosk.exam.answer import Answer
from kiosk.exam.assignment import AssignmentStatus
from kiosk.exam.draft import QuestionType
from kiosk.exam.outline import Outline
from kiosk.exam.sitting import Phase
from kiosk.exam.text import clean_line, clean_text
from kiosk.exam.timing import MINUTE_MS, allowance


@dataclass(frozen=True, slots=True)
class CandidateCard:
    """Who is at the seat: shown for "Is this you?" and in the corner of every screen."""

    user_id: str
    name: str
    roll_number: str
    seat: str


@dataclass(frozen=True, slots=True)
class TestCard:
    """One assigned test in the candidate's list."""

    __test__ = False  # not a pytest class

    assignment_id: str
    title: str
    status: AssignmentStatus
    due: datetime
    minutes: int
    questions: int
    attempts_used: int
    max_attempts: int | None
    has_open_sitting: bool
    has_results: bool
    refusal: str | None = None
    """Why it cannot be started now, in words for the candidate, or None."""
    receipt: str | None = None
    """The receipt of the last hand-in at this seat, so that one missed on the screen can be copied down later."""


@dataclass(frozen=True, slots=True)
class Notice:
    """One notification for the candidate."""

    notification_id: str
    text: str
    created_at: datetime
    is_read: bool


@dataclass(frozen=True, slots=True)
class SectionLine:
    """One section as the instructions list it."""

    title: str
    instructions: str | None
    questions: int
    minutes: int | None
    is_mandatory: bool


@dataclass(frozen=True, slots=True)
class Instructions:
    """What is read before the explicit start."""

    assignment_id: str
    title: str
    description: str | None
    instructions: str | None
    minutes: int
    """With this candidate's own extra time."""
    sections: tuple[SectionLine, ...]
    attempt: int
    max_attempts: int | None
    resumes: bool
    """Whether starting goes on with an open sitting."""

    @classmethod
    def of(
        cls, outline: Outline, assignment_id: str, accommodation: Accommodation, attempt: int, *, resumes: bool
    ) -> "Instructions":
        """Return what may be told of a test, cleaned, with the candidate's own extra time."""
        given = allowance(outline, accommodation)
        return cls(
            assignment_id=assignment_id,
            title=clean_line(outline.title),
            description=_optional(outline.description),
            instructions=_optional(outline.instructions),
            minutes=given.test_ms // MINUTE_MS,
            sections=tuple(
                SectionLine(
                    title=clean_line(s.title),
                    instructions=_optional(s.instructions),
                    questions=s.questions,
                    minutes=given.section_ms[s.section_id] // MINUTE_MS if s.section_id in given.section_ms else None,
                    is_mandatory=s.is_mandatory,
                )
                for s in outline.sections
            ),
            attempt=attempt,
            max_attempts=outline.policy.max_attempts,
            resumes=resumes,
        )


@dataclass(frozen=True, slots=True)
class OptionCard:
    """One choice, with the letter this candidate sees before it."""

    option_id: str
    letter: str
    text: str


@dataclass(frozen=True, slots=True)
class AttachmentCard:
    """One attached file as it is read at the seat."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class QuestionCard:
    """One question as printed for this candidate."""

    question_id: str
    number: int
    """Counted from 1 within its section, in this candidate's order."""
    section_id: str
    type: QuestionType
    text: str
    points: Decimal
    options: tuple[OptionCard, ...] = ()
    hints: tuple[str, ...] = ()
    min_choices: int | None = None
    max_choices: int | None = None
    min_words: int | None = None
    max_words: int | None = None
    language: str | None = None
    starter: str | None = None
    examples: tuple[tuple[str, str], ...] = ()
    attachments: tuple[str, ...] = ()
    """Those that are only told of: addresses, which need a network, and names of what did not travel."""
    files: tuple[AttachmentCard, ...] = ()
    """Those that can be read here."""


@dataclass(frozen=True, slots=True)
class SectionCard:
    """One section as printed for this candidate."""

    section_id: str
    title: str
    instructions: str | None
    is_mandatory: bool
    has_clock: bool
    questions: tuple[QuestionCard, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """The whole paper in this candidate's order: fixed from the opening on."""

    title: str
    candidate: CandidateCard
    sections: tuple[SectionCard, ...]
    allow_hide_timer: bool
    warn_minutes: tuple[int, ...]
    hint_cost: Decimal
    capture_seconds: int = 0
    """Seconds between screen captures; 0 for none."""
    sequential_sections: bool = False
    """Whether a section that has been left cannot be entered again."""


@dataclass(frozen=True, slots=True)
class SittingState:
    """What changes while the candidate works."""

    phase: Phase
    question_id: str | None
    section_id: str | None
    answers: Mapping[str, Answer]
    shut_sections: frozenset[str]
    """Sections that may not be worked in any more."""
    receipt: str | None = None
    """The receipt code, once handed in."""
    handed_in_at: str | None = None
    handed_in_by: str | None = None
    """candidate, time or proctor."""
    fenced: str | None = None
    """Why nothing can be written here any more, where the hall said so; None while it can."""


@dataclass(frozen=True, slots=True)
class TimeLeft:
    """The clocks, in milliseconds."""

    test_ms: int
    section_ms: int | None
    running: bool


@dataclass(frozen=True, slots=True)
class SaveState:
    """How far what is on the screen is safe."""

    pending: int
    """Entries handed to the writer and not yet committed."""
    seat_at: str | None = None
    """Wall time of the last entry committed on this seat."""
    hall_at: str | None = None
    central_at: str | None = None
    failure: str | None = None
    """Why nothing can be saved any more, in words for the candidate, or None."""


@dataclass(frozen=True, slots=True)
class ResultLine:
    """One question of a released result."""

    number: int
    section: str
    points: Decimal | None
    max_points: Decimal
    feedback: str | None = None


@dataclass(frozen=True, slots=True)
class Result:
    """What the test's policy lets a candidate see after release."""

    title: str
    score: Decimal
    max_score: Decimal
    passed: bool | None
    feedback: str | None = None
    lines: tuple[ResultLine, ...] = ()


def _optional(text: str | None) -> str | None:
    return clean_text(text) if text else None
