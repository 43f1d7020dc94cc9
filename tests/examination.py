"""An exam office, a published test with candidates, and sittings handed in to it as the intake would leave them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from builders import NOON, a_clock, a_test
from kiosk.exam.answer import Answer
from kiosk.exam.assignment import Assignment
from kiosk.exam.draft import QuestionType, Test
from kiosk.exam.person import Person
from kiosk.exam.roles import Actor
from kiosk.exam.status import SubmissionStatus
from kiosk.office import assignment, draft, person, publication
from kiosk.office.office import FIRST_PEOPLE, Office
from kiosk.sealing.secret import Cost
from storage.models import office as rows

DUE = NOON + timedelta(days=7)
DAY = "2031-05-06"


@pytest.fixture
def office(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    """A new office at noon of the exam's day, whose hashes cost little."""
    for cost in ("CODE", "STANDARD"):
        monkeypatch.setattr(f"kiosk.office.secret.{cost}", Cost(passes=1, memory_kib=8, lanes=1))
    office = Office(engine, a_clock())
    office.people.found(FIRST_PEOPLE, office.now())
    yield office
    office.close()


def author(office: Office) -> Actor:
    """Return the office's own author, for publishing alone."""
    return office.acting("test.approve_publish", "author")


def admin(office: Office) -> Actor:
    """Return the office's own admin, for releasing alone."""
    return office.acting("submission.release_results", "admin")


def evaluator(office: Office) -> Actor:
    """Return the office's own evaluator."""
    return office.acting("answer.mark", "evaluator")


def publish(office: Office, **changes: Any) -> Test:
    """Keep a draft and publish it."""
    kept = draft.keep(office, author(office), a_test(**changes))
    publication.publish(office, author(office), kept.test_id)
    return kept


def candidates(office: Office, count: int, first: int = 1) -> tuple[Person, ...]:
    """Add candidates B-1 and so on."""
    people = [person.candidate(f"Okafor, Anna {n}", f"B-{n}") for n in range(first, first + count)]
    added = person.add(office, admin(office), people)
    return tuple(a.person for a in added)


def assigned(office: Office, test_id: str, people: Sequence[Person]) -> tuple[Assignment, ...]:
    """Assign a test to people, in their order."""
    new = assignment.assign(office, admin(office), test_id, [p.user_id for p in people], DUE)
    by_candidate = {a.candidate_id: a for a in new}
    return tuple(by_candidate[p.user_id] for p in people)


def right_answers(test: Test, *question_ids: str) -> dict[str, Answer]:
    """Return the right answers to some choice questions of a test, or to all of them."""
    found = {}
    for section in test.sections:
        for question in section.questions:
            if question.type.is_choice and (not question_ids or question.question_id in question_ids):
                right = tuple(sorted(o.option_id for o in question.options if o.is_correct))
                found[question.question_id] = Answer(question.question_id, right, seen=True)
    return found


def seen(answers: Mapping[str, Answer], *question_ids: str) -> dict[str, Answer]:
    """Return answers with some questions seen and left empty besides."""
    return {**{i: Answer(i, seen=True) for i in question_ids}, **answers}


def hand_in(
    office: Office, test: Test, given: Assignment, answers: Mapping[str, Answer], attempt: int = 1, **changes: Any
) -> str:
    """Put the rows of a handed-in sitting into the store and return its id."""
    types = {q.question_id: q.type for s in test.sections for q in s.questions}
    submission_id = f"{given.assignment_id}-{attempt}"
    fields: dict[str, Any] = {
        "submission_id": submission_id,
        "opened_on": DAY,
        "assignment_id": given.assignment_id,
        "started_at": NOON,
        "submitted_at": NOON + timedelta(hours=attempt),
        "status": SubmissionStatus.SUBMITTED,
        "attempt": attempt,
        "paper_digest": given.paper_digest,
    }
    with Session(office.engine) as session, session.begin():
        session.add(rows.Submission(**fields | changes))
        session.flush()
        session.add_all(_answer_row(submission_id, types[i], replace(a, question_id=i)) for i, a in answers.items())
    return submission_id


def _answer_row(submission_id: str, kind: QuestionType, answer: Answer) -> rows.Answer:
    return rows.Answer(
        answer_id=f"{submission_id}-{answer.question_id}",
        submission_id=submission_id,
        opened_on=DAY,
        question_id=answer.question_id,
        selected_option_ids=list(answer.option_ids) if kind.is_choice else None,
        essay_answer=answer.text if kind is QuestionType.ESSAY else None,
        coding_answer=answer.text if kind is QuestionType.CODING else None,
        answered_at=NOON if answer.is_answered else None,
        seen=answer.seen,
        hints_shown=answer.hints_shown,
    )
