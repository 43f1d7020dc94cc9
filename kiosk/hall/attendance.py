"""Attendance in a hall: who logs in is present; what a proctor says of the others is written down with their name."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from kiosk.exam.assignment import Session
from kiosk.exam.attendance import Mark
from kiosk.exam.error import Refused
from kiosk.exam.log import AuditEntry
from kiosk.exam.moment import Clock, parse_iso
from kiosk.exam.roles import Actor, Rights
from kiosk.exam.status import AttendanceState
from kiosk.exam.text import clean_line
from kiosk.hall.supervision import Pair
from storage.hall.store import HallStore

RIGHT = "proctoring.checkin_identity"
LONGEST_NOTE = 300


class Attendances:
    """The list of who came."""

    def __init__(self, store: HallStore, rights: Rights, clock: Clock) -> None:
        self._store = store
        self._rights = rights
        self._clock = clock

    def marks(self, session_id: str | None = None, test_id: str | None = None) -> tuple[Mark, ...]:
        """Return everybody expected in a session, in all of them, or for a test.

        Raises Refused where there is none such, and for a test together with a session.
        """
        if test_id is not None:
            if session_id is not None:
                raise Refused("Name a session or a test, not both.")
            if self._store.roster.newest_package(test_id) is None:
                raise Refused(f"No package of the test {clean_line(test_id)} was loaded here.")
            return self.of_test(test_id)
        return tuple(mark for session in self._sessions(session_id) for mark in self._expected(session))

    def of_test(self, test_id: str) -> tuple[Mark, ...]:
        """Return everybody expected in the sessions that hold a test, and everybody else it is given to."""
        expected = tuple(mark for session in self._holding(test_id) for mark in self._expected(session))
        return (*expected, *self._outside(test_id, {m.candidate_id for m in expected}))

    def say(
        self,
        pair: Pair,
        said: Mapping[str, tuple[AttendanceState, str]],
        session_id: str | None = None,
        test_id: str | None = None,
    ) -> int:
        """Write down what a proctor says of candidates, by roll number, all or none; return how many marks changed.

        Raises Denied without the right, Refused for a number nobody expected has.
        """
        beside = None if pair.second is None else Actor(pair.second.user_id, pair.second.role)
        self._rights.check(RIGHT, Actor(pair.first.user_id, pair.first.role, beside), in_scope=True)
        now = parse_iso(self._clock.now().at)
        by_roll: dict[str, list[Mark]] = {}
        for mark in self.marks(session_id, test_id):
            by_roll.setdefault(mark.roll_number or mark.candidate_id, []).append(mark)
        changed = []
        for roll, (state, note) in said.items():
            if roll not in by_roll:
                which = f"{clean_line(roll)} is expected here; nothing was changed."
                hint = "" if test_id else " Without a session name the test: --test TEST."
                raise Refused(f"Nobody with the roll number {which}{hint}")
            told = clean_line(note, LONGEST_NOTE)
            changed += [replace(m, state=state, note=told) for m in by_roll[roll] if (m.state, m.note) != (state, told)]
        if not changed:
            return 0
        self._store.attendance.mark(changed, [_audit(m, pair, now) for m in changed])
        return len(changed)

    def _outside(self, test_id: str, expected: Collection[str]) -> Iterator[Mark]:
        """Give a mark for each candidate of a test whom no session expects, once, by name."""
        said = self._store.attendance.of_test(test_id)
        people = {p.user_id: p for _, p in self._store.closings.roster(test_id) if p.user_id not in expected}
        for person in people.values():
            state, note = said.get(person.user_id, (AttendanceState.EXPECTED, ""))
            yield Mark(
                session_id="",
                candidate_id=person.user_id,
                name=person.name,
                roll_number=person.roll_number,
                seat=None,
                state=state,
                note=note,
                test_id=test_id,
            )

    def _sessions(self, session_id: str | None) -> tuple[Session, ...]:
        sessions = self._store.roster.all_sessions()
        if session_id is None:
            return sessions
        found = tuple(s for s in sessions if s.session_id == session_id)
        if not found:
            raise Refused(f"This hall has no session {clean_line(session_id)}. `kiosk hall sessions` names them.")
        return found

    def _holding(self, test_id: str) -> tuple[Session, ...]:
        return tuple(s for s in self._store.roster.all_sessions() if not s.test_ids or test_id in s.test_ids)

    def _expected(self, session: Session) -> Sequence[Mark]:
        """Return the marks of a session; where the office named nobody, everybody its tests are assigned to."""
        marks = self._store.attendance.marks([session.session_id])
        if self._store.attendance.names_somebody(session.session_id):
            return marks
        known = {m.candidate_id for m in marks}
        people = {
            person.user_id: person
            for test_id in session.test_ids or self._store.closings.tests()
            for _, person in self._store.closings.roster(test_id)
            if person.user_id not in known
        }
        expected = [
            Mark(
                session_id=session.session_id,
                candidate_id=person.user_id,
                name=person.name,
                roll_number=person.roll_number,
                seat=None,
                state=AttendanceState.EXPECTED,
            )
            for person in people.values()
        ]
        return sorted((*marks, *expected), key=lambda m: (m.name, m.candidate_id))


def _audit(mark: Mark, pair: Pair, now: datetime) -> AuditEntry:
    details = {"candidate": mark.candidate_id, "state": mark.state.value}
    if mark.note:
        details["note"] = mark.note
    if pair.second is not None:
        details["second"] = pair.second.user_id
    return AuditEntry(
        at=now,
        who=pair.first.user_id,
        action=RIGHT,
        subject_type="attendance",
        subject_id=mark.session_id or mark.test_id,
        details=details,
    )
