"""The tail: how a hub keeps a safety copy of a sitting's journal, and which writer's entries go on.

Pure rules over heads; the store keeps the entries themselves. Each epoch of a sitting begins where the one before was
cut (its fork). What an older epoch wrote after that is kept as an orphan and never merged.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from kiosk.exam.canonical import canonical
from kiosk.exam.entry import Entry
from kiosk.exam.error import Refused, Tampered
from kiosk.exam.journal import Head, chain_hash


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

    def forked(self, epoch: int) -> "Tail":
        """Return the tail with a new epoch that begins at the newest head; raises Refused for one that is not newer."""
        if epoch <= self.newest.epoch:
            raise Refused("A newer permission has been given for this sitting.")
        head = self.newest.head
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
    """Not empty; their hashes are not believed but computed."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a hub does with a frame."""

    keep: tuple[Entry, ...] = ()
    """Entries that are new, hashed."""
    tail: Tail | None = None
    """The tail with them; None where nothing was kept."""
    want: int | None = None
    """From where the seat must send, where the frame does not join what is held."""
    is_fenced: bool = False
    """Whether a newer epoch writes now, so that the sender must stop."""


def judge(tail: Tail, frame: Frame) -> Verdict:
    """Return what becomes of a frame; raises Tampered where it contradicts what is held already.

    What is held is skipped, so that a frame may come twice and in pieces of any size. An epoch this hub knows nothing
    of is asked for with its leases (`want` 0).
    """
    stretch = tail.of(frame.epoch)
    is_fenced = frame.epoch < tail.newest.epoch
    if stretch is None:
        return Verdict(want=0, is_fenced=is_fenced)
    first = frame.entries[0].seq
    entries, head = _chained(frame), stretch.head
    if first > head.seq + 1:
        return Verdict(want=head.seq + 1, is_fenced=is_fenced)
    at_head = frame.before if first == head.seq + 1 else _hash_at(entries, head.seq)
    if at_head is not None and at_head != head.hash:
        raise Tampered("the seat's journal is not the one this hall has acknowledged")
    fresh = tuple(e for e in entries if e.seq > head.seq)
    if not fresh:
        return Verdict(is_fenced=is_fenced)
    last = fresh[-1]
    return Verdict(fresh, tail.grown(frame.epoch, Head(last.seq, last.hash)), None, is_fenced)


def main_line(tail: Tail, entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """Return the entries that count, in order: each epoch's up to where the next one forked."""
    ends = {s.epoch: n.fork.seq for s, n in zip(tail.stretches, tail.stretches[1:], strict=False)}
    return tuple(e for e in sorted(entries, key=lambda e: (e.seq, e.epoch)) if e.seq <= ends.get(e.epoch, e.seq))


def orphans(tail: Tail, entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """Return the entries an epoch wrote after the next one had forked, by epoch and number."""
    ends = {s.epoch: n.fork.seq for s, n in zip(tail.stretches, tail.stretches[1:], strict=False)}
    return tuple(sorted((e for e in entries if e.seq > ends.get(e.epoch, e.seq)), key=lambda e: (e.epoch, e.seq)))


def _chained(frame: Frame) -> Sequence[Entry]:
    """Return the entries with the hashes they have, raising Tampered unless they follow one another."""
    before, chained = frame.before, []
    for seq, entry in enumerate(frame.entries, frame.entries[0].seq):
        if entry.seq != seq or entry.epoch != frame.epoch:
            raise Tampered("the entries of a frame do not follow one another")
        before = chain_hash(before, entry, canonical)
        chained.append(replace(entry, hash=before))
    return chained


def _hash_at(entries: Sequence[Entry], seq: int) -> bytes | None:
    return next((e.hash for e in entries if e.seq == seq), None)
