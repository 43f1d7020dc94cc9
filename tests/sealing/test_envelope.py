import json

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from kiosk.exam.error import Invalid, KioskError, Tampered
from kiosk.sealing.envelope import PayloadType, open_envelope, read_envelope, sign, sign_payload
from kiosk.sealing.key import SigningKey

KEY = SigningKey.generate()
DOCUMENT = {"lease": "L1", "epoch": 1, "name": "Zoë"}


def test_a_signed_document_comes_back():
    assert open_envelope(sign(PayloadType.LEASE, DOCUMENT, KEY), PayloadType.LEASE, KEY.public) == DOCUMENT


def test_the_signature_is_over_the_dsse_pre_authentication_encoding():
    envelope = read_envelope(sign(PayloadType.LEASE, DOCUMENT, KEY), PayloadType.LEASE)
    kind = PayloadType.LEASE.value.encode()
    pae = b"DSSEv1 %d %b %d %b" % (len(kind), kind, len(envelope.payload), envelope.payload)
    signature = bytes.fromhex(next(iter(envelope._dsse.signatures.values())).signature)
    Ed25519PublicKey.from_public_bytes(bytes.fromhex(KEY.public)).verify(signature, pae)


def test_one_kind_never_passes_for_another():
    lease = sign(PayloadType.LEASE, DOCUMENT, KEY)
    with pytest.raises(Invalid):
        open_envelope(lease, PayloadType.GRANT, KEY.public)
    relabelled = lease.replace(PayloadType.LEASE.value.encode(), PayloadType.GRANT.value.encode())
    with pytest.raises(Tampered):
        open_envelope(relabelled, PayloadType.GRANT, KEY.public)


def test_another_key_is_refused():
    with pytest.raises(Tampered):
        open_envelope(sign(PayloadType.LEASE, DOCUMENT, KEY), PayloadType.LEASE, SigningKey.generate().public)


def test_a_claimed_signer_is_not_believed():
    forger = SigningKey.generate()
    outer = json.loads(sign(PayloadType.LEASE, DOCUMENT, forger))
    outer["signatures"][0]["keyid"] = KEY.public
    forged = json.dumps(outer, sort_keys=True, separators=(",", ":")).encode()
    with pytest.raises(Tampered, match="signature"):
        open_envelope(forged, PayloadType.LEASE, KEY.public)


@pytest.mark.parametrize(
    "payload", [b"[1]", b'{"a": 1}', b'{"b":1,"a":2}', b'{"a":1,"a":1}', b'{"a":1.5}', b"\xff", b'{"a":"\\ud800"}']
)
def test_a_payload_has_one_spelling(payload):
    with pytest.raises(Tampered):
        open_envelope(sign_payload(PayloadType.LEASE, payload, KEY), PayloadType.LEASE, KEY.public)


def test_deep_nesting_is_refused_calmly():
    for bomb in (b"[" * 100_000, b'{"a":' * 5_000 + b"1" + b"}" * 5_000):
        with pytest.raises(KioskError):
            read_envelope(bomb, PayloadType.LEASE)


def test_every_byte_and_every_truncation_counts():
    good = sign(PayloadType.LEASE, {"lease": "L1"}, KEY)
    for place in range(len(good)):
        for changed in (good[:place] + bytes([good[place] ^ 1]) + good[place + 1 :], good[:place]):
            with pytest.raises(KioskError):
                open_envelope(changed, PayloadType.LEASE, KEY.public)
    for added in (good + b" ", b" " + good, good + b"\n", good + b"\0"):
        with pytest.raises(KioskError):
            open_envelope(added, PayloadType.LEASE, KEY.public)


def test_two_signatures_are_refused():
    outer = json.loads(sign(PayloadType.LEASE, DOCUMENT, KEY))
    outer["signatures"] *= 2
    with pytest.raises(Invalid):
        read_envelope(json.dumps(outer, sort_keys=True, separators=(",", ":")).encode(), PayloadType.LEASE)
