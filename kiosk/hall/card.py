"""What a candidate is shown of tests before and after a sitting, cleaned of whatever a name or a title may carry."""

from decimal import Decimal

from pydantic import ValidationError

from kiosk.exam.assignment import Assignment
from kiosk.exam.error import Invalid
from kiosk.exam.notification import Notification
from kiosk.exam.outline import Outline
from kiosk.exam.person import Person
from kiosk.exam.roster import HeldResult
from kiosk.exam.text import clean_line, clean_text
from kiosk.exam.timing import MINUTE_MS, allowance
from kiosk.views.candidate import CandidateCard, Instructions, Notice, Result, ResultLine
from kiosk.wire.document import words
from kiosk.wire.result import ResultBody


def candidate_card(person: Person, seat: str) -> CandidateCard:
    """Return who is at a seat."""
    return CandidateCard(person.user_id, clean_line(person.name), clean_line(person.roll_number or ""), seat)


def minutes_of(outline: Outline, assignment: Assignment) -> int:
    """Return how long a candidate has, with their own extra time, in minutes."""
    return allowance(outline, assignment.accommodation).test_ms // MINUTE_MS


def instructions_of(outline: Outline, assignment: Assignment, attempt: int, resumes: bool) -> Instructions:
    """Return what is read before the start."""
    return Instructions.of(outline, assignment.assignment_id, assignment.accommodation, attempt, resumes=resumes)


def notice_of(notification: Notification) -> Notice:
    """Return one notification as it is shown."""
    return Notice(
        notification.notification_id,
        clean_text(notification.message),
        notification.created_at,
        notification.is_read,
    )


def result_of(held: HeldResult) -> Result:
    """Return a released result; raises Invalid when its body is of another version."""
    try:
        body = ResultBody.model_validate_json(held.body)
    except ValidationError as error:
        raise Invalid(f"this result is not of this version: {words(error)}") from None
    return Result(
        title=clean_line(body.title),
        score=Decimal(body.score),
        max_score=Decimal(body.max_score),
        passed=body.passed,
        feedback=_optional(body.feedback),
        lines=tuple(
            ResultLine(
                number=n.number,
                section=clean_line(n.section),
                points=None if n.points is None else Decimal(n.points),
                max_points=Decimal(n.max_points),
                feedback=_optional(n.feedback),
            )
            for n in body.lines
        ),
    )


def _optional(text: str | None) -> str | None:
    return clean_text(text) if text else None
