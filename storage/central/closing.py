"""Closings as halls sent them, and the close-out of each: signed once, the same bytes at every asking."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from kiosk.exam.closing import Explained, KeptClosing, RowState
from kiosk.exam.error import Refused
from kiosk.exam.log import AuditEntry
from kiosk.exam.status import AttendanceState
from storage.central.once import add_once
from storage.models import office as rows
from storage.office.store import Store, in_batches, write_audit

ATTENDED: Mapping[RowState, AttendanceState] = {
    RowState.PRESENT: AttendanceState.PRESENT,
    RowState.UNFINISHED: AttendanceState.PRESENT,
    RowState.ABSENT: AttendanceState.ABSENT,
    RowState.MOVED: AttendanceState.SENT_AWAY,
}
"""What a settled row says of a candidate's coming."""


class ClosingStore(Store):
    """Keeps closings. Taking one in inserts and selects only; settling needs the office's own role."""

    def keep(self, closing: KeptClosing) -> bool:
        """Keep a closing that verified, once; return whether it was new."""
        values = {
            "closing_id": closing.closing_id,
            "hall": closing.hall,
            "test_id": closing.test_id,
            "envelope": closing.envelope,
            "received_at": closing.made_at,
            "closeout": None,
            "problem": None,
            "settled_at": None,
        }
        with self._writing() as session:
            return add_once(session, rows.Closing, values)

    def closing(self, closing_id: str, hall: str) -> KeptClosing:
        """Return a hall's closing and where it stands.

        Raises Refused for a closing that hall never sent, in the same words as for one nobody sent.
        """
        with self._reading() as session:
            row = session.get(rows.Closing, closing_id)
            if row is None or row.hall != hall:
                raise Refused(f"There is no closing {closing_id[:12]} here.")
            return _value(row)

    def closeout(self, closing_id: str, hall: str) -> bytes | None:
        """Return the close-out of a hall's closing, or None while it is open; raises Refused as `closing` does."""
        return self.closing(closing_id, hall).closeout

    def closings(self, *, open_only: bool = False) -> tuple[KeptClosing, ...]:
        """Return every closing in the order they came, or only those without a close-out."""
        query = select(rows.Closing).order_by(rows.Closing.received_at, rows.Closing.closing_id)
        if open_only:
            query = query.where(rows.Closing.settled_at.is_(None))
        with self._reading() as session:
            return tuple(_value(row) for row in session.scalars(query))

    def closings_of(self, test_id: str, hall: str) -> tuple[KeptClosing, ...]:
        """Return every closing of a test in a hall, in the order they came."""
        query = (
            select(rows.Closing)
            .where(rows.Closing.test_id == test_id, rows.Closing.hall == hall)
            .order_by(rows.Closing.received_at, rows.Closing.closing_id)
        )
        with self._reading() as session:
            return tuple(_value(row) for row in session.scalars(query))

    def leave_open(self, closing_id: str, problem: str) -> None:
        """Write down what a closing waits for; one that is settled stays as it is."""
        with self._writing() as session:
            session.execute(
                update(rows.Closing)
                .where(rows.Closing.closing_id == closing_id, rows.Closing.settled_at.is_(None))
                .values(problem=problem)
            )

    def settle(
        self,
        closing_id: str,
        make: Callable[[], bytes],
        explained: Sequence[Explained],
        session_ids: Sequence[str],
        audit: AuditEntry,
        sat_elsewhere: Callable[[Sequence[bytes]], Collection[str]] = lambda _: (),
    ) -> bytes:
        """Keep the close-out `make` gives, with what it says of each candidate; return the one that is kept.

        `sat_elsewhere` is given every settled closing of the test, and returns the assignments other halls say were
        sat there. A closing that was settled before keeps the bytes it has, and nothing changes.
        """
        with self._writing() as session:
            row = session.get(rows.Closing, closing_id)
            if row is None:
                raise Refused(f"There is no closing {closing_id[:12]} here.")
            # all closings of the test are locked, so that of two halls settled at once one sees what the other says
            query = select(rows.Closing).where(rows.Closing.test_id == row.test_id).order_by(rows.Closing.closing_id)
            same = session.scalars(query.with_for_update(), execution_options={"populate_existing": True}).all()
            if row.closeout is not None:
                return bytes(row.closeout)
            elsewhere = sat_elsewhere([bytes(other.envelope) for other in same if other.closeout is not None])
            row.closeout, row.problem, row.settled_at = make(), None, audit.at
            _mark(session, explained, session_ids, frozenset(elsewhere))
            write_audit(session, audit)
            return row.closeout

    def held(self, hall: str) -> tuple[str, ...]:
        """Return the ids of every bundle held of a hall that has its receipt, sorted."""
        query = (
            select(rows.Bundle.bundle_id)
            .join(
                rows.Receipt,
                (rows.Receipt.bundle_id == rows.Bundle.bundle_id) & (rows.Receipt.opened_on == rows.Bundle.opened_on),
            )
            .where(rows.Bundle.hall == hall)
            .order_by(rows.Bundle.bundle_id)
        )
        with self._reading() as session:
            return tuple(session.scalars(query))

    def manifests(self, bundle_ids: Iterable[str]) -> dict[str, bytes]:
        """Return the signed manifests of some bundles, those that are held."""
        found: dict[str, bytes] = {}
        with self._reading() as session:
            for some in in_batches(list(bundle_ids)):
                query = select(rows.Bundle.bundle_id, rows.Bundle.manifest).where(rows.Bundle.bundle_id.in_(some))
                found |= {bundle_id: bytes(manifest) for bundle_id, manifest in session.execute(query)}
        return found

    def tests_of(self, papers: Iterable[str]) -> dict[str, str]:
        """Return the test of each paper that was printed here."""
        found: dict[str, str] = {}
        with self._reading() as session:
            for some in in_batches(sorted(set(papers))):
                query = select(rows.Paper.paper_digest, rows.Paper.test_id).where(rows.Paper.paper_digest.in_(some))
                found.update((digest, test_id) for digest, test_id in session.execute(query))
        return found


def _mark(
    session: Session, explained: Sequence[Explained], session_ids: Sequence[str], elsewhere: Collection[str]
) -> None:
    """Let assignments and attendance say what the closing says.

    A test taken back from somebody says nothing of them; who sat, here or elsewhere, is not absent; and who came for
    one test was there, whatever another says.
    """
    absent = {
        row.assignment_id: row.state is RowState.ABSENT and row.assignment_id not in elsewhere for row in explained
    }
    for some in in_batches(sorted(absent)):
        query = select(rows.Assignment).where(
            rows.Assignment.assignment_id.in_(some), rows.Assignment.withdrawn_at.is_(None)
        )
        for assignment in session.scalars(query):
            assignment.absent = absent[assignment.assignment_id] and not assignment.attempt_count
    came = {row.candidate_id: ATTENDED[row.state] for row in sorted(explained, key=_telling)}
    for some in in_batches(sorted(came)):
        expected = select(rows.Attendance).where(
            rows.Attendance.session_id.in_(session_ids), rows.Attendance.candidate_id.in_(some)
        )
        for attendance in session.scalars(expected):
            if attendance.state is not AttendanceState.PRESENT:
                attendance.state = came[attendance.candidate_id]


def _telling(row: Explained) -> int:
    """Return how much a row tells of a person's coming: of several rows the most telling is believed."""
    return (RowState.ABSENT, RowState.MOVED, RowState.UNFINISHED, RowState.PRESENT).index(row.state)


def _value(row: rows.Closing) -> KeptClosing:
    return KeptClosing(
        closing_id=row.closing_id,
        hall=row.hall,
        test_id=row.test_id,
        envelope=bytes(row.envelope),
        made_at=row.received_at,
        closeout=None if row.closeout is None else bytes(row.closeout),
        problem=row.problem,
        settled_at=row.settled_at,
    )
