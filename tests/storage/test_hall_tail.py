"""Tails and moves in the hall's store, plain and encrypted."""

from dataclasses import replace

import pytest
from test_hall_store import AUDIT, PAPER, a_package

from builders import NOON, a_grant, a_lease, an_attempt
from house import a_hall_roster
from kiosk.exam.canonical import canonical
from kiosk.exam.error import Refused
from kiosk.exam.grant import Act
from kiosk.exam.journal import Head, genesis_head
from kiosk.exam.move import Move, MoveState
from kiosk.exam.page import SignedGrant, SignedLease
from kiosk.exam.parcel import Beginning, Parcel
from kiosk.exam.tail import Frame
from storage.hall.store import HallStore

DAY = "2031-05-06"


@pytest.fixture
def store(hall_engine):
    store = HallStore(hall_engine)
    store.roster.load(a_package(), [PAPER], a_hall_roster(), NOON, AUDIT)
    yield store
    store.close()


def parcel(attempt, first=0, count=None, *, begins=True):
    """Return what a seat sends of a journal."""
    entries = tuple(attempt.entries[first : None if count is None else first + count])
    text = canonical(attempt.genesis.document()).decode()
    lease = SignedLease(lease=a_lease(attempt.paper), envelope=b"lease-1")
    before = attempt.entries[first - 1].hash if first else genesis_head(attempt.genesis).hash
    return Parcel(
        seat="A12",
        submission_id="submission-1",
        opened_on=DAY,
        frame=Frame(1, before, entries),
        texts=tuple(canonical(e.document()).decode() for e in entries),
        beginning=Beginning(genesis=attempt.genesis, text=text, leases=(lease,)) if begins else None,
    )


def rescue(store, attempt, seen, fork, number=1):
    """Order a move that is followed at once; return whether it was."""
    given = replace(
        a_lease(attempt.paper),
        lease_id="lease-2",
        seat="rescue",
        epoch=2,
        fork_seq=fork.seq,
        fork_hash=fork.hash.hex(),
    )
    grant = SignedGrant(grant=a_grant(Act.MOVE, grant_id=f"move-{number}", seat="A12"), envelope=b"grant")
    move = Move(
        move_id=f"move-{number}", submission_id="submission-1", from_seat="A12", to_seat="rescue", ordered_at=NOON
    )
    return store.moves.rescue(move, grant, SignedLease(lease=given, envelope=b"lease-2"), seen, AUDIT, NOON)


def head_of(attempt, seq=-1):
    entry = attempt.entries[seq]
    return Head(entry.seq, entry.hash)


def test_a_tail_comes_out_as_it_went_in_however_often_it_came(store):
    attempt = an_attempt()
    for first, count in ((0, 2), (0, 4), (2, None), (0, None)):
        store.tails.take([parcel(attempt, first, count)], NOON)
    holding = store.tails.holding("submission-1", DAY)
    assert holding.tail.newest.head == head_of(attempt) == store.tails.open_end("submission-1", DAY)
    assert rescue(store, attempt, head_of(attempt), head_of(attempt))
    copy = store.tails.copy("submission-1", DAY, 2)
    assert copy.entries == tuple(canonical(e.document()).decode() for e in attempt.entries)
    assert copy.leases == (b"lease-1", b"lease-2")


def test_nothing_is_taken_for_a_sitting_nobody_knows(store):
    (reply,) = store.tails.take([parcel(an_attempt(), begins=False)], NOON)
    assert (reply.want, reply.start, reply.kept) == (0, True, None)
    assert store.tails.open_end("submission-1", DAY) is None
    assert store.tails.holding("submission-1", DAY) is None


def test_a_rescue_of_a_tail_that_has_grown_since_changes_nothing(store):
    attempt = an_attempt()
    store.tails.take([parcel(attempt)], NOON)
    old = head_of(attempt, -2)
    assert not rescue(store, attempt, old, old)
    assert store.moves.moves("submission-1") == ()
    assert store.permits.lease("submission-1").lease.epoch == 1
    assert rescue(store, attempt, head_of(attempt), old)
    (move,) = store.moves.moves("submission-1")
    assert (move.state, move.epoch) == (MoveState.FOLLOWED, 2)
    assert store.tails.orphans("submission-1", DAY) == 1
    assert store.commands.waiting("A12") == ()


def test_a_second_rescue_at_the_same_time_leaves_nothing_half_done(store):
    attempt = an_attempt()
    store.tails.take([parcel(attempt)], NOON)
    head = head_of(attempt)
    assert rescue(store, attempt, head, head)
    with pytest.raises(Refused):
        rescue(store, attempt, head, head, number=2)
    assert [m.move_id for m in store.moves.moves("submission-1")] == ["move-1"]
