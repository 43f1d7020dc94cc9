"""Marks while sittings are counted: the machine marks at once, and a person's award on another answer is flagged."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from kiosk.exam.answer import Answer
from kiosk.exam.grading import Award, machine_awards
from kiosk.exam.key import Key
from kiosk.exam.page import Page
from kiosk.exam.person import SYSTEM_ID
from kiosk.exam.script import Script
from kiosk.exam.status import SubmissionStatus
from storage.models import office as rows
from storage.office.mark import Marked, mark_in, marked

PutDown = Mapping[str, tuple[tuple[str, ...], str, str]]
"""What a candidate put down, by question: options, essay, program."""
_NOTHING: tuple[tuple[str, ...], str, str] = ((), "", "")


def mark_again(session: Session, sitting: rows.Submission, at: datetime) -> None:
    """Mark a handed-in sitting by the key in force, as `kiosk mark auto` does, in the caller's transaction."""
    session.flush()
    if sitting.status is SubmissionStatus.IN_PROGRESS or not _has_key(session, sitting):
        return
    mark_in(session, [(sitting.submission_id, sitting.opened_on)], _by_machine, SYSTEM_ID, at)


def first_marks(
    keys: Mapping[str, Key], page: Page, answers: Iterable[Mapping[str, Any]], at: datetime
) -> Marked | None:
    """Return what the machine marks in a sitting that was never counted, given its rows of `answers`.

    It comes to what `mark_again` comes to; None where it is not handed in, or its paper has no key here.
    """
    genesis, key = page.genesis, keys.get(page.genesis.paper)
    if page.standing.status is SubmissionStatus.IN_PROGRESS or key is None:
        return None
    script = Script(
        submission_id=genesis.submission_id,
        opened_on=genesis.opened_on,
        assignment_id=genesis.assignment_id,
        status=page.standing.status,
        answers={row["question_id"]: _answer(row) for row in answers},
        in_force={},
    )
    return marked(key, script, _by_machine(key, script), SYSTEM_ID, at)


def put_down_in(session: Session, sitting: tuple[str, str]) -> PutDown:
    """Return what the rows of a sitting say was put down."""
    answer = rows.Answer
    query = select(answer.question_id, answer.selected_option_ids, answer.essay_answer, answer.coding_answer).where(
        answer.submission_id == sitting[0], answer.opened_on == sitting[1]
    )
    return {
        question: (tuple(sorted(chosen or ())), essay or "", program or "")
        for question, chosen, essay, program in session.execute(query)
    }


def flag_overtaken(session: Session, sitting: tuple[str, str], before: PutDown) -> tuple[str, ...]:
    """Return flags for the awards people gave on answers that have changed; the awards stay on record."""
    after = put_down_in(session, sitting)
    return tuple(
        f"a person marked {question} on another answer than the one that counts now; look at the award again"
        for question in sorted(_marked_by_people(session, sitting))
        if before.get(question, _NOTHING) != after.get(question, _NOTHING)
    )


def _marked_by_people(session: Session, sitting: tuple[str, str]) -> set[str]:
    mark = rows.Mark
    query = (
        select(mark.question_id, mark.marker_id)
        .where(mark.submission_id == sitting[0], mark.opened_on == sitting[1])
        .order_by(mark.revision)
    )
    last: dict[str, str] = {}
    for question, marker in session.execute(query):
        last[question] = marker
    return {question for question, marker in last.items() if marker != SYSTEM_ID}


def _has_key(session: Session, sitting: rows.Submission) -> bool:
    query = select(rows.AnswerKey.version).where(rows.AnswerKey.paper_digest == sitting.paper_digest).limit(1)
    return session.scalar(query) is not None


def _answer(row: Mapping[str, Any]) -> Answer:
    return Answer(
        question_id=row["question_id"],
        option_ids=tuple(sorted(row["selected_option_ids"] or ())),
        text=row["essay_answer"] or row["coding_answer"] or "",
        flagged=row["flagged"],
        seen=row["seen"],
        hints_shown=row["hints_shown"],
        answered_seq=row["answered_seq"],
    )


def _by_machine(key: Key, script: Script) -> tuple[Award, ...]:
    return machine_awards(key, script.answers, script.in_force)
