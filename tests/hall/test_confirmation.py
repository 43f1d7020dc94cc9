"""Acts by code: the hub looks into them, signs what holds, and sends that to the seat, which keeps both."""

import pytest

from house import PIN, SEAT, a_house
from kiosk.exam.grant import Act
from kiosk.hall.hub.confirmations import Confirmations
from kiosk.hall.hub.presence import Presence
from kiosk.sealing.envelope import PayloadType, open_envelope
from kiosk.views.desk import ActRequest
from kiosk.views.order import CodeWish
from kiosk.wire.hub import CommandMessage, DoneMessage, FrameMessage

EXTEND = ActRequest(act=Act.EXTEND, amount_ms=600_000, reason="power")


class Heap:
    """A post that keeps what is sent."""

    def __init__(self):
        self.sent = []

    def send(self, message):
        self.sent.append(message)


@pytest.fixture
def house(tmp_path):
    house = a_house(tmp_path)
    yield house
    house.close()


@pytest.fixture
def hub(house):
    """What a hub says to the seat A12: the part itself, the post, and what is noted."""
    presence, post, noted = Presence(), Heap(), []
    hall = house.hall
    part = Confirmations(hall._store, hall.confirmation, presence, house.clock, lambda *words: noted.append(words))
    presence.join(SEAT, "build", post, 0)
    return part, post, noted


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
    desk = house.begun()
    wish = CodeWish(
        seat=SEAT, challenge=desk.challenge(EXTEND), act="extend", amount_ms=600_000, reason="power", pin=PIN
    )
    desk.act_by_code(EXTEND, house.hall.act_codes.issue(wish))
    return desk


def test_the_hall_signs_what_its_own_code_allowed_and_says_it_until_the_seat_has_kept_it(house, hub):
    part, post, noted = hub
    desk = extended(house)
    frames = frames_of(desk)
    part.look(frames)
    (grant,) = desk._store.whole_record(desk._store.sittings()[0].submission_id).grants
    (sent,) = post.sent
    assert isinstance(sent, CommandMessage)
    document = open_envelope(sent.envelope.encode(), PayloadType.GRANT, house.hall._keys.signing.public)
    assert (sent.command_id, Act(document["act"]), noted) == (grant.grant.grant_id, Act.EXTEND, [])
    assert document == grant.grant.document()
    part.look(frames)
    assert post.sent == [sent, sent]
    part.take([("B3", DoneMessage(command_id=sent.command_id, done=True))])
    part.take([(SEAT, DoneMessage(command_id=sent.command_id, done=False))])
    part.send_waiting(SEAT)
    assert post.sent == [sent, sent, sent]
    part.take([(SEAT, DoneMessage(command_id=sent.command_id, done=True))])
    part.send_waiting(SEAT)
    part.look(frames)
    assert post.sent == [sent, sent, sent]
    (given,) = house.hall.act_codes.given(SEAT)
    assert given.grant_id == grant.grant.grant_id


def test_an_act_by_a_code_of_another_key_is_an_attention_and_never_confirmed(house, hub):
    part, post, noted = hub
    frames = frames_of(extended(house))
    (house.home.hall.keys / "acts.random").write_bytes(bytes(32))
    part.look(frames)
    ((seat, kind, words),) = noted
    assert (seat, kind) == (SEAT, "code")
    assert "never gave" in words
    assert post.sent == []


def test_what_was_confirmed_goes_with_a_sitting_that_is_handed_over(house, hub):
    part, _, _ = hub
    desk = extended(house)
    part.look(frames_of(desk))
    submission_id = desk._store.sittings()[0].submission_id
    (envelope,) = house.hall._store.confirmations.of_sitting(submission_id)
    assert open_envelope(envelope, PayloadType.GRANT, house.hall._keys.signing.public)["act"] == "extend"
