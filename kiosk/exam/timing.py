"""Time used and time left, as one pure fold of the journal. Seat, hall, export and marking all ask here.

Used time grows by boot-clock differences between consecutive entries of one boot while the sitting runs (begun, not
paused, locked or handed in), at most two ticks a step. The step that ends in a `gap` or in a move to another seat
charges nothing; a proctor may charge a gap later, to the test and to the section it fell in. Wall time is never
looked at.

A section's own clock runs only while the candidate is in it. An extension adds, once per grant, to the test and to one
section: the one it names, or else the one the candidate is in; so it takes nothing from the sections that follow. An
extension that names a section opens it again for work, whatever shut it: its time, or having been left for good.
One that was a mistake is taken back, once, by an extension below zero that names its grant: from the test and from the
section it had gone to.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from operator import attrgetter

from kiosk.exam.accommodation import Accommodation
from kiosk.exam.entry import Entry, Kind
from kiosk.exam.moment import Moment
from kiosk.exam.outline import Outline
from kiosk.exam.paper import Paper

TICK_MS = 5_000
STEP_LIMIT_MS = 2 * TICK_MS
_UNCHARGED = frozenset({Kind.GAP, Kind.MOVED})
MINUTE_MS = 60_000


@dataclass(frozen=True, slots=True)
class Allowance:
    """How long one person has, before extensions, in milliseconds."""

    test_ms: int
    section_ms: Mapping[str, int]
    """Only sections with a clock of their own."""


def allowance(paper: Paper | Outline, accommodation: Accommodation, limit_ms: int | None = None) -> Allowance:
    """Return the time a paper or its outline gives one person; percent counts on the test and every section clock."""
    test_ms = _longer(paper.duration_minutes, accommodation) + accommodation.extra_ms
    return Allowance(
        test_ms=test_ms if limit_ms is None else min(test_ms, max(0, limit_ms)),
        section_ms={
            s.section_id: _longer(s.duration_minutes, accommodation)
            for s in paper.sections
            if s.duration_minutes is not None
        },
    )


def _longer(minutes: int, accommodation: Accommodation) -> int:
    return minutes * MINUTE_MS * (100 + accommodation.extra_percent) // 100


@dataclass(frozen=True, slots=True)
class Gap:
    """A time in which nobody can say that the candidate could work."""

    ms: int | None
    """How long, in milliseconds, or None where nobody could measure it."""
    section: str | None
    """The section whose clock stood still."""
    charged_ms: int | None = None
    """What a proctor charged for it, or None while nobody has said."""


@dataclass(frozen=True, slots=True)
class Extension:
    """Time a grant added, while nobody has taken it back."""

    ms: int
    section: str | None
    """The section whose clock got it too."""


@dataclass(frozen=True, slots=True)
class Ledger:
    """The time of one sitting after its last entry."""

    allowance: Allowance
    used_ms: int = 0
    extended_ms: int = 0
    section_used_ms: Mapping[str, int] = field(default_factory=dict)
    section_extended_ms: Mapping[str, int] = field(default_factory=dict)
    section: str | None = None
    """The section whose clock runs."""
    begun: bool = False
    paused: bool = False
    locked: bool = False
    handed_in: bool = False
    boot_id: str = ""
    boot_ms: int = 0
    grants: frozenset[str] = frozenset()
    """Grants already counted: each adds once."""
    extensions: Mapping[str, Extension] = field(default_factory=dict)
    """What may be taken back, by grant."""
    gaps: Mapping[int, Gap] = field(default_factory=dict)
    """Gaps by entry number."""

    @property
    def running(self) -> bool:
        """Whether time is being used."""
        return self.begun and not (self.paused or self.locked or self.handed_in)

    def after(self, entry: Entry) -> "Ledger":
        """Return the ledger with one more entry."""
        step = 0 if entry.kind in _UNCHARGED else self._step(entry.boot_id, entry.boot_ms)
        latest = max(self.boot_ms, entry.boot_ms) if entry.boot_id == self.boot_id else entry.boot_ms
        values = list(_VALUES(self))
        values[_BOOT_ID], values[_BOOT_MS] = entry.boot_id, latest
        if step:
            values[_USED_MS] += step
            if self.section is not None:
                values[_SECTION_USED_MS] = _plus(self.section_used_ms, self.section, step)
        return _with_effect(Ledger(*values), entry)  # a journal has an entry every few seconds: `replace` is slow

    def left_ms(self, moment: Moment) -> int:
        """Return what is left of the test at `moment`, never below zero."""
        return max(0, self.balance_ms(moment))

    def balance_ms(self, moment: Moment) -> int:
        """Return what is left of the test, below zero where a gap was charged for more than there was."""
        step = self._step(moment.boot_id, moment.boot_ms)
        return self.allowance.test_ms + self.extended_ms - self.used_ms - step

    def section_left_ms(self, section_id: str, moment: Moment) -> int | None:
        """Return what is left of a section's own clock at `moment`, or None where it has none."""
        balance = self.section_balance_ms(section_id, moment)
        return None if balance is None else max(0, balance)

    def section_balance_ms(self, section_id: str, moment: Moment) -> int | None:
        """Return what is left of a section's own clock, below zero where a gap was charged for more than there was."""
        given = self.allowance.section_ms.get(section_id)
        if given is None:
            return None
        step = self._step(moment.boot_id, moment.boot_ms) if section_id == self.section else 0
        return given + self.section_extended_ms.get(section_id, 0) - self.section_used_ms.get(section_id, 0) - step

    def _step(self, boot_id: str, boot_ms: int) -> int:
        if not self.running or boot_id != self.boot_id:
            return 0
        return min(max(0, boot_ms - self.boot_ms), STEP_LIMIT_MS)

    def _spent(self, ms: int, section: str | None) -> "Ledger":
        if not ms:
            return self
        spent = replace(self, used_ms=self.used_ms + ms)
        if section is None:
            return spent
        return replace(spent, section_used_ms=_plus(self.section_used_ms, section, ms))


_NAMES = tuple(part.name for part in fields(Ledger))
_VALUES = attrgetter(*_NAMES)
_BOOT_ID, _BOOT_MS, _USED_MS, _SECTION_USED_MS = map(_NAMES.index, ("boot_id", "boot_ms", "used_ms", "section_used_ms"))


def ledger(given: Allowance, entries: Iterable[Entry]) -> Ledger:
    """Fold a whole journal into its ledger."""
    folded = Ledger(given)
    for entry in entries:
        folded = folded.after(entry)
    return folded


def _with_effect(before: Ledger, entry: Entry) -> Ledger:
    match entry.kind:
        case Kind.OPENED:
            return replace(before, begun=True)
        case Kind.PAUSED:
            return replace(before, paused=True)
        case Kind.RESUMED:
            return replace(before, paused=False)
        case Kind.LOCKED:
            return replace(before, locked=True)
        case Kind.UNLOCKED:
            return replace(before, locked=False)
        case Kind.HANDED_IN:
            return replace(before, handed_in=True)
        case Kind.REOPENED:
            return replace(before, handed_in=False)
        case Kind.SECTION_ENTERED:
            return replace(before, section=entry.body["section"])
        case Kind.SECTION_LEFT:
            return replace(before, section=None)
        case Kind.EXTENDED:
            return _extended(before, entry)
        case Kind.GAP:
            return replace(before, gaps={**before.gaps, entry.seq: Gap(entry.body["ms"], before.section)})
        case Kind.GAP_ATTRIBUTED:
            return _attributed(before, entry)
    return before


def _extended(before: Ledger, entry: Entry) -> Ledger:
    grant, undone = entry.body["grant"], entry.body.get("undoes")
    if grant in before.grants or (undone is not None and undone not in before.extensions):
        return before
    ms, section = entry.body["ms"], entry.body.get("section") or before.section
    if undone is None:
        known = {**before.extensions, grant: Extension(ms, section)}
    else:
        section = before.extensions[undone].section
        known = {key: value for key, value in before.extensions.items() if key != undone}
    changed = replace(before, extended_ms=before.extended_ms + ms, grants=before.grants | {grant}, extensions=known)
    if section is None:
        return changed
    return replace(changed, section_extended_ms=_plus(before.section_extended_ms, section, ms))


def _attributed(before: Ledger, entry: Entry) -> Ledger:
    number, ms = entry.body["gap"], entry.body["charged_ms"]
    gap = before.gaps.get(number)
    if gap is None or gap.charged_ms is not None:
        return before
    settled = replace(before, gaps={**before.gaps, number: replace(gap, charged_ms=ms)})
    return settled._spent(ms, gap.section)


def _plus(values: Mapping[str, int], key: str, ms: int) -> dict[str, int]:
    return {**values, key: values.get(key, 0) + ms}
