"""What a hub sends its seats ahead."""

import pytest

from house import SEAT, a_house
from kiosk.hall.hub.ahead import LOOK_TICKS, SEATS, Ahead
from kiosk.hall.hub.presence import Presence
from kiosk.wire.hub import AdvanceMessage


class Heap:
    """A post that keeps what is sent."""

    def __init__(self):
        self.sent = []

    def send(self, message):
        self.sent.append(message)

    def hang_up(self, words):
        self.sent.append(words)


@pytest.fixture
def house(tmp_path):
    house = a_house(tmp_path, released=False)
    yield house
    house.close()


@pytest.fixture
def hub(house):
    """What a hub says to the seat A12: the post and the part itself."""
    presence, post = Presence(), Heap()
    ahead = Ahead(house.hall, presence)
    presence.join(SEAT, "build", post, 0)
    ahead.join(SEAT)
    return ahead, post


def ticks(ahead, count=LOOK_TICKS):
    for _ in range(count):
        ahead.tick()


def test_a_seat_that_joins_is_told_once_and_again_when_the_paper_is_released(house, hub):
    ahead, post = hub
    ahead.tick()
    (first,) = post.sent
    assert isinstance(first, AdvanceMessage)
    assert first.paper_identity is None
    ticks(ahead)
    assert post.sent == [first]
    house.release()
    ticks(ahead)
    assert [m.lease for m in post.sent] == [first.lease] * 2
    assert post.sent[1].paper_identity is not None
    ahead.join(SEAT)
    ahead.tick()
    assert len(post.sent) == 3


def test_a_seat_where_nobody_is_expected_is_told_nothing(house):
    presence, post = Presence(), Heap()
    presence.join("Z9", "build", post, 0)
    ahead = Ahead(house.hall, presence)
    ahead.join("Z9")
    ticks(ahead)
    assert post.sent == []


def test_a_hall_full_of_seats_is_told_in_turns(house):
    presence, asked = Presence(), []
    ahead = Ahead(house.hall, presence)
    ahead._tell = asked.append
    for number in range(SEATS + 5):
        ahead.join(f"S{number}")
    ahead.tick()
    assert len(asked) == SEATS
    ahead.tick()
    assert len(asked) == len(set(asked)) == SEATS + 5
