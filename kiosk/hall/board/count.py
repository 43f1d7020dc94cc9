"""The numbers that are always in sight, over everybody expected in the sessions of the hour."""

from collections.abc import Iterable

from kiosk.exam.status import AttendanceState
from kiosk.hall.board.cast import Cast
from kiosk.hall.board.record import Records
from kiosk.views.board import Counts, SeatLine, SeatState


def counted(cast: Cast, records: Records, lines: Iterable[SeatLine]) -> Counts:
    """Return the counts; whose bundle is here counts as handed in too, and whose receipt came as sealed too."""
    newest = {r.progress.assignment_id: r for r in records.by_sitting.values()}
    due = [p.expected.assignment_id for p in cast.expected if p.expected is not None]
    sat = [newest[a] for a in due if a in newest]
    began = {cast.owners.get(r.progress.assignment_id) for r in sat}
    states = [line.state for line in lines]
    return Counts(
        expected=len(due),
        present=sum(p.attendance is AttendanceState.PRESENT or p.person.user_id in began for p in cast.expected),
        working=states.count(SeatState.WORKING),
        away=states.count(SeatState.AWAY),
        handed_in=sum(r.progress.is_over for r in sat),
        sealed=sum(r.bundle for r in sat),
        central=sum(r.central for r in sat),
    )
