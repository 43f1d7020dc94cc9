"""Records of assignments, submissions, answers, logs and proctoring."""

from typing import Any, ClassVar

from pydantic import model_validator

from kiosk.exam.assignment import AssignmentStatus
from kiosk.exam.status import LogAction, SubmissionStatus
from kiosk.wire.records.field import Id, Ids, Int64, Member, Moment, Object, Points, Text
from kiosk.wire.records.record import Record


class AssignmentRecord(Record):
    """One test given to one candidate."""

    table: ClassVar[str] = "testAssignments"
    key: ClassVar[str | None] = "assignment_id"

    assignment_id: Id | None = None
    test_id: Id
    candidate_id: Id
    assigned_at: Moment
    due_date: Moment
    status: Member[AssignmentStatus]
    attempt_count: Int64
    last_attempt_at: Moment | None = None


class SubmissionRecord(Record):
    """One attempt; `submitted` without a time of submission is read as `in_progress`."""

    table: ClassVar[str] = "testSubmissions"
    key: ClassVar[str | None] = "submission_id"

    submission_id: Id | None = None
    assignment_id: Id
    started_at: Moment
    submitted_at: Moment | None = None
    score: Points | None = None
    duration: Int64 | None = None
    status: Member[SubmissionStatus]
    feedback: Text | None = None
    reviewed_by: Id | None = None

    @model_validator(mode="before")
    @classmethod
    def _read_as_open(cls, value: Any) -> Any:
        is_whole = isinstance(value, dict) and "startedAt" in value
        if is_whole and value.get("status") == "submitted" and value.get("submittedAt") is None:
            return {**value, "status": "in_progress"}
        return value


class AnswerRecord(Record):
    """One answer; without a time where the question was seen and nothing put down."""

    table: ClassVar[str] = "answers"
    key: ClassVar[str | None] = "answer_id"

    answer_id: Id | None = None
    submission_id: Id
    question_id: Id
    selected_option_ids: Ids | None = None
    essay_answer: Text | None = None
    coding_answer: Text | None = None
    is_correct: bool | None = None
    points_awarded: Points | None = None
    answered_at: Moment | None = None


class LogRecord(Record):
    """One act on an assignment."""

    table: ClassVar[str] = "testLogs"
    key: ClassVar[str | None] = "log_id"

    log_id: Id | None = None
    assignment_id: Id
    action: Member[LogAction]
    performed_by: Id
    timestamp: Moment
    details: Text | None = None


class ProctoringRecord(Record):
    """The supervision of one sitting."""

    table: ClassVar[str] = "proctoringSessions"
    key: ClassVar[str | None] = "session_id"

    session_id: Id | None = None
    submission_id: Id
    proctor_id: Id | None = None
    started_at: Moment
    ended_at: Moment | None = None
    activities: list[Object] | None = None
