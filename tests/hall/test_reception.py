from dataclasses import replace
from datetime import timedelta

import pytest

from builders import NOON, a_paper, a_session
from house import CODE, HALL, OTHER_CODE, PIN, ROLL, SEAT, a_hall_roster, a_house
from kiosk.exam.error import Denied, Refused
from kiosk.exam.roster import HeldResult, Seating
from kiosk.exam.status import AttendanceState
from kiosk.hall.backroom import Backroom
from kiosk.hall.place import hall_keys


@pytest.fixture
def house(tmp_path):
    house = a_house(tmp_path)
    yield house
    house.close()


def refusal(house, roll, code, seat="Z9") -> str:
    with pytest.raises(Denied) as caught:
        house.hall.admit(roll, code, seat)
    return caught.value.message


def test_unknown_number_and_wrong_code_get_the_same_words(house):
    words = {refusal(house, "NOBODY", CODE, "Z1"), refusal(house, ROLL, OTHER_CODE, "Z2"), refusal(house, "", "", "Z3")}
    assert len(words) == 1


def test_an_unknown_number_takes_the_same_work_as_a_wrong_code(house, monkeypatch):
    tried = []
    monkeypatch.setattr("kiosk.hall.reception.fits", lambda secret, hashed: tried.append(hashed) and False)
    refusal(house, "NOBODY", CODE)
    refusal(house, ROLL, OTHER_CODE)
    assert len(tried) == 2
    assert all(h.startswith("$argon2id$") for h in tried)


def test_somebody_who_is_not_active_is_nobody(tmp_path):
    roster = a_hall_roster()
    first, *others = roster.accounts
    shut = replace(first, person=replace(first.person, is_active=False))
    house = a_house(tmp_path, a_paper(), replace(roster, accounts=(shut, *others)))
    assert "do not go together" in refusal(house, ROLL, CODE)
    house.close()


def test_staff_do_not_log_in_as_candidates(house):
    assert "do not go together" in refusal(house, "proctor-1", "482913")


def test_a_newer_login_at_a_seat_ends_the_one_before(house):
    first = house.hall.admit(ROLL, CODE, SEAT)
    second = house.hall.admit(ROLL, CODE, SEAT)
    with pytest.raises(Denied, match="sign in again"):
        house.hall.tests(first.token)
    assert house.hall.tests(second.token)


@pytest.mark.parametrize("token", ["", "0" * 32])
def test_a_token_nobody_gave_is_denied(house, token):
    with pytest.raises(Denied, match="sign in again"):
        house.hall.tests(token)


def test_login_keeps_the_hours_of_the_session(tmp_path):
    paper = a_paper()
    session = a_session(hall=HALL, opens_at=NOON + timedelta(hours=1), starts_at=NOON + timedelta(hours=2))
    house = a_house(tmp_path, paper, a_hall_roster(paper, sessions=(session,)))
    with pytest.raises(Refused, match="opens at 13:00"):
        house.hall.admit(ROLL, CODE, SEAT)
    house.clock.advance(3_600_000)
    house.hall.admit(ROLL, CODE, SEAT)
    house.clock.advance(3 * 3_600_000)
    with pytest.raises(Refused, match="over"):
        house.hall.admit(ROLL, CODE, SEAT)
    house.close()


def test_somebody_not_named_for_a_session_that_names_people_is_not_expected(tmp_path):
    paper = a_paper()
    roster = a_hall_roster(paper, seatings=(Seating("session-1", "candidate-2", None),))
    house = a_house(tmp_path, paper, roster)
    with pytest.raises(Refused, match="not expected"):
        house.hall.admit(ROLL, CODE, SEAT)
    house.close()


def test_a_session_that_names_nobody_is_for_everybody(tmp_path):
    paper = a_paper()
    house = a_house(tmp_path, paper, a_hall_roster(paper, seatings=()))
    assert house.hall.admit(ROLL, CODE, SEAT)
    house.close()


def test_a_running_sitting_may_be_gone_on_with_after_the_session(house):
    desk = house.begun()
    desk.close()
    house.clock.advance(4 * 3_600_000)
    assert house.begun().state().question_id


def test_a_result_may_be_looked_at_after_the_session(tmp_path):
    paper = a_paper()
    result = HeldResult("submission-1", "assignment-1", NOON, "{}")
    house = a_house(tmp_path, paper, a_hall_roster(paper, results=(result,)))
    house.clock.advance(24 * 3_600_000)
    assert house.hall.admit(ROLL, CODE, SEAT)
    house.close()


def test_who_logs_in_after_being_marked_absent_is_present_and_both_acts_stand(house):
    room = Backroom.open(house.home.hall, hall_keys(house.home.hall), house.hall._store, house.clock)
    assert room.attendances.say(room.proctors(PIN), {ROLL: (AttendanceState.ABSENT, "not in the room at noon")}) == 1
    house.clock.advance(60_000)
    house.hall.admit(ROLL, CODE, SEAT)
    (mark,) = (m for m in room.attendances.marks() if m.roll_number == ROLL)
    assert (mark.state, mark.seat, mark.note) == (AttendanceState.PRESENT, SEAT, "")
    assert mark.arrived_at == NOON + timedelta(minutes=1)
    acts = [a for a in house.hall._store.permits.acts() if a.subject_type == "attendance"]
    assert [(a.who, a.details["state"]) for a in acts[-2:]] == [("proctor-1", "absent"), ("candidate-1", "present")]
    house.hall.admit(ROLL, CODE, SEAT)
    assert [a for a in house.hall._store.permits.acts() if a.subject_type == "attendance"] == acts
