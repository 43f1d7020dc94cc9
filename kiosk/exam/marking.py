"""Automatic marking: what an answer is worth under a key, by the ids of the chosen options and never by their place.

Shares are exact fractions; only the points of a question are rounded, to six places, halves to the even digit. A
question with one right option may end below zero, by `wrongAnswerPenalty` or by a negative weight; one with several
right options ends at zero at least. The sum over a test ends at zero at least, unless `negativeTotal` is set.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Context, Decimal
from fractions import Fraction
from typing import Protocol

from kiosk.exam.answer import Answer
from kiosk.exam.draft import QuestionType
from kiosk.exam.key import Key, KeyQuestion, MarkingRule

PLACES = 6
"""Decimal places points are rounded to."""
_EXACT = Context(prec=60, rounding=ROUND_HALF_EVEN)


class Pointed(Protocol):
    """Whatever carries points: a mark, or an award in force."""

    @property
    def points(self) -> Decimal:
        """The points given."""
        ...


@dataclass(frozen=True, slots=True)
class Mark:
    """What one answer got."""

    question_id: str
    points: Decimal
    max_points: Decimal
    is_correct: bool


def mark_answer(key: Key, question: KeyQuestion, answer: Answer | None) -> Mark | None:
    """Return the mark of one answer, or None for Essay and Coding, which a person marks.

    All-or-nothing gives the points when the chosen set equals the correct set. Right minus wrong gives
    (right - wrong) / correct of them, weights the sum of the chosen options' shares, at most all. Nothing chosen is
    zero under every rule. A hint costs only what was won.
    """
    if not question.type.is_choice:
        return None
    chosen = frozenset(answer.option_ids) if answer else frozenset()
    share = _share(key, question, chosen) if chosen else Fraction(0)
    points = share * Fraction(question.points)
    if answer is not None and points > 0:
        points = max(points - Fraction(key.hint_cost) * answer.hints_shown, Fraction(0))
    return Mark(question.question_id, _rounded(points), question.points, _is_correct(question, chosen, share))


def mark_sitting(key: Key, answers: Mapping[str, Answer]) -> tuple[Mark, ...]:
    """Return the marks of every question a machine can mark, empty and unseen ones at zero."""
    marks = (mark_answer(key, q, answers.get(q.question_id)) for q in key.questions)
    return tuple(m for m in marks if m is not None)


def total(marks: Iterable[Pointed]) -> Decimal:
    """Return the sum of marks, exactly."""
    return sum((m.points for m in marks), Decimal(0))


def score(key: Key, marks: Iterable[Pointed]) -> Decimal:
    """Return the score of a test: the sum of its marks, and at least zero unless the key allows less."""
    reached = total(marks)
    return reached if key.negative_total else max(reached, Decimal(0))


def _is_correct(question: KeyQuestion, chosen: frozenset[str], share: Fraction) -> bool:
    if question.correct_ids:
        return chosen == frozenset(question.correct_ids)
    return share == 1


def _share(key: Key, question: KeyQuestion, chosen: frozenset[str]) -> Fraction:
    several = question.type is QuestionType.MSQ
    correct = frozenset(question.correct_ids)
    if key.rule is MarkingRule.WEIGHTS and question.weights:
        weights = {i: Fraction(w) for i, w in question.weights}
        share = sum((weights.get(i, Fraction(0)) for i in chosen), Fraction(0))
        return min(max(share, Fraction(0 if several else -1)), Fraction(1))
    if several and key.rule is MarkingRule.RIGHT_MINUS_WRONG and correct:
        return max(Fraction(len(chosen & correct) - len(chosen - correct), len(correct)), Fraction(0))
    if chosen == correct:
        return Fraction(1)
    return Fraction(0) if several else -Fraction(key.wrong_answer_penalty)


def _rounded(points: Fraction) -> Decimal:
    millionths = round(points * 10**PLACES)
    return _EXACT.normalize(_EXACT.scaleb(Decimal(millionths), -PLACES)) if millionths else Decimal(0)
