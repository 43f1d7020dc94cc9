"""The drill with the key from the safe, and bundles under keys that were revoked."""

from dataclasses import replace

import pytest

from builders import NOON
from kiosk.central.drill import drill
from kiosk.exam.error import Denied, Tampered
from kiosk.exam.moment import iso
from kiosk.exam.status import BundleState
from kiosk.sealing.age import AgeIdentity
from kiosk.sealing.ceremony import strike
from kiosk.sealing.certificate import verify_chain
from kiosk.sealing.key import KeyFolder, KeyRole
from kiosk.sealing.key_file import write_new
from storage.central.shelf import ShelfStore


def keys_of(site):
    return KeyFolder(site.central.keys._folder.folder)


def drilled(site, bundles=None):
    shelf = ShelfStore(site.office.engine)
    ring = site.keyring
    found = shelf.bundles() if bundles is None else bundles
    return list(drill(found, ring.escrow, ring.escrow.recipient, ring.root.public))


def test_every_bundle_held_opens_with_the_escrow_alone(site):
    bundles = [site.bundle(number) for number in (1, 2, 3)]
    for bundle in bundles:
        site.central.intake.take(bundle.data, "stick")
    assert sorted(ShelfStore(site.office.engine).bundles()) == sorted(
        (b.bundle_id, b.envelope, b.body) for b in bundles
    )
    found = drilled(site)
    assert {d.bundle_id: d.problem for d in found} == {b.bundle_id: None for b in bundles}


def test_without_a_bundle_fresh_bytes_are_tried(site):
    assert [(d.bundle_id, d.problem) for d in drilled(site)] == [("", None)]


def test_a_bundle_that_does_not_open_is_named_and_stops_no_other(site):
    good, other = site.bundle(1), site.bundle(2)
    body = bytearray(other.body)
    body[len(body) // 2] ^= 1
    rows = [(other.bundle_id, other.envelope, bytes(body)), (good.bundle_id, good.envelope, good.body)]
    bad, well = drilled(site, rows)
    assert (bad.bundle_id, well.bundle_id, well.problem) == (other.bundle_id, good.bundle_id, None)
    assert bad.problem


def test_a_bundle_sealed_to_others_fails_the_drill(site):
    stranger = AgeIdentity.generate()
    ring = replace(site.keyring, escrow=stranger)
    site.keyring, kept = ring, site.keyring
    bundle = site.bundle(1)
    site.keyring = kept
    (found,) = drilled(site, [(bundle.bundle_id, bundle.envelope, bundle.body)])
    assert found.problem is not None


def test_another_identity_than_the_one_named_is_refused(site):
    ring = site.keyring
    with pytest.raises(Denied, match="another identity"):
        list(drill([], AgeIdentity.generate(), ring.escrow.recipient, ring.root.public))


@pytest.mark.parametrize("level", ["seat", "hall"])
def test_a_bundle_under_a_revoked_key_is_receipted_and_held(site, level):
    bundle, keys = site.bundle(1), keys_of(site)
    strike(keys, keys, {"key": getattr(site.keyring, level).public, "reason": "stolen"}, NOON)
    taken = site.central.intake.take(bundle.data, "stick")
    assert taken.receipt is not None
    assert [(s.bundle_id, s.state) for s in site.settle()] == [(bundle.bundle_id, BundleState.HELD)]
    assert drilled(site)[0].problem is None


def test_a_hall_whose_certificate_was_revoked_gets_another_and_one_whose_key_was_gets_none(site):
    keys, ring = site.central.keys, site.keyring
    chain = keys.certify_hall("Hall 2", ring.hall.public, ring.hall_identity.recipient, NOON)
    folder = keys_of(site)
    fact = folder.chain(next(p.stem for p in folder.folder.glob("hall-*.certificates")))
    assert fact == chain
    serial = verify_chain(chain, keys.root, KeyRole.HALL).certificate.serial
    strike(folder, folder, {"serial": serial, "reason": "misprint"}, NOON)
    again = keys.certify_hall("Hall 2", ring.hall.public, ring.hall_identity.recipient, NOON)
    assert again != chain
    assert not verify_chain(again, keys.root, KeyRole.HALL, iso(NOON), keys.revoked()).is_revoked
    strike(folder, folder, {"key": ring.hall.public, "reason": "stolen"}, NOON)
    late = keys.certify_hall("Hall 2", ring.hall.public, ring.hall_identity.recipient, NOON)
    with pytest.raises(Denied, match="stolen"):
        verify_chain(late, keys.root, KeyRole.HALL, iso(NOON), keys.revoked()).standing()


def test_a_hall_is_certified_anew_before_its_certificate_ends(site):
    keys, ring = site.central.keys, site.keyring
    ask = ("Hall 2", ring.hall.public, ring.hall_identity.recipient)
    chain = keys.certify_hall(*ask, NOON)
    assert keys.certify_hall(*ask, NOON.replace(year=NOON.year + 1)) != chain


def test_a_list_that_is_damaged_stops_packages_and_says_so(site):
    folder = keys_of(site)
    write_new(folder.folder / "revocations.dsse", b"nothing", 0o644)
    with pytest.raises(Tampered, match="damaged"):
        site.central.keys.issuer()
