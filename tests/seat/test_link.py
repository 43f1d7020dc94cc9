"""A seat over its link, against the hub itself: what is saved comes to the hall, and its word to the seat."""

from dataclasses import replace
from threading import Event, Thread

import pytest

from house import CODE, PIN, ROLL, a_house
from kiosk.exam.attempt import Phase
from kiosk.exam.error import Denied, KioskError
from kiosk.exam.grant import Act
from kiosk.ground.dialling import Dialler
from kiosk.sealing.address import parse_address, read_address
from kiosk.seat.caller import LOST
from kiosk.seat.link.connecting import open_link
from kiosk.seat.place import open_desk
from kiosk.views.authority import HallLost
from kiosk.views.desk import ActRequest, HeldByHall
from kiosk.wire.hub import SEAT_PATH
from live_hub import RunningClock, a_live_hub, until
from storage.engine import StoreError


def the_sitting(seat):
    return seat.desk.scribe.sitting


def kept(hub, seat):
    """Return what the hub holds of the sitting at a seat: its head."""
    genesis = the_sitting(seat).genesis
    holding = hub.site.hub._store.tails.holding(genesis.submission_id, genesis.opened_on)
    return None if holding is None else holding.tail.newest.head


def test_what_is_saved_at_the_seat_is_held_by_the_hall(hub):
    seat = hub.begun("A12", ROLL, CODE)
    question = seat.desk.state().question_id
    seat.desk.flag(question, True)
    until(lambda: kept(hub, seat) == the_sitting(seat).head)
    until(lambda: seat.desk.saved().hall_at is not None)
    until(lambda: seat.desk.link().behind == 0)
    assert HeldByHall(the_sitting(seat).head.seq, seat.desk.saved().hall_at).seq in {
        e.seq for e in seat.heard if isinstance(e, HeldByHall)
    }
    state = seat.desk.link()
    assert (state.is_connected, state.hall) == (True, "Hall 2")


def test_a_hub_that_dies_costs_no_move_and_gets_all_of_it_afterwards(hub):
    seat = hub.begun("A12", ROLL, CODE)
    hub.stop()
    until(lambda: not seat.desk.link().is_connected)
    question = seat.desk.state().question_id
    for n in range(20):
        seat.desk.flag(question, n % 2 == 0)
    until(lambda: seat.desk.saved().pending == 0)
    until(lambda: seat.desk.link().behind >= 20)
    with pytest.raises(HallLost) as lost:
        seat.link.proctor(PIN, "A12")
    assert lost.value.message == LOST
    hub.start()
    until(lambda: kept(hub, seat) == the_sitting(seat).head)
    until(lambda: seat.desk.link().behind == 0)


def test_acts_and_calls_cross_the_link(hub):
    seat = hub.begun("A12", ROLL, CODE)
    assert seat.desk.unlock_overlay(PIN) == "Mbeki, Thandi"
    seat.desk.act(PIN, ActRequest(act=Act.PAUSE, reason="power"))
    assert seat.desk.state().phase is Phase.PAUSED
    with pytest.raises(Denied):
        seat.desk.unlock_overlay("000000")


def test_the_hall_sees_how_the_seat_is_and_that_a_hand_is_up(hub):
    seat = hub.begun("A12", ROLL, CODE)
    seat.desk.raise_hand(True)

    def vitals():
        heard = hub.hub.presence.of("A12")
        return None if heard is None else heard.vitals

    until(lambda: vitals() is not None and vitals().hand)
    told = vitals()
    assert (told.candidate_id, told.phase, told.questions) == ("candidate-1", Phase.RUNNING, 8)
    assert told.submission_id == the_sitting(seat).genesis.submission_id
    assert 0 < told.left_ms <= 3_600_000
    assert told.free_bytes > 0


def test_a_call_in_flight_when_the_line_is_cut_is_lost_and_said_to_be(hub, monkeypatch):
    seat = hub.seat()
    reached, release = Event(), Event()

    def never(*_):
        reached.set()
        release.wait(20)
        raise KioskError("too late")

    monkeypatch.setattr(hub.hub.hall, "proctor", never)
    lost = []

    def ask():
        try:
            seat.link.proctor(PIN, "A12")
        except HallLost as error:
            lost.append(error.message)

    asking = Thread(target=ask)
    asking.start()
    assert reached.wait(20)
    seat.link._line.socket.shutdown(2)
    asking.join(10)
    release.set()
    assert lost == [LOST]


def test_only_the_certificate_the_hall_signed_is_believed(hub, tmp_path):
    place = hub.connect("A12")
    with a_live_hub(a_house(tmp_path / "other")) as other:
        ours = read_address(parse_address(hub.address))
        elsewhere = [f"wss://127.0.0.1:{other.port}"]
        with pytest.raises(HallLost, match="does not show the hall's certificate"):
            Dialler(elsewhere, ours.certificate, SEAT_PATH).dial()
        line = Dialler([*elsewhere, *ours.urls], ours.certificate, SEAT_PATH).dial()
        line.close()
    assert oct((place.folder / "hub.json").stat().st_mode & 0o777) == "0o600"


def test_what_the_hub_says_on_joining_waits_until_the_seat_s_store_is_open(hub):
    place, clock = hub.connect("A12"), RunningClock("boot-A12")
    link = open_link(place, clock)
    link.start()
    until(lambda: {m.type for m in link._early} >= {"provision", "advance"})
    desk = open_desk(place, link, clock, link=link)
    try:
        until(lambda: desk._store.papers.digests() == (hub.house.paper.digest,))
        until(lambda: len(desk._store.advances.all()) == 1)
    finally:
        desk.close()


def test_a_sitting_that_cannot_be_reported_ends_no_line_and_keeps_no_bundle_back(hub, monkeypatch):
    seat = hub.begun("A12", ROLL, CODE)
    until(lambda: seat.desk.link().behind == 0)
    resumed = []

    def broken(submission_id):
        raise StoreError("The store cannot be read.")

    monkeypatch.setattr(seat.desk, "report_again", broken)
    monkeypatch.setattr(seat.link._side._carriage, "resume", lambda: resumed.append(True))
    seat.desk._store.sittings = lambda: [
        replace(s, submitted_at=s.opened_on) for s in type(seat.desk._store).sittings(seat.desk._store)
    ]
    hub.stop()
    until(lambda: not seat.desk.link().is_connected)
    hub.start()
    until(lambda: resumed)
    assert seat.desk.link().is_connected
    since = seat.desk.link().since
    seat.desk.flag(seat.desk.state().question_id, True)
    until(lambda: kept(hub, seat) == the_sitting(seat).head)
    until(lambda: seat.desk.link().behind == 0)
    assert seat.desk.link().since == since
    assert seat.link.trouble == "The store cannot be read."
