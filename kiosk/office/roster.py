"""What a hall is told of a test: its people, assignments, sessions, notices and released results. Nothing of a key."""

from collections.abc import Sequence

from kiosk.exam.assignment import Assignment, Session
from kiosk.exam.draft import AccessType
from kiosk.exam.error import Refused
from kiosk.exam.paper import Paper
from kiosk.exam.person import Person, Role
from kiosk.exam.roles import Actor
from kiosk.exam.roster import Account, HeldResult, HeldTest, Roster, Seating
from kiosk.office.office import Office
from kiosk.office.publication import paper_of
from kiosk.office.result import candidate_result, result_text

FEW = 5
"""Halls named in a refusal; the rest are counted."""


def roster_of(office: Office, actor: Actor, test_id: str, session_ids: Sequence[str] = ()) -> Roster:
    """Return the roster of a test for some sessions of one hall.

    Where the sessions name candidates, only they are on it; otherwise everybody the test is assigned to, and for a
    public test every active candidate. All active proctors are, with the hashes of their PINs.
    """
    office.check("assignment.read", actor)
    paper = paper_of(office, test_id)
    sessions = tuple(_session_with(office, session_id, test_id) for session_id in session_ids)
    seatings = tuple(Seating(s.session_id, c, None) for s in sessions for c in office.sessions.expected(s.session_id))
    assignments = office.assignments.of_tests([test_id])
    candidates = _candidates(office, paper, assignments, {s.candidate_id for s in seatings})
    ids = {c.user_id for c in candidates}
    people = (*candidates, *_proctors(office))
    hashes = office.people.secret_hashes([p.user_id for p in people])
    notices = office.notices.of(sorted(ids))
    return Roster(
        tests=(HeldTest(test_id, paper.title, office.drafts.summary(test_id).is_active, paper.digest),),
        accounts=tuple(Account(p, hashes.get(p.user_id)) for p in people),
        assignments=tuple(a for a in assignments if a.candidate_id in ids),
        sessions=sessions,
        seatings=tuple(s for s in seatings if s.candidate_id in ids),
        notifications=tuple(n for user_id in sorted(notices) for n in notices[user_id]),
        results=_results(office, paper, ids),
    )


def sessions_in(office: Office, test_id: str, hall: str) -> tuple[str, ...]:
    """Return the sessions of a hall that hold a test; none where no session of the test is planned anywhere.

    Raises Refused where they are all planned in other halls: a hall nobody is expected in is a name that was mistyped.
    """
    holding = [s for s in office.sessions.sessions() if test_id in s.test_ids]
    found = tuple(s.session_id for s in holding if s.hall == hall)
    if holding and not found:
        halls = sorted({s.hall for s in holding})
        more = f" and {len(halls) - FEW} more" if len(halls) > FEW else ""
        raise Refused(
            f"No session of {test_id} is planned in {hall!r}; they are in {', '.join(map(repr, halls[:FEW]))}{more}. "
            "Plan one first: kiosk roster session."
        )
    return found


def _session_with(office: Office, session_id: str, test_id: str) -> Session:
    session = office.sessions.session(session_id)
    if test_id not in session.test_ids:
        raise Refused(f"The session {session.title} does not hold this test.")
    return session


def _candidates(
    office: Office, paper: Paper, assignments: Sequence[Assignment], expected: set[str]
) -> tuple[Person, ...]:
    wanted = {a.candidate_id for a in assignments}
    everybody = office.people.people([Role.CANDIDATE])
    if paper.policy.access_type is AccessType.PUBLIC:
        wanted |= expected or {p.user_id for p in everybody if p.is_active}
    if expected:
        wanted &= expected
    return tuple(p for p in everybody if p.user_id in wanted)


def _proctors(office: Office) -> tuple[Person, ...]:
    return tuple(p for p in office.people.people([Role.PROCTOR]) if p.is_active)


def _results(office: Office, paper: Paper, candidate_ids: set[str]) -> tuple[HeldResult, ...]:
    held = []
    by_question = paper.policy.show_results == "questions"
    for released in office.results.released([paper.test_id], with_points=by_question):
        result = candidate_result(paper, released) if released.candidate_id in candidate_ids else None
        if result is not None:
            body = result_text(result)
            held.append(HeldResult(released.submission_id, released.assignment_id, released.released_at, body))
    return tuple(held)
