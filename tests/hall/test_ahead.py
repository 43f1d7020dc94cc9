"""What a hub sends its seats ahead, and what it says of acts by code when it is back."""

import pytest

from house import PIN, SEAT, a_house
from kiosk.exam.grant import Act
from kiosk.hall.hub.ahead import LOOK_TICKS, SEATS, Ahead
from kiosk.hall.hub.presence import Presence
from kiosk.views.board import CodeWish
from kiosk.views.desk import ActRequest
from kiosk.wire.hub import AdvanceMessage, FrameMessage

EXTEND = ActRequest(act=Act.EXTEND, amount_ms=600_000, reason="power")


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
    """What a hub says to the seat A12: the post, what is noted, and the part itself."""
    presence, post, noted = Presence(), Heap(), []
    ahead = Ahead(house.hall, presence, lambda *words: noted.append(words))
    presence.join(SEAT, "build", post, 0)
    ahead.join(SEAT)
    return ahead, post, noted


def ticks(ahead, count=LOOK_TICKS):
    for _ in range(count):
        ahead.tick()


def test_a_seat_that_joins_is_told_once_and_again_when_the_paper_is_released(house, hub):
    ahead, post, _ = hub
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
    ahead = Ahead(house.hall, presence, print)
    ahead.join("Z9")
    ticks(ahead)
    assert post.sent == []


def test_a_hall_full_of_seats_is_told_in_turns(house):
    presence, asked = Presence(), []
    ahead = Ahead(house.hall, presence, print)
    ahead._tell = asked.append
    for number in range(SEATS + 5):
        ahead.join(f"S{number}")
    ahead.tick()
    assert len(asked) == SEATS
    ahead.tick()
    assert len(asked) == len(set(asked)) == SEATS + 5


def frames_of(desk):
    """Return the seat's frame, as far as grants go."""
    record = desk._store.whole_record(desk._store.sittings()[0].submission_id)
    grants = tuple(g.envelope.decode() for g in record.grants)
    genesis, last = record.genesis, record.entries[-1]
    return [
        (
            SEAT,
            FrameMessage(
                submission_id=genesis.submission_id,
                opened_on=genesis.opened_on,
                epoch=last.epoch,
                first=last.seq,
                before="00" * 32,
                entries=("{}",),
                grants=grants,
            ),
        )
    ]


def extended(house):
    """Return a desk at which a code has added ten minutes."""
    house.release()
    desk = house.begun()
    wish = CodeWish(
        seat=SEAT, challenge=desk.challenge(EXTEND), act="extend", amount_ms=600_000, reason="power", pin=PIN
    )
    desk.act_by_code(EXTEND, house.hall.act_codes.issue(wish))
    return desk


def test_an_act_by_the_hall_s_own_code_is_taken_note_of_silently(house, hub):
    ahead, _, noted = hub
    frames = frames_of(extended(house))
    ahead.look(frames)
    ahead.look(frames)
    assert noted == []
    (given,) = house.hall.act_codes.given(SEAT)
    assert given.grant_id is not None


def test_an_act_by_a_code_of_another_key_is_an_attention(house, hub):
    ahead, _, noted = hub
    frames = frames_of(extended(house))
    (house.home.hall.keys / "acts.random").write_bytes(bytes(32))
    ahead.look(frames)
    ((seat, kind, words),) = noted
    assert (seat, kind) == (SEAT, "code")
    assert "never gave" in words
