"""The hall's machine is lost: another one with its keys and its package learns everything from the seats."""

import shutil

import pytest

from house import CODE, OTHER_CODE, OTHER_ROLL, ROLL, a_house
from kiosk.exam.attempt import Phase
from kiosk.exam.status import AttendanceState
from kiosk.hall.package import load_package
from kiosk.hall.place import hall_keys, hall_store
from live_hub import a_live_hub, until


@pytest.fixture
def hub(tmp_path):
    with a_live_hub(a_house(tmp_path)) as hub:
        yield hub


def replaced(hub):
    """End the hub, lose its store, and begin one with the key folder and the package alone, at the same address."""
    place = hub.house.home.hall
    hub.stop()
    for path in place.folder.iterdir():
        if path.name != "keys":
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    (place.keys / "store.key").unlink()
    store = hall_store(place)
    load_package(store, hall_keys(place), hub.house.home.folder / "package-1", hub.house.clock.at)
    store.close()
    hub.start()
    return hub.site.store


def test_a_new_machine_knows_who_came_and_who_had_handed_in(hub):
    over = hub.begun("A12", ROLL, CODE)
    open_one = hub.begun("A13", OTHER_ROLL, OTHER_CODE, "assignment-2")
    handed_in_at(over)
    before = {p.submission_id: p for p in reported(hub)}
    store = replaced(hub)
    until(lambda: any(p.phase is Phase.HANDED_IN for p in store.permits.all_progress()))
    until(lambda: len(store.permits.all_progress()) == 2)
    until(lambda: all(p.head_seq >= 0 for p in store.permits.all_progress()))
    after = {p.submission_id: p for p in store.permits.all_progress()}
    (handed_in,) = [p for p in before.values() if p.is_over]
    told = after[handed_in.submission_id]
    assert (told.phase, told.submitted_at, told.answered) == (Phase.HANDED_IN, handed_in.submitted_at, told.questions)
    assert (told.head_seq, told.head_hash) == (handed_in.head_seq, handed_in.head_hash)
    running = after[open_one.desk.scribe.sitting.genesis.submission_id]
    assert (running.seat, running.phase, running.questions) == ("A13", Phase.RUNNING, handed_in.questions)
    marks = {m.candidate_id: m for m in store.attendance.marks(["session-1"])}
    assert {m.state for m in marks.values()} == {AttendanceState.PRESENT}
    assert marks["candidate-1"].note == "sat at A12, as that seat's journal says"


def handed_in_at(seat):
    for section in seat.desk.sheet().sections:
        for question in section.questions:
            seat.desk.visit(question.question_id)
            if question.options:
                seat.desk.choose(question.question_id, [question.options[0].option_id])
            else:
                seat.desk.type(question.question_id, "An answer")
    seat.desk.hand_in()


def reported(hub):
    store = hub.site.store
    until(lambda: any(p.is_over for p in store.permits.all_progress()))
    return store.permits.all_progress()


def test_a_seat_that_is_at_its_login_tells_of_what_was_handed_in_there(hub):
    """Nothing is open at it, and still the new machine learns that the sitting is over."""
    seat = hub.begun("A12", ROLL, CODE)
    handed_in_at(seat)
    reported(hub)
    seat.close()
    hub.seats.remove(seat)
    store = replaced(hub)
    assert store.permits.all_progress() == ()
    hub.seat("A12")
    until(lambda: any(p.is_over for p in store.permits.all_progress()))
