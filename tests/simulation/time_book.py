"""What each entry of a sitting must have charged, by the world's own time: no boot clock and no ledger is asked."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from broken_promise import Broken

from kiosk.exam.entry import Entry, Kind

TICK_MS = 5_000
CRASH_MS = TICK_MS + 2_000
"""What a crash may give back: a tick, the second in which the seat looks at its clock, and the disk."""
ROUNDING_MS = 5
DRIFT_PPM = 1_000
"""Above what any clock of the simulation drifts by."""
_RUNS = {
    Kind.OPENED: ("begun", True),
    Kind.PAUSED: ("paused", True),
    Kind.RESUMED: ("paused", False),
    Kind.LOCKED: ("locked", True),
    Kind.UNLOCKED: ("locked", False),
    Kind.HANDED_IN: ("over", True),
    Kind.REOPENED: ("over", False),
}
_FREE = frozenset({Kind.GAP, Kind.MOVED})


class _Course:
    """Whether time runs, by the kinds of the entries alone."""

    def __init__(self) -> None:
        self._is = {"begun": False, "paused": False, "locked": False, "over": False}

    @property
    def runs(self) -> bool:
        return self._is["begun"] and not (self._is["paused"] or self._is["locked"] or self._is["over"])

    def take(self, kind: Kind) -> None:
        if kind in _RUNS:
            part, value = _RUNS[kind]
            self._is[part] = value


@dataclass(frozen=True, slots=True)
class Written:
    """When and where an entry was written: by which seat, and in which life of its program."""

    seat: str
    life: int
    at_ms: int
    kind: Kind


@dataclass(frozen=True, slots=True)
class Cut:
    """A seat lost power while somebody's time ran."""

    submission_id: str
    seat: str
    life: int
    at_ms: int


class TimeBook:
    """Told of every entry as it is written, and of every crash."""

    def __init__(self, now: Callable[[], int]) -> None:
        self._now = now
        self._written: dict[bytes, Written] = {}
        self._pages: dict[tuple[str, int], list[tuple[str, bytes, Written]]] = defaultdict(list)
        """By seat and life: what was written, kept or lost, in order."""
        self._lives: Counter[str] = Counter()
        self._cuts: list[Cut] = []

    def wrote(self, seat: str, entries: Iterable[Entry]) -> None:
        """A seat wrote entries, now."""
        for entry in entries:
            written = Written(seat, self._lives[seat], self._now(), entry.kind)
            if self._written.setdefault(entry.hash, written) is written:
                self._pages[seat, written.life].append((entry.submission_id, entry.hash, written))

    def stopped(self, seat: str, running: str | None) -> None:
        """A seat lost power, now, while the time of a sitting ran."""
        if running is not None:
            self._cuts.append(Cut(running, seat, self._lives[seat], self._now()))
        self._lives[seat] += 1

    def disk_went_back(self, seat: str) -> None:
        """A seat's disk lost more than a crash loses: what that gives back is not held to a tick."""
        self._cuts = [cut for cut in self._cuts if cut.seat != seat]

    def when(self, entry: Entry) -> int | None:
        """Return when an entry was written; None for one no seat told of."""
        written = self._written.get(entry.hash)
        return None if written is None else written.at_ms

    def look_at(self, entries: Sequence[Entry], used_ms: Sequence[int]) -> int:
        """I8: each entry charged what the world says, a crash and a move nothing; return how many were looked at.

        `used_ms` is what the program says was used after each entry.
        """
        course = _Course()
        before, charged, seen = None, 0, 0
        for entry, used in zip(entries, used_ms, strict=True):
            written = self._written.get(entry.hash)
            if written is None:  # the seal, which a seat writes with its bundle
                break
            here = before is not None and (before.seat, before.life) == (written.seat, written.life)
            due = written.at_ms - before.at_ms if before and here and course.runs and entry.kind not in _FREE else 0
            if abs(used - charged - due) > ROUNDING_MS + due * DRIFT_PPM // 1_000_000:
                raise Broken(f"I8: entry {entry.seq} ({entry.kind.value}) charged {used - charged} ms, {due} ms ran")
            course.take(entry.kind)
            before, charged, seen = written, used, seen + 1
        return seen

    def look_at_crashes(self, submission_id: str, entries: Sequence[Entry]) -> int:
        """I8: no crash gave back more than a tick; return how many were looked at.

        What a seat wrote after its sitting was moved is no part of it, so that its end says nothing of a crash.
        """
        last: dict[tuple[str, int], tuple[int, bool]] = {}
        for number, entry in enumerate(entries):
            written = self._written.get(entry.hash)
            if written is not None:
                goes_on = number + 1 < len(entries) and entries[number + 1].kind is not Kind.MOVED
                last[written.seat, written.life] = number, goes_on
        seen = 0
        for cut in self._cuts:
            number, goes_on = last.get((cut.seat, cut.life), (0, False))
            if cut.submission_id != submission_id or not goes_on:
                continue
            seen += 1
            lost_ms = self._lost_ms(cut, entries[: number + 1])
            if lost_ms > CRASH_MS:
                raise Broken(f"I8: a crash of {cut.seat} gave back {lost_ms} ms")
        return seen

    def _lost_ms(self, cut: Cut, kept: Sequence[Entry]) -> int:
        """Return how long time ran between the last entry a crash left and the crash; lost pauses are known here."""
        course = _Course()
        for entry in kept:
            course.take(entry.kind)
        pages = [(digest, w) for of, digest, w in self._pages[cut.seat, cut.life] if of == cut.submission_id]
        place = next(n for n, (digest, _) in enumerate(pages) if digest == kept[-1].hash)
        at_ms, lost_ms = pages[place][1].at_ms, 0
        for _, written in pages[place + 1 :]:
            lost_ms += (written.at_ms - at_ms) * course.runs
            course.take(written.kind)
            at_ms = written.at_ms
        return lost_ms + (cut.at_ms - at_ms) * course.runs
