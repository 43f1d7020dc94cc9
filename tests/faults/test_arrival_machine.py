"""Bundles in any order, as often as you like, of any hall, among rubbish, with people deciding in between.

The real door, intake, counting, decisions and closings against a model of plain sets and dicts:
what was receipted stays receipted by the very same bytes; no bundle has two receipts; of each sitting exactly one
bundle counts, the one of the highest lease, and its answers are the rows; a close-out is signed only when what the hall
names is what is held, and once. Broken stores must be found out.
"""

import itertools
import shutil
import tempfile
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any, ClassVar

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from builders import NOON, a_clock, a_paper, a_test
from forking import COMMON, Fork
from keyring import DAYS, HALL, SEAT, Keyring
from kiosk.central.adjudication import ADJUDICATE
from kiosk.central.central import Central
from kiosk.central.door.door import IntakeDoor
from kiosk.central.door.fault import Fault
from kiosk.central.door.limit import Limits
from kiosk.central.intake import Outcome
from kiosk.central.keys import CentralKeys
from kiosk.exam.canonical import digest
from kiosk.exam.closing import Explained, RowState
from kiosk.exam.error import Refused
from kiosk.exam.moment import iso
from kiosk.exam.status import BundleState
from kiosk.office import draft, publication
from kiosk.office.office import FIRST_PEOPLE, Office
from kiosk.sealing.age import AgeIdentity
from kiosk.sealing.bundle import Bundle
from kiosk.sealing.certificate import certify, verify_chain
from kiosk.sealing.closing import row_of, sign_closing
from kiosk.sealing.key import KeyFolder, KeyRole, SigningKey
from kiosk.sealing.receipt import read_receipt
from kiosk.sealing.revocation import NONE_REVOKED, RevocationFile, revoke
from kiosk.wire.closing import ClosingDocument
from kiosk.wire.revocation import RevokedDocument
from storage.models import office as rows
from stores import Databases, Files

OTHER_HALL = "Hall 3"
TEST = "biology-2"
PACKAGE = "0" * 64
DOSE, STEPS, FULL = 12, 30, 600


@dataclass(frozen=True)
class Sent:
    """One bundle as the model sees it."""

    bundle: Bundle
    sitting: str
    hall: str
    rank: tuple[int, str, str, str]
    """Epoch, time and digest of its last lease, and its id: the highest counts."""
    answers: dict[str, str]
    is_held: bool = False

    @property
    def id(self) -> str:
        """Its id."""
        return self.bundle.bundle_id


@dataclass(frozen=True)
class Pool:
    """Bundles of three sittings in two halls, made once, and the keys they stand on."""

    folder: Path
    halls: dict[str, Keyring]
    sent: tuple[Sent, ...]


def _keys_in(folder: Path) -> Keyring:
    """Make central's keys in a folder, and a whole ring around them."""
    made, held = CentralKeys(folder), KeyFolder(folder)
    made.make(NOON)
    hall, seat, identity = SigningKey.generate(), SigningKey.generate(), AgeIdentity.generate()
    chain = made.certify_hall(HALL, hall.public, identity.recipient, NOON)
    return Keyring(
        **{name: held.signing(name) for name in ("root", "release", "receipt")},
        **{name: held.identity(name) for name in ("intake", "escrow")},
        hall=hall,
        seat=seat,
        hall_identity=identity,
        release_chain=held.chain("release"),
        receipt_chain=held.chain("receipt"),
        hall_chain=chain,
        seat_chain=certify(KeyRole.SEAT, seat.public, hall, chain, hall=HALL, seat=SEAT, **DAYS),
    )


def _said(choices: dict[str, list[str]], texts: dict[str, str]) -> dict[str, str]:
    return {q: ",".join(sorted(o)) for q, o in (COMMON | choices).items()} | texts


def _made(fork: Fork, hall: str, choices: dict, texts: dict, epoch: int = 1, *, is_held: bool = False, **lease) -> Sent:
    bundle = fork.bundle(choices, texts, epoch=epoch, **lease)
    last = fork.later(epoch, **{k: v for k, v in lease.items() if k != "hand_in"}) if epoch > 1 else fork.lease
    rank = (epoch, last.issued_at, digest(last.document()), bundle.bundle_id)
    return Sent(bundle, f"submission-{fork.number}", hall, rank, _said(choices, texts), is_held)


@cache
def the_pool() -> Pool:
    """Make keys of a central, two halls and a stolen seat, and their bundles."""
    folder = Path(tempfile.mkdtemp(prefix="kiosk-arrivals-"))
    (folder / "keys").mkdir(mode=0o700)
    keys = _keys_in(folder / "keys")
    other, seat = SigningKey.generate(), SigningKey.generate()
    other_chain = CentralKeys(folder / "keys").certify_hall(
        OTHER_HALL, other.public, keys.hall_identity.recipient, NOON
    )
    chain = certify(KeyRole.SEAT, seat.public, other, other_chain, hall=OTHER_HALL, seat=SEAT, **DAYS)
    away = replace(keys, hall=other, hall_chain=other_chain, seat=seat, seat_chain=chain)
    thief = SigningKey.generate()
    chain = certify(KeyRole.SEAT, thief.public, keys.hall, keys.hall_chain, hall=HALL, seat="A13", **DAYS)
    stolen = replace(keys, seat=thief, seat_chain=chain)
    paper = a_paper(max_attempts=3)
    one, two, three = Fork(paper, keys, 1), Fork(paper, keys, 2), Fork(paper, away, 3)
    choice = [{"genetics-1": [f"genetics-1-{n}"]} for n in (1, 2, 3)]
    sent = (
        _made(one, HALL, choice[0], {}),
        _made(one, HALL, choice[1], {}, 2),
        _made(one, HALL, choice[1], {"writing-1": "a line"}, 2),
        _made(one, HALL, choice[2], {}, 2, lease_id="again", issued_at="2031-05-06T12:02:31.000Z"),
        _made(Fork(paper, stolen, 1), HALL, {}, {"writing-1": "stolen"}, 3, is_held=True),
        _made(two, HALL, choice[0], {"writing-2": "print()"}),
        _made(two, HALL, {}, {}, 2, hand_in=False),
        _made(Fork(paper, stolen, 2), HALL, choice[2], {}, is_held=True),
        _made(three, OTHER_HALL, choice[2], {}),
        _made(three, OTHER_HALL, choice[0], {"writing-1": "x"}, 2),
    )
    serial = verify_chain(chain, keys.root.public, KeyRole.SEAT).certificate.serial
    entry = RevokedDocument(serial=serial, key=None, role="seat", at=iso(NOON), reason="stolen")
    RevocationFile(folder / "keys", keys.root.public).keep(revoke(NONE_REVOKED, entry, keys.root))
    return Pool(folder, {HALL: keys, OTHER_HALL: away}, sent)


@cache
def _files() -> Files:
    return Files(the_pool().folder, None)


def on_a_file() -> tuple[Engine, Any]:
    """Return a new store in a file, and what takes it back."""
    folder = Path(tempfile.mkdtemp(dir=the_pool().folder))
    return _files().make("office", folder), lambda engine: (engine.dispose(), shutil.rmtree(folder))


@dataclass
class Count:
    """What the runs of a machine came to."""

    done: Counter[str] = field(default_factory=Counter)

    def __str__(self) -> str:
        return ", ".join(f"{count:,} {what}" for what, count in sorted(self.done.items()))


NUMBERS = st.integers(0, 9)


class ArrivalMachine(RuleBasedStateMachine):
    """The model: who was delivered, which receipt each was given, who waits, who is let count, what was adopted."""

    make_engine: ClassVar[Any] = staticmethod(on_a_file)
    count: ClassVar[Count] = Count()

    @initialize(come=st.lists(NUMBERS, min_size=2, max_size=12), work=st.booleans())
    def open(self, come: list[int], work: bool) -> None:
        """Open a new central to which some bundles have come; most rules say little without any."""
        self.pool = the_pool()
        self.sent, self.by_id = self.pool.sent, {s.id: s for s in self.pool.sent}
        self.engine, self.give_back = self.make_engine()
        self.clock = a_clock()
        office = Office(self.engine, self.clock)
        office.people.found(FIRST_PEOPLE, office.now())
        draft.keep(office, office.acting("test.create"), a_test(max_attempts=3))
        publication.publish(office, office.acting("test.approve_publish"), TEST)
        self.central = Central(office, self.pool.folder / "keys", self.clock)
        self._add_packages()
        keys = self.central.keys
        self.door = IntakeDoor(self.engine, keys.root, keys.receipt_signer(), self.clock, Limits())
        self.receipts: dict[str, bytes] = {}
        self.settled: set[str] = set()
        self.allowed: set[str] = set()
        self.adopted: dict[tuple[str, str], str] = {}
        self.rubbish: set[bytes] = set()
        self.closings: dict[str, frozenset[str]] = {}
        self.closeouts: dict[str, bytes] = {}
        self.count.done["runs"] += 1
        self.spoil()
        self.deliver_some(come)
        if work:
            self.work_all()

    def spoil(self) -> None:
        """A control breaks something here."""

    def _add_packages(self) -> None:
        values = [
            {
                "package_id": PACKAGE[:-1] + str(n),
                "test_id": TEST,
                "hall": hall,
                "number": 1,
                "manifest": b"x",
                "made_at": NOON - timedelta(days=1),
            }
            for n, hall in enumerate(self.pool.halls)
        ]
        with self.engine.begin() as connection:
            connection.execute(rows.Package.__table__.insert(), values)

    def teardown(self) -> None:
        """Count what waits, look at all of it, and throw the store away."""
        if hasattr(self, "engine"):
            try:
                self.work_all()
                self.what_was_promised_holds()
                self.the_highest_lease_counts()
            finally:
                self.give_back(self.engine)

    @rule(numbers=st.lists(NUMBERS, min_size=1, max_size=6))
    def deliver_some(self, numbers: list[int]) -> None:
        """Bring several, some by each way."""
        for number in numbers:
            self.deliver(number, number % 2 == 0, own=True)

    @rule(number=NUMBERS, at_door=st.booleans(), own=st.booleans())
    def deliver(self, number: int, at_door: bool, own: bool) -> None:
        """Hand a bundle in, at the door with a token of its own hall or another's, or on a stick."""
        sent = self.sent[number]
        self.clock.advance(1_000)
        is_new = sent.id not in self.receipts
        if at_door and not own:
            wrong = next(h for h in self.pool.halls if h != sent.hall)
            with pytest.raises(Fault) as refused:
                self.door.put(wrong, sent.id, sent.bundle.data)
            assert refused.value.status == 403
            self.count.done["of another hall"] += 1
            return
        if at_door:
            answered = self.door.put(sent.hall, sent.id, sent.bundle.data)
            receipt, told = answered.receipt, answered.is_new
        else:
            taken = self.central.intake.take(sent.bundle.data, "stick")
            receipt, told = taken.receipt, taken.outcome is Outcome.STORED
        assert receipt is not None
        assert told is is_new
        read_receipt(receipt, self.central.keys.root, sent.id)
        assert self.receipts.setdefault(sent.id, receipt) == receipt, "another receipt than before"
        self.count.done["delivered" if is_new else "delivered again"] += 1

    @rule(numbers=st.lists(NUMBERS, min_size=1, max_size=8), hall=st.sampled_from([HALL, OTHER_HALL]))
    def ask(self, numbers: list[int], hall: str) -> None:
        """A hall asks what is here: it hears of its own alone."""
        ids = [self.sent[n].id for n in numbers]
        own = {i: self.receipts[i].decode() for i in ids if i in self.receipts and self.by_id[i].hall == hall}
        assert [(b.id, b.receipt) for b in self.door.have(hall, ids).bundles] == [(i, own.get(i)) for i in ids]

    @rule(number=NUMBERS, place=st.floats(0, 1, exclude_max=True), bit=st.integers(0, 7), cut=st.booleans())
    def bring_rubbish(self, number: int, place: float, bit: int, cut: bool) -> None:
        """A bundle with a bit turned or its end missing is set aside, and nothing is receipted."""
        data = self.sent[number].bundle.data
        at = int(place * len(data))
        spoilt = data[:at] if cut else data[:at] + bytes([data[at] ^ 1 << bit]) + data[at + 1 :]
        taken = self.central.intake.take(spoilt, "stick")
        assert (taken.outcome, taken.receipt) == (Outcome.QUARANTINED, None)
        self.rubbish.add(spoilt)
        self.count.done["rubbish"] += 1

    @rule(most=st.integers(1, 3))
    def work(self, most: int) -> None:
        """A worker counts one or a few."""
        for settled in itertools.islice(iter(self.central.counting.next, None), most):
            assert settled.bundle_id in self.receipts
            assert settled.bundle_id not in self.settled, "counted twice"
            self.settled.add(settled.bundle_id)
            self.count.done["counted"] += 1

    @rule()
    def work_all(self) -> None:
        """A worker counts all that waits, and looks at the closings."""
        self.work(100)
        for state in self.central.closings.work():
            if state.problem is None:
                self._is_settled_rightly(state.closing_id)

    def _is_settled_rightly(self, closing_id: str) -> None:
        named = self.closings[closing_id]
        hall = next(h for h in self.pool.halls if any(self.by_id[i].hall == h for i in named))
        assert named == {i for i in self.receipts if self.by_id[i].hall == hall}, "closed over what is not explained"
        assert closing_id not in self.closeouts, "closed twice"
        self.closeouts[closing_id] = self._closeout(closing_id) or b""
        self.count.done["closed"] += 1

    def _closeout(self, closing_id: str) -> bytes | None:
        return next(c.closeout for c in self.central.closings.all() if c.closing_id == closing_id)

    @rule(number=st.sampled_from([4, 7]))
    def let_count(self, number: int) -> None:
        """Two people let a held bundle count; what is not held cannot be let."""
        sent = self.sent[number]
        act = (self.central.office.acting(ADJUDICATE), sent.id, "looked into")
        if sent.id not in self.settled or sent.id in self.allowed:
            with pytest.raises(Refused):
                self.central.adjudication.allow(*act)
            return
        assert self.central.adjudication.allow(*act).state in (BundleState.COUNTED, BundleState.BRANCH)
        self.allowed.add(sent.id)
        self.count.done["let count"] += 1

    @rule(number=NUMBERS, question=st.sampled_from(["genetics-1", "writing-1", "writing-2"]))
    def adopt(self, number: int, question: str) -> None:
        """Two people take one answer over from a branch; where it says nothing else, or is none, they cannot."""
        sent = self.sent[number]
        self.clock.advance(1_000)
        counted = self.counted().get(sent.sitting)
        is_branch = sent.id in self.in_rows() and counted is not None and counted.id != sent.id
        act = (self.central.office.acting(ADJUDICATE), sent.sitting, sent.id, [question], "looked into")
        if not is_branch or counted is None or sent.answers.get(question) == counted.answers.get(question):
            with pytest.raises(Refused):
                self.central.adjudication.adopt(*act)
            return
        self.central.adjudication.adopt(*act)
        self.adopted[sent.sitting, question] = sent.id
        self.count.done["adopted"] += 1

    @rule(hall=st.sampled_from([HALL, OTHER_HALL]), numbers=st.sets(NUMBERS), is_true=st.booleans())
    def close(self, hall: str, numbers: set[int], is_true: bool) -> None:
        """A hall closes on what central has of it, or on some other set of its bundles."""
        self.clock.advance(1_000)
        named = (
            {i for i in self.receipts if self.by_id[i].hall == hall} if is_true else {self.sent[n].id for n in numbers}
        )
        mine = [s for s in self.sent if s.id in named and s.hall == hall]
        if not mine:
            return
        keys = self.pool.halls[hall]
        told = []
        for sitting in sorted({s.sitting for s in mine}):
            number = sitting.removeprefix("submission-")
            ids = tuple(sorted(s.id for s in mine if s.sitting == sitting))
            told.append(row_of(Explained(f"assignment-{number}", f"candidate-{number}", RowState.PRESENT, ids)))
        document = ClosingDocument(
            version=1,
            hall=hall,
            test_id=TEST,
            package=PACKAGE[:-1] + str(list(self.pool.halls).index(hall)),
            closed_at=self.clock.now().at,
            closed_by="proctor-1",
            second=None,
            rows=tuple(told),
            certificates=keys.hall_chain,
        )
        closing = sign_closing(document, keys.hall, self.central.keys.root)
        for is_new in (True, False):
            assert self.central.closing_intake.take(closing.envelope, "stick", hall).is_new is is_new
        self.closings[closing.closing_id] = frozenset(s.id for s in mine)
        self.count.done["closings"] += 1

    def in_rows(self) -> set[str]:
        """Return the bundles whose journals are in the rows."""
        return {i for i in self.settled if not self.by_id[i].is_held or i in self.allowed}

    def counted(self) -> dict[str, Sent]:
        """Return which bundle of each sitting must count: a function of the set alone."""
        found: dict[str, Sent] = {}
        for sent in sorted((self.by_id[i] for i in self.in_rows()), key=lambda s: s.rank):
            found[sent.sitting] = sent
        return found

    @precondition(lambda self: hasattr(self, "engine"))
    @invariant()
    def what_was_promised_holds(self) -> None:
        """Every receipt ever given is there once, byte for byte, and so is every bundle and close-out."""
        with Session(self.engine) as session:
            given = session.execute(select(rows.Receipt.bundle_id, rows.Receipt.envelope)).all()
            held = session.execute(select(rows.Bundle.bundle_id, rows.Bundle.manifest, rows.Bundle.body)).all()
            aside = set(session.scalars(select(rows.Quarantine.content)))
        assert len(given) == len(held) == len(self.receipts), "another number of rows than of receipts"
        assert {i: bytes(e) for i, e in given} == self.receipts, "a receipt is another than was given"
        for bundle_id, manifest, body in held:
            assert (manifest, body) == (self.by_id[bundle_id].bundle.envelope, self.by_id[bundle_id].bundle.body)
        assert aside == self.rubbish
        for closing_id, signed in self.closeouts.items():
            assert self._closeout(closing_id) == signed, "a close-out is another than was signed"

    @precondition(lambda self: hasattr(self, "engine"))
    @invariant()
    def the_highest_lease_counts(self) -> None:
        """Of each sitting one bundle counts, and its answers, with those adopted, are the rows."""
        counted = self.counted()
        expected = dict.fromkeys(self.receipts, BundleState.RECEIVED)
        expected |= dict.fromkeys(self.settled, BundleState.HELD)
        expected |= dict.fromkeys(self.in_rows(), BundleState.BRANCH)
        expected |= {s.id: BundleState.COUNTED for s in counted.values()}
        assert {line.bundle_id: line.state for line in self.central.arrivals.lines()} == expected, "another one counts"
        with Session(self.engine) as session:
            told = session.scalars(select(rows.Answer)).all()
            entries = session.scalar(select(func.count()).select_from(rows.JournalEntry))
        found: dict[str, dict[str, str]] = {s: {} for s in counted}
        for a in told:
            said = ",".join(sorted(a.selected_option_ids or ())) or a.essay_answer or a.coding_answer or ""
            if said:  # an adopted blank is a row that says nothing
                found[a.submission_id][a.question_id] = said
        assert found == {s: self._answers(sent) for s, sent in counted.items()}, "the rows say something else"
        assert entries == sum(self.by_id[i].bundle.manifest.entries for i in self.in_rows())

    def _answers(self, sent: Sent) -> dict[str, str]:
        answers = dict(sent.answers)
        for (sitting, question), bundle_id in self.adopted.items():
            if sitting == sent.sitting and bundle_id != sent.id:
                said = self.by_id[bundle_id].answers.get(question)
                answers.pop(question, None)
                if said is not None:
                    answers[question] = said
        return answers


RELAXED = settings(
    max_examples=DOSE,
    stateful_step_count=STEPS,
    deadline=None,
    database=None,
    derandomize=True,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


def run(machine: type[ArrivalMachine], how: settings = RELAXED) -> Count:
    """Run a machine and tell what it did."""
    machine.count = Count()
    run_state_machine_as_test(machine, settings=how)
    print(machine.count)
    return machine.count


KINDS = ("delivered", "delivered again", "of another hall", "rubbish", "counted", "let count", "adopted", "closed")


def test_any_order_comes_to_what_the_sets_say():
    done = run(ArrivalMachine).done
    assert done["runs"] >= DOSE
    assert [k for k in KINDS if not done[k]] == []


@pytest.mark.slow
@pytest.mark.timeout(7_200)
def test_any_order_comes_to_what_the_sets_say_many_times():
    done = run(ArrivalMachine, settings(RELAXED, max_examples=FULL, stateful_step_count=50, derandomize=False)).done
    assert done["runs"] >= FULL


@pytest.mark.slow
@pytest.mark.timeout(7_200)
def test_any_order_comes_to_what_the_sets_say_on_a_server(databases: Databases):
    class OnServer(ArrivalMachine):
        make_engine = staticmethod(lambda: (databases.make("office"), databases.close))

    assert run(OnServer, settings(RELAXED, max_examples=FULL // 10)).done["runs"] >= FULL // 10


class FirstCounts(ArrivalMachine):
    """A control: the first to be opened counts."""

    def spoil(self) -> None:
        """Rank by the order of opening."""
        counting, order = self.central.counting, itertools.count()
        judge = counting.judge

        def judged(waiting):
            opened = judge(waiting)
            return replace(opened, rank=f"{99_999 - next(order):05}") if hasattr(opened, "rank") else opened

        counting.judge = judged


class SignsAnew(ArrivalMachine):
    """A control: the door signs a receipt whenever it is asked."""

    def spoil(self) -> None:
        """Answer with a receipt of this moment."""
        intake = self.door._intake
        keep = intake.keep

        def kept(bundle, source):
            return replace(keep(bundle, source), receipt=intake._signer.receipt(bundle, self.clock.now().at))

        intake.keep = kept


class KnowsNothing(ArrivalMachine):
    """A control: what is signed under a revoked key is opened and counts like everything else."""

    def spoil(self) -> None:
        """Hold nothing."""
        self.central.counting.judge = self.central.counting.judge_allowed


@pytest.mark.parametrize(
    ("machine", "words"),
    [
        (FirstCounts, "another one counts"),
        (SignsAnew, "another receipt than before|a receipt is another"),
        (KnowsNothing, "another one counts"),
    ],
)
def test_a_broken_store_is_found_out(machine, words):
    with pytest.raises(AssertionError, match=words):
        run(machine)
