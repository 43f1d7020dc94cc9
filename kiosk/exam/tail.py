"""The tail: how a hub keeps a safety copy of a sitting's journal, and which writer's entries go on.

Pure rules over heads; the store keeps the entries themselves. Each epoch of a sitting begins where the one before was
cut (its fork). What an older epoch wrote after that is kept as an orphan and never merged.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from kiosk.exam.canonical import respelled
from kiosk.exam.entry import Entry
from kiosk.exam.error import Refused, Tampered
from kiosk.exam.journal import Head, chain_hash

HashAt = Callable[[int, int], bytes | None]
"""The hash that is kept of an entry, by its epoch and number; None where that entry is not kept."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """What one epoch wrote: from its fork, exclusive, to its head."""

    epoch: int
    fork: Head
    head: Head


@dataclass(frozen=True, slots=True)
class Tail:
    """How far a hub holds one sitting, epoch by epoch."""

    stretches: tuple[Stretch, ...]
    """In the order of their epochs; never empty."""

    @property
    def newest(self) -> Stretch:
        """The stretch of whoever may write now."""
        return self.stretches[-1]

    def of(self, epoch: int) -> Stretch | None:
        """Return the stretch of an epoch, or None where none is known."""
        return next((s for s in self.stretches if s.epoch == epoch), None)

    def end(self, epoch: int) -> Head | None:
        """Return where the epoch after `epoch` forked; None for the newest."""
        return next((s.fork for s in self.stretches if s.epoch > epoch), None)

    def gap(self, epoch: int) -> int | None:
        """Return the first entry that is missing before an epoch's own; None where all of them are kept.

        A hub that is new learns of a fork before it has what was written up to there.
        """
        for stretch, after in zip(self.stretches, self.stretches[1:], strict=False):
            if stretch.epoch < epoch and stretch.head.seq < after.fork.seq:
                return stretch.head.seq + 1
        return None

    def kept(self, epoch: int) -> Head | None:
        """Return up to where an epoch's journal is kept without a gap; None where something before it is missing."""
        stretch = self.of(epoch)
        return None if stretch is None or self.gap(epoch) is not None else stretch.head

    def forked(self, epoch: int, fork: Head | None = None) -> "Tail":
        """Return the tail with a new epoch that begins at `fork`, by default the newest head.

        Raises Refused for an epoch that is not newer.
        """
        if epoch <= self.newest.epoch:
            raise Refused("A newer permission has been given for this sitting.")
        head = fork or self.newest.head
        return Tail((*self.stretches, Stretch(epoch, head, head)))

    def grown(self, epoch: int, head: Head) -> "Tail":
        """Return the tail with an epoch's head moved on."""
        return Tail(tuple(replace(s, head=head) if s.epoch == epoch else s for s in self.stretches))


@dataclass(frozen=True, slots=True)
class Frame:
    """Entries that follow one another, with the hash before the first."""

    epoch: int
    before: bytes
    entries: tuple[Entry, ...]
    """Not empty, and read from their canonical bytes; their hashes are not believed but computed."""

    @property
    def last(self) -> int:
        """The number of the last entry."""
        return self.entries[-1].seq


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a hub does with a frame."""

    keep: tuple[Entry, ...] = ()
    """Entries that are new, hashed."""
    tail: Tail | None = None
    """The tail with them; None where nothing was kept."""
    want: int | None = None
    """From where the seat must send, where the frame does not join what is held."""


def judge(tail: Tail, frame: Frame, hash_at: HashAt) -> Verdict:
    """Return what becomes of a frame; raises Tampered where it contradicts what is held already, or itself.

    What is held is skipped, so that a frame may come twice and in pieces of any size. An epoch this hub knows nothing
    of is asked for with its leases (`want` 0); one whose beginning lacks something waits for that.
    """
    stretch = tail.of(frame.epoch)
    if stretch is None:
        return Verdict(want=0)
    entries = chained(frame)
    gap = tail.gap(frame.epoch)
    if gap is not None:
        return Verdict(want=gap)
    if entries[0].seq > stretch.head.seq + 1:
        return Verdict(want=stretch.head.seq + 1)
    _must_agree(stretch, frame, entries, hash_at)
    _must_reach(tail.end(frame.epoch), entries)
    fresh = tuple(e for e in entries if e.seq > stretch.head.seq)
    if not fresh:
        return Verdict()
    return Verdict(fresh, tail.grown(frame.epoch, Head(fresh[-1].seq, fresh[-1].hash)))


def chained(frame: Frame) -> Sequence[Entry]:
    """Return the entries with the hashes they have, raising Tampered unless they follow one another."""
    before, found = frame.before, []
    for seq, entry in enumerate(frame.entries, frame.entries[0].seq):
        if entry.seq != seq or entry.epoch != frame.epoch:
            raise Tampered("the entries of a frame do not follow one another")
        before = chain_hash(before, entry, respelled)
        found.append(replace(entry, hash=before))
    return found


def main_line(tail: Tail, entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """Return the entries that count, in order: each epoch's up to where the next one forked."""
    counted = (e for e in entries if not _is_orphan(tail, e))
    return tuple(sorted(counted, key=lambda e: (e.seq, e.epoch)))


def orphans(tail: Tail, entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """Return the entries an epoch wrote after a later one had forked, by epoch and number."""
    return tuple(sorted((e for e in entries if _is_orphan(tail, e)), key=lambda e: (e.epoch, e.seq)))


def _is_orphan(tail: Tail, entry: Entry) -> bool:
    end = tail.end(entry.epoch)
    return end is not None and entry.seq > end.seq


def _must_agree(stretch: Stretch, frame: Frame, entries: Sequence[Entry], hash_at: HashAt) -> None:
    """Raise Tampered unless a frame that begins within a stretch says what is held there.

    As each hash covers all before it, the last place both have tells of the rest.
    """
    if entries[0].seq == stretch.head.seq + 1:
        same = frame.before == stretch.head.hash
    elif entries[0].seq <= stretch.fork.seq:
        same = False
    else:
        shared = min(frame.last, stretch.head.seq)
        same = hash_at(frame.epoch, shared) == entries[shared - entries[0].seq].hash
    if not same:
        raise Tampered("the seat's journal is not the one this hall has acknowledged")


def _must_reach(end: Head | None, entries: Sequence[Entry]) -> None:
    """Raise Tampered where entries pass the place at which the next epoch forked with another hash than it has."""
    at_end = None if end is None else next((e for e in entries if e.seq == end.seq), None)
    if end is not None and at_end is not None and at_end.hash != end.hash:
        raise Tampered("the seat's journal is not the one the sitting was moved from")
