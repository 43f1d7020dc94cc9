"""A seat whose store fails: what was shown as saved is there, nothing else is promised, and nothing goes on."""

import pytest
from sqlalchemy import event

from house import CODE, PIN, ROLL, a_house
from kiosk.exam.entry import Kind
from kiosk.exam.error import KioskError, Refused
from kiosk.exam.grant import Act
from kiosk.views.desk import ActRequest, Saved, SaveFailed
from storage.engine import StoreError


@pytest.fixture
def house(tmp_path):
    house = a_house(tmp_path)
    yield house
    house.close()


def break_disk(desk) -> None:
    """Let every commit that writes into a desk's store fail from now on, as a disk does that is full."""

    @event.listens_for(desk._store._engine, "commit")
    def commit(connection) -> None:
        if not connection.get_execution_options().get("kiosk_reading"):
            raise StoreError("The disk is full. Make room, then go on.")


def test_what_was_shown_as_saved_survives_a_store_that_fails(house):
    desk, heard = house.begun(), []
    desk.listen(heard.append)
    question = desk.state().question_id
    for number in range(20):
        desk.flag(question, number % 2 == 0)
        house.clock.advance(100)
    house.settle()
    break_disk(desk)
    desk.flag(question, True)
    with pytest.raises(KioskError, match="cannot save"):
        house.settle()
    shown = max(e.seq for e in heard if isinstance(e, Saved))
    assert [e for e in heard if isinstance(e, SaveFailed)] == heard[-1:]
    assert "raise your hand" in desk.saved().failure
    assert desk.saved().pending == 1
    house.desks.clear()
    fresh = house.begun()
    store = house.store()
    entries = store.record(store.sittings()[0].submission_id).entries
    assert [e.seq for e in entries] == list(range(shown + 3))
    assert [e.kind for e in entries[shown + 1 :]] == [Kind.GAP, Kind.RESTARTED]
    assert not fresh.state().answers[question].flagged
    store.close()


def test_after_a_failure_every_move_is_refused_and_the_clock_writes_nothing(house):
    desk = house.begun()
    break_disk(desk)
    question = desk.state().question_id
    desk.flag(question, True)
    with pytest.raises(KioskError):
        house.settle()
    before = desk.state()
    for move in (
        lambda: desk.flag(question, False),
        lambda: desk.visit("writing-1"),
        lambda: desk.hand_in(),
        lambda: desk.act(PIN, ActRequest(act=Act.PAUSE)),
    ):
        with pytest.raises(Refused, match="cannot save"):
            move()
    house.clock.advance(7_000)
    assert not desk.tick()
    desk.note_focus_lost()
    desk.capture("screen")
    assert desk.state() == before
    house.desks.clear()


def test_a_test_that_cannot_be_written_does_not_begin(house):
    desk = house.desk()
    desk.sign_in(ROLL, CODE)
    break_disk(desk)
    for again in (lambda: desk.begin("assignment-1"), lambda: desk.begin("assignment-1"), desk.sign_out):
        with pytest.raises(KioskError, match="cannot save"):
            again()
    house.desks.clear()
    store = house.store()
    assert store.sittings() == ()
    store.close()
    house.begun()


def test_a_full_disk_is_a_failure_like_any_other(house):
    """SQLite itself refuses here, in the middle of a page."""
    desk = house.begun()
    desk.visit("writing-1")
    house.settle()
    safe = desk.head()
    with desk._store._held.begin():
        pages = desk._store._held.exec_driver_sql("PRAGMA page_count").scalar_one()
        desk._store._held.exec_driver_sql(f"PRAGMA max_page_count = {pages + 8}")
    heard = []
    desk.listen(heard.append)
    text = ""
    for number in range(200):
        text += f"{number} and much more of what one writes in an essay. " * 20
        house.clock.advance(11_000)
        desk.tick()
        try:
            desk.type("writing-1", text)
        except KioskError:
            break
    with pytest.raises(KioskError):
        house.settle()
    assert isinstance(heard[-1], SaveFailed)
    shown = [e.seq for e in heard if isinstance(e, Saved)]
    house.desks.clear()
    store = house.store()
    record = store.record(store.sittings()[0].submission_id)
    record.verify()
    assert record.head.seq == max([safe, *shown])
    store.close()
