"""Codes at the seat: good once, also after a restart; wrong ones are counted, and wear a challenge out."""

import pytest

from house import CODE, PIN, ROLL, SEAT, SECOND_PIN, a_house, answer_all
from kiosk.exam.act_code import Terms, code_of, read_code
from kiosk.exam.attempt import Phase
from kiosk.exam.error import Denied, Refused
from kiosk.exam.grant import Act
from kiosk.exam.spelling import Mistyped
from kiosk.sealing.coded_grant import is_coded, read_coded
from kiosk.seat.act_code import MOST_TRIES
from kiosk.views.desk import ActRequest
from kiosk.views.order import CodeWish
from lost_hall import LostHall

EXTEND = ActRequest(act=Act.EXTEND, amount_ms=600_000, reason="power")
PAUSE = ActRequest(act=Act.PAUSE, reason="fire alarm")


@pytest.fixture
def house(tmp_path):
    house = a_house(tmp_path)
    yield house
    house.close()


@pytest.fixture
def desk(house):
    """A desk with a begun sitting, whose hall has gone since."""
    line = LostHall(house.hall)
    desk = house.desk(authority=line)
    desk.sign_in(ROLL, CODE)
    desk.begin("assignment-1")
    line.is_there = False
    return desk


def asked(house, desk, request, seat=SEAT, **changes):
    """Return the code the hall gives for what a desk's screen shows."""
    wish = {
        "seat": seat,
        "challenge": desk.challenge(request),
        "act": request.act.value,
        "amount_ms": request.amount_ms,
        "reason": request.reason,
        "pin": PIN,
    }
    return house.hall.act_codes.issue(CodeWish(**wish | changes))


def again(house, desk):
    """Return the desk after the machine was cut off from power, at the same sitting."""
    desk.close()
    house.desks.remove(desk)
    other = house.desk(authority=LostHall())
    other.sign_in(ROLL, CODE)
    other.begin("assignment-1")
    return other


def wrong(house, desk, request):
    """Return a code without a slip that fits nothing."""
    return code_of(bytes(32), SEAT, desk.challenge(request), Terms.of(request.act, 0, ""), read_code(
        asked(house, desk, request)
    ).signatory)  # fmt: skip


def test_a_code_does_what_its_console_allowed_and_the_journal_names_the_proctor_s_number(house, desk):
    before = desk.time_left().test_ms
    desk.act_by_code(EXTEND, asked(house, desk, EXTEND))
    assert desk.time_left().test_ms == before + 600_000
    (grant,) = desk._store.whole_record(sitting_of(desk)).grants
    coded = read_coded(grant.envelope, house.keyring.root.public, house.hall.name)
    assert (coded.grant, coded.candidate_id, coded.grant.who) == (grant.grant, "candidate-1", "proctor 1")
    assert is_coded(grant.envelope)
    assert coded.holds(bytes.fromhex(house.hall.enrol(SEAT, house_key(house)).act_key))
    assert house.hall.confirmation.confirm(coded) is None


def sitting_of(desk):
    return desk._store.sittings()[0].submission_id


def house_key(house):
    return (house.home.seat(SEAT).keys / "seat.ed25519.pub").read_text().strip()


@pytest.mark.parametrize(
    ("before", "request_", "after"),
    [
        ([], PAUSE, Phase.PAUSED),
        ([PAUSE], ActRequest(act=Act.RESUME), Phase.RUNNING),
        ([], ActRequest(act=Act.LOCK, reason="disturbance"), Phase.LOCKED),
        ([ActRequest(act=Act.LOCK)], ActRequest(act=Act.UNLOCK), Phase.RUNNING),
    ],
)
def test_the_acts_of_a_proctor_by_code(house, desk, before, request_, after):
    for request in [*before, request_]:
        desk.act_by_code(request, asked(house, desk, request))
    assert desk.state().phase is after


def test_reopening_needs_two_and_says_so_in_the_journal(house, desk):
    answer_all(desk)
    desk.hand_in()
    request = ActRequest(act=Act.REOPEN, reason="equipment")
    with pytest.raises(Denied):
        asked(house, desk, request)
    desk.act_by_code(request, asked(house, desk, request, second_pin=SECOND_PIN))
    assert desk.state().phase is Phase.RUNNING
    (grant,) = desk._store.whole_record(sitting_of(desk)).grants
    assert (grant.grant.who, grant.grant.second) == ("proctor 1", "second person")


def test_a_code_is_good_once(house, desk):
    code = asked(house, desk, EXTEND)
    desk.act_by_code(EXTEND, code)
    left = desk.time_left().test_ms
    with pytest.raises(Refused, match="used"):
        desk.act_by_code(EXTEND, code)
    desk.challenge(EXTEND)
    with pytest.raises(Denied):
        desk.act_by_code(EXTEND, code)
    assert desk.time_left().test_ms == left


def test_a_code_is_good_once_also_after_a_restart(house, desk):
    code = asked(house, desk, EXTEND)
    desk.act_by_code(EXTEND, code)
    desk = again(house, desk)
    with pytest.raises(Refused, match="used"):
        desk.act_by_code(EXTEND, code)
    desk.challenge(EXTEND)
    with pytest.raises(Denied):
        desk.act_by_code(EXTEND, code)


def test_a_challenge_stays_until_it_is_used_also_after_a_restart(house, desk):
    challenge, code = desk.challenge(EXTEND), asked(house, desk, EXTEND)
    assert desk.challenge(PAUSE) == challenge
    desk = again(house, desk)
    assert desk.challenge(EXTEND) == challenge
    desk.act_by_code(EXTEND, code)
    assert desk.challenge(EXTEND) != challenge


def test_a_challenge_is_good_for_half_an_hour(house, desk):
    challenge, code = desk.challenge(EXTEND), asked(house, desk, EXTEND)
    house.clock.advance(29 * 60_000)
    assert desk.challenge(EXTEND) == challenge
    house.clock.advance(60_000)
    with pytest.raises(Refused, match="older than 30 minutes"):
        desk.act_by_code(EXTEND, code)
    assert desk.challenge(EXTEND) != challenge
    with pytest.raises(Denied):
        desk.act_by_code(EXTEND, code)


def test_a_code_whose_act_is_out_of_place_is_not_used_up(house, desk):
    resume = ActRequest(act=Act.RESUME)
    code = asked(house, desk, resume)
    with pytest.raises(Refused, match="not possible now"):
        desk.act_by_code(resume, code)
    challenge = desk.challenge(resume)
    assert asked(house, desk, resume) == code
    desk.act_by_code(PAUSE, asked(house, desk, PAUSE))
    assert desk.challenge(resume) != challenge


@pytest.mark.parametrize(
    "other",
    [
        ActRequest(act=Act.EXTEND, amount_ms=660_000, reason="power"),
        ActRequest(act=Act.EXTEND, amount_ms=600_000, reason="medical"),
        ActRequest(act=Act.LOCK, reason="power"),
    ],
)
def test_a_code_allows_nothing_else(house, desk, other):
    code = asked(house, desk, EXTEND)
    with pytest.raises(Denied):
        desk.act_by_code(other, code)
    desk.act_by_code(EXTEND, code)


def test_a_code_for_another_seat_or_candidate_allows_nothing(house, desk):
    with pytest.raises(Denied):
        desk.act_by_code(EXTEND, asked(house, desk, EXTEND, seat="A13"))
    other = house.begun("A13", "assignment-2", "B-1043", "9DWT5RYN")
    with pytest.raises(Denied):
        desk.act_by_code(EXTEND, asked(house, other, EXTEND, seat="A13"))


def test_a_slip_of_the_finger_costs_no_try(house, desk):
    code = asked(house, desk, EXTEND)
    slip = ("7" if code[0] != "7" else "8") + code[1:]
    for _ in range(20):
        with pytest.raises(Mistyped, match="group 1"):
            desk.act_by_code(EXTEND, slip)
    desk.act_by_code(EXTEND, code)


def test_wrong_codes_slow_down_also_after_a_restart_and_wear_the_challenge_out(house, desk):
    challenge, code, bad, waits = desk.challenge(EXTEND), asked(house, desk, EXTEND), wrong(house, desk, EXTEND), []
    for number in range(MOST_TRIES):
        if number == 4:
            desk = again(house, desk)
        with pytest.raises(Denied) as caught:
            desk.act_by_code(EXTEND, bad)
        waits.append(caught.value.wait_seconds)
        with pytest.raises(Denied) if waits[-1] else pytest.raises(Mistyped):
            desk.act_by_code(EXTEND, code if waits[-1] else "")
        house.clock.advance(1_000 * waits[-1])
    assert waits == [0, 0, 5, 10, 20, 40, 80, 160, 300, 300]
    assert "new challenge" in caught.value.message
    assert desk.challenge(EXTEND) != challenge
    with pytest.raises(Denied):
        desk.act_by_code(EXTEND, code)
    house.clock.advance(300_000)
    desk.act_by_code(EXTEND, asked(house, desk, EXTEND, second_pin=SECOND_PIN))


def test_no_code_does_what_no_code_may_do(house, desk):
    for request in (ActRequest(act=Act.END), ActRequest(act=Act.CLOSE_SEAT), ActRequest(act=Act.TAKE_BACK)):
        with pytest.raises(Refused):
            desk.challenge(request)
    with pytest.raises(Refused, match="whole test"):
        desk.challenge(ActRequest(act=Act.EXTEND, amount_ms=60_000, section="cells"))


def test_a_seat_that_shares_no_key_with_its_hall_takes_no_codes(house, desk):
    desk.close()
    house.desks.remove(desk)
    (house.home.seat(SEAT).keys / "act.key").unlink()
    from kiosk.seat.place import open_desk

    other = open_desk(house.home.seat(SEAT), LostHall(), house.clock)
    house.desks.append(other)
    other.sign_in(ROLL, CODE)
    other.begin("assignment-1")
    with pytest.raises(Refused, match="takes no codes"):
        other.challenge(EXTEND)


def test_the_key_lies_with_the_seat_s_keys_alone(house, desk):
    place = house.home.seat(SEAT)
    key = (place.keys / "act.key").read_bytes()
    assert (place.keys / "act.key").stat().st_mode & 0o777 == 0o600
    assert key.hex() not in (place.keys / "enrolment.json").read_text()
    assert key.hex() not in repr(house.hall.enrol(SEAT, house_key(house)))
