"""A door that dies before or after the commit, again and again: one row, and the receipt that was signed first.

The store behind the door is wrapped; the door's process is killed, or its thread fails, with the rows written and not
committed, or with all committed and nothing said. The hall's real client comes again until it has its receipt.
"""

import time
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import pytest
from dying_door import DEATHS, KILL_AFTER, KILL_BEFORE, DyingStore, ForgetfulStore, HastyStore, Plan, doors
from served_door import a_certificate, a_signer, let_in, receipts_in, upload, wrongs

from keyring import a_bundle, the_keyring
from kiosk.hall import upload as uploading
from stores import stores_of

DOSE, FULL = 4, 300
"""Bundles, each of which sees one to three deaths before it is received."""


@pytest.fixture(autouse=True)
def hardly_waiting(monkeypatch):
    """Come again soon: a new door is a moment away."""
    for name, seconds in (("FIRST_WAIT", 0.02), ("LONGEST_WAIT", 0.1), ("JITTER", 0.02)):
        monkeypatch.setattr(uploading, name, seconds)


@pytest.fixture(scope="module")
def bundles():
    """Ten bundles."""
    return [a_bundle(submission_id=f"s{n}", lease_id=f"l{n}", captures=()) for n in range(10)]


@dataclass
class Count:
    """What a run came to."""

    bundles: int = 0
    deaths: dict[str, int] = field(default_factory=lambda: dict.fromkeys(DEATHS, 0))
    killed: int = 0
    wrongs: list[str] = field(default_factory=list)
    started: float = field(default_factory=time.monotonic)

    def __str__(self) -> str:
        told = ", ".join(f"{count:,} x {word}" for word, count in self.deaths.items())
        return f"{self.bundles:,} bundles: {told}; {len(self.wrongs)} wrong; {time.monotonic() - self.started:.0f} s"


@dataclass
class Case:
    """A hall, and a store on one engine."""

    folder: Path
    engine: object
    database: Path | str
    token: str
    certificate: str

    def send(self, bundle, port: int) -> dict[str, bytes]:
        """Upload one bundle; return the receipts the hall holds now."""
        hall = self.folder / "hall"
        hall.mkdir(exist_ok=True)
        (hall / bundle.file_name).write_bytes(bundle.data)
        done = upload(hall, port, self.token, self.certificate).done
        assert (done.left, done.declined, done.problem) == (0, {}, None)
        return receipts_in(hall)

    def plan(self, kind: type) -> Plan:
        """Return what a process needs to serve this store, kept in one way or another."""
        signer = a_signer()
        pem, root = signer.key.to_pem(), the_keyring().root.public
        return Plan(self.database, kind, self.folder, root, pem, signer.chain)

    def wrongs(self, sent, receipts) -> list[str]:
        """Return what is wrong with the store."""
        return wrongs(self.engine, {b.bundle_id: b.data for b in sent}, receipts, the_keyring().root.public)


@pytest.fixture
def case(engine, tmp_path):
    """A case on each engine a door serves without a key of its own."""
    url = engine.url
    is_server = engine.dialect.name == "postgresql"
    database = url.render_as_string(hide_password=False) if is_server else Path(url.database)
    return Case(tmp_path, engine, database, let_in(engine), a_certificate(tmp_path).pem())


@pytest.fixture(params=["sqlite", "postgresql"])
def make_store(request):
    """A maker of stores on a file and on a server."""
    yield from stores_of(request.param, request)


def run(case: Case, bundles, count: int, kind: type = DyingStore) -> Count:
    """Let a door die while it takes bundles in, whatever befalls each."""
    found, dice, sent = Count(), Random(7), []
    with doors(case.plan(kind)) as door:
        for number in range(count):
            bundle = bundles[number] if number < len(bundles) else _another(number)
            words = [DEATHS[number % len(DEATHS)], *dice.sample(DEATHS, dice.randrange(3))]
            door.set(*words)
            sent.append(bundle)
            receipts = case.send(bundle, door.port)
            done = _befell(words, case.folder)
            for word in done:
                found.deaths[word] += 1
        promised = door.promised()
        found.killed = door.deaths
    found.bundles = len(sent)
    found.wrongs = case.wrongs(sent, receipts)
    found.wrongs += [f"{i[:8]} was promised another receipt" for i in promised if promised[i] != receipts[i]]
    print(found)
    return found


def _befell(words: list[str], folder: Path) -> list[str]:
    """Return the words of a plan that were heard."""
    left = [w for w in (folder / "plan").read_text().split("\n") if w]
    return words[: len(words) - len(left)]


def _another(number: int):
    return a_bundle(submission_id=f"s{number}", lease_id=f"l{number}", captures=())


def must_hold(found: Count, least: int) -> None:
    """Every death was died, and nothing is wrong."""
    assert found.wrongs == []
    assert min(found.deaths.values()) >= least
    assert found.killed >= found.deaths[KILL_BEFORE] + found.deaths[KILL_AFTER]


def test_what_dies_before_or_after_the_commit_leaves_one_row_and_one_receipt(case, bundles):
    must_hold(run(case, bundles, DOSE), DOSE // 4)


@pytest.mark.slow
@pytest.mark.timeout(3_600)
def test_what_dies_three_hundred_times(case, bundles):
    must_hold(run(case, bundles, FULL), FULL // 4)


def test_a_store_that_forgets_what_it_committed_is_found_out(case, bundles):
    """A control: the lost receipt was signed, and the hall is given another."""
    found = run(case, bundles, 2, ForgetfulStore)
    assert [w for w in found.wrongs if "promised another receipt" in w]


def test_a_store_that_acknowledges_before_its_commit_is_found_out(case, bundles):
    """The control of every kill: the same question to the store, after the same signal, finds the loss."""
    with doors(case.plan(HastyStore)) as door:
        receipts = case.send(bundles[0], door.port)
        door.kill()
    lost = case.wrongs(bundles[:1], receipts)
    assert any("acknowledged, has none of the rows" in words for words in lost)
