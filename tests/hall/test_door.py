from itertools import pairwise

import pytest

from house import CODE, PIN, ROLL, SEAT, a_house
from kiosk.exam.error import Denied
from kiosk.ground.door import LONGEST_WAIT, wait_seconds


@pytest.fixture
def house(tmp_path):
    house = a_house(tmp_path)
    yield house
    house.close()


def wrong(house, roll=ROLL, seat=SEAT) -> int:
    """Try a wrong code and return how long one must wait."""
    with pytest.raises(Denied) as caught:
        house.hall.admit(roll, "WRONG", seat)
    return caught.value.wait_seconds


@pytest.mark.parametrize(
    ("tries", "seconds"),
    [(1, 0), (2, 0), (3, 5), (4, 10), (5, 20), (6, 40), (7, 80), (8, 160), (9, 300), (10_000, 300)],
)
def test_each_wrong_try_costs_more_up_to_five_minutes(tries, seconds):
    assert wait_seconds(tries) == seconds


def test_waits_never_shrink():
    assert all(a <= b <= LONGEST_WAIT for a, b in pairwise(wait_seconds(n) for n in range(1, 200)))


def test_a_shut_door_judges_nothing_not_even_the_right_code(house):
    assert [wrong(house) for _ in range(3)] == [0, 0, 5]
    with pytest.raises(Denied, match="Too many wrong tries") as caught:
        house.hall.admit(ROLL, CODE, SEAT)
    assert caught.value.wait_seconds == 5
    assert "ait" not in caught.value.message, "who shows the wait says it; twice would be once too often"
    house.clock.advance(5_000)
    assert house.hall.admit(ROLL, CODE, SEAT).candidate.name == "Okafor, Anna"


def test_a_try_at_a_shut_door_does_not_lengthen_the_wait(house):
    for _ in range(3):
        wrong(house)
    house.clock.advance(2_000)
    assert wrong(house) == 3
    house.clock.advance(3_000)
    assert wrong(house) == 10


def test_the_right_code_opens_the_doors_wide(house):
    for _ in range(2):
        wrong(house)
    house.hall.admit(ROLL, CODE, SEAT)
    assert wrong(house) == 0


def test_a_restart_of_the_hall_forgets_nothing(house):
    for _ in range(4):
        house.clock.advance(60_000)
        wrong(house)
    house.reopen_hall()
    assert wrong(house) == 10
    house.clock.advance(10_000)
    house.reopen_hall()
    assert wrong(house) == 20


def test_guessing_many_numbers_from_one_seat_slows_the_seat(house):
    waits = []
    for number in range(5):
        waits.append(wrong(house, roll=f"B-{number}"))
        house.clock.advance(1_000 * waits[-1])
    assert waits == [0, 0, 5, 10, 20]


def test_guessing_one_number_from_many_seats_slows_the_number(house):
    waits = []
    for number in range(5):
        waits.append(wrong(house, seat=f"C{number}"))
        house.clock.advance(1_000 * waits[-1])
    assert waits == [0, 0, 5, 10, 20]


def test_a_try_is_counted_before_it_is_judged(house, monkeypatch):
    """So that pulling the plug after a wrong code gives no free try."""

    class PulledPlug(BaseException):
        pass

    def pull(*_):
        raise PulledPlug

    monkeypatch.setattr("kiosk.hall.reception.fits", pull)
    for _ in range(3):
        with pytest.raises(PulledPlug):
            house.hall.admit(ROLL, "WRONG", SEAT)
    monkeypatch.undo()
    house.reopen_hall()
    assert wrong(house) == 5


def test_pins_slow_down_by_seat_and_apart_from_logins(house):
    waits = []
    for _ in range(4):
        with pytest.raises(Denied) as caught:
            house.hall.proctor("000000", SEAT)
        waits.append(caught.value.wait_seconds)
        house.clock.advance(1_000 * waits[-1])
    assert waits == [0, 0, 5, 10]
    house.reopen_hall()
    assert house.hall.admit(ROLL, CODE, SEAT)
    assert house.hall.proctor(PIN, "A13") == "Mbeki, Thandi"
    assert house.hall.proctor(PIN, SEAT) == "Mbeki, Thandi"
