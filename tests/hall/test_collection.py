"""What a hall takes from seats and sticks, and the receipts it believes."""

from dataclasses import replace
from datetime import timedelta

import pytest

from builders import NOON, an_attempt
from house import HALL, a_house
from keyring import DAYS, a_bundle, a_keyring, a_sealed_attempt, bundle_of, resealed, seal_journal, work_through
from kiosk.exam.error import KioskError, Refused, Tampered
from kiosk.exam.moment import iso
from kiosk.hall.collection import Collection, Outcome
from kiosk.hall.place import hall_keys, hall_store
from kiosk.sealing.certificate import certify
from kiosk.sealing.frame import join
from kiosk.sealing.key import KeyRole
from kiosk.sealing.receipt import ReceiptSigner

AT = iso(NOON + timedelta(hours=4))


class Stand:
    """A hall's store and collection."""

    def __init__(self, house):
        self.house = house
        self.store = hall_store(house.home.hall)
        self.collection = Collection.open(house.home.hall, hall_keys(house.home.hall), self.store, house.clock)

    def receipt(self, bundle, keyring=None):
        keyring = keyring or self.house.keyring
        return ReceiptSigner(keyring.receipt, keyring.receipt_chain).receipt(bundle, AT)


@pytest.fixture
def hall(tmp_path):
    house = a_house(tmp_path)
    stand = Stand(house)
    yield stand
    stand.store.close()
    house.close()


@pytest.fixture(scope="module")
def bundle():
    return a_bundle(captures=())


def test_a_bundle_is_kept_once_with_what_it_is_about(hall, bundle):
    first = hall.collection.take(bundle.data, "stick")
    assert (first.outcome, first.bundle_id) == (Outcome.KEPT, bundle.bundle_id)
    acts = hall.store.permits.acts()
    hall.house.clock.advance(60_000)
    assert hall.collection.take(bundle.data, "seat A12").outcome is Outcome.KNOWN
    (line,) = hall.store.bundles.lines()
    assert hall.store.permits.acts() == acts
    assert (line.assignment_id, line.seat, line.is_handed_in) == ("assignment-1", "A12", True)
    assert line.received_at == NOON
    kept = hall.store.bundles.bundle(bundle.bundle_id)
    assert join(kept.envelope, kept.body) == bundle.data
    assert hall.store.bundles.of_sitting("submission-1", "2031-05-06") == (line,)
    assert hall.store.bundles.of_sitting("submission-2", "2031-05-06") == ()
    with pytest.raises(Refused, match="no bundle"):
        hall.store.bundles.bundle("0" * 64)


def test_what_a_seat_of_this_hall_sealed_needs_no_look(hall):
    desk = hall.house.begun()
    for question in desk.sheet().sections[0].questions:
        desk.visit(question.question_id)
        desk.choose(question.question_id, [question.options[0].option_id])
    desk.hand_in()
    desk.close()
    (sealed,) = hall.house.outbox().seal_all()
    taken = hall.collection.take(join(sealed.envelope, sealed.body), "seat A12")
    assert (taken.outcome, taken.flags) == (Outcome.KEPT, ())


def test_what_the_hall_did_not_expect_is_kept_and_flagged(hall):
    strange = a_bundle(captures=(), assignment_id="assignment-9")
    assert hall.collection.take(strange.data, "stick").flags == (
        "its assignment is not on the roster of this hall",
        "this hall gave no lease for it",
    )
    assert hall.store.bundles.lines()[0].flags == hall.collection.take(strange.data, "stick").flags


def test_an_unfinished_sitting_is_known_as_one(hall):
    attempt = an_attempt()
    work_through(attempt)
    seal_journal(attempt)
    hall.collection.take(bundle_of(attempt).data, "stick")
    assert not hall.store.bundles.lines()[0].is_handed_in


def of_another_hall(keyring):
    chain = certify(KeyRole.HALL, keyring.hall.public, keyring.release, keyring.release_chain, hall="Hall 3", **DAYS)
    seat = certify(KeyRole.SEAT, keyring.seat.public, keyring.hall, chain, hall="Hall 3", seat="A12", **DAYS)
    return replace(keyring, hall_chain=chain, seat_chain=seat)


def test_a_bundle_of_another_hall_or_examination_is_refused_in_words(hall, bundle):
    attempt, _ = a_sealed_attempt()
    foreign = hall.collection.take(bundle_of(attempt, keyring=of_another_hall(hall.house.keyring)).data, "stick")
    assert (foreign.outcome, foreign.problem) == (Outcome.REFUSED, f"this bundle is of Hall 3, and this is {HALL}")
    for data in (bundle_of(attempt, keyring=a_keyring()).data, bundle.data[:-1], b"", resealed(bundle, a_keyring())):
        assert hall.collection.take(data, "stick").outcome is Outcome.REFUSED
    assert hall.store.bundles.lines() == ()


def test_a_folder_is_taken_by_name_and_one_bad_file_keeps_no_other_back(hall, bundle, tmp_path):
    stick = tmp_path / "stick" / "deeper"
    stick.mkdir(parents=True)
    (stick / bundle.file_name).write_bytes(bundle.data)
    (stick / f".{bundle.file_name}.new").write_bytes(b"half")
    (stick / "0.exkb").write_bytes(b"spoilt")
    taken = list(hall.collection.take_folder(tmp_path / "stick"))
    assert [(t.source, t.outcome) for t in taken] == [("0.exkb", Outcome.REFUSED), (bundle.file_name, Outcome.KEPT)]
    with pytest.raises(KioskError, match="no folder"):
        list(hall.collection.take_folder(tmp_path / "elsewhere"))


def test_only_central_s_receipt_for_these_bytes_is_believed(hall, bundle):
    hall.collection.take(bundle.data, "stick")
    other = a_bundle(captures=(), submission_id="submission-2")
    # the same manifest id cannot have other bytes, so a receipt that names them lies
    lies = replace(bundle, manifest=bundle.manifest.model_copy(update={"sealed": other.manifest.sealed}))
    for wrong, why in (
        (hall.receipt(other), "another bundle"),
        (hall.receipt(bundle, a_keyring()), "not signed"),
        (hall.receipt(lies), "other bytes"),
    ):
        with pytest.raises(Tampered, match=why):
            hall.collection.receive(bundle.bundle_id, wrong)
    assert not hall.store.bundles.lines()[0].is_received
    with pytest.raises(Refused, match="no bundle"):
        hall.collection.receive(other.bundle_id, hall.receipt(other))


def test_a_receipt_is_kept_once_and_ends_all_trouble(hall, bundle):
    hall.collection.take(bundle.data, "stick")
    hall.store.bundles.tell_trouble(bundle.bundle_id, "central says 422: it does not verify")
    assert hall.store.bundles.waiting()[0].trouble == "central says 422: it does not verify"
    receipt = hall.receipt(bundle)
    assert hall.collection.receive(bundle.bundle_id, receipt)
    assert not hall.collection.receive(bundle.bundle_id, receipt)
    hall.store.bundles.tell_trouble(bundle.bundle_id, "too late")
    (line,) = hall.store.bundles.lines()
    assert (line.is_received, line.trouble) == (True, None)
    assert hall.store.bundles.waiting() == ()
    assert hall.store.bundles.receipts([bundle.bundle_id, "0" * 64]) == {bundle.bundle_id: receipt}
    assert hall.store.bundles.bundle(bundle.bundle_id).receipt == receipt
