"""Bundles and receipts in the hall's store, plain and encrypted."""

from datetime import timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from builders import NOON
from kiosk.exam.delivery import Delivery
from kiosk.exam.error import Refused
from kiosk.exam.log import AuditEntry
from storage.hall.store import HallStore

AUDIT = AuditEntry(at=NOON, who="system", action="submission.collect", subject_type="bundles", subject_id="b1")


def a_delivery(number=1, **changes):
    fields = {
        "bundle_id": f"b{number}",
        "submission_id": f"s{number}",
        "opened_on": "2031-05-06",
        "assignment_id": f"a{number}",
        "seat": "A12",
        "is_handed_in": True,
        "entries": 6,
        "head_hash": b"h" * 32,
        "sealed_at": NOON + timedelta(minutes=number),
        "received_at": NOON + timedelta(hours=1),
        "length": 12,
        "flags": ("look", "again"),
        "envelope": b"envelope",
        "body": b"body",
    }
    return Delivery(**fields | changes)


@pytest.fixture
def store(hall_engine):
    store = HallStore(hall_engine)
    yield store
    store.close()


def test_a_bundle_comes_out_as_it_went_in_and_is_never_replaced(store):
    assert store.bundles.keep(a_delivery(), AUDIT)
    assert not store.bundles.keep(a_delivery(envelope=b"another", flags=()), AUDIT)
    assert store.bundles.bundle("b1") == a_delivery()
    assert len(store.permits.acts()) == 1


def test_lines_stand_in_the_order_of_sealing_without_bytes(store):
    for number in (3, 1, 2):
        store.bundles.keep(a_delivery(number), AUDIT)
    assert [line.bundle_id for line in store.bundles.lines()] == ["b1", "b2", "b3"]
    assert {line.length for line in store.bundles.lines()} == {12}
    store.bundles.keep_receipt("b2", b"signed", NOON)
    assert [line.bundle_id for line in store.bundles.waiting()] == ["b1", "b3"]
    assert store.bundles.receipts(["b1", "b2", "b9"]) == {"b2": b"signed"}


def test_a_sitting_may_have_two_bundles(store):
    store.bundles.keep(a_delivery(1), AUDIT)
    store.bundles.keep(a_delivery(2, submission_id="s1", seat="A13"), AUDIT)
    assert [line.seat for line in store.bundles.of_sitting("s1", "2031-05-06")] == ["A12", "A13"]


def test_the_first_receipt_stays_and_none_comes_without_its_bundle(store):
    store.bundles.keep(a_delivery(), AUDIT)
    store.bundles.tell_trouble("b1", "it does not verify")
    assert store.bundles.lines()[0].trouble == "it does not verify"
    assert store.bundles.keep_receipt("b1", b"signed", NOON)
    assert not store.bundles.keep_receipt("b1", b"another", NOON)
    assert store.bundles.bundle("b1").receipt == b"signed"
    assert store.bundles.lines()[0].trouble is None
    store.bundles.tell_trouble("b1", "too late")
    assert store.bundles.lines()[0].trouble is None
    with pytest.raises(Refused, match="does not hold"):
        store.bundles.keep_receipt("b9", b"signed", NOON)


def test_a_receipt_is_never_changed_or_removed(store, hall_engine):
    store.bundles.keep(a_delivery(), AUDIT)
    store.bundles.keep_receipt("b1", b"signed", NOON)
    for act in ("UPDATE receipts SET envelope = x'00'", "DELETE FROM receipts"):
        with hall_engine.begin() as connection, pytest.raises(IntegrityError):
            connection.exec_driver_sql(act)
