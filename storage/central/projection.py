"""The projection of a journal: the rows of a sitting that say what it says, and what they add to its assignment."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from kiosk.exam.assignment import AssignmentStatus
from kiosk.exam.log import LogEntry
from kiosk.exam.moment import parse_iso
from kiosk.exam.page import Page, row_id
from storage.central.award import first_marks
from storage.central.once import add_all_once
from storage.central.text import storable
from storage.copy import copy_rows
from storage.models import office as rows
from storage.models.office import OfficeBase
from storage.office.mark import Marked
from storage.office.paper import newest_keys
from storage.office.store import write_logs
from storage.page import answer_row, sitting_key, standing_row

if TYPE_CHECKING:
    from storage.central.count import Opened

_UNMARKED = {"score": None, "max_score": None, "passed": None, "key_version": None}


@dataclass(frozen=True, slots=True)
class Projection:
    """One counted journal, and what is shown of it."""

    opened: "Opened"
    answers: Mapping[str, dict[str, Any]]
    """Rows of `answers` without their sitting, by question."""
    marked: Marked | None = None


def begin(session: Session, batch: Iterable["Opened"], at: datetime) -> set[tuple[Any, ...]]:
    """Write the rows of those sittings of a batch that were never counted, marked at once; return their keys."""
    keys = newest_keys(session, {o.page.genesis.paper for o in batch})
    drafts = []
    for opened in sorted(batch, key=lambda o: o.page.genesis.submission_id):
        answers = answers_of(opened)
        drafts.append(Projection(opened, answers, first_marks(keys, opened.page, answers.values(), at)))
    sittings = [{**whole_row(d.opened), **_UNMARKED, **({} if d.marked is None else d.marked.sitting)} for d in drafts]
    new = add_all_once(session, rows.Submission, sittings)
    project(session, [d for d in drafts if tuple(sitting_key(d.opened.page.genesis).values()) in new])
    return new


def answers_of(opened: "Opened") -> dict[str, dict[str, Any]]:
    """Return what a journal's `answers` say, without their sitting, by question."""
    return {a.question_id: storable(answer_row(a)) for a in opened.page.answers}


def whole_row(opened: "Opened") -> dict[str, Any]:
    """Return what a counted journal says in the row of `test_submissions`."""
    genesis, standing = opened.page.genesis, opened.page.standing
    return {
        **sitting_key(genesis),
        "assignment_id": genesis.assignment_id,
        "started_at": parse_iso(standing.started_at),
        "attempt": standing.attempt,
        "bundle_id": opened.bundle_id,
        "paper_digest": genesis.paper,
        "seat": genesis.seat,
        "lease_id": genesis.lease,
        "build": genesis.build,
        **standing_row(standing),
    }


def project(session: Session, drafts: Iterable[Projection]) -> None:
    """Write answers, awards, supervision and story of sittings whose own rows stand already."""
    answers: list[dict[str, Any]] = []
    marks: list[dict[str, Any]] = []
    supervised: list[dict[str, Any]] = []
    logs: list[LogEntry] = []
    for draft in drafts:
        key = sitting_key(draft.opened.page.genesis)
        shown = {} if draft.marked is None else draft.marked.shown
        for question_id, answer in draft.answers.items():
            is_correct, points = shown.get(question_id, (None, None))
            answers.append({**key, **answer, "is_correct": is_correct, "points_awarded": points})
        supervised.append({**key, **_proctoring_row(draft.opened.page)})
        logs += draft.opened.story
        if draft.marked is not None:
            marks += draft.marked.marks
            logs += draft.marked.logs
    copy_rows(session, rows.Answer, answers)
    copy_rows(session, rows.Mark, marks)
    copy_rows(session, rows.Proctoring, supervised)
    write_logs(session, logs)


def _proctoring_row(page: Page) -> dict[str, Any]:
    ended_at = page.standing.submitted_at
    return {
        "session_id": row_id(page.genesis.submission_id, "proctoring"),
        "proctor_id": page.proctor_id,
        "started_at": parse_iso(page.standing.started_at),
        "ended_at": parse_iso(ended_at) if ended_at else None,
        "activities": storable(list(page.activities)),
    }


def write_attempts(session: Session, pages: Iterable[Page], left: Collection[str] = ()) -> None:
    """Let assignments say what their sittings say: how many, the last one, and whether that is handed in.

    `pages` are of bundles just opened: where one counts for nothing, its attempt was made all the same. `left` are
    assignments that a sitting was taken away from.
    """
    made = dict.fromkeys(left, 0) | {p.genesis.assignment_id: p.standing.attempt for p in pages}
    submission, assignment = rows.Submission, rows.Assignment
    found: dict[str, list[tuple[int, datetime, datetime | None]]] = {i: [] for i in made}
    for row in session.execute(
        select(submission.assignment_id, submission.attempt, submission.started_at, submission.submitted_at)
        .where(submission.assignment_id.in_(made))
        .order_by(submission.attempt, submission.started_at)
    ):
        found[row.assignment_id].append((row.attempt, row.started_at, row.submitted_at))
    query = select(
        assignment.assignment_id, assignment.attempt_count, assignment.last_attempt_at, assignment.absent
    ).where(assignment.assignment_id.in_(made))
    values = []
    for held in session.execute(query.order_by(assignment.assignment_id)):
        attempts = found[held.assignment_id]
        standing = _standing(held.assignment_id, [made[held.assignment_id], held.attempt_count], attempts)
        was_absent = held.absent and not standing["attempt_count"]  # whatever a hall has said: somebody sat
        values.append({**standing, "last_attempt_at": _last(attempts, held.last_attempt_at), "absent": was_absent})
    table = OfficeBase.metadata.tables[assignment.__tablename__]
    changed = ("attempt_count", "status", "last_attempt_at", "absent")
    changes: dict[str, Any] = {name: bindparam(name) for name in changed}
    session.execute(update(table).where(table.c.assignment_id == bindparam("of")).values(changes), values)


def _standing(
    assignment_id: str, held: Sequence[int], attempts: Sequence[tuple[int, datetime, datetime | None]]
) -> dict[str, Any]:
    is_handed_in = bool(attempts) and attempts[-1][2] is not None
    return {
        "of": assignment_id,
        "attempt_count": max([len(attempts), *held, *(attempt for attempt, _, _ in attempts)]),
        "status": AssignmentStatus.COMPLETED if is_handed_in else AssignmentStatus.IN_PROGRESS,
    }


def _last(attempts: Sequence[tuple[int, datetime, datetime | None]], before: datetime | None) -> datetime | None:
    return attempts[-1][1] if attempts else before
