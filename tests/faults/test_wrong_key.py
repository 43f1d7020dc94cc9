"""Whose word counts: what the wrong, a lapsed or a revoked key signs, for every kind of document.

Refused is what nobody ought to have signed. A certificate out of its time is said and never refuses. What central or a
hall says under a revoked key is refused; a candidate's work is marked, to be held for a decision.
"""

from datetime import timedelta
from functools import cache

import pytest
from signed_document import KINDS, Kind, a_list

from builders import NOON
from keyring import HALL, SEAT, Keyring, a_keyring, the_keyring
from kiosk.exam.error import Denied, KioskError, Tampered
from kiosk.sealing.certificate import certify
from kiosk.sealing.envelope import PayloadType
from kiosk.sealing.key import KeyRole, SigningKey
from kiosk.sealing.revocation import NONE_REVOKED

RING = the_keyring()
STRANGER = a_keyring()
KIND = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
CHAINED = [k for k in KINDS if k.certificates(k.make(RING)) is not None]
WITH_CHAIN = pytest.mark.parametrize("kind", CHAINED, ids=lambda kind: kind.name)
CHAINS = {
    KeyRole.RELEASE: ("release", "release_chain"),
    KeyRole.RECEIPT: ("receipt", "receipt_chain"),
    KeyRole.HALL: ("hall", "hall_chain"),
    KeyRole.SEAT: ("seat", "seat_chain"),
}
"""Where a ring has the key and the chain of each role."""
HELD = {"bundle"}
"""What is kept and marked under a revoked key."""
UNASKED = {"index", "tombstone", "act by code"}
"""What is only a list of files, each verified by itself, tells of what is gone, or is worth what its code is."""


def key_of(ring: Keyring, role: KeyRole) -> SigningKey:
    key: SigningKey = getattr(ring, role.value)
    return key


def read(kind: Kind, data: bytes, revoked=NONE_REVOKED, ring: Keyring = RING):
    return kind.read(data, ring, revoked)


@cache
def lapsed(days: int) -> Keyring:
    """A ring whose every certificate began or ended so many days from noon."""
    far = timedelta(days=1_000)
    return a_keyring(
        **({"not_after": NOON + timedelta(days=days)} if days < 0 else {"not_before": NOON + timedelta(days=days)}),
        **({"not_before": NOON - far} if days < 0 else {"not_after": NOON + far}),
    )


@KIND
def test_another_key_of_the_same_role(kind):
    data = kind.make(RING)
    forged = kind.forged(data, key_of(STRANGER, kind.role))
    with pytest.raises(Tampered, match=r"signature|signed"):
        read(kind, forged)


@KIND
def test_a_whole_ring_under_another_root(kind):
    with pytest.raises(KioskError):
        read(kind, kind.make(STRANGER))


@KIND
def test_the_right_words_signed_as_another_kind(kind):
    key = key_of(RING, kind.role)
    for other in PayloadType:
        if other is not kind.payload_type:
            with pytest.raises(KioskError):
                read(kind, kind.retyped(kind.make(RING), key, other))


@WITH_CHAIN
def test_a_key_of_another_role_with_its_own_good_chain(kind):
    for role, (key, chain) in CHAINS.items():
        forged = kind.forged(kind.make(RING), getattr(RING, key), certificates=list(getattr(RING, chain)))
        if role is kind.role:
            assert read(kind, forged) is not None, "the control: its own role with its own chain"
        else:
            with pytest.raises(Denied, match="key and not a"):
                read(kind, forged)


@WITH_CHAIN
def test_a_chain_the_root_did_not_begin(kind):
    key, chain = CHAINS[kind.role]
    forged = kind.forged(kind.make(RING), getattr(STRANGER, key), certificates=list(getattr(STRANGER, chain)))
    with pytest.raises(Tampered, match="certificate"):
        read(kind, forged)


@WITH_CHAIN
def test_a_chain_that_leaves_out_a_link(kind):
    key, chain = CHAINS[kind.role]
    certificates = list(getattr(RING, chain))
    for missing in range(len(certificates)):
        rest = certificates[:missing] + certificates[missing + 1 :]
        with pytest.raises(KioskError):
            read(kind, kind.forged(kind.make(RING), getattr(RING, key), certificates=rest))


@pytest.mark.parametrize("kind", [k for k in CHAINED if k.role in (KeyRole.HALL, KeyRole.SEAT)], ids=lambda k: k.name)
def test_a_key_of_another_hall(kind):
    other_hall, other_seat = SigningKey.generate(), SigningKey.generate()
    days = {"not_before": NOON - timedelta(days=1), "not_after": NOON + timedelta(days=1)}
    chain = certify(KeyRole.HALL, other_hall.public, RING.release, RING.release_chain, hall="Hall 9", **days)
    key = other_hall
    if kind.role is KeyRole.SEAT:
        chain = certify(KeyRole.SEAT, other_seat.public, other_hall, chain, hall="Hall 9", seat=SEAT, **days)
        key = other_seat
    with pytest.raises((Denied, Tampered), match="another"):
        read(kind, kind.forged(kind.make(RING), key, certificates=list(chain)))
    across = certify(KeyRole.SEAT, other_seat.public, other_hall, chain[-2:], hall=HALL, seat=SEAT, **days)
    with pytest.raises(KioskError):
        read(kind, kind.forged(kind.make(RING), other_seat, certificates=list(across)))


@pytest.mark.parametrize("days", [-1, 1], ids=["ended", "not yet begun"])
@WITH_CHAIN
def test_a_certificate_out_of_its_time_is_said_and_never_refuses(kind, days):
    ring = lapsed(days)
    told = read(kind, kind.make(ring), ring=ring)
    said = "ended at" if days < 0 else "began only"
    if hasattr(told, "flags"):
        assert any(said in flag for flag in told.flags)
    assert told is not None


@WITH_CHAIN
def test_a_revoked_key_anywhere_in_the_chain(kind):
    data = kind.make(RING)
    above = {
        KeyRole.RELEASE: (KeyRole.RELEASE,),
        KeyRole.RECEIPT: (KeyRole.RECEIPT,),
        KeyRole.HALL: (KeyRole.HALL, KeyRole.RELEASE),
        KeyRole.SEAT: (KeyRole.SEAT, KeyRole.HALL, KeyRole.RELEASE),
    }
    for role in above[kind.role]:
        revoked = a_list(RING, key_of(RING, role).public)
        if kind.name in HELD:
            told = read(kind, data, revoked)
            assert told.is_revoked
            assert any("revoked" in flag and "stolen" in flag for flag in told.flags)
            assert not read(kind, data).is_revoked
        elif kind.name not in UNASKED:
            with pytest.raises(Denied, match=r"revoked since .*stolen"):
                read(kind, data, revoked)


@WITH_CHAIN
def test_a_revoked_key_that_is_not_in_the_chain_changes_nothing(kind):
    revoked = a_list(RING, STRANGER.release.public, STRANGER.seat.public)
    assert read(kind, kind.make(RING), revoked) is not None


def test_a_revocation_list_is_believed_from_the_root_alone():
    kind = next(k for k in KINDS if k.payload_type is PayloadType.REVOCATIONS)
    for key in (RING.release, RING.receipt, RING.hall, RING.seat, STRANGER.root):
        with pytest.raises(Tampered, match="root"):
            read(kind, kind.forged(kind.make(RING), key))
