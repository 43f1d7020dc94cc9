"""What a candidate may see of a released result: cut by the test's policy, and never anything out of the key."""

from decimal import Decimal

from kiosk.exam.canonical import canonical, decimal_text
from kiosk.exam.outcome import ReleasedResult
from kiosk.exam.paper import Paper
from kiosk.views.candidate import Result, ResultLine
from kiosk.wire.result import ResultBody, ResultLineDocument


def candidate_result(paper: Paper, released: ReleasedResult) -> Result | None:
    """Return the result as the policy lets the candidate see it, or None where it lets nothing be seen."""
    if paper.policy.show_results == "never":
        return None
    return Result(
        title=paper.title,
        score=released.score,
        max_score=released.max_score,
        passed=released.passed,
        feedback=released.feedback,
        lines=_lines(paper, released) if paper.policy.show_results == "questions" else (),
    )


def _lines(paper: Paper, released: ReleasedResult) -> tuple[ResultLine, ...]:
    nothing: tuple[Decimal | None, str | None] = (None, None)
    lines = []
    for section in paper.sections:
        for number, question in enumerate(section.questions, 1):
            points, words = released.points.get(question.question_id, nothing)
            lines.append(ResultLine(number, section.title, points, question.points, words))
    return tuple(lines)


def result_text(result: Result) -> str:
    """Return a result as the canonical text a roster carries."""
    body = ResultBody(
        title=result.title,
        score=decimal_text(result.score),
        max_score=decimal_text(result.max_score),
        passed=result.passed,
        feedback=result.feedback,
        lines=tuple(_line_document(line) for line in result.lines),
    )
    return canonical(body.model_dump()).decode("utf-8")


def _line_document(line: ResultLine) -> ResultLineDocument:
    return ResultLineDocument(
        number=line.number,
        section=line.section,
        points=None if line.points is None else decimal_text(line.points),
        max_points=decimal_text(line.max_points),
        feedback=line.feedback,
    )
