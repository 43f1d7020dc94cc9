"""What goes down to the seats sealed and comes up sealed: papers in parts, bundles in parts, and central's receipts."""

import base64
import hashlib
from datetime import timedelta

import pytest

from builders import NOON, a_paper_with_files
from house import a_hall_roster, a_house
from keyring import a_bundle, a_keyring, resealed
from kiosk.exam.error import Invalid
from kiosk.exam.moment import iso
from kiosk.hall.collection import Collection
from kiosk.hall.hub.bundle_in import LOOK_TICKS as RECEIPT_TICKS
from kiosk.hall.hub.bundle_in import BundleArrivals
from kiosk.hall.hub.presence import Presence
from kiosk.hall.hub.provision import LOOK_TICKS, PaperProvision
from kiosk.hall.place import hall_keys, hall_store
from kiosk.sealing.receipt import ReceiptSigner
from kiosk.wire.hub import PART, BundlePartMessage, FetchMessage

SEAT = "A12"


class Box:
    """A post that keeps what is sent."""

    def __init__(self):
        self.got = []

    def send(self, message):
        self.got.append(message)

    def hang_up(self, words):
        raise AssertionError(words)

    def kinds(self):
        return [m.type for m in self.got]


class Stand:
    """A house with one seat on the line."""

    def __init__(self, house):
        self.house = house
        place = house.home.hall
        self.store, self.keys = hall_store(place), hall_keys(place)
        self.presence, self.box, self.notices = Presence(), Box(), []
        self.presence.join(SEAT, "test", self.box, 0)
        self.bundles = self.arrivals()

    def arrivals(self):
        place, clock = self.house.home.hall, self.house.clock
        return BundleArrivals(
            self.store.bundles,
            lambda: Collection.open(place, self.keys, self.store, clock),
            self.presence,
            lambda *told: self.notices.append(told),
            place.folder / "arriving",
        )

    def send(self, bundle, indexes=None, size=PART, seat=SEAT, **changes):
        pieces = [bundle.body[i : i + size] for i in range(0, len(bundle.body), size)]
        for index in range(len(pieces)) if indexes is None else indexes:
            fields = {
                "bundle_id": bundle.bundle_id,
                "envelope": bundle.envelope.decode("ascii"),
                "index": index,
                "count": len(pieces),
                "data": base64.b64encode(pieces[index]).decode("ascii"),
            }
            self.bundles.take(seat, BundlePartMessage(**(fields | changes)))

    def receipt(self, bundle):
        keyring = self.house.keyring
        return ReceiptSigner(keyring.receipt, keyring.receipt_chain).receipt(bundle, iso(NOON + timedelta(hours=4)))

    def collection(self):
        return Collection.open(self.house.home.hall, self.keys, self.store, self.house.clock)


@pytest.fixture
def stand(tmp_path):
    house = a_house(tmp_path)
    made = Stand(house)
    yield made
    made.store.close()
    house.close()


@pytest.fixture(scope="module")
def bundle():
    return a_bundle(captures=())


def test_a_bundle_is_held_once_all_of_it_is_verified_and_committed(stand, bundle):
    parts = -(-len(bundle.body) // 1_000)
    assert parts > 2
    stand.send(bundle, range(parts - 1), 1_000)
    assert stand.box.got == []
    assert stand.store.bundles.lines() == ()
    stand.send(bundle, [parts - 1], 1_000)
    assert [(m.type, m.bundle_id) for m in stand.box.got] == [("bundle_held", bundle.bundle_id)]
    assert stand.store.bundles.bundle(bundle.bundle_id).body == bundle.body
    assert list((stand.house.home.hall.folder / "arriving").iterdir()) == []
    stand.send(bundle, [0], 1_000)  # it was not heard: what is held is answered at once
    assert stand.box.kinds() == ["bundle_held"] * 2


def test_parts_that_were_cut_off_begin_anew_and_are_never_mixed(stand, bundle):
    other = a_bundle(captures=(), submission_id="submission-2")
    stand.send(bundle, [0, 1], 1_000)
    stand.send(bundle, [3], 1_000)  # one is missing
    stand.send(other, [0, 1], 1_000)
    stand.send(bundle, [2], 1_000)  # of the one before
    stand.bundles = stand.arrivals()  # and then the hub is started anew
    stand.send(other, [2], 1_000)
    assert (stand.box.got, stand.store.bundles.lines()) == ([], ())
    stand.send(bundle, size=1_000)
    stand.send(bundle, [0], 1_000)
    stand.send(other, size=1_000)
    stand.send(other, [1, 1], 1_000)  # said again
    assert [m.bundle_id for m in stand.box.got] == [bundle.bundle_id, bundle.bundle_id, other.bundle_id]


def test_two_seats_send_at_once(stand, bundle):
    other = a_bundle(captures=(), submission_id="submission-2")
    second = Box()
    stand.presence.join("A13", "test", second, 0)
    for index in range(-(-len(bundle.body) // 1_000)):
        stand.send(bundle, [index], 1_000)
        if index < -(-len(other.body) // 1_000):
            stand.send(other, [index], 1_000, "A13")
    stand.send(other, size=1_000, seat="A13")
    assert [m.bundle_id for m in stand.box.got] == [bundle.bundle_id]
    assert {m.bundle_id for m in second.got} == {other.bundle_id}


def test_a_bundle_that_does_not_verify_is_told_to_a_person_and_not_held(stand, bundle):
    forged = resealed(bundle, stand.house.keyring, a_keyring().seat)
    envelope = forged[10 : 10 + int.from_bytes(forged[6:10], "big")].decode("ascii")
    stand.send(bundle, envelope=envelope)
    assert (stand.box.got, stand.store.bundles.lines()) == ([], ())
    ((seat, kind, words),) = stand.notices
    assert (seat, kind) == (SEAT, "bundle")
    assert "is not taken" in words
    stand.send(bundle)
    assert stand.box.kinds() == ["bundle_held"]


@pytest.mark.parametrize("changes", [{"data": "%%%"}, {"index": 9, "count": 1}])
def test_a_part_that_is_none_is_refused(stand, bundle, changes):
    stand.send(bundle, [0], 1_000)
    if "index" in changes:
        stand.bundles.take(
            SEAT,
            BundlePartMessage(bundle_id=bundle.bundle_id, envelope="{}", data="", **changes),
        )
    else:
        with pytest.raises(Invalid, match="damaged"):
            stand.send(bundle, [1], 1_000, **changes)
    assert (stand.box.got, stand.store.bundles.lines()) == ([], ())


def test_receipts_go_back_when_the_seat_joins_and_when_they_come(stand, bundle):
    stand.send(bundle)
    stand.bundles.join(SEAT)
    stand.box.got.clear()
    receipt = stand.receipt(bundle)
    stand.collection().receive(bundle.bundle_id, receipt)
    for _ in range(2 * RECEIPT_TICKS):
        stand.bundles.tick()
    assert [(m.type, m.bundle_id, m.envelope.encode()) for m in stand.box.got] == [
        ("receipt", bundle.bundle_id, receipt)
    ]
    stand.bundles.join(SEAT)  # it may have been lost on the way
    assert stand.box.kinds() == ["receipt"] * 2
    other = Box()
    stand.presence.join("A13", "test", other, 0)
    stand.bundles.join("A13")
    assert other.got == []


def test_sealed_papers_are_offered_and_fetched_part_by_part(stand):
    provision = PaperProvision(stand.store, stand.presence)
    provision.join(SEAT)
    (offered,) = stand.box.got
    (sealed,) = stand.store.papers.sealed(stand.house.paper.test_id)
    (offer,) = [o for o in offered.blobs if o.role == "paper"]
    assert (offer.paper, offer.sha256, offer.length) == (
        stand.house.paper.digest,
        hashlib.sha256(sealed.blob).hexdigest(),
        len(sealed.blob),
    )
    provision.fetch(SEAT, FetchMessage(sha256=offer.sha256, index=0))
    part = stand.box.got[-1]
    assert (part.type, part.count, base64.b64decode(part.data)) == ("blob_part", 1, sealed.blob)
    for sha256, index in (("0" * 64, 0), (offer.sha256, 1)):
        provision.fetch(SEAT, FetchMessage(sha256=sha256, index=index))
        assert stand.box.got[-1] == offered  # what is not here is answered with what is
    provision.fetch("A99", FetchMessage(sha256=offer.sha256, index=0))  # gone meanwhile


def test_attachments_are_offered_too_in_as_many_parts_as_it_takes(tmp_path, monkeypatch):
    monkeypatch.setattr("kiosk.hall.hub.provision.PART", 100)
    paper, texts = a_paper_with_files(("leaf.csv", "leaf,2\n"))
    house = a_house(tmp_path, paper, a_hall_roster(paper), attached=texts)
    stand = Stand(house)
    try:
        provision = PaperProvision(stand.store, stand.presence)
        provision.join(SEAT)
        assert sorted(o.role for o in stand.box.got[0].blobs) == ["attachments", "paper"]
        for offer in stand.box.got[0].blobs:
            data, index, count = b"", 0, 1
            while index < count:
                provision.fetch(SEAT, FetchMessage(sha256=offer.sha256, index=index))
                data, count, index = data + base64.b64decode(stand.box.got[-1].data), stand.box.got[-1].count, index + 1
            assert count > 1
            assert hashlib.sha256(data).hexdigest() == offer.sha256
    finally:
        stand.store.close()
        house.close()


def test_a_package_that_is_loaded_meanwhile_is_offered_to_all(stand, monkeypatch):
    loaded = stand.store.roster.packages()
    monkeypatch.setattr(stand.store.roster, "packages", tuple)
    provision = PaperProvision(stand.store, stand.presence)
    provision.join(SEAT)
    for _ in range(LOOK_TICKS):
        provision.tick()
    assert stand.box.got == []
    monkeypatch.setattr(stand.store.roster, "packages", lambda: loaded)
    for _ in range(2 * LOOK_TICKS):
        provision.tick()
    (offered,) = stand.box.got
    assert stand.house.paper.digest in {o.paper for o in offered.blobs}
