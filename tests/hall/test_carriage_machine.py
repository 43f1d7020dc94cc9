"""Collecting, exporting, uploading and receiving, in any order and as often as you like, come to the same bytes."""

import shutil
import tempfile
from pathlib import Path

import httpx
import stamina
from fake_central import AT, FakeCentral
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from builders import a_clock
from house import HALL, a_house
from keyring import a_bundle, the_keyring
from kiosk.hall.central import CentralDoor
from kiosk.hall.collection import Collection, Outcome
from kiosk.hall.place import hall_keys, hall_store
from kiosk.hall.shelf import FolderShelf, HallShelf
from kiosk.hall.upload import Upload
from kiosk.sealing import frame
from kiosk.sealing.export import Parcel, Shipment, write_export
from kiosk.sealing.index import Indexer
from kiosk.sealing.receipt import SUFFIX
from kiosk.sealing.stock import take_stock

KEYS = the_keyring()
ROOT = KEYS.root.public
BUNDLES = [a_bundle(submission_id=f"s{n}", lease_id=f"l{n}", captures=()) for n in range(4)]
INDEXER = Indexer(key=KEYS.hall, chain=KEYS.hall_chain, root=ROOT, hall=HALL)
NUMBERS = st.integers(0, len(BUNDLES) - 1)
FAULTS = st.lists(st.sampled_from(["fine", "lost", "lost after", "busy"]), max_size=6)


def nothing(done, whole):
    """Hear of progress."""


def cut():
    return httpx.ReadError("cut")


class CarriageMachine(RuleBasedStateMachine):
    """The model is four sets of numbers: what lies in the hall, on the stick, at central, and what is receipted."""

    @initialize()
    def set_up(self):
        stamina.set_testing(True, attempts=100, cap=True)
        self.folder = Path(tempfile.mkdtemp(prefix="kiosk-carriage-"))
        self.stick = self.folder / "stick"
        self.stick.mkdir()
        self.house = a_house(self.folder)
        self.store = hall_store(self.house.home.hall)
        keys = hall_keys(self.house.home.hall)
        self.collection = Collection.open(self.house.home.hall, keys, self.store, a_clock())
        self.central = FakeCentral()
        self.in_hall, self.on_stick, self.at_central, self.receipted = set(), set(), set(), set()

    def teardown(self):
        stamina.set_testing(False)
        if hasattr(self, "store"):
            self.store.close()
            self.house.close()
            shutil.rmtree(self.folder)

    @rule(number=NUMBERS)
    def collect(self, number):
        taken = self.collection.take(BUNDLES[number].data, "seat")
        assert taken.outcome is (Outcome.KNOWN if number in self.in_hall else Outcome.KEPT)
        self.in_hall.add(number)

    @rule()
    def collect_from_the_stick(self):
        assert all(t.outcome is not Outcome.REFUSED for t in self.collection.take_folder(self.stick))
        self.in_hall |= self.on_stick

    @rule(number=NUMBERS, keeps=st.integers(0, 200))
    def a_torn_file_is_refused(self, number, keeps):
        assert self.collection.take(BUNDLES[number].data[:keeps], "stick").outcome is Outcome.REFUSED

    @rule()
    def export(self):
        parcels = []
        for line in self.store.bundles.lines():
            kept = self.store.bundles.bundle(line.bundle_id)
            data = frame.join(kept.envelope, kept.body)
            parcels.append(Parcel(line.bundle_id, line.submission_id, line.seat, len(data), lambda d=data: d))
        before = {p.name: p.read_bytes() for p in self.stick.iterdir()}
        assert write_export(self.stick, [Shipment(INDEXER, parcels)], AT, nothing).is_whole
        after = {p.name: p.read_bytes() for p in self.stick.iterdir()}
        assert {n: after[n] for n in before} == before
        self.on_stick |= self.in_hall
        if self.on_stick:
            assert take_stock(self.stick, ROOT, nothing).is_whole

    @rule(faults=FAULTS, from_stick=st.booleans(), once=st.booleans())
    def upload(self, faults, from_stick, once):
        shelf = FolderShelf(self.stick, ROOT) if from_stick else HallShelf(self.store, self.collection)
        answers = {"fine": None, "lost": cut(), "lost after": cut, "busy": httpx.Response(503)}
        self.central.faults.extend(answers[f] for f in faults)
        done = Upload(shelf, CentralDoor(self.central.client())).run(once=once)
        self.central.faults.clear()
        assert not done.declined
        source = self.on_stick if from_stick else self.in_hall
        ids = {b.bundle_id: n for n, b in enumerate(BUNDLES)}
        self.at_central = {ids[i] for i in self.central.receipts}
        if not from_stick:
            self.receipted |= {ids[i] for i in done.received}
        if done.left == 0:
            assert source <= self.at_central

    @rule()
    def receive(self):
        for path in self.stick.glob(f"*{SUFFIX}"):
            number = next(n for n, b in enumerate(BUNDLES) if b.bundle_id == path.stem)
            if number in self.in_hall:
                self.collection.receive(path.stem, path.read_bytes())
                self.receipted.add(number)

    @invariant()
    def rows_and_bytes_are_those_of_the_sets(self):
        if not hasattr(self, "store"):
            return
        lines = {line.bundle_id: line.is_received for line in self.store.bundles.lines()}
        assert lines == {BUNDLES[n].bundle_id: n in self.receipted for n in self.in_hall}
        for number in self.in_hall:
            kept = self.store.bundles.bundle(BUNDLES[number].bundle_id)
            assert frame.join(kept.envelope, kept.body) == BUNDLES[number].data
            if number in self.receipted:
                assert kept.receipt == self.central.receipts[kept.bundle_id]
        assert {p.stem for p in self.stick.glob("*.exkb")} == {BUNDLES[n].bundle_id for n in self.on_stick}
        assert self.central.bundles.items() <= {b.bundle_id: b.data for b in BUNDLES}.items()
        assert len(self.store.permits.acts()) == self.house_acts + len(self.in_hall)

    @property
    def house_acts(self):
        return sum(a.action != "submission.collect" for a in self.store.permits.acts())


CarriageMachine.TestCase.settings = settings(
    max_examples=25, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck)
)
TestCarriage = CarriageMachine.TestCase
