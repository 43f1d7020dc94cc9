"""Scripts as marking reads them: the answers of sittings, the awards in force, the key to go by."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from kiosk.exam.answer import Answer
from kiosk.exam.error import Refused
from kiosk.exam.grading import Award
from kiosk.exam.key import Key
from kiosk.exam.moment import iso
from kiosk.exam.script import Script
from kiosk.exam.status import SubmissionStatus
from storage.models import office as rows
from storage.office.paper import newest_keys
from storage.office.store import in_batches

SittingId = tuple[str, str]
"""Submission id and the day it was opened."""


@dataclass(frozen=True, slots=True)
class Found:
    """One sitting to mark: its rows, the key in force, and its script."""

    row: rows.Submission
    answers: Sequence[rows.Answer]
    key: Key
    script: Script


def scripts(session: Session, sittings: Sequence[SittingId], lock: bool = False) -> Iterator[Found]:
    """Read sittings as they are marked; raises Refused for one not handed in, or whose paper has no key here."""
    for some in in_batches(sittings):
        query = (
            select(rows.Submission)
            .where(tuple_(rows.Submission.submission_id, rows.Submission.opened_on).in_(some))
            .order_by(rows.Submission.submission_id)
        )
        submissions = session.scalars(query.with_for_update() if lock else query).all()
        keys = newest_keys(session, {s.paper_digest for s in submissions if s.paper_digest is not None})
        ids = [(s.submission_id, s.opened_on) for s in submissions]
        answers, awards = _answers(session, ids), _in_force(session, ids)
        for row in submissions:
            if row.status is SubmissionStatus.IN_PROGRESS:
                raise Refused(f"The sitting {row.submission_id} is not handed in yet.")
            key = keys.get(row.paper_digest or "")
            if key is None:
                raise Refused(f"The paper of the sitting {row.submission_id} has no key here.")
            found = (row.submission_id, row.opened_on)
            yield Found(row, answers[found], key, _script(row, answers[found], awards[found]))


def _script(row: rows.Submission, answers: Sequence[rows.Answer], in_force: Mapping[str, Award]) -> Script:
    return Script(
        submission_id=row.submission_id,
        opened_on=row.opened_on,
        assignment_id=row.assignment_id,
        status=row.status,
        answers={a.question_id: _answer(a) for a in answers},
        in_force=in_force,
        is_released=row.released_at is not None,
    )


def _answers(session: Session, sittings: Sequence[SittingId]) -> Mapping[SittingId, list[rows.Answer]]:
    found: dict[SittingId, list[rows.Answer]] = defaultdict(list)
    query = select(rows.Answer).where(tuple_(rows.Answer.submission_id, rows.Answer.opened_on).in_(sittings))
    for row in session.scalars(query):
        found[row.submission_id, row.opened_on].append(row)
    return found


def _answer(row: rows.Answer) -> Answer:
    return Answer(
        question_id=row.question_id,
        option_ids=tuple(sorted(row.selected_option_ids or ())),
        text=row.essay_answer or row.coding_answer or "",
        flagged=row.flagged,
        seen=row.seen,
        hints_shown=row.hints_shown,
        answered_at=None if row.answered_at is None else iso(row.answered_at),
        answered_seq=row.answered_seq,
    )


def _in_force(session: Session, sittings: Sequence[SittingId]) -> Mapping[SittingId, dict[str, Award]]:
    found: dict[SittingId, dict[str, Award]] = defaultdict(dict)
    query = (
        select(rows.Mark)
        .where(tuple_(rows.Mark.submission_id, rows.Mark.opened_on).in_(sittings))
        .order_by(rows.Mark.revision)
    )
    for row in session.scalars(query):
        found[row.submission_id, row.opened_on][row.question_id] = award_of(row)
    return found


def award_of(row: rows.Mark) -> Award:
    """Return the award a row of `marks` holds."""
    return Award(
        question_id=row.question_id,
        revision=row.revision,
        points=row.points,
        max_points=row.max_points,
        is_correct=row.is_correct,
        key_version=row.key_version,
        marker_id=row.marker_id,
        comment=row.comment,
    )
