"""Closings at central, on every engine: kept once, settled once, the same bytes ever after."""

from datetime import timedelta

import pytest

from builders import NOON
from kiosk.exam.closing import KeptClosing
from kiosk.exam.error import Refused
from kiosk.exam.log import AuditEntry
from kiosk.exam.person import SYSTEM_ID
from kiosk.office.office import FIRST_PEOPLE, Office
from storage.central.closing import ClosingStore

AUDIT = AuditEntry(
    at=NOON, who=SYSTEM_ID, action="proctoring.open_close_hall", subject_type="closings", subject_id="c" * 64
)


def a_closing(letter="c", **changes) -> KeptClosing:
    fields = {
        "closing_id": letter * 64,
        "hall": "Hall 2",
        "test_id": "biology-2",
        "envelope": letter.encode(),
        "made_at": NOON,
    }
    return KeptClosing(**fields | changes)


@pytest.fixture
def store(engine):
    return ClosingStore(engine)


def test_a_closing_is_kept_once_and_stays_as_it_came(store):
    assert store.keep(a_closing())
    assert not store.keep(a_closing(envelope=b"other", hall="Hall 9"))
    assert store.closing("c" * 64, "Hall 2") == a_closing()
    assert store.closeout("c" * 64, "Hall 2") is None


def test_another_halls_closing_is_not_told_from_one_nobody_sent(store):
    store.keep(a_closing())
    for closing_id, hall in (("c" * 64, "Hall 9"), ("d" * 64, "Hall 2")):
        with pytest.raises(Refused, match=f"There is no closing {closing_id[:12]} here"):
            store.closeout(closing_id, hall)


def test_what_is_open_is_listed_in_the_order_it_came_until_it_is_settled(store, engine):
    _with_people(engine)
    store.keep(a_closing("d", made_at=NOON + timedelta(minutes=1)))
    store.keep(a_closing("c"))
    store.leave_open("d" * 64, "one bundle has not come")
    assert [(c.closing_id[0], c.problem) for c in store.closings(open_only=True)] == [
        ("c", None),
        ("d", "one bundle has not come"),
    ]
    store.settle("c" * 64, lambda: b"signed", [], [], AUDIT)
    assert [c.closing_id[0] for c in store.closings(open_only=True)] == ["d"]
    assert [c.closing_id[0] for c in store.closings_of("biology-2", "Hall 2")] == ["c", "d"]
    assert store.closings_of("biology-2", "Hall 9") == ()


def test_a_close_out_is_signed_once(store, engine):
    _with_people(engine)
    store.keep(a_closing())
    made = []

    def sign() -> bytes:
        made.append(b"signed %d" % len(made))
        return made[-1]

    assert store.settle("c" * 64, sign, [], [], AUDIT) == b"signed 0"
    assert store.settle("c" * 64, sign, [], [], AUDIT) == b"signed 0"
    assert made == [b"signed 0"]
    store.leave_open("c" * 64, "something")
    settled = store.closing("c" * 64, "Hall 2")
    assert (settled.closeout, settled.problem, settled.settled_at) == (b"signed 0", None, NOON)


def test_a_close_out_that_cannot_be_signed_leaves_the_closing_open(store):
    store.keep(a_closing())

    def fail() -> bytes:
        raise Refused("the key is not here")

    with pytest.raises(Refused, match="the key is not here"):
        store.settle("c" * 64, fail, [], [], AUDIT)
    assert store.closing("c" * 64, "Hall 2").settled_at is None


def _with_people(engine) -> None:
    Office(engine).people.found(FIRST_PEOPLE, NOON)
