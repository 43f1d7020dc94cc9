"""Records: what the hall's store says of its sittings, kept in memory and read anew only where it changed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from kiosk.exam.grant import Act, Grant
from kiosk.exam.moment import parse_iso
from kiosk.exam.roster import Progress
from storage.hall.store import HallStore

WHOLE_HALL = "the whole hall"
"""Note of the pauses of all at once, which are resumed together."""
_OVERLAP = timedelta(minutes=2)
"""Grants are looked for again this far back, for their times are by clocks that may be set."""


@dataclass(slots=True)
class Acts:
    """What proctors did to one sitting."""

    extended_ms: int = 0
    incidents: int = 0
    pause: str = ""
    """The reason of the last pause."""
    by_hall: bool = False
    """Whether the last pause was of the whole hall, and nobody has resumed it."""
    resumed: bool = False
    """Whether it was let go on since its last pause; what its seat tells may still be older."""
    moved: bool = False
    settled: set[int] = field(default_factory=set)
    """Gaps somebody has decided on, by entry number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One sitting as the store knows it."""

    progress: Progress
    acts: Acts
    held_seq: int = -1
    """The last entry the hall holds a copy of."""
    held_at: datetime | None = None
    bundle: bool = False
    central: bool = False


@dataclass(slots=True)
class Records:
    """The sittings of a hall."""

    store: HallStore
    by_sitting: dict[str, Record] = field(default_factory=dict)
    by_seat: dict[str, list[Record]] = field(default_factory=dict)
    """Each seat's sittings, in the order they began."""
    _acts: dict[str, Acts] = field(default_factory=dict)
    _grants: dict[str, Grant] = field(default_factory=dict)
    _since: datetime | None = None

    def refresh(self) -> None:
        """Read what changed."""
        self._take_grants()
        heads = self.store.board.heads()
        sealed = {line.submission_id: line.is_received for line in self.store.bundles.lines()}
        self.by_sitting, self.by_seat = {}, {}
        for progress in self.store.permits.all_progress():
            record = self._record(progress, heads, sealed)
            self.by_sitting[progress.submission_id] = record
            self.by_seat.setdefault(progress.seat, []).append(record)

    @property
    def grants(self) -> Mapping[str, Grant]:
        """Every grant of this hall, by id."""
        return self._grants

    def _record(
        self, progress: Progress, heads: Mapping[str, tuple[int, datetime]], sealed: Mapping[str, bool]
    ) -> Record:
        held = heads.get(progress.submission_id, (-1, None))
        return Record(
            progress=progress,
            acts=self._acts.get(progress.submission_id, Acts()),
            held_seq=held[0],
            held_at=held[1],
            bundle=progress.submission_id in sealed,
            central=sealed.get(progress.submission_id, False),
        )

    def _take_grants(self) -> None:
        for grant in self.store.board.grants(self._since, self._grants):
            self._grants[grant.grant_id] = grant
            at = parse_iso(grant.issued_at) - _OVERLAP
            self._since = at if self._since is None else max(self._since, at)
            _count(self._acts.setdefault(grant.submission_id, Acts()), grant)


def _count(acts: Acts, grant: Grant) -> None:
    match grant.act:
        case Act.EXTEND | Act.REOPEN:
            acts.extended_ms += grant.amount_ms
        case Act.TAKE_BACK:
            acts.extended_ms -= grant.amount_ms
        case Act.NOTE:
            acts.incidents += 1
        case Act.PAUSE:
            acts.pause, acts.by_hall, acts.resumed = grant.reason, grant.note == WHOLE_HALL, False
        case Act.RESUME:
            acts.by_hall, acts.resumed = False, True
        case Act.MOVE:
            acts.moved = True
        case Act.CHARGE_GAP if grant.gap is not None:
            acts.settled.add(grant.gap)
