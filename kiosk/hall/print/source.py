"""Where the facts of what is printed before and during an exam come from: the hall's store."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from kiosk.exam.assignment import Assignment, Session
from kiosk.exam.attendance import Mark
from kiosk.exam.error import Refused
from kiosk.exam.outline import Outline
from kiosk.exam.text import clean_line
from kiosk.exam.timing import MINUTE_MS, allowance
from kiosk.hall.attendance import Attendances
from kiosk.hall.print.gathering import Gathering, Sat, Sitter
from storage.hall.store import HallStore


class GatheringSource:
    """Reads who is expected where and when."""

    def __init__(self, store: HallStore, attendances: Attendances) -> None:
        self._store = store
        self._attendances = attendances

    def gatherings(self, which: str | None = None) -> tuple[Gathering, ...]:
        """Return the sessions of this hall, or those of a test, or one; raises Refused where there is none such."""
        sessions, tests = self._store.roster.all_sessions(), self._store.closings.tests()
        session_ids = {s.session_id for s in sessions}
        if which is not None and which not in session_ids and which not in tests:
            raise Refused(
                f"This hall has neither a session nor a test {clean_line(which, 80)}. `kiosk hall sessions` names the "
                "sessions."
            )
        wanted = tests if which is None or which in session_ids else (which,)
        reading = _Reading(self._store, tests)
        chosen = [s for s in sessions if which in (None, s.session_id) or which not in session_ids]
        held = [self._session(s, reading, wanted) for s in chosen]
        loose = [] if which in session_ids else [self._outside(test_id, reading) for test_id in wanted]
        return tuple(g for g in (*held, *loose) if g.sitters)

    def _session(self, session: Session, reading: "_Reading", tests: Iterable[str]) -> Gathering:
        held = [t for t in tests if not session.test_ids or t in session.test_ids]
        marks = self._attendances.marks(session.session_id)
        return Gathering(
            session_id=session.session_id,
            title=session.title,
            opens_at=session.opens_at,
            starts_at=session.starts_at,
            ends_at=session.ends_at,
            time_zone=session.time_zone,
            opened_by=reading.name(session.opened_by),
            sitters=reading.sitters(marks, held),
        )

    def _outside(self, test_id: str, reading: "_Reading") -> Gathering:
        marks = [m for m in self._attendances.of_test(test_id) if not m.session_id]
        return Gathering(
            session_id="",
            title=self._store.roster.test(test_id).title,
            opens_at=None,
            starts_at=None,
            ends_at=None,
            time_zone="UTC",
            opened_by=None,
            sitters=reading.sitters(marks, [test_id]),
        )


class _Reading:
    """Everything that is looked up for each candidate, read once."""

    def __init__(self, store: HallStore, tests: Iterable[str]) -> None:
        self._store = store
        self._names = store.records.names()
        self._given: dict[str, list[Assignment]] = defaultdict(list)
        self._seats: dict[str, str] = {}
        for test_id in tests:
            for assignment in store.records.assignments(test_id):
                if assignment.withdrawn_at is None:
                    self._given[assignment.candidate_id].append(assignment)
            self._seats |= {sat.assignment_id: sat.seat for sat in store.closings.sittings(test_id)}
        self._outlines = {test_id: self._outline(test_id) for test_id in tests}

    def name(self, user_id: str | None) -> str | None:
        """Return whose id this is."""
        return None if user_id is None else clean_line(self._names.get(user_id, user_id))

    def sitters(self, marks: Iterable[Mark], tests: list[str]) -> tuple[Sitter, ...]:
        """Return everybody of `marks` to whom one of `tests` is given, by name."""
        found = [self._sitter(mark, tests) for mark in marks]
        return tuple(
            sorted((s for s in found if s.tests), key=lambda s: (s.name.casefold(), s.roll_number or s.candidate_id))
        )

    def _sitter(self, mark: Mark, tests: list[str]) -> Sitter:
        given = [a for a in self._given[mark.candidate_id] if a.test_id in tests]
        sat = next((self._seats[a.assignment_id] for a in given if a.assignment_id in self._seats), None)
        return Sitter(
            candidate_id=mark.candidate_id,
            name=clean_line(mark.name),
            roll_number=None if mark.roll_number is None else clean_line(mark.roll_number),
            planned=mark.seat,
            seat=sat or mark.seat,
            tests=tuple(self._sat(a) for a in given),
            state=mark.state,
            arrived_at=mark.arrived_at,
            note=clean_line(mark.note),
        )

    def _sat(self, assignment: Assignment) -> Sat:
        title, outline = self._outlines[assignment.test_id]
        given = allowance(outline, assignment.accommodation).test_ms // MINUTE_MS if outline is not None else 0
        return Sat(test_id=assignment.test_id, title=title, minutes=given, accommodation=assignment.accommodation)

    def _outline(self, test_id: str) -> tuple[str, Outline | None]:
        held = self._store.roster.test(test_id)
        paper = self._store.papers.paper(held.paper_digest)
        return clean_line(held.title), None if paper is None else paper.outline


def by_seat(sitters: Iterable[Sitter]) -> Mapping[str, list[Sitter]]:
    """Return who sits at each seat; more than one where sittings follow each other, or two were given one seat."""
    found: dict[str, list[Sitter]] = defaultdict(list)
    for sitter in sitters:
        if sitter.seat:
            found[sitter.seat].append(sitter)
    return found
