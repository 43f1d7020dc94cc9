"""A replica over the worst of lines: in the end the hub holds what the seat holds, and never less than it said."""

import hashlib
from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders import NOON, a_grant, a_lease, a_person, an_attempt
from kiosk.exam.canonical import canonical, read_canonical
from kiosk.exam.entry import Entry, Kind
from kiosk.exam.evidence import SCREEN_TEXT, Evidence
from kiosk.exam.grant import Act
from kiosk.exam.journal import Head, genesis_head, verify
from kiosk.exam.page import Opening, SignedGrant, SignedLease, page_of
from kiosk.exam.piece import Holding, Piece
from kiosk.exam.record import SealedRecord
from kiosk.exam.sitting import Step
from kiosk.exam.supervision import carry_out
from kiosk.exam.tail import Frame, Stretch, Tail, judge
from kiosk.seat.link.replica import EVERY_MS, PATIENCE_MS, ROOM, Replica
from kiosk.wire.hub import (
    HUB_MESSAGE,
    LARGEST_FROM_SEAT,
    MOST_ENTRIES,
    SEAT_MESSAGE,
    AckMessage,
    FencedMessage,
    FrameMessage,
    HoldingMessage,
    WantMessage,
)
from storage.seat.store import SeatStore

AT = "2031-05-06T12:00:00.000Z"
LEASE = SignedLease(lease=a_lease(), envelope=b"lease")


@dataclass
class Journals:
    """A seat's store in memory: sittings of which a part is committed. Pieces are short, so that there are many."""

    trials: dict = field(default_factory=dict)
    committed: dict = field(default_factory=dict)
    most: int = 3

    def write(self, name: str, steps: int = 1) -> None:
        if name not in self.trials:
            self.trials[name] = an_attempt(submission_id=name)
        trial = self.trials[name]
        for _ in range(steps):
            trial.take([Step(Kind.FOCUS_LOST, {})])

    def commit(self, name: str) -> None:
        self.committed[name] = len(self.trials[name].entries)

    def entries(self, name: str):
        return self.trials[name].entries[: self.committed[name]]

    def holdings(self):
        for name in self.committed:
            last = self.entries(name)[-1]
            yield Holding(submission_id=name, opened_on=last.opened_on, epoch=1, head=Head(last.seq, last.hash))

    def piece(self, submission_id, first, most, most_bytes):
        held = self.entries(submission_id)
        found = held[first : first + min(most, self.most)]
        if not found:
            return None
        genesis = self.trials[submission_id].genesis
        before = held[first - 1].hash if first else genesis_head(genesis).hash
        return Piece(genesis=genesis, epoch=1, before=before, entries=tuple(found), leases=(LEASE,))

    def hash_at(self, submission_id, seq):
        held = self.entries(submission_id) if submission_id in self.committed else []
        return held[seq].hash if 0 <= seq < len(held) else None


class JournalsNow(Journals):
    def holdings(self):
        return tuple(super().holdings())


@dataclass
class ModelHub:
    """A hub that keeps what `judge` says, and answers as the protocol does."""

    tails: dict = field(default_factory=dict)
    kept: dict = field(default_factory=dict)
    forked: set = field(default_factory=set)

    def take(self, message):
        if isinstance(message, HoldingMessage):
            return [answer for line in message.sittings for answer in self.held(line)]
        return self.frame(message)

    def held(self, line):
        tail = self.tails.get(line.submission_id)
        if tail is None:
            return [WantMessage(submission_id=line.submission_id, first=0, start=True)]
        head = tail.of(1).head
        answers = [self.ack(line.submission_id, head)] if head.seq >= 0 else []
        if line.seq > head.seq:
            answers.append(WantMessage(submission_id=line.submission_id, first=head.seq + 1, start=False))
        return answers

    def frame(self, frame):
        name = frame.submission_id
        if name not in self.tails:
            if frame.start is None:
                return [WantMessage(submission_id=name, first=0, start=True)]
            genesis = read_canonical(frame.start.genesis.encode())
            head = Head(-1, hashlib.sha256(canonical(genesis)).digest())
            self.tails[name], self.kept[name] = Tail((Stretch(1, head, head),)), {}
        entries = tuple(entry_of(text) for text in frame.entries)
        kept = self.kept[name]
        asked = Frame(frame.epoch, bytes.fromhex(frame.before), entries)
        verdict = judge(self.tails[name], asked, lambda _, seq: kept[seq].hash if seq in kept else None)
        if verdict.want is not None:
            return [WantMessage(submission_id=name, first=verdict.want, start=False)]
        if verdict.tail is not None:
            self.tails[name] = verdict.tail
        kept.update({e.seq: e for e in verdict.keep})
        if name in self.forked:
            return [FencedMessage(submission_id=name, lease="newer")]
        return [self.ack(name, self.tails[name].of(1).head)]

    def ack(self, name, head):
        return AckMessage(submission_id=name, epoch=1, seq=head.seq, hash=head.hash.hex(), at=AT)


def entry_of(text):
    document = read_canonical(text.encode())
    return Entry(**{**document, "kind": Kind(document["kind"])})


@dataclass
class World:
    """A seat, a line that loses, doubles and reorders, and a hub that may be replaced."""

    journals: JournalsNow = field(default_factory=JournalsNow)
    hub: ModelHub = field(default_factory=ModelHub)
    now: int = 0
    up: list | None = None
    down: list = field(default_factory=list)

    def __post_init__(self):
        self.replica = Replica(self.journals)

    def connect(self):
        self.cut()
        self.up = [self.replica.connected(self.now)]

    def cut(self):
        self.up, self.down = None, []
        self.replica.disconnected()

    def send(self):
        message = self.replica.send(self.now)
        if message is not None:
            SEAT_MESSAGE.validate_json(message.model_dump_json())
            self.up.append(message)
        return message is not None

    def to_hub(self, place, keep=False):
        self.down += self.hub.take(self.up[place] if keep else self.up.pop(place))

    def to_seat(self, place, keep=False):
        message = self.down[place] if keep else self.down.pop(place)
        self.replica.hear(HUB_MESSAGE.validate_json(message.model_dump_json()))

    def calm(self):
        """Let a line that has come back carry everything, in order."""
        self.connect()
        for _ in range(200):
            self.now += EVERY_MS
            while self.up:
                self.to_hub(0)
            while self.down:
                self.to_seat(0)
            if not self.send() and not self.up:
                return
        raise AssertionError("the replica never comes to rest")

    def check(self):
        """Never does the seat believe more than the hub has committed, nor send what is not committed."""
        for name in self.journals.committed:
            held = self.replica.held(name)
            if held is not None:
                assert self.hub.kept[name][held.seq].hash == held.hash
                assert held.seq <= self.hub.tails[name].of(1).head.seq
        for name, kept in self.hub.kept.items():
            assert len(kept) <= self.journals.committed[name]


PLACE = st.integers(0, 30)
ACTION = st.one_of(
    st.tuples(st.just("write"), st.sampled_from(["s1", "s2"]), st.integers(1, 6)),
    st.tuples(st.just("wait"), st.sampled_from([10, EVERY_MS, PATIENCE_MS])),
    st.tuples(st.sampled_from(["send", "connect", "cut", "replace", "fork"])),
    st.tuples(st.sampled_from(["up", "up twice", "lose up", "down", "down twice", "lose down"]), PLACE),
)


def do(world, action):
    match action:
        case "write", name, steps:
            world.journals.write(name, steps)
            world.journals.commit(name)
            world.replica.saved(name)
            world.journals.write(name)  # put down, and not committed: it must not leave
        case "wait", ms:
            world.now += ms
        case ("connect",):
            world.connect()
        case ("cut",):
            world.cut()
        case ("replace",):
            world.cut()
            world.hub = ModelHub()
        case ("fork",):
            world.hub.forked.add("s2")
        case ("send",) if world.up is not None:
            world.send()
        case way, place if "up" in way and world.up:
            place %= len(world.up)
            world.up.pop(place) if "lose" in way else world.to_hub(place, "twice" in way)
        case way, place if "down" in way and world.down:
            place %= len(world.down)
            world.down.pop(place) if "lose" in way else world.to_seat(place, "twice" in way)


@settings(max_examples=300, deadline=None)
@given(st.lists(ACTION, max_size=120))
def test_in_the_end_the_hub_holds_exactly_what_the_seat_has_committed(actions):
    world = World()
    for action in actions:
        do(world, action)
        world.check()
    world.calm()
    world.check()
    for name in world.journals.committed:
        committed = world.journals.entries(name)
        kept = world.hub.kept[name]
        assert [kept[seq] for seq in sorted(kept)] == committed
        if name not in world.hub.forked:
            assert world.replica.held(name) == Head(committed[-1].seq, committed[-1].hash)
            assert world.replica.is_settled(name)


def test_an_ack_of_another_journal_is_not_believed():
    world = World()
    do(world, ("write", "s1", 4))
    world.calm()
    last = world.journals.entries("s1")[-1]
    world.connect()
    world.replica.hear(
        AckMessage(submission_id="s1", epoch=1, seq=last.seq, hash="00" * 32, at=AT)
    )  # no entry of this seat has that hash
    assert world.replica.held("s1") is None
    world.replica.hear(AckMessage(submission_id="s1", epoch=1, seq=last.seq + 9, hash=last.hash.hex(), at=AT))
    assert world.replica.held("s1") is None


def test_what_another_seat_wrote_past_the_fork_holds_up_nothing():
    world = World()
    do(world, ("write", "s1", 4))
    world.connect()
    world.replica.hear(WantMessage(submission_id="s1", first=0, start=True))
    (frame,) = [m for m in iter(lambda: world.replica.send(0), None) if isinstance(m, FrameMessage)]
    beyond = frame.first + len(frame.entries)
    do(world, ("write", "s1", 3))
    world.replica.saved("s1")
    world.replica.hear(AckMessage(submission_id="s1", epoch=1, seq=beyond, hash="00" * 32, at=AT))
    assert world.replica.held("s1") is None
    following = world.replica.send(EVERY_MS)
    assert isinstance(following, FrameMessage)
    assert following.first == beyond


def test_the_hall_head_is_unknown_until_a_new_hub_has_said_so():
    world = World()
    do(world, ("write", "s1", 4))
    world.calm()
    assert world.replica.behind() == 0
    world.hub = ModelHub()
    world.connect()
    assert world.replica.held("s1") is None
    assert world.replica.behind() == world.journals.committed["s1"]
    world.calm()
    assert world.replica.behind() == 0


def test_a_flood_is_sent_in_turns_and_a_hand_in_at_once():
    world = World()
    do(world, ("write", "s1", 1))
    world.calm()
    frames = 0
    for _ in range(100):  # a second of typing, an entry every 10 ms, over a line that answers at once
        world.now += 10
        do(world, ("write", "s1", 1))
        frames += world.send()
        while world.up:
            world.to_hub(0)
        while world.down:
            world.to_seat(0)
    assert 3 <= frames <= 5
    do(world, ("write", "s1", 1))
    assert not world.send()
    world.replica.saved("s1", at_once=True)
    assert world.send()


def test_a_frame_nobody_answers_is_said_again_and_no_sooner():
    world = World()
    do(world, ("write", "s1", 1))
    world.connect()
    world.to_hub(0)
    world.to_seat(0)
    world.now += EVERY_MS
    assert world.send()
    world.up.clear()
    world.now += PATIENCE_MS - 1
    assert not world.send()
    world.now += 1
    assert world.send()


@pytest.fixture
def store(seat_engine):
    store = SeatStore(seat_engine)
    yield store
    store.close()


def put(store, trial, steps, **more):
    store.append([page_of(trial.sitting, trial.take(steps), **more)])


def kept_trial(store):
    trial = an_attempt()
    opening = Opening(paper=trial.paper, candidate=a_person(), lease=LEASE)
    store.append([page_of(trial.sitting, trial.entries, opening=opening)])
    return trial


def test_a_piece_carries_the_captures_and_grants_its_entries_name(store):
    trial = kept_trial(store)
    picture = Evidence.of("┌ screen ┐".encode(), SCREEN_TEXT, trial.clock.now().at)
    put(store, trial, [Step(Kind.CAPTURED, {"evidence": picture.digest})], evidence=[picture])
    grant = a_grant(Act.PAUSE)
    signed = SignedGrant(grant=grant, envelope=b"signed grant")
    put(store, trial, carry_out(trial.sitting, grant, trial.clock.now()), grant=signed)
    piece = store.piece("submission-1", 3, MOST_ENTRIES, ROOM)
    assert (piece.entries, piece.evidence, piece.grants) == (tuple(trial.entries[3:]), (picture,), (signed,))
    assert (piece.before, piece.leases) == (trial.entries[2].hash, (LEASE,))
    first = store.piece("submission-1", 0, 3, ROOM)
    assert (first.entries, first.evidence, first.grants) == (tuple(trial.entries[:3]), (), ())
    assert first.before == genesis_head(trial.genesis).hash
    assert store.piece("submission-1", len(trial.entries), MOST_ENTRIES, ROOM) is None
    assert store.piece("submission-9", 0, MOST_ENTRIES, ROOM) is None


def test_pieces_of_any_size_join_into_the_journal_and_fit_a_message(store):
    trial = kept_trial(store)
    longest = '"' * 60_000 + "\n" * 20_000 + "ü" * 19_000
    for _ in range(12):
        put(store, trial, [Step(Kind.NOTED, {"category": "other", "text": longest, "who": "x", "grant": "none"})])
    for _ in range(20):
        content = "█" * 30_000 + str(trial.sitting.head.seq)
        picture = Evidence.of(content.encode(), SCREEN_TEXT, trial.clock.now().at)
        put(store, trial, [Step(Kind.CAPTURED, {"evidence": picture.digest})], evidence=[picture])
    replica, joined = Replica(store), []
    replica.connected(0)
    replica.hear(WantMessage(submission_id="submission-1", first=0, start=True))
    for turn in range(1, 60):
        frame = replica.send(turn * EVERY_MS)
        if frame is None:
            break
        assert isinstance(frame, FrameMessage)
        assert len(frame.model_dump_json().encode()) <= LARGEST_FROM_SEAT
        assert len(frame.entries) == 1 or len(frame.model_dump_json().encode()) <= ROOM + 2**15
        joined += [entry_of(text) for text in frame.entries]
        last = trial.entries[len(joined) - 1]
        ack = AckMessage(submission_id="submission-1", epoch=1, seq=last.seq, hash=last.hash.hex(), at=AT)
        replica.hear(ack)
    assert [e.document() for e in joined] == [e.document() for e in trial.entries]
    assert replica.is_settled("submission-1")


def test_what_central_has_received_is_held_no_more(store):
    trial = kept_trial(store)
    (holding,) = store.holdings()
    last = trial.entries[-1]
    assert (holding.epoch, holding.head) == (1, Head(last.seq, last.hash))
    assert verify(trial.genesis, trial.entries) == holding.head
    assert store.hash_at("submission-1", last.seq) == last.hash
    assert store.hash_at("submission-1", last.seq + 1) is None

    def sealing(record):
        seal = page_of(trial.sitting, trial.take(trial.sitting.recover("proctor-1", "power")))
        return seal, SealedRecord(
            bundle_id="b" * 64, submission_id="submission-1", opened_on="2031-05-06", envelope=b"e", body=b"b"
        )

    store.seal("submission-1", sealing)
    assert store.holdings()[0].head.seq == trial.entries[-1].seq
    store.keep_receipt("b" * 64, b"receipt", NOON)
    assert store.holdings() == ()


def test_while_the_line_is_down_what_was_acknowledged_before_is_not_behind():
    world = World()
    do(world, ("write", "s1", 4))
    world.calm()
    world.replica.disconnected()
    before = world.journals.committed["s1"]
    assert world.replica.behind() == 0
    do(world, ("write", "s1", 3))
    assert world.replica.behind() == world.journals.committed["s1"] - before
    assert not world.replica.is_settled("s1")


def test_a_sitting_that_went_on_elsewhere_lacks_nothing_the_hub_does_not_ask_for():
    world = World()
    do(world, ("write", "s1", 4))
    world.replica.connected(1_000)
    world.replica.hear(FencedMessage(submission_id="s1", lease="newer"))
    assert world.replica.behind() == 0
