"""The cast: who is expected in the sessions of the hour, at which seat, and for which test."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from kiosk.exam.assignment import Assignment, AssignmentStatus, Session
from kiosk.exam.attendance import Mark
from kiosk.exam.person import Person
from kiosk.exam.status import AttendanceState


@dataclass(frozen=True, slots=True, kw_only=True)
class Player:
    """One candidate of this hall."""

    person: Person
    assignments: tuple[Assignment, ...]
    """Of tests held here, withdrawn ones left out."""
    expected: Assignment | None = None
    """What they are to sit in the sessions of the hour."""
    session: Session | None = None
    seat: str | None = None
    """Where they are to sit, or sat down."""
    attendance: AttendanceState = AttendanceState.EXPECTED
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cast:
    """Everybody of this hall at one moment."""

    players: Mapping[str, Player] = field(default_factory=dict)
    """By candidate."""
    owners: Mapping[str, str] = field(default_factory=dict)
    """The candidate of each assignment."""
    at_seat: Mapping[str, str] = field(default_factory=dict)
    """Who is to sit at each seat in the sessions of the hour."""
    sessions: tuple[Session, ...] = ()
    """Those of the hour."""
    titles: Mapping[str, str] = field(default_factory=dict)
    """Of each test."""

    @property
    def expected(self) -> tuple[Player, ...]:
        """Everybody who is to sit something in the sessions of the hour."""
        return tuple(p for p in self.players.values() if p.expected is not None)

    def title_of(self, assignment: Assignment | None) -> str | None:
        """Return the title of a test that is given to somebody."""
        return None if assignment is None else self.titles.get(assignment.test_id, assignment.test_id)


def of_the_hour(sessions: Sequence[Session], now: datetime) -> tuple[Session, ...]:
    """Return the sessions that go on: those one can log in to, else the ones that come next, else the last that were.

    Several may go on at once.
    """
    going_on = tuple(s for s in sessions if s.opens_at <= now <= s.ends_at)
    if going_on:
        return going_on
    coming = [s for s in sessions if s.opens_at > now]
    if coming:
        first = min(s.opens_at for s in coming)
        return tuple(s for s in coming if s.opens_at == first)
    last = max((s.ends_at for s in sessions), default=now)
    return tuple(s for s in sessions if s.ends_at == last)


def cast_of(
    roster: Iterable[tuple[Assignment, Person]],
    sessions: Sequence[Session],
    marks: Sequence[Mark],
    titles: Mapping[str, str],
    now: datetime,
) -> Cast:
    """Return everybody; `marks` are those of the sessions of the hour, and where there are none all are expected."""
    given: dict[str, list[Assignment]] = {}
    people: dict[str, Person] = {}
    owners: dict[str, str] = {}
    for assignment, person in roster:
        owners[assignment.assignment_id] = person.user_id
        people[person.user_id] = person
        if assignment.withdrawn_at is None:
            given.setdefault(person.user_id, []).append(assignment)
    hour = of_the_hour(sessions, now)
    by_id = {s.session_id: s for s in hour}
    marked: dict[str, Mark] = {}
    for mark in marks:
        known = marked.get(mark.candidate_id)
        if mark.session_id in by_id and (known is None or known.state is not AttendanceState.PRESENT):
            marked[mark.candidate_id] = mark
    players = {
        user_id: _player(person, given.get(user_id, []), marked.get(user_id), by_id)
        for user_id, person in people.items()
    }
    seats = {p.seat: user_id for user_id, p in players.items() if p.seat is not None and p.expected is not None}
    return Cast(players=players, owners=owners, at_seat=seats, sessions=hour, titles=titles)


def _player(person: Person, given: list[Assignment], mark: Mark | None, sessions: Mapping[str, Session]) -> Player:
    assignments = tuple(given)
    if mark is None:
        expected = _next(assignments) if not sessions else None
        return Player(person=person, assignments=assignments, expected=expected)
    session = sessions[mark.session_id]
    held = tuple(a for a in assignments if not session.test_ids or a.test_id in session.test_ids)
    return Player(
        person=person,
        assignments=assignments,
        expected=_next(held),
        session=session,
        seat=mark.seat,
        attendance=mark.state,
        note=mark.note,
    )


def _next(assignments: tuple[Assignment, ...]) -> Assignment | None:
    """Return the assignment somebody is to work at: the first that is not completed, else the last."""
    open_ones = (a for a in assignments if a.status is not AssignmentStatus.COMPLETED)
    return next(open_ones, assignments[-1] if assignments else None)
