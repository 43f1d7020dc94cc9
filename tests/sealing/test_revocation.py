"""A revoked key: what central says under it is refused, what a candidate wrote under it is marked, never lost."""

from dataclasses import replace

import pytest

from builders import a_paper
from keyring import a_bundle, a_keyring, a_roster
from kiosk.exam.error import Denied, Invalid, KioskError, Refused, Tampered
from kiosk.sealing.age import AgeIdentity
from kiosk.sealing.bundle import verify
from kiosk.sealing.certificate import verify_chain
from kiosk.sealing.envelope import PayloadType, sign
from kiosk.sealing.key import KeyRole, SigningKey
from kiosk.sealing.package import Address, Issuer, read_package, write_package
from kiosk.sealing.receipt import ReceiptSigner, read_receipt
from kiosk.sealing.revocation import FILE, NONE_REVOKED, RevocationFile, read_carried, read_revocations, revoke
from kiosk.wire.revocation import MOST_REVOKED, RevokedDocument

AT = "2026-11-02T12:00:00.000Z"
LATER = "2027-11-02T12:00:00.000Z"
BEFORE = "2025-11-02T12:00:00.000Z"


@pytest.fixture(scope="module")
def ring():
    return a_keyring()


def entry(serial=None, key=None, role="seat", reason="stolen"):
    return RevokedDocument(serial=serial, key=key, role=role, reason=reason, at=AT)


def serial(chain, root):
    role = {4: None, 3: KeyRole.SEAT, 2: KeyRole.HALL, 1: KeyRole.RELEASE}[len(chain)]
    return verify_chain(chain, root.public, role).certificate.serial


def listed(ring, *entries):
    found = NONE_REVOKED
    for one in entries:
        found = revoke(found, one, ring.root)
    return found


def chain_of(ring, level):
    return {"release": ring.release_chain, "hall": ring.hall_chain, "seat": ring.seat_chain}[level]


@pytest.mark.parametrize("level", ["release", "hall", "seat"])
@pytest.mark.parametrize("by", ["serial", "key"])
def test_a_bundle_is_marked_whichever_link_of_its_chain_is_revoked(ring, level, by):
    named = (
        {"serial": serial(chain_of(ring, level), ring.root)} if by == "serial" else {"key": getattr(ring, level).public}
    )
    revoked = listed(ring, entry(**named, role=level))
    data = a_bundle(keyring=ring).data
    bundle = verify(data, ring.root.public, revoked)
    assert (bundle.is_revoked, bundle.data) == (True, data)
    assert [f for f in bundle.flags if "revoked" in f and "stolen" in f and level in f]
    assert not verify(data, ring.root.public).is_revoked


def test_a_serial_revokes_that_certificate_alone(ring):
    revoked = listed(ring, entry(serial="another", key=ring.seat.public))
    assert not verify(a_bundle(keyring=ring).data, ring.root.public, revoked).is_revoked


@pytest.mark.parametrize("at", [BEFORE, AT, LATER])
def test_a_date_does_not_help_whoever_stole_a_key(ring, at):
    revoked = listed(ring, entry(key=ring.seat.public))
    assert verify_chain(ring.seat_chain, ring.root.public, KeyRole.SEAT, at, revoked).is_revoked


@pytest.mark.parametrize(("at", "flags"), [(BEFORE, 3), (LATER, 3)])
def test_what_ran_out_is_flagged_and_stands(ring, at, flags):
    holder = verify_chain(ring.seat_chain, ring.root.public, KeyRole.SEAT, at)
    assert (len(holder.standing().flags), holder.is_revoked) == (flags, False)


def test_a_receipt_under_a_revoked_key_is_refused(ring):
    bundle = a_bundle(keyring=ring)
    receipt = ReceiptSigner(ring.receipt, ring.receipt_chain).receipt(bundle, AT)
    assert read_receipt(receipt, ring.root.public, bundle.bundle_id)
    revoked = listed(ring, entry(key=ring.receipt.public, role="receipt"))
    with pytest.raises(Denied, match=r"revoked since .*stolen"):
        read_receipt(receipt, ring.root.public, bundle.bundle_id, revoked)


def a_package(ring, folder, revocations=NONE_REVOKED):
    issuer = Issuer(
        key=ring.release,
        chain=ring.release_chain,
        root=ring.root.public,
        recipients=ring.recipients,
        revocations=revocations,
    )
    paper = a_paper()
    address = Address(
        test_id=paper.test_id,
        hall_chain=ring.hall_chain,
        number=1,
        previous=None,
        lock=AgeIdentity.generate().recipient,
    )
    return write_package(folder, address, [(paper, AgeIdentity.generate())], a_roster(paper), issuer, AT)


@pytest.mark.parametrize("level", ["release", "hall"])
def test_a_package_under_a_revoked_key_is_refused(ring, tmp_path, level):
    a_package(ring, tmp_path / "p")
    revoked = listed(ring, entry(key=getattr(ring, level).public, role=level))
    assert read_package(tmp_path / "p", ring.root.public)
    with pytest.raises(Denied, match="revoked"):
        read_package(tmp_path / "p", ring.root.public, revoked=revoked)
    with pytest.raises(Denied, match="revoked"):
        a_package(ring, tmp_path / "q", revoked)


def test_a_package_carries_the_list(ring, tmp_path):
    revoked = listed(ring, entry(key=ring.seat.public))
    assert a_package(ring, tmp_path / "p", revoked).revocations == revoked
    assert read_package(tmp_path / "p", ring.root.public, revoked=revoked).revocations == revoked


def test_a_package_with_a_list_of_another_root_is_refused(ring, tmp_path):
    with pytest.raises(Tampered, match="not signed by the root"):
        a_package(ring, tmp_path / "p", revoke(NONE_REVOKED, entry(key=ring.seat.public), SigningKey.generate()))


def test_the_list_never_goes_back(ring, tmp_path):
    first = listed(ring, entry(serial="one"))
    second = revoke(first, entry(serial="two"), ring.root)
    file = RevocationFile(tmp_path, ring.root.public)
    assert file.read() is NONE_REVOKED
    assert file.keep(second) == second
    assert file.keep(first) == second
    assert file.keep(NONE_REVOKED) == second
    assert (file.read().number, [e.serial for e in file.read().entries]) == (2, ["one", "two"])


def test_two_lists_of_one_number_and_a_list_that_forgets_are_refused(ring, tmp_path):
    one, other = listed(ring, entry(serial="one")), listed(ring, entry(serial="other"))
    file = RevocationFile(tmp_path, ring.root.public)
    file.keep(one)
    with pytest.raises(Tampered, match="two different"):
        file.keep(other)
    with pytest.raises(Tampered, match="forgotten"):
        file.keep(revoke(other, entry(serial="third"), ring.root))
    assert file.read() == one


def test_every_changed_byte_of_a_kept_list_is_refused(ring, tmp_path):
    file = RevocationFile(tmp_path, ring.root.public)
    data = file.keep(listed(ring, entry(serial="one"))).envelope
    refused = 0
    for place in range(len(data)):
        (tmp_path / FILE).write_bytes(data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :])
        with pytest.raises(KioskError):
            file.read()
        with pytest.raises(KioskError):
            read_revocations(data[:place], ring.root.public)
        refused += 1
    assert refused == len(data) > 400


def test_the_same_is_revoked_once(ring):
    revoked = listed(ring, entry(serial="one"), entry(key=ring.seat.public))
    for again in (entry(serial="one"), entry(key=ring.seat.public)):
        with pytest.raises(Refused, match="already"):
            revoke(revoked, again, ring.root)


def test_an_entry_names_something():
    with pytest.raises(ValueError, match="names a certificate or a key"):
        entry()


def test_a_list_has_an_end(ring):
    full = replace(NONE_REVOKED, number=1, entries=tuple(entry(serial=f"{n}") for n in range(MOST_REVOKED)))
    with pytest.raises(Invalid, match="2000"):
        revoke(full, entry(serial="one more"), ring.root)


def test_the_largest_list_fits(ring):
    longest = [entry(serial=f"{n:0>200}", key=ring.seat.public, reason="é" * 100) for n in range(MOST_REVOKED - 1)]
    full = revoke(replace(NONE_REVOKED, number=1, entries=tuple(longest)), entry(key=ring.seat.public), ring.root)
    assert read_carried(full.text, ring.root.public) == full


def test_another_kind_of_envelope_is_not_a_list(ring):
    document = {"version": 1, "number": 1, "entries": [entry(serial="one").model_dump(mode="json")]}
    with pytest.raises(Invalid):
        read_revocations(sign(PayloadType.RECEIPT, document, ring.root), ring.root.public)
