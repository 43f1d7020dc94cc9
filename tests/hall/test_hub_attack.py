"""Hostile seats with keys of their own: the hub goes on, believes nothing that is not proved, and holds nobody up."""

import json
import uuid
from dataclasses import replace

import pytest
from virtual_seat import World

from house import CODE, OTHER_CODE, OTHER_ROLL, ROLL, a_house
from kiosk.exam.canonical import canonical
from kiosk.exam.error import Refused
from kiosk.exam.grant import Act, Grant
from kiosk.hall.hub.claim import DOUBTED_MS, STRANGER
from kiosk.hall.hub.clerk import MOST_OF_SEAT, Clerk, Said
from kiosk.sealing.coded_grant import is_coded
from kiosk.sealing.envelope import PayloadType, sign
from kiosk.sealing.key import SigningKey
from kiosk.wire.hub import (
    AckMessage,
    AnswerMessage,
    BeatMessage,
    CallMessage,
    DoneMessage,
    FencedMessage,
    FetchMessage,
    FrameMessage,
    HoldingLine,
    HoldingMessage,
    ToldMessage,
    Vitals,
    WantMessage,
)
from queries import counted

OTHER = {"roll": OTHER_ROLL, "code": OTHER_CODE, "assignment": "assignment-2"}


@pytest.fixture
def world(tmp_path):
    world = World(a_house(tmp_path))
    yield world
    world.house.close()


@pytest.fixture
def victim(world):
    """A seat whose sitting the hall holds."""
    seat = world.seat("A12")
    seat.begin()
    seat.write(4)
    seat.send()
    seat.post.said.clear()
    return seat


@pytest.fixture
def hostile(world):
    """Another seat, with a sitting and a key of its own."""
    seat = world.seat("A13")
    seat.begin(**OTHER)
    seat.write(2)
    seat.send()
    seat.post.said.clear()
    return seat


def held(world, seat):
    head = seat.head
    return world.store.tails.holding(head.submission_id, head.opened_on).tail.newest.head.seq


def forged(world, of, **changes):
    """Return a lease of a seat's sitting that somebody else signed."""
    lease = replace(world.store.permits.lease(of.head.submission_id).lease, **changes)
    return sign(PayloadType.LEASE, lease.document(), SigningKey.generate())


@pytest.mark.parametrize("start", [False, True])
def test_frames_for_another_seat_s_sitting_are_not_kept_and_tell_nothing(world, victim, hostile, start):
    top = victim.head.seq
    victim.write(3)
    frame = victim.frame(top + 1, start=start)
    hostile.say(frame)
    assert held(world, victim) == top
    assert hostile.post.said == []
    assert [n[:2] for n in world.notices] == [("A13", "stranger")]
    victim.say(frame)
    assert victim.post.take(AckMessage)[-1].seq == top + 3


def test_a_lease_of_the_next_epoch_that_a_seat_signed_itself_gives_nothing(world, victim, hostile):
    envelope = forged(world, victim, epoch=2, seat="A13", fork_seq=victim.head.seq, fork_hash=victim.head.hash.hex())
    frame = victim.frame(0, start=True)
    part = frame.start.model_copy(update={"leases": (envelope.decode(),)})
    hostile.say(frame.model_copy(update={"start": part}))
    assert hostile.post.said == []
    assert world.store.permits.lease(victim.head.submission_id).lease.epoch == 1


DEEP = "[" * 5_000 + "]" * 5_000


@pytest.mark.parametrize(
    "text",
    [
        '{"a":1.5}', "{}", "[]", '"x"', "null", DEEP, '{"body":' + DEEP + "}", '{"a":1,"a":1}', "{\x00}",
        '{"seq":' + "9" * 5_000 + "}", "NaN", '{"body":{"x":"\\ud800"}}',
    ],
    ids=range(12),
)  # fmt: skip
def test_an_entry_that_is_none_is_not_kept_and_its_neighbours_in_the_batch_are(world, victim, hostile, text):
    victim.write(1)
    bad = hostile.frame(hostile.head.seq).model_copy(update={"entries": (text,)})
    world.hub.receive([("A13", bad), ("A12", victim.frame(victim.head.seq))])
    assert victim.post.take(AckMessage)[-1].seq == victim.head.seq
    assert hostile.post.take(AckMessage) == []


@pytest.mark.parametrize("depth", [100, 800, 3_000])
def test_a_deep_body_keeps_no_other_seat_back(world, victim, hostile, depth):
    document = {**hostile.head.document(), "seq": hostile.head.seq + 1}
    text = (
        canonical(document | {"body": {}})
        .decode()
        .replace('"body":{}', '"body":{"x":' + "[" * depth + "]" * depth + "}")
    )
    frame = FrameMessage(
        submission_id=hostile.head.submission_id,
        opened_on=hostile.head.opened_on,
        epoch=1,
        first=hostile.head.seq + 1,
        before=hostile.head.hash.hex(),
        entries=(text,),
    )
    victim.write(1)
    world.hub.receive([("A13", frame), ("A12", victim.frame(victim.head.seq))])
    assert victim.post.take(AckMessage)[-1].seq == victim.head.seq


def test_another_entry_under_a_number_that_is_acknowledged_changes_nothing(world, victim, hostile):
    mine = hostile.frame(1, 1)
    entry = json.loads(mine.entries[0]) | {"body": {"x": "y"}}
    hostile.say(mine.model_copy(update={"entries": (canonical(entry).decode(),)}))
    assert hostile.post.take(AckMessage) == []
    assert world.store.tails.strays(hostile.head.submission_id) == 1
    hostile.write(1)
    hostile.say(hostile.frame(hostile.head.seq))
    assert hostile.post.take(AckMessage)[-1].seq == hostile.head.seq


def coded(payload):
    return sign(PayloadType.CODED_GRANT, payload, SigningKey.generate()).decode()


@pytest.mark.parametrize("payload", [{}, {"grant": 1}, {"grant": {}}, "whole"])
def test_an_act_by_code_that_does_not_hold_is_not_believed_and_stops_no_move(world, victim, hostile, payload):
    grant = Grant(
        grant_id=uuid.uuid4().hex, submission_id=hostile.head.submission_id, seat="A13", act=Act.EXTEND,
        who="proctor-1", amount_ms=3_600_000, reason="", note="", issued_at=world.house.clock.now().at,
    )  # fmt: skip
    payload = {"grant": grant.document()} if payload == "whole" else payload
    hostile.write(1)
    hostile.say(hostile.frame(hostile.head.seq).model_copy(update={"grants": (coded(payload),)}))
    assert hostile.post.take(AckMessage)[-1].seq == hostile.head.seq, "the entries are kept all the same"
    assert world.store.permits.added_ms(hostile.head.submission_id) == 0
    assert [n[1] for n in world.notices] == ["code"]
    world.hub.moves.order(hostile.head.submission_id, "B1", world.pair(), "equipment")
    assert not any(is_coded(e) for e in world.seat("B1").offer(**OTHER).journal.grants)


def test_what_a_seat_says_of_what_is_another_s_is_passed_over(world, victim, hostile):
    grant = world.hub.moves.start("candidate-1", "A12", world.pair())
    text = world.hub.announcements.give("Ten minutes.", world.pair().first, ["A12"])
    hostile.say(
        DoneMessage(command_id=grant.grant.grant_id, done=True),
        ToldMessage(announcement_id=text, is_read=True),
        FetchMessage(sha256="0" * 64, index=99_999),
    )
    assert len(world.store.commands.waiting("A12")) == 1
    assert [(a.delivered, a.read) for a in world.hub.announcements.given()] == [(0, 0)]


def test_a_report_of_another_seat_s_sitting_is_passed_over(world, victim, hostile):
    (before,) = [p for p in world.store.permits.all_progress() if p.seat == "A12"]
    report = {
        "method": "report", "submission_id": victim.head.submission_id, "phase": "handed_in", "attempt": 1,
        "started_at": world.house.clock.now().at, "submitted_at": world.house.clock.now().at, "answered": 8,
        "questions": 8, "used_ms": 1, "head_seq": 2**53 - 1, "head_hash": "0" * 64,
    }  # fmt: skip
    call = CallMessage.model_validate_json(json.dumps({"type": "call", "id": 1, "call": report}))
    assert isinstance(world.hub.call("A13", call), AnswerMessage)
    assert [p for p in world.store.permits.all_progress() if p.seat == "A12"] == [before]


def test_a_thousand_sittings_nobody_knows_are_answered_in_a_few_queries(world, victim, hostile):
    real = HoldingLine(
        submission_id=victim.head.submission_id, opened_on=victim.head.opened_on, epoch=1, seq=2, hash="0" * 64
    )
    lines = tuple(real.model_copy(update={"submission_id": uuid.uuid4().hex}) for _ in range(999))
    with counted() as asked:
        hostile.say(HoldingMessage(sittings=(*lines, real)))
    assert 0 < len(asked) < 20
    said = hostile.post.said
    assert len([m for m in said if isinstance(m, WantMessage)]) == 999
    assert [m for m in said if isinstance(m, FencedMessage)] == [], "another candidate's lease is not told"


def test_a_seat_that_wrote_on_is_refused_when_its_sitting_is_ordered_back_to_it(world, victim):
    world.hub.moves.order(victim.head.submission_id, "B1", world.pair(), "equipment")
    new = world.seat("B1")
    new.go_on(new.offer())
    new.send(victim.head.seq + 1)
    victim.write(2)
    victim.say(victim.frame(victim.head.seq - 1))
    with pytest.raises(Refused, match="A12 wrote on"):
        world.hub.moves.order(victim.head.submission_id, "A12", world.pair(), "equipment")
    assert world.hub.moves.waiting(victim.head.submission_id) is None
    world.hub.moves.order(victim.head.submission_id, "C1", world.pair(), "equipment")
    third = world.seat("C1")
    assert third.go_on(third.offer()).epoch == 3


class Tally:
    """Implements `Counter`: notes the seats of each batch."""

    def __init__(self):
        self.batches = []

    def receive(self, batch):
        self.batches.append([(seat, message) for seat, message in batch])

    def join(self, *_):
        pass

    leave = tick = join


def test_thousands_of_messages_of_one_seat_hold_up_no_other_and_stay_in_order(world):
    tally, freed = Tally(), []
    clerk = Clerk(tally, world.house.clock)
    for number in range(3_000):
        clerk.put(Said("A13", number, None, lambda: freed.append(1)))
    clerk.put(Said("A12", "mine", None, lambda: freed.append(1)))
    clerk.start()
    clerk.close()
    assert ("A12", "mine") in tally.batches[0]
    assert max(sum(seat == "A13" for seat, _ in batch) for batch in tally.batches) == MOST_OF_SEAT
    assert [m for batch in tally.batches for seat, m in batch if seat == "A13"] == list(range(3_000))
    assert len(freed) == 3_001


class Post:
    """Notes why it was hung up."""

    def __init__(self):
        self.farewell = None

    def hang_up(self, words):
        self.farewell = words


def test_one_message_that_fails_costs_the_others_few_commits(world):
    tally, posts = Tally(), [Post() for _ in range(400)]
    receive = tally.receive

    def choke(batch):
        if any(seat == "S77" for seat, _ in batch):
            tally.batches.append([])
            raise KeyError("x")
        receive(batch)

    tally.receive = choke
    clerk = Clerk(tally, world.house.clock)
    for number, post in enumerate(posts):
        clerk.put(Said(f"S{number}", number, post, lambda: None))
    clerk.start()
    clerk.close()
    assert [n for n, post in enumerate(posts) if post.farewell] == [77]
    assert sorted(m for batch in tally.batches for _, m in batch) == [n for n in range(400) if n != 77]
    assert len(tally.batches) < 25


def beat(world, seat, candidate_id, after_ms=1_000):
    """Let a seat say who is signed in there; return what the hub makes of it."""
    world.house.clock.advance(after_ms)
    now = world.house.clock.now()
    told = Vitals(at=now.at, boot_id="b", boot_ms=1, build="b", free_bytes=1, candidate_id=candidate_id)
    seat.say(BeatMessage(vitals=told))
    return world.hub.presence.of(seat.name).vitals.candidate_id


def test_a_seat_that_names_another_s_candidate_is_not_believed_and_is_told_of_once(world, victim, hostile):
    assert beat(world, victim, "candidate-1") == "candidate-1"
    assert beat(world, hostile, "candidate-2") == "candidate-2"
    for _ in range(40):
        assert beat(world, hostile, "candidate-1") is None
    assert [(seat, kind) for seat, kind, _ in world.notices if kind == STRANGER] == [("A13", STRANGER)]
    assert beat(world, victim, "candidate-1") == "candidate-1"
    assert beat(world, hostile, "nobody there is") is None
    assert beat(world, hostile, None) is None
    assert beat(world, hostile, "candidate-2") == "candidate-2"


@pytest.mark.parametrize("place", ["A12", "A14"])
def test_who_was_let_in_is_believed_there_and_nowhere_else(world, place):
    seat, other = world.seat(place), world.seat("A15")
    assert beat(world, seat, "candidate-1") is None
    world.house.hall.admit(ROLL, CODE, place)
    assert beat(world, seat, "candidate-1", DOUBTED_MS) == "candidate-1"
    assert beat(world, other, "candidate-1") is None


@pytest.mark.parametrize("has_begun", [False, True])
def test_a_new_hub_believes_who_came_to_their_own_seat_or_has_begun_at_another(world, has_begun):
    seat = world.seat("A14" if has_begun else "A12")
    seat.begin() if has_begun else world.house.hall.admit(ROLL, CODE, "A12")
    world.restart()
    seat.join()
    assert beat(world, seat, "candidate-1") == "candidate-1"
