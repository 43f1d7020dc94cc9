"""Automatic marking: what an answer is worth under a key, exact to the last decimal."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from kiosk.exam.answer import Answer
from kiosk.exam.draft import QuestionType
from kiosk.exam.key import Key, KeyQuestion, MarkingRule

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Mark:
    """What one answer got."""

    question_id: str
    points: Decimal
    max_points: Decimal
    is_correct: bool


def mark_answer(key: Key, question: KeyQuestion, answer: Answer | None) -> Mark | None:
    """Return the mark of one answer, or None for Essay and Coding, which a person marks.

    All-or-nothing gives the points when the chosen set equals the correct set; nothing chosen is zero.
    Right minus wrong is (right - wrong) / correct of the points. Weights adds the shares of the chosen options.
    """
    if not question.type.is_choice:
        return None
    known = frozenset(question.option_ids)
    chosen = frozenset(answer.option_ids) & known if answer else frozenset()
    correct = frozenset(question.correct_ids)
    is_correct = bool(chosen) and chosen == correct
    share = _share(key, question, chosen, correct) if chosen else ZERO
    points = share * question.points
    if answer is not None and chosen:
        points = min(points, max(points - key.hint_cost * answer.hints_shown, ZERO))
    if not key.negative_total and points < 0 and not _penalised(key, question):
        points = ZERO
    return Mark(question.question_id, _rounded(points), question.points, is_correct)


def mark_sitting(key: Key, answers: Mapping[str, Answer]) -> tuple[Mark, ...]:
    """Return the marks of every question a machine can mark, empty and unseen ones at zero."""
    marks = (mark_answer(key, q, answers.get(q.question_id)) for q in key.questions)
    return tuple(m for m in marks if m is not None)


def total(marks: Iterable[Mark]) -> Decimal:
    """Return the sum of marks."""
    return sum((m.points for m in marks), ZERO)


def _share(key: Key, question: KeyQuestion, chosen: frozenset[str], correct: frozenset[str]) -> Decimal:
    several = question.type is QuestionType.MSQ
    if key.rule is MarkingRule.WEIGHTS and question.weights:
        weights = dict(question.weights)
        share = sum((weights.get(i, ZERO) for i in chosen), ZERO)
        return min(share, Decimal(1))
    if several and key.rule is MarkingRule.RIGHT_MINUS_WRONG:
        right, wrong = len(chosen & correct), len(chosen - correct)
        return Decimal(right - wrong) / Decimal(len(correct))
    if chosen == correct:
        return Decimal(1)
    return -key.wrong_answer_penalty if _penalised(key, question) else ZERO


def _penalised(key: Key, question: KeyQuestion) -> bool:
    return key.wrong_answer_penalty > 0 and question.type is not QuestionType.MSQ


def _rounded(points: Decimal) -> Decimal:
    return points.quantize(Decimal("0.000001")).normalize() + ZERO
