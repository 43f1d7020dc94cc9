"""Results: what reports are counted from, and what is released to candidates."""

import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Float, Select, Subquery, Text, and_, case, cast, func, or_, select, tuple_
from sqlalchemy.orm import Session

from kiosk.exam.log import AuditEntry, LogEntry
from kiosk.exam.notification import TEST_GRADED, Notification, graded_metadata
from kiosk.exam.outcome import Outcome, ReleasedResult, Standing, Tally
from kiosk.exam.status import LogAction, SubmissionStatus
from storage.models import office as rows
from storage.office.mark import GRADED
from storage.office.store import Store, in_batches, write_audit, write_logs, write_notifications

_BLANKS = " \t\n\r"


class ResultStore(Store):
    """Counts, releases and hands out results."""

    def standing(self, test_id: str) -> Standing:
        """Return how many attempts at a test stand where."""
        assigned = select(func.count()).where(
            rows.Assignment.test_id == test_id, rows.Assignment.withdrawn_at.is_(None)
        )
        attempts = (
            select(rows.Submission.status, func.count(), func.count(rows.Submission.released_at))
            .join(rows.Assignment, rows.Assignment.assignment_id == rows.Submission.assignment_id)
            .where(rows.Assignment.test_id == test_id)
            .group_by(rows.Submission.status)
        )
        with self._reading() as session:
            found = {status: (count, released) for status, count, released in session.execute(attempts)}
            return Standing(
                assigned=session.scalar(assigned) or 0,
                in_progress=found.get(SubmissionStatus.IN_PROGRESS, (0, 0))[0],
                to_mark=found.get(SubmissionStatus.SUBMITTED, (0, 0))[0],
                graded=sum(found.get(status, (0, 0))[0] for status in GRADED),
                released=sum(released for _, released in found.values()),
            )

    def outcomes(self, test_id: str) -> tuple[Outcome, ...]:
        """Return the best graded attempt of every candidate; of equal ones the first handed in."""
        best = _best_attempts(test_id)
        query = select(
            best.c.candidate_id, best.c.submission_id, best.c.score, best.c.max_score, best.c.passed
        ).order_by(best.c.candidate_id)
        with self._reading() as session:
            return tuple(Outcome(c, s, score, most, passed) for c, s, score, most, passed in session.execute(query))

    def tallies(self, test_id: str) -> tuple[Tally, ...]:
        """Return how the questions of a test were answered in the best graded attempts, counted in the database."""
        with self._reading() as session:
            query = tallies_query(test_id, list(session.scalars(days_query(test_id))))
            return tuple(
                Tally(question, is_correct, bool(is_empty), points, count)
                for question, is_correct, is_empty, points, count in session.execute(query)
            )

    def release(self, test_id: str, tells_score: bool, audit: AuditEntry) -> int:
        """Let candidates see the graded attempts not yet released, tell them, and return how many there were."""
        query = (
            select(rows.Submission, rows.Assignment.candidate_id, rows.Test.title)
            .join(rows.Assignment, rows.Assignment.assignment_id == rows.Submission.assignment_id)
            .join(rows.Test, rows.Test.test_id == rows.Assignment.test_id)
            .where(
                rows.Assignment.test_id == test_id,
                rows.Submission.status.in_(GRADED),
                rows.Submission.released_at.is_(None),
            )
            .order_by(rows.Submission.submission_id)
            .with_for_update(of=rows.Submission)
        )
        by, at = audit.who, audit.at
        with self._writing() as session:
            notices, logs = [], []
            for row, candidate_id, title in session.execute(query):
                row.released_at = at
                notices.append(_notice(row, candidate_id, test_id, title, tells_score, by, at))
                logs.append(_log(row, by, at))
            write_notifications(session, notices)
            write_logs(session, logs)
            write_audit(session, replace(audit, details={**audit.details, "released": len(logs)}))
            return len(logs)

    def released(self, test_ids: Sequence[str], *, with_points: bool) -> tuple[ReleasedResult, ...]:
        """Return the best released attempt of every assignment of some tests, if wanted with what each question got."""
        with self._reading() as session:
            found = [row for some in in_batches(test_ids) for row in session.execute(_released_query(some))]
            lines = _lines(session, [(row.submission_id, row.opened_on) for row in found] if with_points else [])
            return tuple(
                ReleasedResult(
                    submission_id=row.submission_id,
                    assignment_id=row.assignment_id,
                    candidate_id=row.candidate_id,
                    test_id=row.test_id,
                    paper_digest=row.paper_digest,
                    score=row.score,
                    max_score=row.max_score,
                    passed=row.passed,
                    feedback=row.feedback,
                    released_at=row.released_at,
                    points=lines.get((row.submission_id, row.opened_on), {}),
                )
                for row in found
            )


def days_query(test_id: str) -> Select[Any]:
    """Return the query for the days on which a test was sat."""
    return (
        select(rows.Submission.opened_on)
        .distinct()
        .join(rows.Assignment, rows.Assignment.assignment_id == rows.Submission.assignment_id)
        .where(rows.Assignment.test_id == test_id)
    )


def tallies_query(test_id: str, days: Sequence[str]) -> Select[Any]:
    """Return the query that counts how questions were answered.

    The days it was sat on are told, since without them every month of a parted table would be read.
    """
    best = _best_attempts(test_id)
    seen = (
        select(
            rows.Answer.question_id,
            rows.Answer.is_correct,
            _is_empty().label("is_empty"),
            rows.Answer.points_awarded.label("points"),
        )
        .join(
            best,
            and_(best.c.submission_id == rows.Answer.submission_id, best.c.opened_on == rows.Answer.opened_on),
        )
        .where(rows.Answer.seen, rows.Answer.opened_on.in_(days))
        .subquery()
    )
    grounds = (seen.c.question_id, seen.c.is_correct, seen.c.is_empty, seen.c.points)
    return select(*grounds, func.count()).group_by(*grounds).order_by(seen.c.question_id)


def _ranked(partition: Any) -> Any:
    # points are text on SQLite: as floats they sort well enough, and equal ones fall to the first handed in
    order = (cast(rows.Submission.score, Float).desc(), rows.Submission.submitted_at, rows.Submission.submission_id)
    return func.row_number().over(partition_by=partition, order_by=order).label("place")


def _best_attempts(test_id: str) -> Subquery:
    ranked = (
        select(
            rows.Assignment.candidate_id,
            rows.Submission.submission_id,
            rows.Submission.opened_on,
            rows.Submission.score,
            rows.Submission.max_score,
            rows.Submission.passed,
            _ranked(rows.Assignment.candidate_id),
        )
        .join(rows.Assignment, rows.Assignment.assignment_id == rows.Submission.assignment_id)
        .where(
            rows.Assignment.test_id == test_id,
            rows.Submission.status.in_(GRADED),
            rows.Submission.score.is_not(None),
        )
        .subquery()
    )
    return select(ranked).where(ranked.c.place == 1).subquery()


def _is_empty() -> Any:
    written = func.coalesce(rows.Answer.essay_answer, "").concat(func.coalesce(rows.Answer.coding_answer, ""))
    nothing_chosen = or_(
        rows.Answer.selected_option_ids.is_(None), cast(rows.Answer.selected_option_ids, Text).in_(("[]", "null"))
    )
    return case((and_(nothing_chosen, func.trim(written, _BLANKS) == ""), 1), else_=0)


def _released_query(test_ids: Sequence[str]) -> Select[Any]:
    ranked = (
        select(
            rows.Submission.submission_id,
            rows.Submission.opened_on,
            rows.Submission.assignment_id,
            rows.Assignment.candidate_id,
            rows.Assignment.test_id,
            rows.Submission.paper_digest,
            rows.Submission.score,
            rows.Submission.max_score,
            rows.Submission.passed,
            rows.Submission.feedback,
            rows.Submission.released_at,
            _ranked(rows.Submission.assignment_id),
        )
        .join(rows.Assignment, rows.Assignment.assignment_id == rows.Submission.assignment_id)
        .where(rows.Assignment.test_id.in_(test_ids), rows.Submission.released_at.is_not(None))
        .subquery()
    )
    return select(ranked).where(ranked.c.place == 1).order_by(ranked.c.submission_id)


def _lines(
    session: Session, sittings: Sequence[tuple[str, str]]
) -> Mapping[tuple[str, str], dict[str, tuple[Decimal, str | None]]]:
    found: dict[tuple[str, str], dict[str, tuple[Decimal, str | None]]] = defaultdict(dict)
    for some in in_batches(sittings):
        mark = rows.Mark
        query = (
            select(mark.submission_id, mark.opened_on, mark.question_id, mark.points, mark.comment)
            .where(tuple_(mark.submission_id, mark.opened_on).in_(some))
            .order_by(mark.revision)
        )
        for submission_id, opened_on, question_id, points, comment in session.execute(query):
            found[submission_id, opened_on][question_id] = (points, comment)
    return found


def _notice(
    row: rows.Submission, candidate_id: str, test_id: str, title: str, tells_score: bool, by: str, at: datetime
) -> Notification:
    return Notification(
        notification_id=uuid.uuid4().hex,
        user_id=candidate_id,
        type=TEST_GRADED,
        reference_id=row.submission_id,
        reference_type="testSubmissions",
        from_user_id=by,
        metadata=graded_metadata(test_id, title, row.score if tells_score else None),
        created_at=at,
    )


def _log(row: rows.Submission, by: str, at: datetime) -> LogEntry:
    return LogEntry(
        log_id=uuid.uuid4().hex,
        assignment_id=row.assignment_id,
        action=LogAction.REVIEWED,
        performed_by=by,
        timestamp=at,
        details="Released to the candidate",
    )
