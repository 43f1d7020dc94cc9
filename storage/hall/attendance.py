"""Attendance in the hall's store: who came, written down as they log in or as a proctor says."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import select

from kiosk.exam.attendance import Mark
from kiosk.exam.log import AuditEntry
from kiosk.exam.status import AttendanceState
from storage.hall.part import Part, put_rows, write_audit
from storage.models import hall as rows


class AttendancePart(Part):
    """Who is expected in which session, and who came."""

    def marks(self, session_ids: Iterable[str]) -> tuple[Mark, ...]:
        """Return everybody named for some sessions, and who came to them, by name."""
        with self._reading() as work:
            found: list[Mark] = []
            for session_id in dict.fromkeys(session_ids):
                query = (
                    select(rows.Attendance, rows.Person)
                    .join(rows.Person, rows.Person.user_id == rows.Attendance.candidate_id)
                    .where(rows.Attendance.session_id == session_id)
                    .order_by(rows.Person.name, rows.Person.user_id)
                )
                found += [_mark(attendance, person) for attendance, person in work.execute(query)]
            return tuple(found)

    def of_test(self, test_id: str) -> dict[str, tuple[AttendanceState, str]]:
        """Return what proctors say, by candidate, of those whom no session expects for a test, with their notes."""
        query = select(rows.TestAttendance).where(rows.TestAttendance.test_id == test_id)
        with self._reading() as work:
            return {row.candidate_id: (row.state, row.note) for row in work.scalars(query)}

    def names_somebody(self, session_id: str) -> bool:
        """Whether the office named candidates for a session; without, everybody its tests are assigned to may come."""
        query = select(rows.Attendance.candidate_id).where(
            rows.Attendance.session_id == session_id, rows.Attendance.is_named
        )
        with self._reading() as work:
            return work.scalars(query.limit(1)).first() is not None

    def came_to(self, seat: str, candidate_id: str) -> bool:
        """Whether a candidate was written down as present at a seat."""
        query = select(rows.Attendance.session_id).where(
            rows.Attendance.candidate_id == candidate_id,
            rows.Attendance.seat == seat,
            rows.Attendance.state == AttendanceState.PRESENT,
        )
        with self._reading() as work:
            return work.scalars(query.limit(1)).first() is not None

    def seats_of(self, candidate_id: str) -> tuple[str, ...]:
        """Return the seats at which a candidate is to sit, or is written down as present, by name."""
        query = select(rows.Attendance.seat).where(rows.Attendance.candidate_id == candidate_id).distinct()
        with self._reading() as work:
            return tuple(sorted(seat for seat in work.scalars(query) if seat))

    def mark(self, marks: Sequence[Mark], audits: Sequence[AuditEntry]) -> None:
        """Write down what a proctor says of some candidates, all of them or none."""
        with self._writing() as work:
            put_rows(
                work,
                rows.Attendance,
                [
                    {
                        "session_id": m.session_id,
                        "candidate_id": m.candidate_id,
                        "state": m.state,
                        "note": m.note,
                        "is_named": False,
                    }
                    for m in marks
                    if m.session_id
                ],
                "is_named",
            )
            outside = [
                {"test_id": m.test_id, "candidate_id": m.candidate_id, "state": m.state, "note": m.note}
                for m in marks
                if not m.session_id
            ]
            put_rows(work, rows.TestAttendance, outside)
            write_audit(work, *audits)

    def arrive(
        self, session_ids: Sequence[str], candidate_id: str, seat: str, now: datetime, audit: AuditEntry
    ) -> None:
        """Write down that a candidate logged in; who is marked present already changes nothing.

        Somebody who was marked absent and comes after all is present, and both stand in the acts.
        """
        with self._writing() as work:
            query = select(rows.Attendance).where(
                rows.Attendance.session_id.in_(session_ids), rows.Attendance.candidate_id == candidate_id
            )
            held = {row.session_id: row for row in work.scalars(query)}
            late = [s for s in session_ids if s not in held or held[s].state is not AttendanceState.PRESENT]
            if not late:
                return
            put_rows(
                work,
                rows.Attendance,
                [
                    {
                        "session_id": session_id,
                        "candidate_id": candidate_id,
                        "seat": seat,
                        "state": AttendanceState.PRESENT,
                        "arrived_at": now,
                        "note": "",
                        "is_named": False,
                    }
                    for session_id in late
                ],
                "seat",
                "is_named",
            )
            write_audit(work, audit)

    def reseat(self, session_id: str, candidate_id: str, seat: str, now: datetime, audit: AuditEntry) -> None:
        """Write down that a candidate came, and sits at another seat than was planned, or at one where none was."""
        with self._writing() as work:
            put_rows(
                work,
                rows.Attendance,
                [
                    {
                        "session_id": session_id,
                        "candidate_id": candidate_id,
                        "seat": seat,
                        "state": AttendanceState.PRESENT,
                        "arrived_at": now,
                        "note": "",
                        "is_named": False,
                    }
                ],
                "is_named",
            )
            write_audit(work, audit)


def _mark(attendance: rows.Attendance, person: rows.Person) -> Mark:
    return Mark(
        session_id=attendance.session_id,
        candidate_id=attendance.candidate_id,
        name=person.name,
        roll_number=person.roll_number,
        seat=attendance.seat,
        state=attendance.state,
        arrived_at=attendance.arrived_at,
        note=attendance.note,
    )
