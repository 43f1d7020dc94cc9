"""A sitting goes on at another seat: one writer at a time, nothing lost, nothing merged."""

import pytest
from virtual_seat import World

from house import a_house
from kiosk.exam.error import Denied, Refused
from kiosk.exam.grant import Act, Grant
from kiosk.exam.journal import verify
from kiosk.exam.move import MoveState
from kiosk.sealing.envelope import PayloadType, open_envelope
from kiosk.wire.hub import AckMessage, CommandMessage, FencedMessage, WantMessage


@pytest.fixture
def world(tmp_path):
    house = a_house(tmp_path)
    yield World(house)
    house.close()


@pytest.fixture
def old(world):
    seat = world.seat("A12")
    seat.begin()
    seat.write(6)
    seat.send(0)
    seat.post.said.clear()
    return seat


def order(world, seat, target, **how):
    return world.hub.moves.order(seat.head.submission_id, target, world.pair(), "equipment", **how)


def states(world, seat):
    return [m.state for m in world.store.moves.moves(seat.head.submission_id)]


def moved(world, old, target):
    order(world, old, target)
    new = world.seat(target)
    new.go_on(new.offer())
    return new


def test_the_old_seat_is_told_and_refused_and_the_new_one_goes_on(world, old):
    order(world, old, "A13")
    (command,) = old.post.take(CommandMessage)
    key = world.keys.signing.public
    assert Grant.from_document(open_envelope(command.envelope.encode(), PayloadType.GRANT, key)).act is Act.MOVE
    with pytest.raises(Refused, match="goes on at the seat A13"):
        old.offer()
    new = world.seat("A13")
    lease = new.go_on(new.offer())
    assert (lease.epoch, lease.fork_seq, lease.fork_hash) == (2, old.head.seq, old.head.hash.hex())
    assert verify(new.trial.genesis, new.trial.entries).seq == old.head.seq + 1
    new.send(old.head.seq + 1)
    (ack,) = new.post.take(AckMessage)
    assert (ack.epoch, ack.seq) == (2, old.head.seq + 1)
    with pytest.raises(Refused, match="open at the seat A13"):
        old.offer()
    assert states(world, old) == [MoveState.FOLLOWED]


def test_what_the_old_seat_wrote_on_is_kept_apart(world, old):
    new = moved(world, old, "A13")
    cut = old.head.seq
    old.write(4)
    old.say(old.frame(cut + 1))
    (fenced,) = [m for m in old.post.said if isinstance(m, FencedMessage)]
    assert fenced.lease.encode() == new.leases[-1]
    new.send(cut + 1)
    assert world.store.tails.orphans(old.head.submission_id, old.head.opened_on) == 4
    order(world, new, "B1")
    third = world.seat("B1")
    third.go_on(third.offer())
    told = [e.hash for e in third.trial.entries[:-1]]
    assert told == [e.hash for e in new.trial.entries]


def test_an_answer_that_was_lost_is_given_again(world, old):
    order(world, old, "A13")
    new = world.seat("A13")
    first, again = new.offer(), new.offer()
    assert first.envelope == again.envelope
    assert first.journal == again.journal


def test_a_hub_that_restarts_between_order_and_lease_knows_of_both(world, old):
    order(world, old, "A13")
    world.restart()
    new = world.seat("A13")
    assert new.go_on(new.offer()).epoch == 2
    world.restart()
    old.join()
    assert [m.command_id for m in old.post.take(CommandMessage)]
    old.hold()
    assert old.post.take(FencedMessage)


def test_a_sitting_comes_back(world, old):
    new = moved(world, old, "A13")
    new.send(old.head.seq + 1)
    order(world, new, "A12")
    old.join()
    assert old.go_on(old.offer()).epoch == 3
    old.join()
    assert not old.post.take(CommandMessage)  # the first order is over: it must not shut the seat that writes now
    old.send(new.head.seq + 1)
    assert old.post.take(AckMessage)[0].epoch == 3


def test_a_damaged_seat_begins_anew_where_the_hall_stands(world, old):
    order(world, old, "A12")
    empty = world.seat("A12")
    lease = empty.go_on(empty.offer())
    assert (lease.epoch, lease.seat, lease.fork_seq) == (2, "A12", old.head.seq)
    empty.send(lease.fork_seq + 1)
    assert empty.post.take(AckMessage)[0].epoch == 2


def test_a_later_order_takes_the_place_of_one_nobody_followed(world, old):
    order(world, old, "A13")
    order(world, old, "B1")
    with pytest.raises(Refused, match="goes on at the seat B1"):
        world.seat("A13").offer()
    new = world.seat("B1")
    assert new.go_on(new.offer()).epoch == 2
    assert sorted(states(world, old)) == [MoveState.FOLLOWED, MoveState.REPLACED]


def test_nothing_is_moved_of_which_the_hall_holds_nothing(world):
    seat = world.seat("A12")
    seat.begin()
    with pytest.raises(Refused, match="all work would be lost"):
        order(world, seat, "A13")
    order(world, seat, "A13", afresh=True)
    new = world.seat("A13")
    offer = new.offer()
    lease = new.lease_in(offer)
    assert (lease.epoch, lease.fork_seq, offer.journal) == (2, None, None)


def test_a_sitting_begun_afresh_takes_nothing_of_the_old_seat(world):
    seat = world.seat("A12")
    seat.begin()
    order(world, seat, "A13", afresh=True)
    new = world.seat("A13")
    new.begin()
    new.send(0)
    assert new.post.take(AckMessage)[0].epoch == 2
    seat.send(0)
    assert seat.post.take(FencedMessage)
    assert world.store.tails.strays(seat.head.submission_id) == len(seat.trial.entries)


def test_a_sitting_that_is_not_known_is_not_moved(world):
    with pytest.raises(Denied):
        world.hub.moves.order("nothing", "A13", world.pair())


def test_a_new_machine_learns_of_a_move_before_it_has_what_went_before(tmp_path, world, old):
    new = moved(world, old, "A13")
    house = a_house(tmp_path / "new")
    fresh = World(house)
    fresh.reopen_with(world.keys)
    new.world = old.world = fresh
    new.join()
    cut = old.head.seq
    new.send(cut + 1)
    (want,) = new.post.take(WantMessage)
    assert want.first == 0
    new.send(0)
    assert not [m for m in new.post.said if isinstance(m, FencedMessage)]
    new.say(new.frame(cut + 1))
    assert new.post.take(AckMessage)[-1].epoch == 2
    old.join()
    old.send(0)
    assert old.post.take(FencedMessage)
    house.close()
