"""Receipts: signed once when a bundle is stored, kept as bytes, given out again unchanged."""

import hashlib
from dataclasses import dataclass

from pydantic import ValidationError

from kiosk.exam.error import Invalid, Tampered
from kiosk.sealing.bundle import Bundle
from kiosk.sealing.certificate import verify_chain
from kiosk.sealing.envelope import PayloadType, read_envelope, sign
from kiosk.sealing.key import KeyRole, SigningKey
from kiosk.sealing.revocation import NONE_REVOKED, Revocations
from kiosk.wire.document import words
from kiosk.wire.receipt import ReceiptDocument

SUFFIX = ".receipt"


@dataclass(frozen=True, slots=True)
class ReceiptSigner:
    """What central signs receipts with."""

    key: SigningKey
    chain: tuple[str, ...]

    def receipt(self, bundle: Bundle, received_at: str) -> bytes:
        """Return the receipt of a verified bundle."""
        manifest = bundle.manifest
        return sign(
            PayloadType.RECEIPT,
            {
                "version": 1,
                "bundle_id": bundle.bundle_id,
                "submission_id": manifest.submission_id,
                "opened_on": manifest.opened_on,
                "entries": manifest.entries,
                "head": manifest.head,
                "sealed": manifest.sealed.model_dump(mode="json"),
                "received_at": received_at,
                "flags": list(bundle.flags),
                "certificates": list(self.chain),
            },
            self.key,
        )


def read_receipt(
    envelope: bytes, root: str, bundle_id: str | None = None, revoked: Revocations = NONE_REVOKED
) -> ReceiptDocument:
    """Return a receipt believed on the word of the root's public key; raises Tampered, Invalid or Denied.

    Where `bundle_id` is given, a receipt for another bundle is refused; so is one under a revoked certificate.
    """
    read = read_envelope(envelope, PayloadType.RECEIPT)
    try:
        document = ReceiptDocument.model_validate_json(read.canonical_payload())
    except ValidationError as error:
        raise Invalid(f"this receipt is not of this version: {words(error)}") from None
    holder = verify_chain(document.certificates, root, KeyRole.RECEIPT, document.received_at, revoked)
    read.check(holder.standing().key)
    if bundle_id is not None and document.bundle_id != bundle_id:
        raise Tampered("this receipt is for another bundle")
    return document


def receipt_for(
    bundle_id: str, body: bytes, envelope: bytes, root: str, revoked: Revocations = NONE_REVOKED
) -> ReceiptDocument:
    """Return central's receipt for exactly these bytes; raises Tampered, Invalid or Denied for anything else."""
    document = read_receipt(envelope, root, bundle_id, revoked)
    if document.sealed.sha256 != hashlib.sha256(body).hexdigest():
        raise Tampered("this receipt is for other bytes than the bundle's")
    return document
