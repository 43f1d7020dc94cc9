"""Close-out: every row of the rosters with how far its sitting has come, and what is missing."""

from kiosk.exam.closing import Unexplained
from kiosk.exam.status import AttendanceState
from kiosk.exam.text import clean_line
from kiosk.hall.attendance import Attendances
from kiosk.hall.board.record import Record
from kiosk.hall.board.watch import Watch
from kiosk.hall.closing import Closings, Line
from kiosk.views.closeout import Closeout, CloseoutLine
from storage.hall.store import HallStore

NOTHING = "-"


class Closeouts:
    """Reads the hall's own explanation of its rosters, which is what will be signed."""

    def __init__(self, store: HallStore, watch: Watch, closings: Closings, attendances: Attendances) -> None:
        self._store = store
        self._watch = watch
        self._closings = closings
        self._attendances = attendances

    def look(self) -> Closeout:
        """Return every row of every test held here, and each bundle that belongs to none."""
        self._watch.look_afresh()
        titles = self._store.board.titles()
        lines: list[CloseoutLine] = []
        strays: set[str] = set()
        for test_id in self._store.closings.tests():
            if self._store.roster.newest_package(test_id) is None:
                continue
            matrix = self._closings.matrix(test_id)
            came = {m.candidate_id: m.state for m in self._attendances.of_test(test_id)}
            lines += [self._line(titles[test_id], line, came.get(line.person.user_id)) for line in matrix.lines]
            strays |= set(matrix.explanation.strays)
        return Closeout((*lines, *(_stray(bundle_id) for bundle_id in sorted(strays))))

    def _line(self, title: str, line: Line, came: AttendanceState | None) -> CloseoutLine:
        record = self._record(line.found.assignment_id)
        found = line.found
        missing = f"{found.reason}: {found.remedy}" if isinstance(found, Unexplained) else ""
        return CloseoutLine(
            test=clean_line(title),
            candidate=clean_line(line.person.name),
            roll_number=line.person.roll_number,
            seat=line.seat,
            attendance=(came or AttendanceState.EXPECTED).value.replace("_", " "),
            at_seat=NOTHING if record is None else _phase(record),
            in_hall=f"{line.sealed} sealed" if line.sealed > 1 else "sealed" if line.sealed else NOTHING,
            at_central=_central(line),
            missing=missing,
        )

    def _record(self, assignment_id: str) -> Record | None:
        own = [r for r in self._watch.records.by_sitting.values() if r.progress.assignment_id == assignment_id]
        return own[-1] if own else None


def _phase(record: Record) -> str:
    if record.bundle:
        return "sealed"
    return "handed in" if record.progress.is_over else "in progress"


def _central(line: Line) -> str:
    if not line.sealed:
        return NOTHING
    return "received" if line.receipted == line.sealed else "waiting"


def _stray(bundle_id: str) -> CloseoutLine:
    return CloseoutLine(
        test=NOTHING,
        candidate=f"bundle {bundle_id[:12]}",
        roll_number=None,
        seat=None,
        attendance=NOTHING,
        at_seat=NOTHING,
        in_hall="sealed",
        at_central=NOTHING,
        missing="it belongs to no row of a roster of this hall: ask the office",
    )
