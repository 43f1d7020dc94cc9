"""Codes for acts in the hall: who may give which, what is written down, and which of them it knows again."""

import shutil
from dataclasses import replace

import pytest

from house import CODE, PIN, ROLL, SEAT, SECOND_PIN, a_house
from kiosk.exam.act_code import CHALLENGE_LIFE, Setting, Terms, challenge_of, fits, read_code
from kiosk.exam.error import Denied, Invalid, KioskError, Refused
from kiosk.exam.grant import ALONE_MS, Act, Grant
from kiosk.exam.spelling import Mistyped
from kiosk.ground.home import Home
from kiosk.hall.package import load_package
from kiosk.hall.place import hall_keys, hall_store, open_hall
from kiosk.sealing.act_key import FILE
from kiosk.sealing.coded_grant import CodedGrant, proctor_name
from kiosk.views.order import CodeWish

NONCE = "5a" * 16


@pytest.fixture
def house(tmp_path):
    house = a_house(tmp_path)
    yield house
    house.close()


def key_of(house, seat=SEAT):
    return bytes.fromhex(house.hall.enrol(seat, house.keyring.seat.public).act_key)


def setting_of(house):
    """Return where a challenge is drawn for the sitting at A12, begun at the first asking."""
    if not house.hall.progress():
        house.hall.lease(house.hall.admit(ROLL, CODE, SEAT).token, "assignment-1", SEAT)
    (progress,) = house.hall.progress()
    return Setting(seat=SEAT, candidate_id="candidate-1", submission_id=progress.submission_id)


def wish(house, **fields):
    challenge = challenge_of(key_of(house), setting_of(house), NONCE)
    given = {"seat": SEAT, "challenge": challenge, "act": "extend", "amount_ms": 600_000, "reason": "power", "pin": PIN}
    return CodeWish(**given | fields)


def does_fit(house, asked, code):
    terms = Terms.of(Act(asked.act), asked.amount_ms, asked.reason)
    return fits(key_of(house), SEAT, asked.challenge, terms, read_code(code))


def coded(house, asked, code, **changes):
    """Return the act as the seat tells of it."""
    setting, typed = setting_of(house), read_code(code)
    grant = Grant(
        grant_id="g" * 32,
        submission_id=setting.submission_id,
        seat=SEAT,
        act=Act(asked.act),
        who=proctor_name(typed.signatory.proctor),
        second="second" if typed.signatory.has_second else None,
        amount_ms=asked.amount_ms,
        reason=asked.reason,
        issued_at="2026-03-03T12:00:00.000Z",
    )
    fields = {"grant": grant, "candidate_id": "candidate-1", "nonce": NONCE, "challenge": asked.challenge, "code": code}
    return CodedGrant(**fields | changes)


def test_the_code_a_hall_gives_fits_at_the_seat_and_is_written_down(house):
    asked = wish(house)
    code = house.hall.act_codes.issue(asked)
    assert does_fit(house, asked, code)
    (given,) = house.hall.act_codes.given(SEAT)
    assert (given.act, given.amount_ms, given.reason, given.who) == (Act.EXTEND, 600_000, "power", "proctor-1")
    assert given.submission_id == setting_of(house).submission_id
    audit = house.hall.acts()[-1]
    assert (audit.who, audit.details["act"], audit.details["code"]) == ("proctor-1", "extend", asked.challenge)
    assert code not in repr(house.hall.acts())


def test_the_code_names_who_gave_it(house):
    first = house.hall.act_codes.issue(wish(house))
    other = house.hall.act_codes.issue(wish(house, pin=SECOND_PIN, second_pin=PIN))
    assert read_code(first).signatory.proctor != read_code(other).signatory.proctor
    assert (read_code(first).signatory.has_second, read_code(other).signatory.has_second) == (False, True)


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        ({"pin": "000000"}, Denied),
        ({"act": "reopen", "amount_ms": 0}, Denied),
        ({"act": "reopen", "amount_ms": 0, "second_pin": PIN}, Denied),
        ({"amount_ms": ALONE_MS + 60_000}, Denied),
        ({"amount_ms": 0}, Refused),
        ({"act": "resume", "amount_ms": 60_000}, Refused),
        ({"act": "end", "amount_ms": 0}, Refused),
        ({"act": "dance"}, Refused),
        ({"challenge": "AAAA-BBBB"}, Mistyped),
        ({"seat": "../A12"}, Invalid),
    ],
)
def test_what_no_code_is_given_for(house, changes, kind):
    with pytest.raises(kind):
        house.hall.act_codes.issue(wish(house, **changes))
    assert not house.hall.act_codes.given(SEAT)


def test_wrong_pins_slow_down_as_everywhere(house):
    asked = wish(house, pin="000000")
    for _ in range(3):
        with pytest.raises(Denied) as caught:
            house.hall.act_codes.issue(asked)
    assert caught.value.wait_seconds == 5
    with pytest.raises(Denied, match="Too many wrong tries"):
        house.hall.act_codes.issue(wish(house))


@pytest.mark.parametrize("act", ["reopen", "extend"])
def test_two_persons_may_what_one_may_not(house, act):
    asked = wish(house, act=act, amount_ms=ALONE_MS + 60_000, second_pin=SECOND_PIN)
    assert does_fit(house, asked, house.hall.act_codes.issue(asked))
    assert house.hall.act_codes.given(SEAT)[0].second == "proctor-2"


def test_extensions_by_code_count_together_against_what_one_may_add_alone(house):
    house.hall.act_codes.issue(wish(house, amount_ms=ALONE_MS))
    again = challenge_of(key_of(house), setting_of(house), "6b" * 16)
    with pytest.raises(Denied, match="second person"):
        house.hall.act_codes.issue(wish(house, challenge=again, amount_ms=60_000))


def test_of_the_codes_for_one_challenge_one_counts_for_only_one_can_be_used(house):
    asked = wish(house, amount_ms=ALONE_MS)
    assert house.hall.act_codes.issue(asked) == house.hall.act_codes.issue(asked)
    house.hall.act_codes.issue(wish(house, amount_ms=300_000))
    store, submission_id = hall_store(house.home.hall), setting_of(house).submission_id
    assert store.act_codes.added_ms(SEAT, submission_id, house.clock.at - CHALLENGE_LIFE) == ALONE_MS
    assert store.act_codes.added_ms(SEAT, submission_id, house.clock.at - CHALLENGE_LIFE, asked.challenge) == 0
    store.close()


@pytest.mark.parametrize("is_used", [True, False])
def test_a_code_that_was_never_used_counts_no_more_once_its_challenge_is_too_old(house, is_used):
    asked = wish(house, amount_ms=ALONE_MS)
    code = house.hall.act_codes.issue(asked)
    if is_used:
        assert house.hall.confirmation.confirm(coded(house, asked, code)) is None
    house.clock.advance(int(CHALLENGE_LIFE.total_seconds() * 1000))
    again = wish(house, challenge=challenge_of(key_of(house), setting_of(house), "6b" * 16), amount_ms=60_000)
    if is_used:
        with pytest.raises(Denied, match="second person"):
            house.hall.act_codes.issue(again)
    else:
        assert does_fit(house, again, house.hall.act_codes.issue(again))


def test_another_machine_with_the_key_folder_and_a_package_gives_the_same_codes(house, tmp_path):
    asked = wish(house)
    code = house.hall.act_codes.issue(asked)
    laptop = a_laptop(house, tmp_path)
    try:
        assert laptop.act_codes.issue(asked) == code
        assert laptop.act_codes.given(SEAT)[0].submission_id is None
    finally:
        laptop.close()


def a_laptop(house, folder):
    """Return the hall on another machine: its key folder, and the package as central sent it."""
    home = Home(folder / "laptop")
    shutil.copytree(house.home.hall.keys, home.hall.keys)
    store = hall_store(home.hall)
    load_package(store, hall_keys(home.hall), house.home.folder / "package-1", house.clock.at)
    store.close()
    return open_hall(home.hall, house.clock)


def test_the_secret_is_made_once_is_private_and_is_missed_when_it_is_damaged(house):
    key, path = key_of(house), house.home.hall.keys / FILE
    assert path.stat().st_mode & 0o777 == 0o600
    house.reopen_hall()
    assert key_of(house) == key
    assert key != key_of(house, "A13")
    path.write_bytes(b"short")
    with pytest.raises(KioskError, match="damaged"):
        key_of(house)


def test_a_hall_recognises_its_own_code(house):
    asked = wish(house)
    code = house.hall.act_codes.issue(asked)
    assert house.hall.confirmation.confirm(coded(house, asked, code)) is None
    assert house.hall.act_codes.given(SEAT)[0].grant_id == "g" * 32


def test_a_hall_tells_a_code_it_never_gave_and_one_from_another_machine(house, tmp_path):
    asked = wish(house)
    code = house.hall.act_codes.issue(asked)
    more = wish(house, amount_ms=1_200_000)
    assert "never gave" in house.hall.confirmation.confirm(coded(house, more, code))
    assert "never gave" in house.hall.confirmation.confirm(coded(house, asked, code, candidate_id="candidate-2"))
    laptop = a_laptop(house, tmp_path)
    try:
        assert "another machine" in laptop.confirmation.confirm(coded(house, asked, code))
    finally:
        laptop.close()


@pytest.mark.parametrize(
    "changes", [{"who": "proctor 99"}, {"second": "second"}, {"reason": "medical"}, {"seat": "A13"}]
)
def test_a_code_does_not_cover_a_grant_that_says_something_else(house, changes):
    asked = wish(house)
    told = coded(house, asked, house.hall.act_codes.issue(asked))
    assert told.holds(key_of(house))
    assert not replace(told, grant=replace(told.grant, **changes)).holds(key_of(house))
