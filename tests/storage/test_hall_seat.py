"""Names of seats: one key goes by each, until a proctor gives it free."""

from datetime import timedelta

import pytest

from builders import NOON
from kiosk.exam.error import Denied, Refused
from kiosk.exam.log import AuditEntry
from storage.hall.seat import SeatPart

FIRST, SECOND = "a" * 64, "b" * 64
LATER = NOON + timedelta(minutes=5)


def act(name):
    return AuditEntry(at=NOON, who="proctor-1", action=name, subject_type="seats", subject_id="A12")


@pytest.fixture
def seats(hall_engine):
    return SeatPart(hall_engine)


def enrol(seats, public, at=NOON):
    seats.enrol("A12", public, at, at, act("seat.enrol"))


def test_a_name_is_one_key_s_until_it_is_given_free(seats):
    enrol(seats, FIRST)
    enrol(seats, FIRST, LATER)
    with pytest.raises(Refused, match="kiosk hall seats --forget A12"):
        enrol(seats, SECOND)
    assert [(s.seat, s.public, s.is_free) for s in seats.seats()] == [("A12", FIRST, False)]
    seats.let_go("A12", LATER, act("seat.let_go"))
    assert seats.seats()[0].let_go_at == LATER
    enrol(seats, SECOND, LATER)
    assert [(s.public, s.is_free) for s in seats.seats()] == [(SECOND, False)]
    with pytest.raises(Refused, match="No seat B1"):
        seats.let_go("B1", NOON, act("seat.let_go"))


def test_the_former_machine_of_a_name_is_turned_away(seats):
    seats.meet("A12", FIRST, NOON, NOON)  # a store that is new learns whom it meets
    seats.meet("A12", FIRST, NOON, LATER)
    seats.let_go("A12", LATER, act("seat.let_go"))
    with pytest.raises(Denied, match="given free"):
        seats.meet("A12", FIRST, NOON, LATER)
    enrol(seats, SECOND, LATER)
    with pytest.raises(Denied, match="Another machine"):
        seats.meet("A12", FIRST, NOON, LATER)
    seats.meet("A12", SECOND, LATER, LATER)
    enrol(seats, SECOND, LATER)


def test_of_two_keys_the_one_certified_later_is_the_seat_in_whatever_order_they_come(seats):
    seats.meet("A12", FIRST, NOON, LATER)
    seats.meet("A12", SECOND, LATER, LATER)
    with pytest.raises(Denied):
        seats.meet("A12", FIRST, NOON, LATER)
    assert seats.seats()[0].public == SECOND
