"""Where the facts of the hall's report come from: roster, leases, acts and bundles of the hall's store."""

import hashlib
from collections import defaultdict
from collections.abc import Collection, Mapping
from itertools import pairwise

from kiosk.exam.assignment import Assignment
from kiosk.exam.closing import Explained
from kiosk.exam.error import Refused
from kiosk.exam.grant import Act, Grant
from kiosk.exam.lease import Lease
from kiosk.exam.moment import parse_iso
from kiosk.exam.text import clean_line
from kiosk.hall.closing import Closings, Matrix
from kiosk.hall.print.actsource import act_lines, code_lines, grant_line, incident_lines
from kiosk.hall.print.report import ActLine, BundleLine, ClosingLine, HallReport, MoveLine, RosterLine, SittingLine
from kiosk.hall.print.source import GatheringSource
from storage.hall.store import HallStore

ADDING = frozenset({Act.EXTEND, Act.REOPEN})


class ReportSource:
    """Reads a whole hall, or one test of it."""

    def __init__(self, store: HallStore, hall: str, closings: Closings, gatherings: GatheringSource) -> None:
        self._store = store
        self._hall = hall
        self._closings = closings
        self._gatherings = gatherings

    def report(self, test_id: str | None = None) -> HallReport:
        """Return the facts of the hall, or of one test; raises Refused for a test that is not held here."""
        held = self._store.closings.tests()
        if test_id is not None and test_id not in held:
            raise Refused(f"The test {clean_line(test_id, 80)} is not held in this hall.")
        tests = held if test_id is None else (test_id,)
        story = _Story(self._store, tests)
        matrices = [self._closings.matrix(t) for t in tests]
        whole, books = test_id is None, self._store.permits.acts()
        return HallReport(
            hall=self._hall,
            tests=tuple(self._test(t) for t in tests),
            gatherings=self._gatherings.gatherings(test_id),
            roster=tuple(line for matrix in matrices for line in _roster(matrix)),
            sittings=story.sittings(),
            incidents=_by_time(
                *(grant_line(g, story.names, story.subject_of(g)) for g in story.grants if g.act is Act.NOTE),
                *incident_lines(books, story.names, None if whole else story.known),
            ),
            acts=act_lines(books, story.names, story.subjects, None if whole else story.known),
            moves=story.moves(),
            codes=code_lines(self._store.records.codes(), story.names, None if whole else story.known),
            bundles=self._bundles(story, whole),
            strays=tuple(sorted({stray for matrix in matrices for stray in matrix.explanation.strays})),
        )

    def _test(self, test_id: str) -> ClosingLine:
        newest = self._closings.newest(test_id)
        return ClosingLine(
            test_id=test_id,
            title=clean_line(self._store.roster.test(test_id).title),
            closing=None if newest is None else newest.closing_id,
            is_settled=self._closings.settled(test_id) is not None,
        )

    def _bundles(self, story: "_Story", whole: bool) -> tuple[BundleLine, ...]:
        receipts = self._store.records.receipts()
        found = []
        for line in self._store.bundles.lines():
            if not whole and line.assignment_id not in story.assignments:
                continue
            envelope, at = receipts.get(line.bundle_id, (None, None))
            found.append(
                BundleLine(
                    bundle_id=line.bundle_id,
                    submission_id=line.submission_id,
                    name=story.candidate(line.assignment_id)[0],
                    seat=line.seat,
                    is_handed_in=line.is_handed_in,
                    entries=line.entries,
                    length=line.length,
                    sealed_at=line.sealed_at,
                    flags=tuple(clean_line(flag, 300) for flag in line.flags),
                    receipt=None if envelope is None else hashlib.sha256(envelope).hexdigest(),
                    receipted_at=at,
                )
            )
        return tuple(found)


class _Story:
    """The sittings of some tests, with every lease and act that is about them."""

    def __init__(self, store: HallStore, tests: Collection[str]) -> None:
        self._store = store
        self.names = {user: clean_line(name) for user, name in store.records.names().items()}
        self.assignments: dict[str, Assignment] = {
            a.assignment_id: a for test in tests for a in store.records.assignments(test)
        }
        self._rolls = {
            person.user_id: clean_line(person.roll_number or "") or None
            for test in tests
            for _, person in store.closings.roster(test)
        }
        self._leases: dict[str, list[Lease]] = defaultdict(list)
        for lease in store.records.leases():
            if lease.assignment_id in self.assignments:
                self._leases[lease.submission_id].append(lease)
        self.grants: list[Grant] = [g for g in store.records.grants() if g.submission_id in self._leases]
        planned = store.roster.all_sessions()
        self.subjects: Mapping[str, tuple[str, str]] = {
            **{s.session_id: ("", clean_line(s.title, 80)) for s in planned},
            **{
                submission: (leases[-1].seat, self.candidate(leases[-1].assignment_id)[0])
                for submission, leases in self._leases.items()
            },
        }
        """Seat and candidate of each sitting, and the name of each session."""
        seats = {lease.seat for leases in self._leases.values() for lease in leases}
        sessions = {s.session_id for s in planned if not s.test_ids or set(s.test_ids) & set(tests)}
        people = {a.candidate_id for a in self.assignments.values()}
        self.known = frozenset({*tests, *self._leases, *self.assignments, *seats, *sessions, *people})
        """Ids an act may name that make it one of these tests."""

    def candidate(self, assignment_id: str) -> tuple[str, str | None]:
        """Return name and roll number of whom an assignment is given to."""
        given = self.assignments.get(assignment_id)
        if given is None:
            return "not on the roster", None
        return self.names.get(given.candidate_id, given.candidate_id), self._rolls.get(given.candidate_id)

    def subject_of(self, grant: Grant) -> str:
        """Return the candidate an act was about."""
        return self.subjects.get(grant.submission_id, ("", ""))[1]

    def sittings(self) -> tuple[SittingLine, ...]:
        """Return every sitting, in the order they began."""
        added = self._added()
        found = []
        for told in self._store.permits.all_progress():
            if told.assignment_id not in self.assignments:
                continue
            name, roll = self.candidate(told.assignment_id)
            leases = self._leases[told.submission_id]
            found.append(
                SittingLine(
                    submission_id=told.submission_id,
                    name=name,
                    roll_number=roll,
                    test_id=self.assignments[told.assignment_id].test_id,
                    seat=leases[-1].seat if leases else told.seat,
                    phase=told.phase.value,
                    started_at=told.started_at,
                    submitted_at=told.submitted_at,
                    used_ms=told.used_ms,
                    added_ms=added.get(told.submission_id, 0),
                    answered=told.answered,
                    questions=told.questions,
                    entries=told.head_seq + 1,
                    head_hash=told.head_hash,
                )
            )
        return tuple(found)

    def moves(self) -> tuple[MoveLine, ...]:
        """Return every sitting that went on at another seat, in the order they moved."""
        found = []
        for leases in self._leases.values():
            for before, after in pairwise(leases):
                if before.seat == after.seat:
                    continue
                name, roll = self.candidate(after.assignment_id)
                found.append(
                    MoveLine(
                        at=after.issued_at,
                        name=name,
                        roll_number=roll,
                        test_id=self.assignments[after.assignment_id].test_id,
                        source=before.seat,
                        target=after.seat,
                        epoch=after.epoch,
                    )
                )
        return tuple(sorted(found, key=lambda m: (parse_iso(m.at), m.name)))

    def _added(self) -> Mapping[str, int]:
        """Return the time acts gave to each sitting; what was taken back is taken off."""
        added: dict[str, int] = defaultdict(int)
        for grant in self.grants:
            if grant.act in ADDING:
                added[grant.submission_id] += grant.amount_ms
            elif grant.act is Act.TAKE_BACK:
                added[grant.submission_id] -= grant.amount_ms
        return added


def _by_time(*lines: ActLine) -> tuple[ActLine, ...]:
    return tuple(sorted(lines, key=lambda line: (line.at, line.seat)))


def _roster(matrix: Matrix) -> list[RosterLine]:
    lines = []
    for line in matrix.lines:
        found = line.found
        told = isinstance(found, Explained)
        lines.append(
            RosterLine(
                test_id=matrix.test_id,
                name=clean_line(line.person.name),
                roll_number=clean_line(line.person.roll_number or "") or None,
                seat=line.seat,
                became=found.state.value if isinstance(found, Explained) else "not explained",
                note=clean_line(found.note if isinstance(found, Explained) else found.reason),
                is_explained=told,
            )
        )
    return lines
