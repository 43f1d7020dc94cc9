"""The address of a hub is its hall's word, and a seat's proof is good for one hub, one certificate and one moment."""

import hashlib

import pytest

from builders import NOON
from keyring import DAYS, HALL, SEAT, a_keyring, the_keyring
from kiosk.exam.error import Denied, Invalid, KioskError, Tampered
from kiosk.exam.moment import iso
from kiosk.ground.certificate import DoorCertificate
from kiosk.sealing.address import LARGEST_FILE, parse_address, read_address, sign_address
from kiosk.sealing.certificate import certify, verify_chain
from kiosk.sealing.envelope import PayloadType, sign
from kiosk.sealing.key import KeyRole, SigningKey
from kiosk.sealing.revocation import NONE_REVOKED, revoke
from kiosk.sealing.seat_proof import check_seat_proof, sign_seat_proof
from kiosk.wire.hub import SeatProof
from kiosk.wire.revocation import RevokedDocument

KEYS = the_keyring()
ROOT = KEYS.root.public
TOKEN = "t" * 43
URLS = ("wss://192.0.2.7:8444", "wss://hall.example:8444")
EXPECTED = SeatProof(hall=HALL, seat=SEAT, nonce="a" * 64, certificate=hashlib.sha256(b"tls").hexdigest())


@pytest.fixture(scope="module")
def pem(tmp_path_factory):
    made = DoorCertificate.own(tmp_path_factory.mktemp("tls"))
    made.make(["192.0.2.7"], NOON, "hub")
    return made.pem()


def an_address(pem, **changes):
    given = {"urls": URLS, "certificate": pem, "token": TOKEN, "key": KEYS.hall, "chain": KEYS.hall_chain}
    return sign_address(**(given | {"root": ROOT, "at": NOON} | changes))


def revoked(chain):
    serial = verify_chain(chain, ROOT, KeyRole.SEAT if len(chain) == 3 else KeyRole.HALL).certificate.serial
    entry = RevokedDocument(serial=serial, key=None, role=None, at=iso(NOON), reason="stolen")
    return revoke(NONE_REVOKED, entry, KEYS.root)


def test_an_address_is_read_as_it_was_signed_and_shows_no_token(pem):
    file = an_address(pem)
    again = parse_address(file.model_dump_json().encode())
    address = read_address(again, ROOT)
    assert (address.hall, address.urls, address.certificate, again.token) == (HALL, URLS, pem, TOKEN)
    assert read_address(again) == address
    assert TOKEN not in repr(again)


@pytest.mark.parametrize("url", ["ws://192.0.2.7", "wss://a@b", "wss://a/path", "https://a", "wss://", "wss://a b"])
def test_an_address_over_which_a_token_would_travel_open_is_not_made(pem, url):
    with pytest.raises(Invalid):
        an_address(pem, urls=(url,))


def test_an_address_of_somebody_else_is_not_believed(pem):
    stranger = a_keyring()
    of_stranger = an_address(pem, key=stranger.hall, chain=stranger.hall_chain, root=stranger.root.public)
    forged = an_address(pem, key=stranger.hall)
    for file, why in ((of_stranger, Denied), (forged, Tampered)):
        with pytest.raises(why):
            read_address(file, ROOT)
    with pytest.raises(Denied, match="revoked"):
        read_address(an_address(pem), ROOT, revoked(KEYS.hall_chain))
    data = read_address(an_address(pem)).model_dump(mode="json") | {"hall": "Hall 3"}
    renamed = an_address(pem).model_copy(
        update={"envelope": sign(PayloadType.HUB_ADDRESS, data, KEYS.hall).decode("ascii")}
    )
    with pytest.raises(Denied, match="Hall 3"):
        read_address(renamed, ROOT)


@pytest.mark.parametrize(
    "data", [b"", b"{}", b"[]", b'{"version":1,"envelope":"x","token":"y"}', b" " * (LARGEST_FILE + 1)]
)
def test_what_is_no_address_file_is_refused_in_words_without_its_content(data):
    with pytest.raises(Invalid) as caught:
        parse_address(data)
    assert "'y'" not in caught.value.message


def check(envelope, chain=KEYS.seat_chain, expected=EXPECTED, hall_key=KEYS.hall.public, revocations=NONE_REVOKED):
    return check_seat_proof(envelope, chain, expected, hall_key=hall_key, root=ROOT, at=iso(NOON), revoked=revocations)


def a_proof(key=KEYS.seat, **changes):
    return sign_seat_proof(**(EXPECTED.model_dump() | changes), key=key)


def test_a_seat_proves_itself():
    assert check(a_proof()).seat == SEAT


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"nonce": "b" * 64}, "another connection"),
        ({"certificate": "c" * 64}, "stands between"),
        ({"seat": "A13"}, "another seat or hall"),
        ({"hall": "Hall 3"}, "another seat or hall"),
    ],
)
def test_a_proof_is_good_for_what_it_names_alone(changes, why):
    with pytest.raises(Denied, match=why):
        check(a_proof(**changes))


def test_only_the_seat_s_own_key_under_this_hall_proves_it():
    other_hall = SigningKey.generate()
    other_chain = certify(KeyRole.HALL, other_hall.public, KEYS.release, KEYS.release_chain, hall=HALL, **DAYS)
    moved = certify(KeyRole.SEAT, KEYS.seat.public, other_hall, other_chain, hall=HALL, seat=SEAT, **DAYS)
    stranger = a_keyring()
    cases = (
        (a_proof(key=SigningKey.generate()), KEYS.seat_chain, Tampered),
        (a_proof(), moved, Denied),
        (a_proof(key=KEYS.hall), KEYS.hall_chain, Denied),
        (a_proof(key=stranger.seat), stranger.seat_chain, Tampered),
        (a_proof(), (), Invalid),
        ("{}", KEYS.seat_chain, KioskError),
        ("\udc80", KEYS.seat_chain, KioskError),
        (sign(PayloadType.LEASE, EXPECTED.model_dump(), KEYS.seat).decode(), KEYS.seat_chain, Invalid),
    )
    for envelope, chain, error in cases:
        with pytest.raises(error):
            check(envelope, chain)
    with pytest.raises(Denied, match="of the seat A12"):
        check(a_proof(seat="A13"), expected=EXPECTED.model_copy(update={"seat": "A13"}))
    with pytest.raises(Denied, match="revoked"):
        check(a_proof(), revocations=revoked(KEYS.seat_chain))


def test_a_certificate_that_has_run_out_is_flagged_and_never_refused():
    days = {name: when.replace(year=2020) for name, when in DAYS.items()}
    old = certify(KeyRole.SEAT, KEYS.seat.public, KEYS.hall, KEYS.hall_chain, hall=HALL, seat=SEAT, **days)
    assert "ended at 2020" in check(a_proof(), old).flags[0]


def test_what_cannot_be_signed_is_not():
    with pytest.raises(Invalid, match="cannot be signed"):
        a_proof(nonce="")
