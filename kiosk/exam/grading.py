"""Grading: from answers and a key to awards, and from the awards in force to a score.

Awards are only ever added. The machine marks what it can under the key in force, and never touches what a person
has awarded.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from kiosk.exam.answer import Answer
from kiosk.exam.error import Refused
from kiosk.exam.key import Key, KeyQuestion
from kiosk.exam.marking import mark_answer, score
from kiosk.exam.person import SYSTEM_ID


@dataclass(frozen=True, slots=True, kw_only=True)
class Award:
    """One row of `marks`: what one question of one sitting was given, by whom, under which key."""

    question_id: str
    revision: int
    """Counts from 1; the highest is in force."""
    points: Decimal
    max_points: Decimal
    is_correct: bool | None
    key_version: int | None
    """The version of the Key the machine marked under; None for a person's own judgement."""
    marker_id: str
    comment: str | None = None

    @property
    def is_by_machine(self) -> bool:
        """Whether the machine gave it."""
        return self.marker_id == SYSTEM_ID


@dataclass(frozen=True, slots=True)
class Grade:
    """Where a sitting stands under the awards in force."""

    score: Decimal
    max_score: Decimal
    passed: bool | None
    """None while something is left to mark, and where the test has no pass mark."""
    left: tuple[str, ...]
    """Questions nobody has marked yet."""

    @property
    def is_complete(self) -> bool:
        """Whether nothing is left to mark."""
        return not self.left


def machine_awards(key: Key, answers: Mapping[str, Answer], in_force: Mapping[str, Award]) -> tuple[Award, ...]:
    """Return the awards the machine adds: for what it can mark and nobody has, or was marked on other grounds.

    An Essay or Coding question left empty is worth nothing and needs no person to say so.
    """
    awards = (_machine_award(key, q, answers.get(q.question_id), in_force.get(q.question_id)) for q in key.questions)
    return tuple(a for a in awards if a is not None)


def person_award(
    key: Key, question_id: str, points: Decimal, marker_id: str, comment: str | None, before: Award | None
) -> Award:
    """Return a person's award; raises Refused for a question the key has not, or points it cannot give."""
    question = key.by_question.get(question_id)
    if question is None:
        raise Refused(f"This paper has no question {question_id}.")
    if not points.is_finite() or not 0 <= points <= question.points:
        raise Refused(f"This question can get 0 to {question.points} points.")
    return Award(
        question_id=question_id,
        revision=_next(before),
        points=points,
        max_points=question.points,
        is_correct=points == question.points,
        key_version=None,
        marker_id=marker_id,
        comment=comment,
    )


def grade(key: Key, answers: Mapping[str, Answer], in_force: Mapping[str, Award]) -> Grade:
    """Return the score under the awards in force; questions without one count nothing yet."""
    counted, left = [], []
    for question in key.questions:
        award = in_force.get(question.question_id)
        if award is None or _is_overtaken(question, answers.get(question.question_id), award):
            left.append(question.question_id)
        else:
            counted.append(award)
    reached = score(key, counted)
    needed = key.needed_score
    passed = None if left or needed is None else reached >= needed
    return Grade(score=reached, max_score=key.max_score, passed=passed, left=tuple(left))


def with_awards(in_force: Mapping[str, Award], added: tuple[Award, ...]) -> dict[str, Award]:
    """Return what is in force once `added` are."""
    return {**in_force, **{a.question_id: a for a in added}}


def _is_overtaken(question: KeyQuestion, answer: Answer | None, award: Award) -> bool:
    # the machine found an open question empty, and then the sitting was reopened and something was written
    return award.is_by_machine and not question.type.is_choice and answer is not None and answer.is_answered


def _machine_award(key: Key, question: KeyQuestion, answer: Answer | None, before: Award | None) -> Award | None:
    if before is not None and not before.is_by_machine:
        return None
    points, is_correct = Decimal(0), False
    if question.type.is_choice:
        mark = mark_answer(key, question, answer)
        if mark is not None:
            points, is_correct = mark.points, mark.is_correct
    elif answer is not None and answer.is_answered:
        return None
    grounds = (points, is_correct, key.version)
    if before is not None and (before.points, before.is_correct, before.key_version) == grounds:
        return None
    return Award(
        question_id=question.question_id,
        revision=_next(before),
        points=points,
        max_points=question.points,
        is_correct=is_correct,
        key_version=key.version,
        marker_id=SYSTEM_ID,
    )


def _next(before: Award | None) -> int:
    return 1 if before is None else before.revision + 1
