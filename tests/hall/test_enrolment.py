"""Who carries the token may make seats known, and neither as many nor as fast as they like."""

import pytest
from sqlalchemy import event

from house import PIN, SEAT, a_house
from kiosk.exam.error import Refused
from kiosk.ground.clock import SystemClock
from kiosk.hall.board.plan import FILE
from kiosk.hall.hub import enrolment as module
from kiosk.hall.hub.enrolment import NEW, Enrolment
from kiosk.hall.hub.site import HubSite
from kiosk.sealing.key import SigningKey
from kiosk.wire.address import EnrolRequest
from storage.models import hall as rows

TOKEN = "t" * 43


@pytest.fixture
def house(tmp_path):
    house = a_house(tmp_path)
    yield house
    house.close()


def asked(seat):
    return EnrolRequest(type="enrol", seat=seat, public=SigningKey.generate().public)


def enrolment_of(house, plan=None):
    return Enrolment(house.hall, house.hall._store.seats, TOKEN, house.clock, plan)


def names(house):
    return [s.seat for s in house.hall.seats()]


def test_a_hall_with_a_plan_enrols_its_seats_alone(house):
    enrolment = enrolment_of(house, lambda: {"A12", "A13"})
    assert enrolment.enrol(asked("A12")).seat == "A12"
    with pytest.raises(Refused, match=r"no seat B1 in this hall's plan.*seats\.csv"):
        enrolment.enrol(asked("B1"))
    assert names(house) == ["A12"]


def test_the_plan_is_the_hall_s_file_and_what_the_roster_names(house):
    site = HubSite.open(house.home.hall, SystemClock())
    try:
        assert site._planned() == frozenset()
        (house.home.hall.folder / FILE).write_text("seat,row,column\nB1,1,1\n")
        assert site._planned() == {"B1", "A12", "A13"}
    finally:
        site.close()


def test_new_names_come_no_faster_than_a_hall_is_built_up_and_known_ones_always(house, monkeypatch):
    monkeypatch.setattr(module, "NEW", type(NEW)(1, 3))
    enrolment, again = enrolment_of(house), asked("S0")
    enrolment.enrol(again)
    for number in (1, 2):
        enrolment.enrol(asked(f"S{number}"))
    with pytest.raises(Refused, match="Try again in 1 seconds"):
        enrolment.enrol(asked("S3"))
    enrolment.enrol(again)
    house.clock.advance(1_000)
    enrolment.enrol(asked("S3"))
    assert len(names(house)) == 4


def test_a_hall_has_so_many_seats_and_no_more(house, monkeypatch):
    monkeypatch.setattr(module, "MOST", 2)
    enrolment = enrolment_of(house)
    for name in (SEAT, "A13"):
        enrolment.enrol(asked(name))
    with pytest.raises(Refused, match="a hall has no more"):
        enrolment.enrol(asked("A14"))
    house.hall.forget_seat(SEAT, PIN)
    assert enrolment.enrol(asked(SEAT)).seat == SEAT


def test_an_enrolment_reads_no_seat_but_its_own(house):
    enrolment, read = enrolment_of(house), []
    for number in range(5):
        enrolment.enrol(asked(f"S{number}"))

    def note(row, _):
        read.append(row.seat)

    event.listen(rows.Seat, "load", note)
    try:
        enrolment.enrol(asked("S9"))
    finally:
        event.remove(rows.Seat, "load", note)
    assert set(read) <= {"S9"}
