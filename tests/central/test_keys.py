import pytest

from builders import NOON
from keyring import HALL
from kiosk.central.keys import CentralKeys
from kiosk.exam.error import KioskError, Refused
from kiosk.sealing.age import AgeIdentity
from kiosk.sealing.certificate import verify_chain
from kiosk.sealing.key import KeyRole, SigningKey


def test_keys_are_made_with_certificates_that_lead_to_the_root(tmp_path):
    keys = CentralKeys(tmp_path)
    assert not keys.exist
    made = keys.make(NOON)
    assert keys.exist
    assert {k.role for k in made} == {KeyRole.ROOT, KeyRole.RELEASE, KeyRole.RECEIPT, KeyRole.INTAKE, KeyRole.ESCROW}
    issuer, signer = keys.issuer(), keys.receipt_signer()
    assert verify_chain(issuer.chain, keys.root, KeyRole.RELEASE).key == issuer.key.public
    assert verify_chain(signer.chain, keys.root, KeyRole.RECEIPT).key == signer.key.public
    assert issuer.recipients == keys.recipients == (keys.intake().recipient, keys.recipients[1])


def test_work_goes_on_with_root_and_escrow_in_the_safe(tmp_path):
    keys = CentralKeys(tmp_path)
    keys.make(NOON)
    for name in ("root.ed25519", "escrow.age"):
        (tmp_path / name).unlink()
    assert keys.exist
    keys.issuer(), keys.receipt_signer(), keys.intake()
    with pytest.raises(Refused):
        keys.make(NOON)


def test_making_goes_on_where_it_was_interrupted(tmp_path):
    keys = CentralKeys(tmp_path)
    keys.make(NOON)
    root = keys.root
    for name in ("escrow.age", "escrow.age.pub", "receipt.certificates"):
        (tmp_path / name).unlink()
    assert not keys.exist
    keys.make(NOON)
    assert (keys.exist, keys.root) == (True, root)
    assert verify_chain(keys.receipt_signer().chain, root, KeyRole.RECEIPT)


def test_a_hall_is_certified_once_for_the_same_keys(tmp_path):
    keys = CentralKeys(tmp_path)
    keys.make(NOON)
    public, recipient = SigningKey.generate().public, AgeIdentity.generate().recipient
    chain = keys.certify_hall(HALL, public, recipient, NOON)
    assert keys.certify_hall(HALL, public, recipient, NOON) == chain
    holder = verify_chain(chain, keys.root, KeyRole.HALL)
    assert (holder.hall, holder.key, holder.recipient) == (HALL, public, recipient)
    assert keys.certify_hall("Hall 2, annexe", public, recipient, NOON) != chain
    renewed = keys.certify_hall(HALL, SigningKey.generate().public, recipient, NOON)
    assert renewed != chain
    with pytest.raises(KioskError):
        keys.certify_hall(HALL, "not a key", recipient, NOON)
    with pytest.raises(KioskError):
        keys.certify_hall(HALL, public, "not a recipient", NOON)
