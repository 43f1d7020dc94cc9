"""Moves that race: whatever two proctors and a candidate do at once, a sitting is written at one seat alone."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from virtual_seat import World

from boardroom import a_room
from house import CODE, OTHER_CODE, OTHER_ROLL, PIN, ROLL, SEAT, a_house
from kiosk.exam.attempt import Phase
from kiosk.exam.error import KioskError, Refused
from kiosk.exam.move import MoveState
from kiosk.views.order import Order, Verb
from storage.hall.stretch import leases_of


@pytest.fixture
def world(tmp_path):
    world = World(a_house(tmp_path))
    yield world
    world.house.close()


@pytest.fixture
def old(world):
    seat = world.seat("A12")
    seat.begin()
    seat.write(4)
    seat.send()
    return seat


def at_once(*acts):
    """Do some things at the same moment, each in a thread of its own; return what each returned or raised."""
    start = Barrier(len(acts))

    def run(act):
        start.wait()
        try:
            return act()
        except KioskError as error:
            return error

    with ThreadPoolExecutor(len(acts)) as threads:
        return list(threads.map(run, acts))


def leases(world, seat):
    head = seat.head
    with world.store.tails._reading() as work:
        return [s.lease for s in leases_of(work, head.submission_id, head.opened_on)]


def move(world, seat, target):
    return world.hub.moves.order(seat.head.submission_id, target, world.pair(), "equipment")


@pytest.mark.parametrize("time", range(5))
def test_two_orders_at_once_leave_one_that_stands_and_one_seat_that_writes(world, old, time):
    at_once(lambda: move(world, old, "B1"), lambda: move(world, old, "C1"))
    standing = world.hub.moves.waiting(old.head.submission_id)
    states = sorted(m.state for m in world.store.moves.moves(old.head.submission_id))
    assert states == [MoveState.ORDERED, MoveState.REPLACED]
    b1, c1 = world.seat("B1"), world.seat("C1")
    came = dict(zip(("B1", "C1"), at_once(b1.offer, c1.offer), strict=True))
    other = {"B1": "C1", "C1": "B1"}[standing.to_seat]
    assert isinstance(came[other], Refused)
    assert [lease.seat for lease in leases(world, old)] == ["A12", standing.to_seat]


@pytest.mark.parametrize("time", range(3))
def test_a_lease_asked_for_many_times_at_once_is_minted_once(world, old, time):
    move(world, old, "B1")
    world.seat("B1")
    hall = world.house.hall
    token = hall.admit(ROLL, CODE, "B1").token
    came = at_once(*[lambda: hall.lease(token, "assignment-1", "B1")] * 6)
    assert {offer.envelope for offer in came if not isinstance(offer, KioskError)} == {came[0].envelope}
    assert [lease.epoch for lease in leases(world, old)] == [1, 2]


@pytest.mark.parametrize("time", range(3))
def test_a_lease_that_is_asked_for_while_the_old_seat_still_sends_forks_where_the_hall_stands(world, old, time):
    move(world, old, "B1")
    new = world.seat("B1")
    top = old.head.seq
    old.write(30)
    frames = [old.frame(seq, 1) for seq in range(top + 1, old.head.seq + 1)]

    def send():
        for frame in frames:
            old.say(frame)

    _, offer = at_once(send, new.offer)
    assert not isinstance(offer, KioskError)
    lease = new.go_on(offer)
    fork = lease.fork
    assert old.trial.entries[fork.seq].hash == fork.hash
    assert len(offer.journal.entries) == fork.seq + 1
    head = old.head
    assert world.store.tails.orphans(head.submission_id, head.opened_on) == head.seq - fork.seq


def test_a_move_back_and_forth_twenty_times_loses_nothing(world, old):
    here, written = old, [e.hash for e in old.trial.entries]
    for number in range(20):
        target = "B1" if number % 2 == 0 else "A12"
        move(world, here, target)
        there = world.seat(target)
        lease = there.go_on(there.offer())
        assert (lease.epoch, lease.seat) == (number + 2, target)
        assert [e.hash for e in there.trial.entries[: len(written)]] == written
        there.write(2)
        there.send(len(written))
        written, here = [e.hash for e in there.trial.entries], there
    assert world.store.tails.orphans(here.head.submission_id, here.head.opened_on) == 0


def test_a_candidate_at_two_seats_at_once_gets_one_sitting(world):
    a, b = world.seat("A12"), world.seat("B1")
    came = at_once(a.offer, b.offer)
    assert sorted(isinstance(c, Refused) for c in came) == [False, True]
    assert len(world.store.permits.all_progress()) == 1


@pytest.fixture
def room(tmp_path):
    room = a_room(tmp_path)
    room.begin()
    room.hold()
    for name in ("B1", "C1"):
        room.seat(name)
    room.look()
    return room


def test_two_proctors_who_move_the_same_candidate_at_once_are_both_told_what_came_of_it(room):
    order = {"verb": Verb.MOVE, "seats": (SEAT,), "reason": "equipment", "pin": PIN}
    boards = [room.room.board(name) for name in ("10.0.0.1", "10.0.0.2")]
    at_once(*[
        lambda board=board, target=target: board.carry_out(Order(**order, target=target))
        for board, target in zip(boards, ("B1", "C1"), strict=True)
    ])  # fmt: skip
    sitting = room.store.permits.all_progress()[0].submission_id
    states = [m.state for m in room.store.moves.moves(sitting)]
    assert states.count(MoveState.ORDERED) == 1


@pytest.mark.parametrize("phase", [Phase.HANDED_IN, Phase.SEALED])
def test_what_is_over_is_moved_nowhere(room, phase):
    room.seats[SEAT].tell(phase=phase)
    outcome = room.order(Verb.MOVE, SEAT, target="B1", reason="equipment")[SEAT]
    assert not outcome.done
    assert room.hub.moves.waiting(room.store.permits.all_progress()[0].submission_id) is None


def test_a_sitting_goes_only_to_an_empty_seat_that_is_there(room):
    roll, code = OTHER_ROLL, OTHER_CODE
    room.house.hall.lease(room.house.hall.admit(roll, code, "C1").token, "assignment-2", "C1")
    for target, words in {"C1": "empty", "": "no such seat", "Z9": "no such seat", "[red]": "no such seat"}.items():
        outcome = room.order(Verb.MOVE, SEAT, target=target, reason="equipment")[SEAT]
        assert not outcome.done
        assert words in outcome.words
    seat = room.seats["B1"]
    seat.tell(candidate_id="candidate-2")
    assert not room.order(Verb.MOVE, SEAT, target="B1", reason="equipment")[SEAT].done
    assert room.hub.moves.waiting(room.store.permits.all_progress()[0].submission_id) is None
