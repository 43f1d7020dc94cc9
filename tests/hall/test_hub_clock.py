"""Clocks that are set while the hall runs: no seat is kept out, no sitting stopped, no order lost by it."""

import pytest
from virtual_seat import World

from house import CODE, ROLL, a_house
from hub_kit import a_hub, beat
from kiosk.exam.attempt import Phase
from kiosk.exam.error import Refused
from kiosk.wire.hub import AckMessage, CommandMessage

HOUR = 3_600_000


@pytest.mark.parametrize("hours", [-1, -24, 24])
async def test_a_seat_is_let_in_whatever_the_hub_s_clock_says(tmp_path, hours):
    house = a_house(tmp_path)
    async with a_hub(house) as served:
        served.enrolled("A12")
        house.clock.step_wall(hours * HOUR)
        line = await served.seat("A12")
        await line.say(beat(1))
        assert (await line.hear("echo"))["sent"] == 1


@pytest.fixture
def world(tmp_path):
    world = World(a_house(tmp_path))
    yield world
    world.house.close()


@pytest.mark.parametrize("hours", [-1, -24, 24])
def test_a_running_sitting_goes_on_is_kept_and_moves_whatever_the_hub_s_clock_says(world, hours):
    seat = world.seat("A12")
    seat.begin()
    seat.write(2)
    seat.send()
    world.house.clock.step_wall(hours * HOUR)
    seat.write(2)
    seat.send(seat.head.seq - 1)
    assert seat.post.take(AckMessage)[-1].seq == seat.head.seq
    assert seat.offer().envelope == seat.leases[0], "who signs in again goes on"
    world.hub.moves.order(seat.head.submission_id, "B1", world.pair(), "equipment")
    first = world.hub.moves.order(seat.head.submission_id, "C1", world.pair(), "equipment")
    assert [m.command_id for m in seat.post.take(CommandMessage)][-1] == first.grant.grant_id
    with pytest.raises(Refused, match="goes on at the seat C1"):
        world.seat("B1").offer()
    new = world.seat("C1")
    assert new.go_on(new.offer()).epoch == 2


def test_a_seat_a_day_ahead_is_kept_and_changes_no_time_of_the_hall(world):
    seat = world.seat("A12")
    seat.begin()
    ahead = world.house.clock.at.replace(year=world.house.clock.at.year + 1)
    told = beat(
        5, at=f"{ahead:%Y-%m-%dT%H:%M:%S}.000Z", submission_id=seat.head.submission_id, phase=Phase.RUNNING, seq=9
    )
    seat.say(told)
    assert len(world.store.permits.all_progress()) == 1
    assert world.hub.presence.of("A12").skew_ms > 360 * 86_400_000
    assert world.house.hall.admit(ROLL, CODE, "A12").token
