"""A new machine of the hall has not heard every seat: nobody is given a second sitting before a proctor says so."""

from datetime import timedelta

import pytest

from house import CODE, PIN, ROLL
from kiosk.exam.error import Refused
from kiosk.hall.carried import CarriedJournals
from kiosk.hall.place import hall_keys, hall_store
from kiosk.seat.carrying import carry_journals
from kiosk.seat.place import seat_store
from kiosk.views.board import Severity
from kiosk.views.order import Order, Verb
from live_hub import until

LATE = timedelta(minutes=20)
"""So long after the start of the session the new machine is set up."""


def replaced(hub, after=LATE):
    """Lose the hub's store and begin a new one; the session is opened again."""
    house = hub.house
    hub.lose_store(after)
    hall = house.reopen_hall()
    hall.open_session("session-1", "proctor-1")
    house.release()
    hall.close()
    hub.start()


def signed_in(hub, name):
    """Return a seat at which the candidate is signed in, and has not begun."""
    seat = hub.seat(name)
    seat.desk.sign_in(ROLL, CODE)
    return seat


def begins(seat):
    """Let the candidate begin, or go on."""
    seat.desk.begin("assignment-1")


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
    hub.switch_off(old)
    replaced(hub)
    spare = signed_in(hub, "A14")
    with pytest.raises(Refused, match="A12, which this new hub has not heard"):
        begins(spare)
    assert sittings(hub) == []
    until(lambda: board.state().is_connected)
    board.sign_in(PIN)
    start = Order(verb=Verb.START, seats=("A14",), pin=PIN)
    until(lambda: any(s.seat == "A14" and s.candidate for s in board.state().seats))
    (first,), (second,) = board.carry_out(start), board.carry_out(start)
    assert (first.done, "A12" in first.words, "press S again" in first.words) == (False, True, True)
    assert second.done, second.words
    begins(spare)
    assert sittings(hub) == [("A14", 1)]
    come_back(hub, old, tmp_path / "stick")
    until(lambda: len(sittings(hub)) == 2)
    until(lambda: [a for a in board.state().attention if a.kind == "sat twice"])
    (told,) = [a for a in board.state().attention if a.kind == "sat twice"]
    assert (told.severity, told.seat) == (Severity.ALARM, "A14")
    assert told.words.startswith("A12 and A14: Okafor, Anna (B-1042), attempt 1. ")
    assert "lock the other" in told.words
    hub.switch_off(spare)
    begins(signed_in(hub, "A14"))  # it goes on with its own sitting, whatever came of the other
    assert sorted(sittings(hub)) == [("A12", 1), ("A14", 1)]


def test_once_the_old_seat_is_heard_the_sitting_goes_on_there_and_nobody_begins_another(hub):
    old = hub.begun("A12", ROLL, CODE)
    until(lambda: old.desk.link().behind == 0)
    replaced(hub)
    until(lambda: sittings(hub) == [("A12", 1)])
    with pytest.raises(Refused, match="is open at the seat A12"):
        begins(signed_in(hub, "A14"))
    assert sittings(hub) == [("A12", 1)]


def heard_of_their_seat(hub):
    """Let the candidate's own seat say that it holds nothing."""
    hub.seat("A12")
    until(lambda: hub.hub.tails.has_told("A12"))


@pytest.mark.parametrize(
    ("after", "name", "before"),
    [
        pytest.param(LATE, "A14", heard_of_their_seat, id="their own seat was heard and holds nothing"),
        pytest.param(LATE, "A12", lambda hub: None, id="they are at their own seat"),
        pytest.param(-timedelta(hours=1), "A14", lambda hub: None, id="the hall was there before the session began"),
    ],
)
def test_nobody_is_doubted_where(hub, after, name, before):
    replaced(hub, after)
    before(hub)
    begins(signed_in(hub, name))
    assert sittings(hub) == [(name, 1)]


def test_a_seat_that_says_the_candidate_is_there_is_believed_until_a_proctor_says_otherwise(hub):
    replaced(hub)
    signed_in(hub, "A12")
    until(lambda: hub.hub.doubts._elsewhere("candidate-1", "A14") == "A12")
    with pytest.raises(Refused, match="at the seat A12, as that seat says"):
        begins(signed_in(hub, "A14"))
