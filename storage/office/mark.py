"""Marks: `marks` is only added to; `answers` and `test_submissions` show the awards in force."""

import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from kiosk.exam.error import Refused
from kiosk.exam.grading import Award, Grade, grade, with_awards
from kiosk.exam.key import Key
from kiosk.exam.log import LogEntry
from kiosk.exam.script import MarkedScript, Script
from kiosk.exam.status import LogAction, SubmissionStatus
from storage.models import office as rows
from storage.office.script import Found, SittingId, award_of, scripts
from storage.office.store import Store, add_rows, write_logs

GRADED = (SubmissionStatus.GRADED, SubmissionStatus.REVIEWED)
Marking = Callable[[Key, Script], tuple[Award, ...]]
"""What somebody awards, given the key in force."""


class MarkStore(Store):
    """Marks sittings and tells which wait to be marked."""

    def to_mark(self, test_id: str | None = None, rescore: bool = False) -> tuple[SittingId, ...]:
        """Return the sittings handed in and not fully marked; with `rescore`, also those marked under an older key."""
        newest = (
            select(func.max(rows.AnswerKey.version))
            .where(rows.AnswerKey.paper_digest == rows.Submission.paper_digest)
            .scalar_subquery()
        )
        wanted = rows.Submission.status == SubmissionStatus.SUBMITTED
        if rescore:
            wanted = or_(wanted, rows.Submission.status.in_(GRADED) & (rows.Submission.key_version < newest))
        query = select(rows.Submission.submission_id, rows.Submission.opened_on).where(
            wanted, rows.Submission.paper_digest.is_not(None)
        )
        if test_id is not None:
            query = query.join(rows.Assignment, rows.Assignment.assignment_id == rows.Submission.assignment_id).where(
                rows.Assignment.test_id == test_id
            )
        with self._reading() as session:
            return tuple((s, d) for s, d in session.execute(query.order_by(rows.Submission.submission_id)))

    def sitting(self, submission_id: str) -> SittingId:
        """Return the whole id of a sitting; raises Refused when there is none."""
        query = select(rows.Submission.opened_on).where(rows.Submission.submission_id == submission_id)
        with self._reading() as session:
            found = session.scalars(query).all()
        if len(found) != 1:
            raise Refused(f"There is no sitting {submission_id} here.")
        return submission_id, found[0]

    def test_of(self, submission_id: str) -> str:
        """Return the test id of a sitting; raises Refused when there is none."""
        query = (
            select(rows.Assignment.test_id)
            .join(rows.Submission, rows.Submission.assignment_id == rows.Assignment.assignment_id)
            .where(rows.Submission.submission_id == submission_id)
        )
        with self._reading() as session:
            found = session.scalars(query).first()
        if found is None:
            raise Refused(f"There is no sitting {submission_id} here.")
        return found

    def mark(self, sittings: Sequence[SittingId], marking: Marking, by: str, at: datetime) -> tuple[MarkedScript, ...]:
        """Add what `marking` awards to each sitting and show it, all in one transaction.

        A sitting with nothing left to mark becomes `graded`, with an entry in its log. Raises Refused for one that
        is not handed in, or whose paper has no key here.
        """
        with self._writing() as session:
            return mark_in(session, sittings, marking, by, at)

    def preview(self, sittings: Sequence[SittingId], marking: Marking) -> tuple[MarkedScript, ...]:
        """Return what `mark` would come to, without writing anything."""
        with self._reading() as session:
            return tuple(_outcome(f, marking(f.key, f.script)) for f in scripts(session, sittings))

    def awards(self, submission_id: str) -> tuple[tuple[Award, datetime], ...]:
        """Return every award a sitting ever got, in order, with when it was given."""
        query = (
            select(rows.Mark)
            .where(rows.Mark.submission_id == submission_id)
            .order_by(rows.Mark.question_id, rows.Mark.revision)
        )
        with self._reading() as session:
            return tuple((award_of(row), row.marked_at) for row in session.scalars(query))

    def review(self, sitting: SittingId, feedback: str, by: str, at: datetime) -> None:
        """Keep an evaluator's words on a whole graded sitting; raises Refused while something is left to mark."""
        with self._writing() as session:
            row = session.get(rows.Submission, sitting, with_for_update=True)
            if row is None or row.status not in GRADED:
                raise Refused("This sitting has answers left to mark. `kiosk mark queue` names them.")
            row.status, row.feedback, row.reviewed_by = SubmissionStatus.REVIEWED, feedback, by
            write_logs(session, [_log(row.assignment_id, LogAction.REVIEWED, by, at, None)])


def mark_in(
    session: Session, sittings: Sequence[SittingId], marking: Marking, by: str, at: datetime
) -> tuple[MarkedScript, ...]:
    """Mark sittings as `MarkStore.mark` does, in the caller's transaction."""
    return tuple(_mark(session, found, marking, by, at) for found in scripts(session, sittings, lock=True))


@dataclass(frozen=True, slots=True)
class Marked:
    """What marking one sitting comes to in rows."""

    grade: Grade
    marks: list[dict[str, Any]]
    """New rows of `marks`."""
    shown: Mapping[str, tuple[bool | None, Decimal]]
    """By question, what `answers` shows of the award in force; nothing where none is."""
    sitting: dict[str, Any]
    """What changes in `test_submissions`."""
    logs: tuple[LogEntry, ...]


def marked(key: Key, script: Script, added: tuple[Award, ...], by: str, at: datetime) -> Marked:
    """Return what a sitting's rows say once awards are added."""
    in_force = with_awards(script.in_force, added)
    result = grade(key, script.answers, in_force)
    is_new = script.status not in GRADED
    status = script.status
    if not result.is_complete:
        status = SubmissionStatus.SUBMITTED
    elif is_new:
        status = SubmissionStatus.GRADED
    left = frozenset(result.left)
    return Marked(
        grade=result,
        marks=[_mark_values(script, award, at) for award in added],
        shown={q: (a.is_correct, a.points) for q, a in in_force.items() if q not in left},
        sitting={
            "score": result.score,
            "max_score": result.max_score,
            "passed": result.passed,
            "key_version": key.version,
            "status": status,
        },
        logs=tuple(_story(script.assignment_id, key, result, added, is_new, by, at)),
    )


def _mark(session: Session, found: Found, marking: Marking, by: str, at: datetime) -> MarkedScript:
    row, before = found.row, found.row.score
    new = marked(found.key, found.script, marking(found.key, found.script), by, at)
    add_rows(session, rows.Mark, new.marks)
    for answer in found.answers:
        answer.is_correct, answer.points_awarded = new.shown.get(answer.question_id, (None, None))
    for name, value in new.sitting.items():
        setattr(row, name, value)
    write_logs(session, new.logs)
    return MarkedScript(row.submission_id, len(new.marks), new.grade, before)


def _story(
    assignment_id: str, key: Key, result: Grade, added: Sequence[Award], is_new: bool, by: str, at: datetime
) -> Iterator[LogEntry]:
    if added:
        details = f"{len(added)} answers marked"
        if len(added) == 1:
            details = f"{added[0].points} of {added[0].max_points} points for question {added[0].question_id}"
        yield _log(assignment_id, LogAction.UPDATED, by, at, details)
    if result.is_complete and (added or is_new):
        details = f"Score {result.score} of {result.max_score} under key {key.version}"
        yield _log(assignment_id, LogAction.GRADED, by, at, details)


def _outcome(found: Found, added: tuple[Award, ...]) -> MarkedScript:
    script = found.script
    result = grade(found.key, script.answers, with_awards(script.in_force, added))
    return MarkedScript(script.submission_id, len(added), result, found.row.score)


def _mark_values(script: Script, award: Award, at: datetime) -> dict[str, Any]:
    return {
        "submission_id": script.submission_id,
        "opened_on": script.opened_on,
        "question_id": award.question_id,
        "revision": award.revision,
        "points": award.points,
        "max_points": award.max_points,
        "is_correct": award.is_correct,
        "key_version": award.key_version,
        "marker_id": award.marker_id,
        "marked_at": at,
        "comment": award.comment,
    }


def _log(assignment_id: str, action: LogAction, by: str, at: datetime, details: str | None) -> LogEntry:
    return LogEntry(
        log_id=uuid.uuid4().hex,
        assignment_id=assignment_id,
        action=action,
        performed_by=by,
        timestamp=at,
        details=details,
    )
