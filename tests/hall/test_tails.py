"""What the hub keeps of its seats' journals, and what it says: an ack never names what is not kept."""

import pytest
from virtual_seat import World

from house import a_house
from kiosk.exam.canonical import canonical
from kiosk.exam.error import Refused
from kiosk.exam.status import AttendanceState
from kiosk.hall.hub.tails import BEHIND, CONTRADICTION, UNKNOWN
from kiosk.sealing.envelope import PayloadType, sign
from kiosk.wire.hub import AckMessage, FencedMessage, HoldingMessage, WantMessage


@pytest.fixture
def world(tmp_path):
    house = a_house(tmp_path)
    yield World(house)
    house.close()


@pytest.fixture
def seat(world):
    seat = world.seat("A12")
    seat.begin()
    seat.write(6)
    return seat


def kept(world, seat):
    holding = world.store.tails.holding(seat.head.submission_id, seat.head.opened_on)
    return None if holding is None else holding.tail.newest.head.seq


def test_an_ack_comes_after_the_commit_and_names_the_head(world, seat):
    seat.send()
    (ack,) = seat.post.take(AckMessage)
    assert (ack.seq, ack.hash) == (seat.head.seq, seat.head.hash.hex())
    assert world.store.tails.hash_at(ack.submission_id, seat.head.opened_on, 1, ack.seq) == seat.head.hash


def test_a_sitting_nobody_has_told_of_is_asked_for_from_its_start(world, seat):
    seat.say(seat.frame(2))
    (want,) = seat.post.take(WantMessage)
    assert (want.first, want.start) == (0, True)
    assert kept(world, seat) is None


def test_what_does_not_join_is_asked_for(world, seat):
    seat.send(0, 2)
    seat.post.said.clear()
    seat.say(seat.frame(4))
    (want,) = [m for m in seat.post.said if isinstance(m, WantMessage)]
    (ack,) = seat.post.take(AckMessage)
    assert (want.first, want.start, ack.seq) == (2, False, 1)


@pytest.mark.parametrize("pieces", [[(0, 3), (0, 3), (2, 4), (1, 2)], [(0, 1), (1, 1), (0, None)]])
def test_pieces_may_come_twice_and_over_one_another(world, seat, pieces):
    for first, count in pieces:
        seat.send(first, count)
    seat.send(0)
    assert kept(world, seat) == seat.head.seq
    assert not world.notices


def test_frames_of_many_seats_are_kept_together(world, seat):
    other = world.seat("A13")
    other.begin(roll="B-1043", code="9DWT5RYN", assignment="assignment-2")
    world.hub.receive([("A12", seat.frame(0, start=True)), ("A13", other.frame(0, start=True))])
    assert kept(world, seat) == seat.head.seq
    assert kept(world, other) == other.head.seq


def test_a_journal_that_contradicts_is_kept_aside_and_the_seat_is_stopped(world, seat):
    seat.send(0)
    seat.trial.entries[3:] = []
    seat.trial.sitting = seat.trial.folded()
    seat.write(5)
    seat.post.said.clear()
    before = kept(world, seat)
    seat.say(seat.frame(2))
    assert [m.lease.encode() for m in seat.post.take(FencedMessage)] == seat.leases
    assert kept(world, seat) == before
    assert world.store.tails.strays(seat.head.submission_id) == len(seat.trial.entries) - 2
    assert world.notices[0][:2] == ("A12", CONTRADICTION)


def test_a_frame_within_what_is_held_that_says_otherwise_is_found(world, seat):
    seat.send(0)
    frame = seat.frame(1, 2)
    changed = frame.entries[1].replace('"boot_ms":', '"boot_ms":1')
    seat.say(frame.model_copy(update={"entries": (frame.entries[0], changed)}))
    assert world.store.tails.strays(seat.head.submission_id) == 2


def test_a_seat_that_holds_less_than_was_acknowledged_is_stopped(world, seat):
    seat.send(0)
    seat.join()
    seat.hold(3)
    assert seat.post.take(FencedMessage)
    assert [n[:2] for n in world.notices] == [("A12", BEHIND)]
    with pytest.raises(Refused, match="does not hold all"):
        seat.offer()


def test_a_seat_that_was_not_answered_for_long_is_not_behind_what_it_sent_since(world, seat):
    """So it is in the moment in which a hub is back, and all seats of a hall come to it at once."""
    seat.send(0, 4)
    seat.join()
    seat.say(seat.holding(3), seat.holding(3), seat.frame(4))
    assert not seat.post.take(FencedMessage)
    seat.say(seat.holding(3))
    assert [ack.seq for ack in seat.post.take(AckMessage)] == [seat.head.seq]
    assert not world.notices
    assert seat.offer().journal is None


def test_what_a_seat_says_again_of_one_sitting_is_not_all_it_holds(world, seat):
    seat.send(0)
    seat.join()
    seat.hold()
    seat.say(HoldingMessage(sittings=()))
    assert seat.offer().journal is None


def test_what_a_seat_sent_on_an_older_line_it_may_have_lost_since(world, seat):
    seat.send(0)
    seat.hold()
    seat.join()
    seat.hold(3)
    assert [n[:2] for n in world.notices] == [("A12", BEHIND)]
    with pytest.raises(Refused, match="does not hold all"):
        seat.offer()


def test_a_seat_that_holds_as_much_may_ask_for_its_lease_again(world, seat):
    seat.send(0)
    seat.hold()
    (ack,) = seat.post.take(AckMessage)[-1:]
    assert ack.seq == seat.head.seq
    assert seat.offer().journal is None


def test_another_seat_cannot_write_a_sitting(world, seat):
    other = world.seat("A13")
    other.trial, other.leases = seat.trial, seat.leases
    other.send(0)
    assert not other.post.said
    assert world.notices[0][:2] == ("A13", UNKNOWN)
    assert kept(world, seat) is None


def test_a_lease_of_another_key_opens_nothing(world, seat):
    lease = world.store.permits.lease(seat.head.submission_id).lease
    seat.leases = [sign(PayloadType.LEASE, lease.document(), world.house.keyring.release)]
    seat.send(0)
    assert not seat.post.said
    assert world.notices[0][1] == CONTRADICTION
    assert kept(world, seat) is None


def test_a_new_machine_with_the_halls_keys_learns_all_from_the_seats(tmp_path, world, seat):
    seat.send(0)
    new = a_house(tmp_path / "new")
    fresh = World(new)
    fresh.reopen_with(world.keys)
    seat.world = fresh
    seat.join()
    seat.hold()
    (want,) = seat.post.take(WantMessage)
    assert (want.first, want.start) == (0, True)
    seat.send(0)
    assert seat.post.take(AckMessage)[0].seq == seat.head.seq
    lease = fresh.store.permits.lease(seat.head.submission_id).lease
    assert canonical(lease.document()) == canonical(world.store.permits.lease(seat.head.submission_id).lease.document())
    (progress,) = fresh.store.permits.all_progress()
    assert (progress.seat, progress.attempt) == ("A12", 1)
    assert fresh.store.roster.assignments("candidate-1")[0].attempt_count == 1
    marks = {m.candidate_id: m for m in fresh.store.attendance.marks(["session-1"])}
    assert marks["candidate-1"].state is AttendanceState.PRESENT
    assert marks["candidate-1"].note == "sat at A12, as that seat's journal says"
    assert marks["candidate-2"].state is AttendanceState.EXPECTED
    new.close()
