"""The queue of written answers that wait for a person to mark them."""

from datetime import datetime

from sqlalchemy import Select, select

from kiosk.exam.draft import QuestionType
from kiosk.exam.person import SYSTEM_ID
from kiosk.exam.script import QueueItem
from kiosk.exam.status import SubmissionStatus
from storage.models import office as rows
from storage.office.store import Store

OPEN_TYPES = (QuestionType.ESSAY, QuestionType.CODING)


class QueueStore(Store):
    """Tells which answers a person has to mark."""

    def waiting(self, test_id: str | None = None) -> tuple[QueueItem, ...]:
        """Return the written answers nobody has marked, the first handed in first; empty ones need nobody."""
        with self._reading() as session:
            items = (_queue_item(*row) for row in session.execute(_queue_query(test_id)))
            return tuple(i for i in items if i.answer.strip())


def _queue_query(test_id: str | None) -> "Select[rows.Answer, rows.Question, datetime | None]":
    by_person = (
        select(rows.Mark.question_id)
        .where(
            rows.Mark.submission_id == rows.Answer.submission_id,
            rows.Mark.opened_on == rows.Answer.opened_on,
            rows.Mark.question_id == rows.Answer.question_id,
            rows.Mark.marker_id != SYSTEM_ID,
        )
        .exists()
    )
    query = (
        select(rows.Answer, rows.Question, rows.Submission.submitted_at)
        .join(rows.Question, rows.Question.question_id == rows.Answer.question_id)
        .join(
            rows.Submission,
            (rows.Submission.submission_id == rows.Answer.submission_id)
            & (rows.Submission.opened_on == rows.Answer.opened_on),
        )
        .where(rows.Submission.status == SubmissionStatus.SUBMITTED, rows.Question.type.in_(OPEN_TYPES), ~by_person)
        .order_by(rows.Submission.submitted_at, rows.Answer.submission_id, rows.Answer.question_id)
    )
    if test_id is None:
        return query
    return query.join(rows.Assignment, rows.Assignment.assignment_id == rows.Submission.assignment_id).where(
        rows.Assignment.test_id == test_id
    )


def _queue_item(answer: rows.Answer, question: rows.Question, submitted_at: datetime | None) -> QueueItem:
    return QueueItem(
        submission_id=answer.submission_id,
        question_id=question.question_id,
        type=question.type,
        question_text=question.question_text,
        max_points=question.points,
        rubric=question.rubric,
        answer=answer.essay_answer or answer.coding_answer or "",
        submitted_at=submitted_at,
    )
