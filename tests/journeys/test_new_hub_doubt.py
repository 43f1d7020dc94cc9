"""A new machine of the hall has not heard every seat: nobody is given a second sitting before a proctor says so."""

import shutil
from datetime import timedelta

import pytest

from house import CODE, PIN, ROLL, a_house
from kiosk.exam.error import Refused
from kiosk.hall.carried import CarriedJournals
from kiosk.hall.console.opening import open_board
from kiosk.hall.package import load_package
from kiosk.hall.place import hall_keys, hall_store
from kiosk.seat.carrying import carry_journals
from kiosk.seat.place import seat_store
from kiosk.views.board import Severity
from kiosk.views.order import Order, Verb
from live_hub import a_live_hub, until

LATE = timedelta(minutes=20)
"""So long after the start of the session the new machine is set up."""


@pytest.fixture
def hub(tmp_path):
    with a_live_hub(a_house(tmp_path)) as hub:
        yield hub


@pytest.fixture
def board(hub):
    board = open_board(hub.house.home.hall)
    board.start()
    yield board
    board.close()


def replaced(hub, after=LATE):
    """Lose the hub's store and begin a new one with the key folder and the package; the session is opened again."""
    place, house = hub.house.home.hall, hub.house
    hub.stop()
    for path in place.folder.iterdir():
        if path.name != "keys":
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    (place.keys / "store.key").unlink()
    store = hall_store(place)
    load_package(store, hall_keys(place), house.home.folder / "package-1", house.clock.at + after)
    store.close()
    hall = house.reopen_hall()
    hall.open_session("session-1", "proctor-1")
    house.release()
    hall.close()
    hub.start()


def gone(hub, seat):
    """Let a seat be switched off."""
    seat.close()
    hub.seats.remove(seat)


def signed_in(board):
    until(lambda: board.state().is_connected)
    board.sign_in(PIN)


def sittings(hub):
    return [(p.seat, p.attempt) for p in hub.site.store.permits.all_progress()]


def come_by_line(hub, old, folder):
    """Let the old seat come back on the line."""
    hub.seat("A12")


def come_by_stick(hub, old, folder):
    """Let a stick bring the old seat's journal, read by a program of its own."""
    place, clock = hub.house.home.hall, hub.site.clock
    seat = seat_store(old.place)
    (written,) = carry_journals(old.place, seat, hub.site.keys.hall, folder)
    seat.close()
    store = hall_store(place)
    taken = CarriedJournals(store, hall_keys(place), clock).take(written.path)
    store.close()
    assert taken.problem is None


@pytest.mark.parametrize("come_back", [come_by_line, come_by_stick])
def test_who_may_sit_elsewhere_is_started_only_by_a_proctor_who_asks_twice_and_both_sittings_are_kept(
    hub, board, come_back, tmp_path
):
    old = hub.begun("A12", ROLL, CODE)
    gone(hub, old)
    replaced(hub)
    spare = hub.seat("A14")
    spare.desk.sign_in(ROLL, CODE)
    with pytest.raises(Refused, match="A12, which this new hub has not heard"):
        spare.desk.begin("assignment-1")
    assert sittings(hub) == []
    signed_in(board)
    start = Order(verb=Verb.START, seats=("A14",), pin=PIN)
    until(lambda: any(s.seat == "A14" and s.candidate for s in board.state().seats))
    (first,), (second,) = board.carry_out(start), board.carry_out(start)
    assert (first.done, "A12" in first.words, "press S again" in first.words) == (False, True, True)
    assert second.done, second.words
    spare.desk.begin("assignment-1")
    assert sittings(hub) == [("A14", 1)]
    come_back(hub, old, tmp_path / "stick")
    until(lambda: len(sittings(hub)) == 2)
    until(lambda: [a for a in board.state().attention if a.kind == "sat twice"])
    (told,) = [a for a in board.state().attention if a.kind == "sat twice"]
    assert (told.severity, told.seat) == (Severity.ALARM, "A14")
    assert told.words.startswith("A12 and A14: Okafor, Anna (B-1042), attempt 1. ")
    assert "lock the other" in told.words
    gone(hub, spare)
    again = hub.seat("A14")
    again.desk.sign_in(ROLL, CODE)
    again.desk.begin("assignment-1")  # it goes on with its own sitting, whatever came of the other
    assert sorted(sittings(hub)) == [("A12", 1), ("A14", 1)]


def test_once_the_old_seat_is_heard_the_sitting_goes_on_there_and_nobody_begins_another(hub):
    old = hub.begun("A12", ROLL, CODE)
    until(lambda: old.desk.link().behind == 0)
    replaced(hub)
    until(lambda: sittings(hub) == [("A12", 1)])
    spare = hub.seat("A14")
    spare.desk.sign_in(ROLL, CODE)
    with pytest.raises(Refused, match="is open at the seat A12"):
        spare.desk.begin("assignment-1")
    assert sittings(hub) == [("A12", 1)]


def test_a_seat_that_was_heard_and_holds_nothing_lets_its_candidate_begin_elsewhere(hub):
    replaced(hub)
    hub.seat("A12")
    until(lambda: hub.hub.tails.has_told("A12"))
    spare = hub.seat("A14")
    spare.desk.sign_in(ROLL, CODE)
    spare.desk.begin("assignment-1")
    assert sittings(hub) == [("A14", 1)]


def test_a_candidate_at_their_own_seat_is_not_doubted(hub):
    replaced(hub)
    seat = hub.seat("A12")
    seat.desk.sign_in(ROLL, CODE)
    seat.desk.begin("assignment-1")
    assert sittings(hub) == [("A12", 1)]


def test_a_hall_that_was_there_before_the_session_began_doubts_nobody(hub):
    replaced(hub, after=-timedelta(hours=1))
    spare = hub.seat("A14")
    spare.desk.sign_in(ROLL, CODE)
    spare.desk.begin("assignment-1")
    assert sittings(hub) == [("A14", 1)]


def test_a_seat_that_says_the_candidate_is_there_is_believed_until_a_proctor_says_otherwise(hub):
    replaced(hub)
    seat = hub.seat("A12")
    seat.desk.sign_in(ROLL, CODE)
    until(lambda: hub.hub.doubts._elsewhere("candidate-1", "A14") == "A12")
    spare = hub.seat("A14")
    spare.desk.sign_in(ROLL, CODE)
    with pytest.raises(Refused, match="at the seat A12, as that seat says"):
        spare.desk.begin("assignment-1")
