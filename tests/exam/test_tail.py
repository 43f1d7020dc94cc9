"""The tail: any split, repetition, loss and reordering of frames ends in the same copy, and nothing is mixed in."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders import a_lease, an_attempt
from kiosk.exam.entry import Entry, Kind
from kiosk.exam.error import Refused, Tampered
from kiosk.exam.journal import Head, genesis_head
from kiosk.exam.sitting import Step
from kiosk.exam.tail import Frame, Stretch, Tail, judge, main_line, orphans


class Copy:
    """A hub's copy in memory: judged as a hub judges."""

    def __init__(self, genesis) -> None:
        start = genesis_head(genesis)
        self.tail = Tail((Stretch(1, start, start),))
        self.entries: dict[tuple[int, int], Entry] = {}

    def take(self, frame: Frame):
        verdict = judge(self.tail, frame, self.hash_at)
        for entry in verdict.keep:
            assert (entry.epoch, entry.seq) not in self.entries  # an entry is kept once
            self.entries[entry.epoch, entry.seq] = entry
        self.tail = verdict.tail or self.tail
        self.check()
        return verdict

    def hash_at(self, epoch, seq):
        entry = self.entries.get((epoch, seq))
        return None if entry is None else entry.hash

    def check(self) -> None:
        """Fail where what would be acknowledged is not all kept."""
        for stretch in self.tail.stretches:
            kept = self.tail.kept(stretch.epoch)
            if kept is None:
                continue
            line = main_line(Tail(self.tail.stretches[: self.tail.stretches.index(stretch) + 1]), self.entries.values())
            line = [e for e in line if e.epoch <= stretch.epoch]
            assert [e.seq for e in line] == list(range(kept.seq + 1))
            assert not line or line[-1].hash == kept.hash


def journal(steps: int):
    trial = an_attempt()
    for _ in range(steps):
        trial.clock.advance(1_000)
        trial.take([Step(Kind.FOCUS_LOST, {})])
    return trial


def frame(trial, first, count, epoch=1):
    """Return a frame as a seat sends it: without hashes, of one epoch."""
    before = trial.entries[first - 1].hash if first else genesis_head(trial.genesis).hash
    entries = [replace(e, hash=b"") for e in trial.entries[first : first + count] if e.epoch == epoch]
    return Frame(epoch, before, tuple(entries))


def split(trial, at):
    """Return the journal after another writer went on from entry `at`, and the lease it went on under."""
    cut = trial.entries[at]
    lease = a_lease(trial.paper, lease_id="lease-2", seat="A13", epoch=2, fork_seq=cut.seq, fork_hash=cut.hash.hex())
    other = an_attempt(trial.paper, trial.clock)
    other.entries[:] = trial.entries[: at + 1]
    other.sitting = other.folded()
    other.take(other.sitting.take_over(lease))
    for _ in range(3):
        trial.clock.advance(7)
        other.take([Step(Kind.PASTED, {"length": 1})])
    return other, lease


TRIAL = journal(9)
LENGTH = len(TRIAL.entries)
pieces = st.lists(
    st.tuples(st.integers(0, LENGTH - 1), st.integers(1, LENGTH)).map(lambda p: frame(TRIAL, *p)), max_size=20
)


@given(pieces)
def test_whatever_comes_the_whole_journal_ends_in_one_copy(frames):
    copy = Copy(TRIAL.genesis)
    for one in frames:
        verdict = copy.take(one)
        assert verdict.want is None or verdict.want == copy.tail.newest.head.seq + 1
    while copy.tail.newest.head.seq < LENGTH - 1:
        copy.take(frame(TRIAL, copy.tail.newest.head.seq + 1, 4))
    assert [e.hash for e in main_line(copy.tail, copy.entries.values())] == [e.hash for e in TRIAL.entries]
    assert copy.tail.newest.head == Head(LENGTH - 1, TRIAL.entries[-1].hash)


@given(st.permutations(range(8)), st.integers(2, LENGTH - 2))
def test_a_hub_that_is_new_gets_the_same_in_any_order_and_mixes_no_orphan_in(turns, at):
    other, lease = split(TRIAL, at)
    copy = Copy(TRIAL.genesis)
    copy.tail = copy.tail.forked(2, lease.fork)
    old = [frame(TRIAL, first, 5) for first in range(0, LENGTH, 5)]
    new = [frame(other, first, 2, epoch=2) for first in range(at + 1, len(other.entries), 2)]
    sent = [*old, *new]
    for turn in turns:
        copy.take(sent[turn % len(sent)])
    for _ in sent:
        for one in sent:
            copy.take(one)
    assert [e.hash for e in main_line(copy.tail, copy.entries.values())] == [e.hash for e in other.entries]
    assert [e.hash for e in orphans(copy.tail, copy.entries.values())] == [e.hash for e in TRIAL.entries[at + 1 :]]
    assert copy.tail.kept(2) == Head(other.entries[-1].seq, other.entries[-1].hash)


def test_what_comes_after_a_fork_waits_for_what_went_before_it():
    other, lease = split(TRIAL, 4)
    copy = Copy(TRIAL.genesis)
    copy.tail = copy.tail.forked(2, lease.fork)
    assert copy.take(frame(other, 5, 9, epoch=2)).want == 0
    copy.take(frame(TRIAL, 0, 3))
    assert copy.take(frame(other, 5, 9, epoch=2)).want == 3
    assert copy.tail.kept(2) is None
    copy.take(frame(TRIAL, 3, 2))
    assert copy.take(frame(other, 5, 9, epoch=2)).want is None


def changed(one: Frame, index: int = 0) -> Frame:
    entries = list(one.entries)
    entries[index] = replace(entries[index], at="2031-05-06T13:00:00.000Z")
    return replace(one, entries=tuple(entries))


@pytest.mark.parametrize(
    "bad",
    [
        changed(frame(TRIAL, 2, 9), 1),
        changed(frame(TRIAL, 1, 2), 1),
        changed(frame(TRIAL, 5, 1)),
        replace(frame(TRIAL, 6, 2), before=b"\x00" * 32),
        replace(frame(TRIAL, 2, 2), before=b"\x00" * 32),
        replace(frame(TRIAL, 6, 3), entries=frame(TRIAL, 6, 3).entries[::2]),
        replace(frame(TRIAL, 6, 2), entries=tuple(replace(e, epoch=2) for e in frame(TRIAL, 6, 2).entries)),
    ],
    ids=["across the head", "within", "one within", "at the head", "before it", "with a hole", "of another epoch"],
)
def test_what_contradicts_is_refused_and_changes_nothing(bad):
    copy = Copy(TRIAL.genesis)
    copy.take(frame(TRIAL, 0, 6))
    before = copy.tail, dict(copy.entries)
    with pytest.raises(Tampered):
        copy.take(bad)
    assert (copy.tail, copy.entries) == before


def test_an_old_journal_that_is_not_the_one_that_was_moved_is_refused():
    _, lease = split(TRIAL, 4)
    copy = Copy(TRIAL.genesis)
    copy.tail = copy.tail.forked(2, lease.fork)
    with pytest.raises(Tampered, match="moved from"):
        copy.take(changed(frame(TRIAL, 0, 8), 3))


def test_an_epoch_nobody_told_of_is_asked_for_and_none_comes_twice():
    copy = Copy(TRIAL.genesis)
    assert copy.take(frame(split(TRIAL, 4)[0], 5, 3, epoch=2)).want == 0
    with pytest.raises(Refused):
        copy.tail.forked(1)
    copy.take(frame(TRIAL, 0, 3))
    assert copy.tail.forked(2).newest == Stretch(2, copy.tail.newest.head, copy.tail.newest.head)
