"""The report on one test: how its candidates did, and how hard each question was.

Every figure is taken over the best graded attempt of each candidate. A question that was seen and left empty counts
as wrong; one that was never seen is left out of its own figures, and the report says how often that was.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from kiosk.exam.canonical import decimal_text
from kiosk.exam.draft import QuestionType
from kiosk.exam.key import Key
from kiosk.exam.outcome import Outcome, Standing, Tally
from kiosk.exam.paper import Paper, PaperQuestion, PaperSection
from kiosk.reports.statistic import mean, median, percent

BASIS = (
    "Best graded attempt per candidate. Seen but empty counts as wrong; a question never seen by a candidate "
    "is left out of that question's figures."
)


@dataclass(frozen=True, slots=True)
class QuestionLine:
    """One question in figures."""

    question_id: str
    section: str
    number: int
    """Counted from 1 within its section, as printed."""
    type: QuestionType
    text: str
    points: Decimal
    seen: int
    never_seen: int
    empty: int
    correct: int
    """Full points, or the right set of options."""
    difficulty: Decimal | None
    """Percent of those who saw it and got it right (for Essay and Coding: who got full points)."""
    average_points: Decimal | None

    def document(self) -> dict[str, Any]:
        """Return the line as plain JSON values: points as text, percents as numbers."""
        return {
            "questionId": self.question_id,
            "section": self.section,
            "number": self.number,
            "type": self.type.value,
            "questionText": self.text,
            "points": decimal_text(self.points),
            "seen": self.seen,
            "neverSeen": self.never_seen,
            "empty": self.empty,
            "correct": self.correct,
            "difficulty": _number(self.difficulty),
            "averagePoints": _text(self.average_points),
        }


@dataclass(frozen=True, slots=True)
class TestReport:
    """One test in figures."""

    __test__ = False  # not a pytest class

    test_id: str
    title: str
    test_version: str | None
    paper_digest: str
    key_version: int
    standing: Standing
    candidates: int
    average_score: Decimal | None
    median_score: Decimal | None
    lowest_score: Decimal | None
    highest_score: Decimal | None
    max_score: Decimal
    pass_score: Decimal | None
    """In points, also where the test gives it in percent."""
    passed: int | None
    pass_rate: Decimal | None
    """Percent of candidates; None where the test has no pass mark or nobody is graded."""
    questions: tuple[QuestionLine, ...]

    def document(self) -> dict[str, Any]:
        """Return the report as plain JSON values: points as text, percents as numbers."""
        return {
            "testId": self.test_id,
            "title": self.title,
            "testVersion": self.test_version,
            "paperDigest": self.paper_digest,
            "keyVersion": self.key_version,
            "basis": BASIS,
            "standing": {
                "assigned": self.standing.assigned,
                "inProgress": self.standing.in_progress,
                "toMark": self.standing.to_mark,
                "graded": self.standing.graded,
                "released": self.standing.released,
            },
            "candidates": self.candidates,
            "averageScore": _text(self.average_score),
            "medianScore": _text(self.median_score),
            "lowestScore": _text(self.lowest_score),
            "highestScore": _text(self.highest_score),
            "maxScore": decimal_text(self.max_score),
            "passScore": _text(self.pass_score),
            "passed": self.passed,
            "passRate": _number(self.pass_rate),
            "questions": [q.document() for q in self.questions],
        }


def compose(
    paper: Paper, key: Key, standing: Standing, outcomes: Sequence[Outcome], tallies: Iterable[Tally]
) -> TestReport:
    """Return the report on a printed test from its outcomes and tallies."""
    scores = [o.score for o in outcomes]
    passed = sum(o.passed is True for o in outcomes)
    has_mark = key.needed_score is not None
    return TestReport(
        test_id=paper.test_id,
        title=paper.title,
        test_version=paper.test_version,
        paper_digest=paper.digest,
        key_version=key.version,
        standing=standing,
        candidates=len(outcomes),
        average_score=mean(scores),
        median_score=median(scores),
        lowest_score=min(scores, default=None),
        highest_score=max(scores, default=None),
        max_score=key.max_score,
        pass_score=key.needed_score,
        passed=passed if has_mark else None,
        pass_rate=percent(passed, len(outcomes)) if has_mark else None,
        questions=tuple(_lines(paper, len(outcomes), tallies)),
    )


def _lines(paper: Paper, candidates: int, tallies: Iterable[Tally]) -> Iterable[QuestionLine]:
    by_question: Mapping[str, list[Tally]] = defaultdict(list)
    for tally in tallies:
        by_question[tally.question_id].append(tally)
    for section in paper.sections:
        for number, question in enumerate(section.questions, 1):
            yield _line(section, number, question, candidates, by_question[question.question_id])


def _line(
    section: PaperSection, number: int, question: PaperQuestion, candidates: int, tallies: Sequence[Tally]
) -> QuestionLine:
    seen = sum(t.count for t in tallies)
    correct = sum(t.count for t in tallies if t.is_correct)
    points = sum(((t.points or Decimal(0)) * t.count for t in tallies), Decimal(0))
    return QuestionLine(
        question_id=question.question_id,
        section=section.title,
        number=number,
        type=question.type,
        text=question.text,
        points=question.points,
        seen=seen,
        never_seen=candidates - seen,
        empty=sum(t.count for t in tallies if t.is_empty),
        correct=correct,
        difficulty=percent(correct, seen),
        average_points=mean([points / seen]) if seen else None,
    )


def _text(value: Decimal | None) -> str | None:
    return None if value is None else decimal_text(value)


def _number(value: Decimal | None) -> float | None:
    return None if value is None else float(value)
