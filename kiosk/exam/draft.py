"""A test as its authors write it: the rows of tests, sections, questions and options as frozen values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum


class QuestionType(StrEnum):
    """The five types of question."""

    MCQ = "MCQ"
    MSQ = "MSQ"
    ESSAY = "Essay"
    CODING = "Coding"
    TRUE_FALSE = "TrueFalse"

    @property
    def is_choice(self) -> bool:
        """Whether the candidate answers by choosing options."""
        return self in (QuestionType.MCQ, QuestionType.MSQ, QuestionType.TRUE_FALSE)


class AccessType(StrEnum):
    """Who may take a test."""

    PUBLIC = "public"
    PRIVATE = "private"


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One choice of a question."""

    option_id: str
    option_text: str
    is_correct: bool
    option_order: int
    feedback: str | None = None
    weight: Decimal | None = None
    """Share of the question's points this option is worth (-1 to 1) where marking goes by weights."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One question with its options and tags."""

    question_id: str
    type: QuestionType
    question_text: str
    created_at: datetime
    order: int | None
    points: Decimal
    is_active: bool = True
    question_bank_id: str | None = None
    section_id: str | None = None
    hints: tuple[str, ...] = ()
    attachments: tuple[str, ...] = ()
    options: tuple[Option, ...] = ()
    tags: tuple[str, ...] = ()
    shuffle: bool | None = None
    """False pins the order of this question's options whatever the test says."""
    min_choices: int | None = None
    max_choices: int | None = None
    min_words: int | None = None
    max_words: int | None = None
    language: str | None = None
    """Programming language of a Coding question, as the editor's highlighter names it."""
    starter: str | None = None
    """Code a Coding answer begins with."""
    examples: tuple[tuple[str, str], ...] = ()
    """Sample input and output a candidate may see."""
    rubric: str | None = None
    feedback: str | None = None
    """General feedback, shown only after marking."""
    version: int = 1
    replaces_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """One section with its questions."""

    section_id: str
    title: str
    section_order: int
    instructions: str | None = None
    duration: int | None = None
    """Minutes, or None to use the test's clock."""
    is_mandatory: bool | None = None
    questions: tuple[Question, ...] = ()

    @property
    def printed(self) -> tuple[Question, ...]:
        """The questions that are printed, in order."""
        active = (q for q in self.questions if q.is_active)
        return tuple(sorted(active, key=lambda q: (q.order or 0, q.question_id)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Test:
    """A whole draft: the test, its sections and its settings."""

    __test__ = False  # not a pytest class

    test_id: str
    title: str
    created_at: datetime
    created_by: str
    duration: int
    """Minutes."""
    is_active: bool
    access_type: AccessType
    description: str | None = None
    max_attempts: int | None = None
    pass_score: Decimal | None = None
    randomized_questions: bool | None = None
    randomized_options: bool | None = None
    test_version: str | None = None
    tags: tuple[str, ...] = ()
    instructions: str | None = None
    sections: tuple[Section, ...] = ()
    settings: Mapping[str, str] = field(default_factory=dict)
