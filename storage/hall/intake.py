"""Takes a package into the hall's store, in a transaction that is open."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session as OrmSession

from kiosk.exam.assignment import Assignment, AssignmentStatus
from kiosk.exam.roster import LoadedPackage, Roster, SealedPaper
from storage.hall.part import put_rows
from storage.hall.value import assignment_row, package_row, person_row, session_row
from storage.models import hall as rows
from storage.value import assignment_of


def take_in(
    work: OrmSession, package: LoadedPackage, papers: Sequence[SealedPaper], roster: Roster, now: datetime
) -> None:
    """Write a package's rows; what is known already is brought up to date."""
    work.execute(insert(rows.Package), [package_row(package, now)])
    _put_papers(work, package.package_id, papers)
    _put_people(work, roster, now)
    _put_assignments(work, roster.assignments)
    _put_sessions(work, package.hall, roster)
    _put_words(work, roster)


def _put_papers(work: OrmSession, package_id: str, papers: Sequence[SealedPaper]) -> None:
    """Keep the newest sealing of each paper; one that was opened stays as it is, for it is being sat."""
    opened = set(work.scalars(select(rows.PaperIdentity.paper_digest)))
    put_rows(
        work,
        rows.SealedPaper,
        [
            {
                "paper_digest": p.digest,
                "package_id": package_id,
                "test_id": p.test_id,
                "blob": p.blob,
                "recipient": p.recipient,
                "locked_identity": p.locked_identity,
                "outline": p.outline.to_bytes().decode(),
                "attachments": p.attachments,
            }
            for p in papers
            if p.digest not in opened
        ],
    )


def _put_people(work: OrmSession, roster: Roster, now: datetime) -> None:
    put_rows(
        work,
        rows.Test,
        [
            {"test_id": t.test_id, "title": t.title, "is_active": t.is_active, "paper_digest": t.paper_digest}
            for t in roster.tests
        ],
    )
    put_rows(work, rows.Person, [person_row(a, now) for a in roster.accounts], "created_at")


def _put_assignments(work: OrmSession, assignments: Sequence[Assignment]) -> None:
    """Take the office's word for everything but attempts begun here that it has not heard of."""
    here = {row.assignment_id: assignment_of(row) for row in work.scalars(select(rows.Assignment))}
    values = []
    for told in assignments:
        known = here.get(told.assignment_id)
        if known is not None and known.attempt_count >= told.attempt_count:
            told = replace(
                told,
                status=known.status,
                attempt_count=known.attempt_count,
                last_attempt_at=known.last_attempt_at,
            )
        elif told.status is AssignmentStatus.OVERDUE:  # that is computed when read
            told = replace(told, status=AssignmentStatus.ASSIGNED)
        values.append(assignment_row(told))
    put_rows(work, rows.Assignment, values)


def _put_sessions(work: OrmSession, hall: str, roster: Roster) -> None:
    """Keep the sessions that hold a test of this hall; a test of theirs that comes later brings them again."""
    held = set(work.scalars(select(rows.Test.test_id)))
    sessions = [s for s in roster.sessions if not s.test_ids or held.intersection(s.test_ids)]
    ids = {s.session_id for s in sessions}
    put_rows(work, rows.Session, [session_row(s, hall) for s in sessions], "opened_by", "opened_at")
    work.execute(delete(rows.SessionTest).where(rows.SessionTest.session_id.in_(ids)))
    put_rows(
        work,
        rows.SessionTest,
        [{"session_id": s.session_id, "test_id": t} for s in sessions for t in s.test_ids if t in held],
    )
    people = set(work.scalars(select(rows.Person.user_id)))
    work.execute(delete(rows.SessionChief).where(rows.SessionChief.session_id.in_(ids)))
    put_rows(
        work,
        rows.SessionChief,
        [{"session_id": s.session_id, "chief_id": c} for s in sessions for c in s.chief_ids if c in people],
    )
    put_rows(
        work,
        rows.Attendance,
        [
            {"session_id": s.session_id, "candidate_id": s.candidate_id, "seat": s.seat}
            for s in roster.seatings
            if s.session_id in ids
        ],
    )


def _put_words(work: OrmSession, roster: Roster) -> None:
    put_rows(
        work,
        rows.Notification,
        [
            {
                "notification_id": n.notification_id,
                "user_id": n.user_id,
                "type": n.type,
                "metadata": dict(n.metadata) or None,
                "created_at": n.created_at,
                "is_read": n.is_read,
            }
            for n in roster.notifications
        ],
    )
    put_rows(
        work,
        rows.Result,
        [
            {
                "submission_id": r.submission_id,
                "assignment_id": r.assignment_id,
                "body": r.body,
                "released_at": r.released_at,
            }
            for r in roster.results
        ],
    )
