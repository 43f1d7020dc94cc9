"""The hall's side of sealed seats: who decides, who is given a key back, how often, and what is written down."""

from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from house import PIN, SEAT, SECOND_PIN, a_house
from kiosk.exam.envelope_code import read
from kiosk.exam.error import Denied, Invalid, KioskError, Refused
from kiosk.hall.custody import NONCE_MS
from kiosk.hall.place import hall_keys
from kiosk.hall.seat_code import SeatCodes
from kiosk.sealing.age import AgeIdentity
from kiosk.sealing.key import KeyFolder
from kiosk.sealing.store_key import sign_proof, unwrap_key, wrap_key
from kiosk.seat.place import read_enrolment
from kiosk.seat.unlocking import WRAPPED
from kiosk.wire.policy import HallPolicyDocument
from storage.models.hall import Audit

ON, OFF = HallPolicyDocument(seal_stores=True), HallPolicyDocument()


@pytest.fixture
def house(tmp_path):
    house = a_house(tmp_path)
    house.hall.custody.decide(ON, PIN, SECOND_PIN)
    house.desk()
    yield house
    house.close()


def audited(house, act):
    with house.hall._store.closings._reading() as work:
        rows = list(work.scalars(select(Audit).where(Audit.subject_type == "seats").order_by(Audit.audit_id)))
        return [(r.who, r.subject_id, dict(r.details)) for r in rows if r.details["act"] == act]


def asked(house, nonce=None, wrapped=None, seat=SEAT, signed_for=SEAT):
    """Ask the hall for the key of a seat's store, as that seat would; return what it opens to."""
    place = house.home.seat(signed_for)
    sealed = (place.keys / WRAPPED).read_bytes() if wrapped is None else wrapped
    nonce = house.hall.challenge(seat) if nonce is None else nonce
    chain, own = read_enrolment(place).chain, KeyFolder(place.keys).signing("seat")
    proof = sign_proof(seat, nonce, sealed, chain, own)
    return proof.identity.open(house.hall.unlock(seat, sealed, proof.envelope))


def test_two_proctors_decide_and_it_is_written_down(house):
    for pins, words in (((PIN, PIN), "somebody else"), ((PIN, "000000"), "not right"), (("", ""), "not right")):
        with pytest.raises(Denied, match=words):
            house.hall.custody.decide(OFF, *pins)
        house.clock.advance(400_000)
    assert house.hall.custody.policy() == ON
    house.hall.custody.decide(OFF, SECOND_PIN, PIN)
    assert house.hall.custody.policy() == OFF
    assert [details["seal_stores"] for _, _, details in audited(house, "policy")] == ["on", "off"]
    assert house.reopen_hall().custody.policy() == OFF


def test_a_policy_of_another_shape_is_not_believed(house):
    (house.home.hall.folder / "policy.json").write_text('{"version": 1, "seal_stores": "yes"}')
    with pytest.raises(Invalid, match="not of this version"):
        house.hall.enrol(SEAT, KeyFolder(house.home.seat(SEAT).keys).public("seat"))


def test_the_code_is_given_to_two_proctors_and_written_down(house):
    with pytest.raises(Denied, match="somebody else"):
        house.hall.custody.code(SEAT, PIN, PIN)
    code = house.hall.custody.code(SEAT, PIN, SECOND_PIN)
    assert read(code) >= 0
    assert house.reopen_hall().custody.code(SEAT, SECOND_PIN, PIN) == code
    assert [(who, seat) for who, seat, _ in audited(house, "code")] == [("proctor-1", SEAT), ("proctor-2", SEAT)]
    assert code not in repr(audited(house, "code"))
    for seat, error in (("C9", Refused), ("../keys/hall", Invalid), ("", Invalid)):
        with pytest.raises(error):
            house.hall.custody.code(seat, PIN, SECOND_PIN)


def test_codes_are_kept_sealed_to_the_hall(house, tmp_path):
    code = house.hall.custody.code(SEAT, PIN, SECOND_PIN)
    (file,) = (house.home.hall.folder / "codes").iterdir()
    assert (file.name, file.stat().st_mode & 0o777, file.parent.stat().st_mode & 0o777) == (f"{SEAT}.age", 0o600, 0o700)
    assert code.encode() not in file.read_bytes()
    assert hall_keys(house.home.hall).identity.open(file.read_bytes()) == code.encode()
    with pytest.raises(KioskError):
        SeatCodes(file.parent, AgeIdentity.generate()).kept(SEAT)
    assert not [p for p in house.home.hall.folder.rglob("*") if p.is_file() and code.encode() in p.read_bytes()]


def test_every_unlocking_is_written_down(house):
    before = len(audited(house, "unlock"))
    assert before >= 1
    asked(house)
    (who, seat, details) = audited(house, "unlock")[-1]
    assert (who, seat, len(audited(house, "unlock"))) == ("system", SEAT, before + 1)
    assert set(details) == {"act", "serial"}


def test_a_challenge_is_good_once_for_a_minute_and_the_newest_only(house):
    assert len(asked(house)) == 32
    for wrong in ("", "ab" * 32):
        with pytest.raises((Denied, Invalid)):
            asked(house, nonce=wrong)
    house.clock.advance(1_000_000)
    old = house.hall.challenge(SEAT)
    newest = house.hall.challenge(SEAT)
    with pytest.raises(Denied, match="another asking"):
        asked(house, nonce=old)
    with pytest.raises(Denied, match="asked for no proof"):
        asked(house, nonce=newest)
    house.clock.advance(1_000_000)
    late = house.hall.challenge(SEAT)
    house.clock.advance(NONCE_MS + 1)
    with pytest.raises(Denied, match="too late"):
        asked(house, nonce=late)
    house.clock.advance(1_000_000)
    assert len(asked(house)) == 32


def test_wrong_proofs_slow_down_and_a_right_one_clears(house):
    house.desk("B1")
    waits = []
    for _ in range(6):
        with pytest.raises(Denied) as caught:
            asked(house, signed_for="B1")
        waits.append(caught.value.wait_seconds)
    assert waits[-1] > 0
    with pytest.raises(Denied, match="Too many wrong tries"):
        asked(house)
    assert len(asked(house, seat="B1", signed_for="B1")) == 32, "another seat does not wait"
    house.clock.advance(400_000)
    assert len(asked(house)) == 32
    assert len(asked(house)) == 32


def test_a_hall_opens_nothing_else_that_is_sealed_to_it(house):
    paper_identity = AgeIdentity.generate().reveal().encode()
    recipient = hall_keys(house.home.hall).identity.recipient
    seal = partial(wrap_key, recipients=[recipient])
    for wrapped in (
        house.hall._store.papers.sealed(house.paper.test_id)[0].locked_identity,
        seal(b"\x01" * 31, SEAT),
        seal(paper_identity, SEAT),
        seal(bytes(32), "B1"),
        (house.home.hall.folder / "codes" / f"{SEAT}.age").read_bytes(),
        b"",
        b"x" * 5_000,
    ):
        with pytest.raises(KioskError) as caught:
            asked(house, wrapped=wrapped)
        assert paper_identity.decode() not in str(caught.value)
        house.clock.advance(400_000)


@given(noise=st.binary(max_size=300))
def test_noise_is_no_sealed_key_and_no_proof(noise):
    with pytest.raises(KioskError):
        unwrap_key(noise, AgeIdentity.generate(), SEAT)


def test_many_challenges_push_out_the_oldest_only(house):
    first = house.hall.challenge(SEAT)
    for number in range(1_000):
        house.hall.challenge(f"S{number}")
    with pytest.raises(Denied, match="asked for no proof"):
        asked(house, nonce=first)
    assert len(asked(house)) == 32
