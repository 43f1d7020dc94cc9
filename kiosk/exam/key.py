"""The Key: what is right and what it is worth. It stays in the office; a seat never holds one."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from typing import Any

from kiosk.exam.canonical import canonical, digest
from kiosk.exam.draft import QuestionType
from kiosk.exam.error import Invalid
from kiosk.exam.field import Fields

FORMAT = "exam-kiosk key 1"


class MarkingRule(StrEnum):
    """How a question with several right options is marked."""

    ALL_OR_NOTHING = "allOrNothing"
    RIGHT_MINUS_WRONG = "rightMinusWrong"
    WEIGHTS = "weights"


@dataclass(frozen=True, slots=True)
class KeyQuestion:
    """What is right for one question."""

    question_id: str
    type: QuestionType
    points: Decimal
    correct_ids: tuple[str, ...] = ()
    option_ids: tuple[str, ...] = ()
    """All options, sorted by id, so that a chosen id can be told from a foreign one."""
    weights: tuple[tuple[str, Decimal], ...] = ()
    """Share of the points per option id, where the rule is WEIGHTS."""
    rubric: str | None = None
    feedback: str | None = None
    option_feedback: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Key:
    """The marking side of one printed test."""

    test_id: str
    paper_digest: str
    version: int
    rule: MarkingRule
    wrong_answer_penalty: Decimal
    negative_total: bool
    hint_cost: Decimal
    pass_score: Decimal | None
    pass_score_is_percent: bool
    questions: tuple[KeyQuestion, ...]

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the canonical document, lower-case hex."""
        return digest(self.document())

    @cached_property
    def by_question(self) -> Mapping[str, KeyQuestion]:
        """Each question's key by question id."""
        return {q.question_id: q for q in self.questions}

    @property
    def max_score(self) -> Decimal:
        """The points of all questions together."""
        return sum((q.points for q in self.questions), Decimal(0))

    @property
    def needed_score(self) -> Decimal | None:
        """The score needed to pass, in points, or None when the test has no pass mark."""
        if self.pass_score is None or not self.pass_score_is_percent:
            return self.pass_score
        return self.max_score * self.pass_score / 100

    def document(self) -> dict[str, Any]:
        """Return the key as plain JSON values."""
        return {
            "format": FORMAT,
            "testId": self.test_id,
            "paperDigest": self.paper_digest,
            "version": self.version,
            "rule": self.rule.value,
            "wrongAnswerPenalty": self.wrong_answer_penalty,
            "negativeTotal": self.negative_total,
            "hintCost": self.hint_cost,
            "passScore": self.pass_score,
            "passScoreIsPercent": self.pass_score_is_percent,
            "questions": [_question_document(q) for q in self.questions],
        }

    def to_bytes(self) -> bytes:
        """Return the canonical bytes the digest is taken of."""
        return canonical(self.document())

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> "Key":
        """Read a key back; raises Invalid when a field is missing, unknown or of the wrong kind."""
        try:
            key = _read_key(Fields(document))
        except (Invalid, ValueError) as error:
            raise Invalid(f"this is not a key of this version ({error})") from error
        if canonical(key.document()) != canonical(document):
            raise Invalid("this key holds fields this version does not know")
        return key


def _question_document(q: KeyQuestion) -> dict[str, Any]:
    return {
        "questionId": q.question_id,
        "type": q.type.value,
        "points": q.points,
        "correct": list(q.correct_ids),
        "options": list(q.option_ids),
        "weights": dict(q.weights),
        "rubric": q.rubric,
        "feedback": q.feedback,
        "optionFeedback": dict(q.option_feedback),
    }


def _read_key(d: Fields) -> Key:
    if d.text("format") != FORMAT:
        raise Invalid(f"its format is {d.text('format')!r}")
    return Key(
        test_id=d.text("testId"),
        paper_digest=d.text("paperDigest"),
        version=d.whole("version"),
        rule=MarkingRule(d.text("rule")),
        wrong_answer_penalty=d.decimal("wrongAnswerPenalty"),
        negative_total=d.flag("negativeTotal"),
        hint_cost=d.decimal("hintCost"),
        pass_score=d.decimal_or_none("passScore"),
        pass_score_is_percent=d.flag("passScoreIsPercent"),
        questions=tuple(_read_question(q) for q in d.rows("questions")),
    )


def _read_question(d: Fields) -> KeyQuestion:
    weights, feedback = d.inner("weights"), d.inner("optionFeedback")
    return KeyQuestion(
        question_id=d.text("questionId"),
        type=QuestionType(d.text("type")),
        points=d.decimal("points"),
        correct_ids=d.texts("correct"),
        option_ids=d.texts("options"),
        weights=tuple((i, weights.decimal(i)) for i in sorted(weights.fields)),
        rubric=d.text_or_none("rubric"),
        feedback=d.text_or_none("feedback"),
        option_feedback=tuple((i, feedback.text(i)) for i in sorted(feedback.fields)),
    )
