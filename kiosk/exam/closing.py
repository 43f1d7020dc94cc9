"""The closing of a test in a hall: what became of every row of its roster, or which rows nobody can explain yet."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from kiosk.exam.status import AttendanceState

SAY = "kiosk hall attendance --test TEST"
"""How a proctor says what became of somebody, whether a session expects them or not."""


class RowState(StrEnum):
    """What became of one row of a roster."""

    PRESENT = "present"  # handed in
    UNFINISHED = "unfinished"  # sat, and was sealed without a hand-in
    ABSENT = "absent"
    MOVED = "moved"  # went on or sat elsewhere


@dataclass(frozen=True, slots=True)
class Expected:
    """One row of a roster: a test given to a candidate."""

    assignment_id: str
    candidate_id: str
    is_withdrawn: bool = False


@dataclass(frozen=True, slots=True)
class Attended:
    """What the hall wrote down of a candidate's coming."""

    state: AttendanceState
    note: str = ""


@dataclass(frozen=True, slots=True)
class Sat:
    """One sitting the hall gave a lease for."""

    submission_id: str
    assignment_id: str
    seat: str
    """Where it may be written."""


@dataclass(frozen=True, slots=True)
class SealedSitting:
    """One bundle of a sitting."""

    bundle_id: str
    submission_id: str
    assignment_id: str
    is_handed_in: bool
    is_receipted: bool = False
    """Whether central's receipt for it is held."""
    is_lacking: bool = False
    """Whether the hall acknowledged entries to its seat that are not in it."""


@dataclass(frozen=True, slots=True)
class Explained:
    """One row, and what became of it."""

    assignment_id: str
    candidate_id: str
    state: RowState
    bundles: tuple[str, ...] = ()
    """Every bundle of its sittings, sorted."""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Unexplained:
    """One row that cannot be explained yet."""

    assignment_id: str
    candidate_id: str
    reason: str
    """What is wrong with it, in words."""
    remedy: str
    """What to do about it, in words."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """A roster gone through row by row."""

    rows: tuple[Explained, ...]
    open: tuple[Unexplained, ...]
    strays: tuple[str, ...] = ()
    """Bundles of assignments that are not on the roster, sorted."""

    @property
    def is_whole(self) -> bool:
        """Whether nothing is left to explain."""
        return not self.open and not self.strays

    def counts(self) -> Mapping[RowState, int]:
        """Return how many rows stand where."""
        found = Counter(row.state for row in self.rows)
        return {state: found[state] for state in RowState}


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptClosing:
    """One signed closing as it is kept, and where it stands."""

    closing_id: str
    hall: str
    test_id: str
    envelope: bytes = field(repr=False)
    made_at: datetime
    """When it was signed where the hall keeps it, when it came where central does."""
    closeout: bytes | None = field(default=None, repr=False)
    problem: str | None = None
    settled_at: datetime | None = None


def explain(
    roster: Iterable[Expected],
    attendance: Mapping[str, Attended],
    sittings: Iterable[Sat],
    bundles: Iterable[SealedSitting],
) -> Explanation:
    """Go through a roster: each of its rows is either explained or told with what is wrong, once.

    `attendance` is by candidate. No bundle is left out: it stands in its row, with a reason, or among the strays.
    """
    sat: dict[str, list[Sat]] = defaultdict(list)
    for sitting in sittings:
        sat[sitting.assignment_id].append(sitting)
    sealed: dict[str, list[SealedSitting]] = defaultdict(list)
    for bundle in {b.bundle_id: b for b in bundles}.values():
        sealed[bundle.assignment_id].append(bundle)
    rows: list[Explained] = []
    unexplained: list[Unexplained] = []
    known: set[str] = set()
    for row in roster:
        if row.assignment_id in known:
            continue
        known.add(row.assignment_id)
        attended = attendance.get(row.candidate_id, Attended(AttendanceState.EXPECTED))
        found = _row(row, attended, sat[row.assignment_id], sealed[row.assignment_id])
        rows.append(found) if isinstance(found, Explained) else unexplained.append(found)
    strays = sorted(b.bundle_id for key, some in sealed.items() if key not in known for b in some)
    return Explanation(tuple(rows), tuple(unexplained), tuple(strays))


def _row(
    row: Expected, attended: Attended, sat: Sequence[Sat], sealed: Sequence[SealedSitting]
) -> Explained | Unexplained:
    bundles = tuple(sorted(b.bundle_id for b in sealed))
    if trouble := _trouble(row, attended, sat, sealed):
        return Unexplained(row.assignment_id, row.candidate_id, *trouble)
    if attended.state is AttendanceState.SENT_AWAY:
        return Explained(row.assignment_id, row.candidate_id, RowState.MOVED, bundles, attended.note)
    if not bundles:
        note = _why_nothing(row, attended)
        return Explained(row.assignment_id, row.candidate_id, RowState.ABSENT, (), note)
    handed_in = any(b.is_handed_in for b in sealed)
    state = RowState.PRESENT if handed_in else RowState.UNFINISHED
    return Explained(row.assignment_id, row.candidate_id, state, bundles, attended.note)


def _why_nothing(row: Expected, attended: Attended) -> str:
    if row.is_withdrawn:
        return "withdrawn by the office"
    return f"came, began nothing: {attended.note}" if attended.state is AttendanceState.PRESENT else attended.note


def _trouble(
    row: Expected, attended: Attended, sat: Sequence[Sat], sealed: Sequence[SealedSitting]
) -> tuple[str, str] | None:
    """Return what keeps a row from being explained, and what to do about it; None where nothing does."""
    sealed_ids = {bundle.submission_id for bundle in sealed}
    whole_ids = {bundle.submission_id for bundle in sealed if not bundle.is_lacking}
    lacking = sorted({s.seat for s in sat if s.submission_id in sealed_ids - whole_ids})
    unsealed = sorted({s.seat for s in sat if s.submission_id not in sealed_ids})
    if attended.state is AttendanceState.ABSENT and (sat or sealed):
        what = f"{len(sealed)} bundles are" if len(sealed) > 1 else "a bundle is" if sealed else "a sitting is"
        return f"marked absent, but {what} here", f"mark them present: {SAY} --present ROLL"
    if unsealed:
        seats = ", ".join(unsealed)
        return (
            f"sat at {seats}, journal not sealed",
            f"seal and collect the sitting of {seats}: kiosk bundle export DIR --unfinished; where the "
            "machine is gone: kiosk hall rescue",
        )
    if lacking:
        seats = ", ".join(lacking)
        return (
            f"what {seats} sealed lacks entries this hall acknowledged",
            f"seal the hall's copy beside it: kiosk hall rescue --seat {seats}",
        )
    if sealed or row.is_withdrawn or attended.state in (AttendanceState.ABSENT, AttendanceState.SENT_AWAY):
        return None
    if attended.state is AttendanceState.PRESENT:
        begun_nothing = "came, but began nothing", f"say why: {SAY} --present ROLL=NOTE"
        return None if attended.note else begun_nothing
    return "expected, neither came nor marked absent", f"mark them absent: {SAY} --absent ROLL"
