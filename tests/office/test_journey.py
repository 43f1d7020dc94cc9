"""The page's journeys A to D and F, run from its own code blocks; E has a test of its own, with a real capture."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Engine

from datamodel import Date, blocks, evaluate, run
from kiosk.office.register import Register
from kiosk.wire.records.table import record_of

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
PEOPLE = {"adminUserId": "admin", "userId1": "candidate", "userId2": "candidate", "userId3": "candidate"}


@dataclass
class Journey:
    """The page's `db`, over a register, and the names its blocks have declared so far."""

    register: Register
    names: dict[str, Any] = field(default_factory=dict)

    def insert(self, table: str, fields: dict[str, Any]) -> str | None:
        """Put a row in; the object that was inserted learns its id, as the page assumes."""
        kind = record_of(table)
        record = self.register.put(kind.read(fields))
        if kind.key is None:
            return None
        made = str(record.columns()[kind.key])
        fields[kind.model_fields[kind.key].alias or ""] = made
        return made

    def update(self, table: str, row_id: str, fields: dict[str, Any]) -> None:
        """Change the row with an id."""
        key = record_of(table).key
        assert key is not None
        self.register.change(table, {record_of(table).model_fields[key].alias or "": row_id}, fields)

    def run(self, letter: str) -> None:
        """Run the block of one section."""
        run(blocks()[letter], self.names)

    def one(self, table: str, **where: Any) -> Any:
        """Return the one record with these values."""
        return self.register.take(table, **where)


@pytest.fixture
def journey(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> Journey:
    """A journey on an office that knows the people the page speaks of."""
    monkeypatch.setattr(Date, "now", NOW, raising=False)
    made = Journey(Register(engine))
    clock = lambda: int(NOW.timestamp() * 1000)  # noqa: E731
    date: Callable[..., Date] = Date
    made.names |= {"db": made, "Date": _Constructor(date, clock)}
    for name, role in PEOPLE.items():
        made.names[name] = name
        made.insert("users", {"userId": name, "role": role, "name": name, "createdAt": NOW, "isActive": True})
    return made


@dataclass
class _Constructor:
    make: Callable[..., Date]
    now: Callable[[], int]

    def __call__(self, *arguments: Any) -> Date:
        return self.make(*arguments)


@pytest.fixture
def created(journey: Journey) -> Journey:
    """After section A."""
    journey.run("A")
    return journey


@pytest.fixture
def assigned(created: Journey) -> Journey:
    """After section B."""
    created.run("B")
    return created


@pytest.fixture
def taken(assigned: Journey) -> Journey:
    """After section C: the first candidate's sitting."""
    assignment = assigned.one("testAssignments", candidateId="userId1")
    assigned.names["assignmentId"] = assignment.assignment_id
    assigned.run("C")
    return assigned


def test_a_creating_a_test(created: Journey) -> None:
    test = created.one("tests", testId=created.names["testId"])
    assert (test.title, test.duration, test.pass_score) == ("Professional Certification Exam", 120, Decimal(70))
    assert (test.created_at, test.created_by, test.tags) == (NOW, "adminUserId", ["Certification", "Professional"])
    section = created.one("sections", testId=test.test_id)
    assert (section.title, section.duration, section.is_mandatory) == ("Section 1: Technical Knowledge", 60, True)
    question = created.one("questions", sectionId=section.section_id)
    assert (question.type, question.points, question.order) == ("MCQ", Decimal(5), 1)
    assert (question.hints, question.attachments) == (["It's also known as the city of love."], [])
    options = created.register.find("options", questionId=question.question_id)
    assert {(o.option_text, o.is_correct, o.option_order) for o in options} == {("Paris", True, 1), ("Lyon", False, 2)}
    assert created.one("questionTags", questionId=question.question_id).tag == "Geography"


def test_a_step_6_settings(created: Journey) -> None:
    test_id = created.names["testId"]
    created.insert("testSettings", {"testId": test_id, "settingKey": "marking", "settingValue": "allOrNothing"})
    assert created.one("testSettings", testId=test_id).setting_value == "allOrNothing"


def test_b_assigning_a_test(assigned: Journey) -> None:
    assignments = assigned.register.find("testAssignments", testId=assigned.names["testId"])
    assert {a.candidate_id for a in assignments} == {"userId1", "userId2", "userId3"}
    assert {(a.status, a.attempt_count, a.assigned_at, a.due_date) for a in assignments} == {
        ("assigned", 0, NOW, NOW + timedelta(days=7))
    }
    for assignment in assignments:
        notice = assigned.one("notifications", userId=assignment.candidate_id)
        assert (notice.type, notice.reference_id, notice.is_read) == ("test_assigned", assignment.assignment_id, False)
        assert notice.metadata == {
            "message": 'You have been assigned the test "Professional Certification Exam".',
            "actionUrl": f"/tests/{assigned.names['testId']}/start",
        }


def test_c_taking_a_test_opens_before_it_is_submitted(assigned: Journey) -> None:
    assigned.names["assignmentId"] = assigned.one("testAssignments", candidateId="userId1").assignment_id
    opening = evaluate(blocks()["C"], "{\n  assignmentId", assigned.names)
    assert opening["status"] == "submitted"
    submission_id = assigned.insert("testSubmissions", opening)
    assert assigned.one("testSubmissions", submissionId=submission_id).status == "in_progress"


def test_c_taking_a_test(taken: Journey) -> None:
    names = taken.names
    submission = taken.one("testSubmissions", assignmentId=names["assignmentId"])
    assert (submission.status, submission.duration, submission.submitted_at) == ("submitted", 3600, NOW)
    assignment = taken.one("testAssignments", assignmentId=names["assignmentId"])
    assert (assignment.status, assignment.attempt_count, assignment.last_attempt_at) == ("completed", 1, NOW)
    answer = taken.one("answers", submissionId=submission.submission_id)
    assert answer.selected_option_ids == [names["option1"]["optionId"]]
    assert (answer.is_correct, answer.points_awarded, answer.answered_at) == (True, Decimal(5), NOW)


def test_d_grading(taken: Journey) -> None:
    code, names = blocks()["D"], taken.names
    answer = taken.one("answers", submissionId=names["submissionId"])
    options = taken.register.find("options", questionId=names["questionId"])
    correct = {o.option_id for o in options if o.is_correct}
    question = taken.one("questions", questionId=names["questionId"])
    is_correct = set(answer.selected_option_ids) == correct
    names |= {
        "answerId": answer.answer_id,
        "isCorrect": is_correct,
        "pointsAwarded": question.points if is_correct else Decimal(0),
    }
    evaluate(code, 'await db.update("answers"', names)
    awarded = taken.register.find("answers", submissionId=names["submissionId"])
    names["totalScore"] = sum((a.points_awarded or Decimal(0) for a in awarded), Decimal(0))
    evaluate(code, 'await db.update("testSubmissions"', names)
    graded = taken.one("testSubmissions", submissionId=names["submissionId"])
    assert (graded.score, graded.status) == (Decimal(5), "graded")
    names |= {"candidateId": "userId1", "testTitle": taken.one("tests", testId=names["testId"]).title}
    taken.insert("notifications", evaluate(code, "{\n  userId: candidateId", names))
    notice = taken.one("notifications", userId="userId1", type="test_graded")
    assert notice.metadata["message"].endswith("has been graded. Your score is 5.")


def test_d_a_person_reviews_and_gives_feedback(taken: Journey) -> None:
    submission_id = taken.names["submissionId"]
    taken.update("testSubmissions", submission_id, {"status": "graded", "score": 5})
    taken.update(
        "testSubmissions", submission_id, {"status": "reviewed", "reviewedBy": "adminUserId", "feedback": "Well done."}
    )
    for action in ("graded", "reviewed"):
        log = {"assignmentId": taken.names["assignmentId"], "action": action, "performedBy": "adminUserId"}
        taken.insert("testLogs", {**log, "timestamp": NOW, "details": "by hand"})
    reviewed = taken.one("testSubmissions", submissionId=submission_id)
    assert (reviewed.status, reviewed.reviewed_by, reviewed.feedback) == ("reviewed", "adminUserId", "Well done.")
    logs = taken.register.find("testLogs", assignmentId=taken.names["assignmentId"])
    assert {log.action for log in logs} == {"graded", "reviewed"}


def test_f_reporting(taken: Journey) -> None:
    names = taken.names
    for candidate, option, score in (("userId2", "option2", 0), ("userId3", "option1", 5)):
        assignment = taken.one("testAssignments", candidateId=candidate)
        sitting = {"assignmentId": assignment.assignment_id, "startedAt": NOW, "submittedAt": NOW, "status": "graded"}
        submission_id = taken.insert("testSubmissions", {**sitting, "score": score})
        given = {"submissionId": submission_id, "questionId": names["questionId"], "answeredAt": NOW}
        chosen = [names[option]["optionId"]]
        taken.insert("answers", {**given, "selectedOptionIds": chosen, "isCorrect": score > 0, "pointsAwarded": score})
    taken.update("testSubmissions", names["submissionId"], {"status": "graded", "score": 5})

    scores = [submission.score for submission in submissions_of(taken, names["testId"])]
    assert sum(scores) / len(scores) == Decimal(10) / 3
    answers = taken.register.find("answers", questionId=names["questionId"])
    assert (sum(bool(a.is_correct) for a in answers), len(answers)) == (2, 3)


def submissions_of(journey: Journey, test_id: str) -> Iterator[Any]:
    """Yield the submissions of a test; the page asks by `testId`, which stands on the assignment."""
    for assignment in journey.register.find("testAssignments", testId=test_id):
        yield from journey.register.find("testSubmissions", assignmentId=assignment.assignment_id)
