"""The key of a seat's store sealed: to whom, for which seat, and by which proof it is given back."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders import NOON
from keyring import DAYS, HALL, SEAT, a_keyring, the_keyring
from kiosk.exam.canonical import canonical
from kiosk.exam.envelope_code import ALPHABET, Mistyped
from kiosk.exam.error import Denied, Invalid, KioskError, Tampered
from kiosk.exam.moment import iso
from kiosk.sealing.age import AgeIdentity, seal_to
from kiosk.sealing.certificate import certify
from kiosk.sealing.envelope import PayloadType, read_envelope, sign
from kiosk.sealing.key import KeyRole
from kiosk.sealing.lock import draw_code
from kiosk.sealing.offline import code_key, offline_identity
from kiosk.sealing.revocation import NONE_REVOKED, revoke
from kiosk.sealing.store_key import read_proof, sign_proof, unwrap_key, wrap_key
from kiosk.wire.revocation import RevokedDocument

RING = the_keyring()
KEY = bytes(range(32))
NONCE = "ab" * 32
WRAPPED = wrap_key(KEY, SEAT, [RING.hall_identity.recipient, RING.escrow.recipient])


def proved(envelope, **changes):
    asked = {"hall": HALL, "seat": SEAT, "nonce": NONCE, "wrapped": WRAPPED, "at": iso(NOON), "revoked": NONE_REVOKED}
    return read_proof(envelope, RING.root.public, **asked | changes)


def a_proof(**changes):
    given = {"seat": SEAT, "nonce": NONCE, "wrapped": WRAPPED, "chain": RING.seat_chain, "key": RING.seat} | changes
    return sign_proof(**given)


@pytest.mark.parametrize("keeper", [RING.hall_identity, RING.escrow], ids=["hall", "escrow"])
def test_each_keeper_opens_it_and_nobody_else(keeper):
    assert unwrap_key(WRAPPED, keeper, SEAT) == unwrap_key(WRAPPED, keeper) == KEY
    for stranger in (RING.intake, AgeIdentity.generate()):
        with pytest.raises(Tampered):
            unwrap_key(WRAPPED, stranger, SEAT)


def test_the_key_of_another_seat_is_denied():
    with pytest.raises(Denied, match="of the seat A12's store, and not of A13's"):
        unwrap_key(WRAPPED, RING.escrow, "A13")


@pytest.mark.parametrize(
    "plain",
    [
        KEY,
        RING.intake.reveal().encode(),
        b"{}",
        canonical({"version": 1, "purpose": "another", "seat": SEAT, "key": KEY.hex()}),
        canonical({"version": 1, "purpose": "exam-kiosk store key", "seat": SEAT, "key": KEY.hex()[:-2]}),
    ],
    ids=["bare key", "an identity", "nothing", "another purpose", "a short key"],
)
def test_a_hall_opens_nothing_for_a_seat_that_is_not_the_key_of_a_store(plain):
    sealed = seal_to([RING.hall_identity.recipient], plain)
    with pytest.raises(Invalid, match="not the key of a store") as caught:
        unwrap_key(sealed, RING.hall_identity, SEAT)
    assert KEY.hex()[:16] not in str(caught.value) + repr(caught.value.__context__)


def test_a_proof_that_holds_names_who_may_read_the_answer():
    proof = a_proof()
    found = proved(proof.envelope)
    assert (found.recipient, found.holder.seat) == (proof.identity.recipient, SEAT)
    assert proof.identity.recipient != a_proof().identity.recipient
    assert proof.identity.reveal() not in repr(proof) + proof.envelope.decode()


@pytest.mark.parametrize(
    "asked",
    [{"nonce": "cd" * 32}, {"wrapped": WRAPPED + b"\n"}, {"seat": "A13"}, {"hall": "Hall 3"}],
    ids=lambda asked: next(iter(asked)),
)
def test_a_proof_is_for_one_asking_of_one_seat(asked):
    with pytest.raises(Denied):
        proved(a_proof().envelope, **asked)


def test_a_proof_by_another_key_or_another_root_does_not_hold():
    other = a_keyring()
    days = DAYS
    a13 = certify(KeyRole.SEAT, other.seat.public, RING.hall, RING.hall_chain, hall=HALL, seat="A13", **days)
    with pytest.raises(Tampered):
        proved(a_proof(key=other.seat).envelope)
    with pytest.raises(Tampered):
        proved(a_proof(key=other.seat, chain=other.seat_chain).envelope)
    with pytest.raises(Denied, match="another seat"):
        proved(a_proof(key=other.seat, chain=a13).envelope)
    with pytest.raises(Denied, match="hall key and not a seat key"):
        proved(a_proof(key=RING.hall, chain=RING.hall_chain).envelope)


@pytest.mark.parametrize("who", ["seat", "hall", "release"])
def test_under_a_revoked_key_no_proof_holds_and_out_of_its_time_it_is_flagged(who):
    entry = RevokedDocument(serial=None, key=getattr(RING, who).public, role=None, reason="lost", at=iso(NOON))
    with pytest.raises(Denied, match="revoked"):
        proved(a_proof().envelope, revoked=revoke(NONE_REVOKED, entry, RING.root))
    late = proved(a_proof().envelope, at=iso(DAYS["not_after"].replace(year=2050)))
    assert late.holder.flags
    assert not proved(a_proof().envelope).holder.flags


def test_no_bit_of_a_proof_may_change():
    envelope = a_proof().envelope
    for place in range(0, len(envelope), 37):
        with pytest.raises(KioskError):
            proved(envelope[:place] + bytes([envelope[place] ^ 1]) + envelope[place + 1 :])
    document = read_envelope(envelope, PayloadType.UNLOCK).document()
    with pytest.raises(Invalid):
        proved(sign(PayloadType.LEASE, document, RING.seat))


def test_code_and_local_secret_open_together_and_neither_alone():
    code, local = draw_code(), bytes(32)
    mine = offline_identity(code_key(code, HALL, SEAT), local, SEAT)
    sealed = wrap_key(KEY, SEAT, [mine.recipient])
    assert unwrap_key(sealed, mine, SEAT) == KEY
    others = [
        offline_identity(code_key(draw_code(), HALL, SEAT), local, SEAT),
        offline_identity(code_key(code, "Hall 3", SEAT), local, SEAT),
        offline_identity(code_key(code, HALL, "A13"), local, SEAT),
        offline_identity(code_key(code, HALL, SEAT), bytes(31) + b"\x01", SEAT),
        offline_identity(code_key(code, HALL, SEAT), local, "A13"),
    ]
    assert len({o.recipient for o in (mine, *others)}) == 6
    for other in others:
        with pytest.raises(Tampered):
            unwrap_key(sealed, other, SEAT)


@given(place=st.integers(0, 34), shift=st.integers(1, 31))
def test_a_slip_in_one_character_is_named_by_its_group(place, shift):
    code = next(CODES)
    places = [i for i, c in enumerate(code) if c != "-"]
    at = places[place]
    wrong = ALPHABET[(ALPHABET.index(code[at]) + shift) % 32]
    with pytest.raises(Mistyped) as caught:
        code_key(code[:at] + wrong + code[at + 1 :], HALL, SEAT)
    assert [s.number for s in caught.value.slips] == [place // 5 + 1]


CODES = itertools.cycle([draw_code() for _ in range(20)])
