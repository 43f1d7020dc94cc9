"""Sessions of halls: `exam_sessions`, the tests held in them, and who is expected."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session as OrmSession

from kiosk.exam.assignment import Session
from kiosk.exam.error import Refused
from kiosk.exam.log import AuditEntry
from storage.models import office as rows
from storage.office.store import Store, add_rows, in_batches, write_audit


class SessionStore(Store):
    """Plans sessions."""

    def add(self, session: Session, candidate_ids: Sequence[str], audit: AuditEntry) -> None:
        """Keep a session with its tests and the candidates expected; raises Refused for a test not published."""
        with self._writing() as work:
            _check_tests(work, session.test_ids)
            values = {
                "session_id": session.session_id,
                "hall": session.hall,
                "title": session.title,
                "opens_at": session.opens_at,
                "starts_at": session.starts_at,
                "ends_at": session.ends_at,
                "time_zone": session.time_zone,
                "late_entry_minutes": session.late_entry_minutes,
                "opened_by": session.opened_by,
            }
            add_rows(work, rows.Session, [values])
            held = [{"session_id": session.session_id, "test_id": t} for t in session.test_ids]
            add_rows(work, rows.SessionTest, held)
            chiefs = [{"session_id": session.session_id, "chief_id": c} for c in session.chief_ids]
            add_rows(work, rows.SessionChief, chiefs)
            expected = [{"session_id": session.session_id, "candidate_id": c} for c in dict.fromkeys(candidate_ids)]
            add_rows(work, rows.Attendance, expected)
            write_audit(work, audit)

    def session(self, session_id: str) -> Session:
        """Return one session with its tests; raises Refused when there is none of that id."""
        with self._reading() as work:
            row = work.get(rows.Session, session_id)
            if row is None:
                raise Refused(f"There is no session {session_id} here.")
            return _session(work, row)

    def sessions(self) -> tuple[Session, ...]:
        """Return every session, in the order they start."""
        query = select(rows.Session).order_by(rows.Session.starts_at, rows.Session.session_id)
        with self._reading() as work:
            return tuple(_session(work, row) for row in work.scalars(query))

    def expected(self, session_id: str) -> tuple[str, ...]:
        """Return the candidates named for a session; none named means everybody its tests are assigned to."""
        query = (
            select(rows.Attendance.candidate_id)
            .where(rows.Attendance.session_id == session_id)
            .order_by(rows.Attendance.candidate_id)
        )
        with self._reading() as work:
            return tuple(work.scalars(query))


def _check_tests(work: OrmSession, test_ids: Sequence[str]) -> None:
    printed: set[str] = set()
    for some in in_batches(test_ids):
        query = select(rows.Test.test_id).where(rows.Test.test_id.in_(some), rows.Test.paper_digest.is_not(None))
        printed.update(work.scalars(query))
    for test_id in test_ids:
        if test_id not in printed:
            raise Refused(f"The test {test_id} is not published, so no session can hold it.")


def _session(work: OrmSession, row: rows.Session) -> Session:
    tests = (
        select(rows.SessionTest.test_id)
        .where(rows.SessionTest.session_id == row.session_id)
        .order_by(rows.SessionTest.test_id)
    )
    chiefs = (
        select(rows.SessionChief.chief_id)
        .where(rows.SessionChief.session_id == row.session_id)
        .order_by(rows.SessionChief.chief_id)
    )
    return Session(
        session_id=row.session_id,
        hall=row.hall,
        title=row.title,
        opens_at=row.opens_at,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        time_zone=row.time_zone,
        late_entry_minutes=row.late_entry_minutes,
        test_ids=tuple(work.scalars(tests)),
        chief_ids=tuple(work.scalars(chiefs)),
        opened_by=row.opened_by,
    )
