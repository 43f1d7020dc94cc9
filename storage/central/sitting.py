"""The rows of a sitting, made of the journal that counts: a function of the set of its bundles, not of their order."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, func, literal, select, update
from sqlalchemy.orm import Session

from kiosk.exam.assignment import AssignmentStatus
from kiosk.exam.error import Invalid
from kiosk.exam.moment import parse_iso
from kiosk.exam.page import Page, row_id
from kiosk.exam.status import BundleState, SubmissionStatus
from kiosk.exam.story import TOLD, log_id
from storage.central.award import PutDown, flag_overtaken, mark_again, put_down_in
from storage.central.decision import ReadDecision, adopted
from storage.central.once import add_all_once, add_once
from storage.central.provisional import ensure_assignment, ensure_people
from storage.central.text import storable
from storage.copy import copy_rows
from storage.models import office as rows
from storage.office.store import add_rows, in_batches, write_logs
from storage.page import answer_row, entry_row, evidence_row, lease_row, sitting_key, standing_row

if TYPE_CHECKING:
    from storage.central.count import Opened

OUTRANKED = "another bundle of this sitting ranks higher and is counted already"
_MISSING_PAPER = ("the paper ", " was not printed here")


def missing_paper(digest: Any) -> Any:
    """Return the words for a paper that is not here, of a digest or of a column of digests."""
    before, after = _MISSING_PAPER
    return f"{before}{digest}{after}" if isinstance(digest, str) else literal(before) + digest + literal(after)


def place(session: Session, bundle: rows.Bundle, opened: "Opened", read: ReadDecision, at: datetime) -> None:
    """Keep an opened bundle's journal, and let the rows of its sitting say what it says if it ranks highest.

    Raises Invalid where the office's own rows contradict the bundle.
    """
    genesis = opened.page.genesis
    if session.get(rows.Paper, genesis.paper) is None:
        raise Invalid(missing_paper(genesis.paper))
    staff = {e.performed_by for e in opened.story} | {opened.page.proctor_id or opened.candidate.user_id}
    ensure_people(session, opened.candidate, staff, at)
    ensure_assignment(session, opened, at)
    session.flush()
    is_new = add_once(session, rows.Submission, _first_row(opened.page))
    sitting = session.get_one(
        rows.Submission,
        (genesis.submission_id, genesis.opened_on),
        with_for_update={"key_share": True},
        populate_existing=True,
    )
    _keep(session, opened, is_new)
    bundle.rank, bundle.problem = opened.rank, None
    bundle.flags = sorted({*bundle.flags, *opened.flags})
    before = None if sitting.bundle_id is None else session.get_one(rows.Bundle, (sitting.bundle_id, sitting.opened_on))
    # one counted before bundles had ranks stays the one that counts
    if before is not None and (before.rank is None or before.rank > opened.rank):
        bundle.state, bundle.problem = BundleState.BRANCH, OUTRANKED
        _write_attempts(session, genesis.assignment_id, opened.page)
        return
    bundle.state = BundleState.COUNTED
    _count(session, sitting, bundle, opened, before, read, at)


def _count(
    session: Session,
    sitting: rows.Submission,
    bundle: rows.Bundle,
    opened: "Opened",
    before: rows.Bundle | None,
    read: ReadDecision,
    at: datetime,
) -> None:
    key = (sitting.submission_id, sitting.opened_on)
    was: PutDown = {}
    left = sitting.assignment_id
    if before is not None:
        was = _set_aside(session, sitting, before)
    taken = adopted(session, key, opened.bundle_id, opened.questions, read)
    _set_standing(sitting, opened)
    session.flush()
    _project(session, opened, taken.answers)
    flags = [*taken.flags]
    if before is not None:
        flags += flag_overtaken(session, key, was)
        if sitting.released_at is not None:
            flags.append("a result was released on another bundle of this sitting; look at it again")
    bundle.flags = sorted({*bundle.flags, *flags})
    for assignment_id in {left, sitting.assignment_id}:
        _write_attempts(session, assignment_id, opened.page)
    mark_again(session, sitting, at)


def _first_row(page: Page) -> dict[str, Any]:
    genesis, standing = page.genesis, page.standing
    return {
        **sitting_key(genesis),
        "assignment_id": genesis.assignment_id,
        "started_at": parse_iso(standing.started_at),
        "status": SubmissionStatus.IN_PROGRESS,
        "attempt": standing.attempt,
        "is_late": False,
    }


def _keep(session: Session, opened: "Opened", is_new: bool) -> None:
    """Write what every bundle of a sitting keeps, whether it counts or not."""
    page, key = opened.page, sitting_key(opened.page.genesis)
    journal = [{**entry_row(e), "bundle_id": opened.bundle_id} for e in page.entries]
    evidence = [{**key, **evidence_row(e)} for e in page.evidence]
    copy_rows(session, rows.JournalEntry, journal)
    if is_new:
        copy_rows(session, rows.Evidence, evidence)
    else:
        add_all_once(session, rows.Evidence, evidence)
    add_all_once(session, rows.Lease, [lease_row(signed) for signed in opened.leases])


def _set_aside(session: Session, sitting: rows.Submission, before: rows.Bundle) -> PutDown:
    """Take back what the bundle that counted so far said, and return what it had put down."""
    key = (sitting.submission_id, sitting.opened_on)
    was = put_down_in(session, key)
    before.state, before.problem = BundleState.BRANCH, OUTRANKED
    for model in (rows.Answer, rows.Proctoring):
        session.execute(delete(model).where(model.submission_id == key[0], model.opened_on == key[1]))
    entry = rows.JournalEntry
    told = select(entry.seq).where(
        entry.submission_id == key[0],
        entry.opened_on == key[1],
        entry.bundle_id == before.bundle_id,
        entry.kind.in_(TOLD),
    )
    for some in in_batches([log_id(key[0], seq) for seq in session.scalars(told)]):
        session.execute(delete(rows.Log).where(rows.Log.log_id.in_(some)))
    sitting.score = sitting.max_score = sitting.passed = sitting.key_version = None
    return was


def _set_standing(sitting: rows.Submission, opened: "Opened") -> None:
    genesis, standing = opened.page.genesis, opened.page.standing
    sitting.bundle_id = opened.bundle_id
    sitting.assignment_id, sitting.attempt = genesis.assignment_id, standing.attempt
    sitting.started_at = parse_iso(standing.started_at)
    sitting.paper_digest, sitting.seat = genesis.paper, genesis.seat
    sitting.lease_id, sitting.build = genesis.lease, genesis.build
    for name, value in standing_row(standing).items():
        setattr(sitting, name, value)


def _project(session: Session, opened: "Opened", taken: dict[str, dict[str, Any]]) -> None:
    page, key = opened.page, sitting_key(opened.page.genesis)
    answers = {a.question_id: storable(answer_row(a)) for a in page.answers} | taken
    copy_rows(session, rows.Answer, [{**key, **answer} for answer in answers.values()])
    add_rows(session, rows.Proctoring, [{**key, **_proctoring_row(page)}])
    write_logs(session, opened.story)


def _proctoring_row(page: Page) -> dict[str, Any]:
    ended_at = page.standing.submitted_at
    return {
        "session_id": row_id(page.genesis.submission_id, "proctoring"),
        "proctor_id": page.proctor_id,
        "started_at": parse_iso(page.standing.started_at),
        "ended_at": parse_iso(ended_at) if ended_at else None,
        "activities": storable(list(page.activities)),
    }


def _write_attempts(session: Session, assignment_id: str, page: Page) -> None:
    """Let the assignment say what its sittings say: how many, the last one, and whether that is handed in.

    `page` is of a bundle just opened: where it counts for nothing, its attempt was made all the same.
    """
    session.flush()
    submission, assignment = rows.Submission, rows.Assignment
    attempts: Sequence[tuple[int, datetime, datetime | None]] = [
        (attempt, started, submitted)
        for attempt, started, submitted in session.execute(
            select(submission.attempt, submission.started_at, submission.submitted_at)
            .where(submission.assignment_id == assignment_id)
            .order_by(submission.attempt, submission.started_at)
        )
    ]
    made = [page.standing.attempt] if page.genesis.assignment_id == assignment_id else []
    held = session.scalar(select(func.max(assignment.attempt_count)).where(assignment.assignment_id == assignment_id))
    values: dict[str, Any] = {"attempt_count": max([len(attempts), held or 0, *made, *(a[0] for a in attempts)])}
    values["status"] = AssignmentStatus.IN_PROGRESS
    if values["attempt_count"]:
        values["absent"] = False  # whatever a hall has said: somebody sat
    if attempts:
        values["last_attempt_at"] = attempts[-1][1]
        if attempts[-1][2] is not None:
            values["status"] = AssignmentStatus.COMPLETED
    session.execute(update(assignment).where(assignment.assignment_id == assignment_id).values(values))
