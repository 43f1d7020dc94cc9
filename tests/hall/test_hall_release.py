"""The release: before it nobody in the hall opens a paper, at it exactly those it names are open."""

from datetime import timedelta

import pytest

from builders import NOON, a_paper
from house import CODE, OTHER_CODE, OTHER_ROLL, PIN, ROLL, SEAT, SECOND_PIN, a_house, the_code
from keyring import DAYS, HALL, a_keyring
from kiosk.exam.envelope_code import Mistyped
from kiosk.exam.error import Denied, Invalid, KioskError, Refused, Tampered
from kiosk.hall.place import hall_keys
from kiosk.sealing.age import AgeIdentity
from kiosk.sealing.certificate import certify, verify_chain
from kiosk.sealing.key import KeyRole
from kiosk.sealing.lock import draw_code
from kiosk.sealing.package import Issuer
from kiosk.sealing.release import read_release
from kiosk.wire.release import LARGEST_TOKEN

TEST = a_paper().test_id
WAITING = "has not been released yet"


@pytest.fixture
def house(tmp_path):
    house = a_house(tmp_path, released=False)
    yield house
    house.close()


def start(house, roll=ROLL, code=CODE, seat=SEAT, assignment="assignment-1"):
    return house.hall.lease(house.hall.admit(roll, code, seat).token, assignment, seat)


def releases(house):
    return [a for a in house.hall.acts() if "release" in a.details]


def test_before_the_release_a_test_is_told_of_but_not_begun(house):
    token = house.hall.admit(ROLL, CODE, SEAT).token
    (card,) = house.hall.tests(token)
    paper = house.paper
    assert (card.title, card.questions, card.minutes) == (paper.title, len(paper.questions), paper.duration_minutes)
    assert card.max_attempts == paper.policy.max_attempts
    assert WAITING in card.refusal
    told = house.hall.instructions(token, "assignment-1")
    assert (told.title, told.instructions, told.minutes) == (paper.title, paper.instructions, paper.duration_minutes)
    assert [s.title for s in told.sections] == [s.title for s in paper.sections]
    assert [s.instructions for s in told.sections] == [None] * len(paper.sections)
    with pytest.raises(Refused, match=WAITING):
        start(house)


def test_the_token_and_one_proctor_open_the_paper(house):
    opened = house.hall.release_by_token(house.token(), PIN)
    assert (opened.papers, opened.by, opened.flags) == ((house.paper.digest,), ("Mbeki, Thandi",), ())
    token = house.hall.admit(ROLL, CODE, SEAT).token
    assert house.hall.tests(token)[0].refusal is None
    told = house.hall.instructions(token, "assignment-1")
    assert [s.instructions for s in told.sections] == [s.instructions for s in house.paper.sections]
    assert start(house).paper_identity.startswith("AGE-SECRET-KEY-1")
    (act,) = releases(house)
    assert (act.who, act.subject_id, act.details["release"]) == ("proctor-1", TEST, "token")


def test_the_code_and_two_proctors_open_the_paper(house):
    opened = house.hall.release_by_code(TEST, the_code().lower(), PIN, SECOND_PIN)
    assert opened.by == ("Mbeki, Thandi", "Lind, Per")
    start(house)
    (act,) = releases(house)
    assert (act.who, act.details["second"], act.details["release"]) == ("proctor-1", "proctor-2", "code")


def test_a_release_lasts_and_a_second_one_changes_nothing(house):
    house.release()
    house.reopen_hall()
    start(house)
    house.hall.release_by_token(house.token(), SECOND_PIN)
    house.hall.release_by_code(TEST, the_code(), PIN, SECOND_PIN)
    assert len(releases(house)) == 1
    start(house, OTHER_ROLL, OTHER_CODE, "A13", "assignment-2")


@pytest.mark.parametrize(
    ("pins", "words"),
    [
        ((PIN, PIN), "somebody else"),
        ((PIN, "000000"), "PIN is not right"),
        (("000000", SECOND_PIN), "PIN is not right"),
        (("", ""), "PIN is not right"),
        ((CODE, SECOND_PIN), "PIN is not right"),
    ],
)
def test_the_code_needs_two_different_proctors(house, pins, words):
    with pytest.raises(Denied, match=words):
        house.hall.release_by_code(TEST, the_code(), *pins)
    with pytest.raises(Refused, match=WAITING):
        start(house)
    assert releases(house) == []


def test_wrong_pins_at_the_console_slow_down(house):
    for _ in range(3):
        with pytest.raises(Denied):
            house.hall.release_by_token(house.token(), "000000")
    with pytest.raises(Denied, match="Too many wrong tries") as caught:
        house.hall.release_by_token(house.token(), PIN)
    assert caught.value.wait_seconds > 0
    house.clock.advance(60_000)
    house.hall.release_by_token(house.token(), PIN)


def test_a_slip_in_the_code_is_named_before_any_pin_is_tried(house):
    code = the_code()
    slip = ("0" if code[0] != "0" else "2") + code[1:]
    with pytest.raises(Mistyped, match="group 1"):
        house.hall.release_by_code(TEST, slip, "wrong", "wrong")


def test_another_code_opens_nothing(house):
    with pytest.raises(Tampered, match="envelope of this test and this hall"):
        house.hall.release_by_code(TEST, draw_code(), PIN, SECOND_PIN)
    assert releases(house) == []


def test_a_test_that_did_not_come_is_not_opened(house):
    with pytest.raises(Refused, match="No package"):
        house.hall.release_by_code("another", the_code(), PIN, SECOND_PIN)
    with pytest.raises(Refused, match="No package"):
        house.hall.release_by_token(house.token(test_id="another"), PIN)


def holder(house, **changes):
    ring, fields = house.keyring, {"hall": HALL, "recipient": house_recipient(house)} | changes
    chain = certify(KeyRole.HALL, ring.hall.public, ring.release, ring.release_chain, **fields, **DAYS)
    return verify_chain(chain, ring.root.public, KeyRole.HALL)


def house_recipient(house):
    return hall_keys(house.home.hall).identity.recipient


def issuer(ring, **changes):
    fields = {"key": ring.release, "chain": ring.release_chain, "root": ring.root.public, "recipients": ring.recipients}
    return Issuer(**fields | changes)


def test_a_token_is_of_one_hall_one_test_and_one_office(house):
    cases = [
        (house.token(hall=holder(house, hall="Hall 3")), Denied, "for the hall Hall 3"),
        (house.token(hall=holder(house, recipient=AgeIdentity.generate().recipient)), Tampered, "does not open"),
        (house.token(issuer=issuer(a_keyring())), Tampered, None),
        (house.token(papers=[("0" * 64, AgeIdentity.generate())]), Refused, "another paper"),
        (house.token(papers=[(house.paper.digest, AgeIdentity.generate())]), Tampered, "does not open"),
        (b"x" * (LARGEST_TOKEN + 1), Invalid, "at most"),
        (b"", Tampered, "canonical"),
    ]
    for token, kind, words in cases:
        with pytest.raises(kind, match=words):
            house.hall.release_by_token(token, PIN)
    with pytest.raises(Denied, match="for the test"):
        house.hall.release_by_token(house.token(), PIN, "another")
    assert releases(house) == []


def test_only_the_release_key_signs_a_token(house):
    ring = house.keyring
    with pytest.raises(Denied, match="not a release key"):
        house.token(issuer=issuer(ring, key=ring.hall, chain=ring.hall_chain))


def test_every_changed_or_missing_byte_of_a_token_is_refused(house):
    good, root = house.token(), house.keyring.root.public
    assert read_release(good, root, hall=HALL, test_id=TEST).document.test_id == TEST
    assert len(good) < 3_000
    tried = 0
    for place in range(len(good)):
        for spoilt in (good[:place] + bytes([good[place] ^ 1]) + good[place + 1 :], good[:place]):
            with pytest.raises(KioskError):
                read_release(spoilt, root)
            tried += 1
    assert tried == 2 * len(good)


def test_a_lapsed_release_certificate_is_flagged_and_the_hall_goes_on(house):
    ring = house.keyring
    days = DAYS | {"not_before": NOON - timedelta(days=9), "not_after": NOON - timedelta(days=1)}
    chain = certify(KeyRole.RELEASE, ring.release.public, ring.root, **days)
    opened = house.hall.release_by_token(house.token(issuer=issuer(ring, chain=chain)), PIN)
    assert any("ended at" in flag for flag in opened.flags)
    start(house)


def test_no_clock_opens_a_paper(house):
    house.clock.step_wall(5 * 365 * 86_400_000)
    house.reopen_hall()
    papers = house.hall._store.papers
    assert papers.identity(house.paper.digest) is None
    (sealed,) = papers.sealed(TEST)
    with pytest.raises(Tampered):
        hall_keys(house.home.hall).identity.open(sealed.blob)
