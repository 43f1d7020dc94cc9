"""An erratum is told to those alone whose paper has the question it corrects."""

from collections.abc import Iterable, Mapping, Sequence

from kiosk.hall.hub.presence import Presence
from storage.hall.store import HallStore


def seats_with(store: HallStore, presence: Presence, papers: frozenset[str], seats: Sequence[str]) -> tuple[str, ...]:
    """Return those of some seats at which one of these papers is sat, or is to be sat by who is signed in or planned.

    Whose test runs already is told by the paper of that alone.
    """
    running = _running(store)
    expected = _expected(store, presence)
    return tuple(
        seat for seat in seats if not papers.isdisjoint(running[seat] if seat in running else expected.get(seat, ()))
    )


def _running(store: HallStore) -> Mapping[str, set[str]]:
    found: dict[str, set[str]] = {}
    for progress in store.permits.all_progress():
        if not progress.is_over:
            paper = store.permits.lease(progress.submission_id).lease.paper
            found.setdefault(progress.seat, set()).add(paper)
    return found


def _expected(store: HallStore, presence: Presence) -> Mapping[str, set[str]]:
    found: dict[str, set[str]] = {}
    for mark in store.attendance.marks(s.session_id for s in store.roster.all_sessions()):
        if mark.seat is not None:
            found.setdefault(mark.seat, set()).update(_papers_of(store, mark.candidate_id))
    for heard in presence:
        if heard.vitals is not None and heard.vitals.candidate_id is not None:
            found[heard.seat] = set(_papers_of(store, heard.vitals.candidate_id))
    return found


def _papers_of(store: HallStore, candidate_id: str) -> Iterable[str]:
    return (a.paper_digest for a in store.roster.assignments(candidate_id) if a.paper_digest is not None)
