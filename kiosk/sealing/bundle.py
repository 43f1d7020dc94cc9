"""The bundle: one sitting, sealed once, signed by its seat; anyone can verify it, only central can read it."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError

from kiosk.exam.entry import Entry, Genesis, Kind
from kiosk.exam.error import Invalid, Tampered
from kiosk.exam.evidence import Evidence
from kiosk.exam.lease import Lease
from kiosk.exam.page import SignedGrant, SignedLease
from kiosk.exam.person import Person
from kiosk.exam.receipt import receipt_code
from kiosk.sealing import frame
from kiosk.sealing.age import seal_to
from kiosk.sealing.body import body_bytes, read_body
from kiosk.sealing.certificate import Holder, verify_chain
from kiosk.sealing.compression import compress
from kiosk.sealing.envelope import PayloadType, read_envelope, sign
from kiosk.sealing.key import KeyRole, SigningKey
from kiosk.sealing.revocation import NONE_REVOKED, Revocations
from kiosk.sealing.summary import epochs, hand_in, time_summary
from kiosk.wire.bundle import LARGEST_PLAIN, BundleManifest
from kiosk.wire.document import words


@dataclass(frozen=True, slots=True)
class Bundle:
    """A sealed sitting as bytes."""

    bundle_id: str
    """SHA-256 of the manifest."""
    manifest: BundleManifest
    envelope: bytes = field(repr=False)
    """The manifest, signed."""
    body: bytes = field(repr=False)
    """The journal, sealed."""
    flags: tuple[str, ...] = ()
    """What a person should look at although the bundle verifies."""
    is_revoked: bool = False
    """Whether it was signed under a certificate the root has revoked: kept and receipted, but held for a decision."""

    @property
    def data(self) -> bytes:
        """The bytes of the bundle file, the same at every asking."""
        return frame.join(self.envelope, self.body)

    @property
    def file_name(self) -> str:
        """The name of the bundle file: its id."""
        return f"{self.bundle_id}{frame.SUFFIX}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealer:
    """What a seat seals with: its key, the certificates of it, and whom the body is sealed to."""

    key: SigningKey
    chain: tuple[str, ...]
    """The seat's certificates, its own first."""
    root: str
    """The root's public key."""
    recipients: tuple[str, ...]
    """age recipients of intake and escrow, as the package named them."""


def seal(
    genesis: Genesis,
    entries: Sequence[Entry],
    *,
    candidate: Person,
    leases: Sequence[SignedLease],
    sealer: Sealer,
    grants: Sequence[SignedGrant] = (),
    evidence: Sequence[Evidence] = (),
    build: str = "",
) -> Bundle:
    """Return the bundle of a journal that ends in `sealed`; raises Invalid for one that does not.

    `leases` begin with the one that allowed the opening. The body is encrypted anew at every call, so a bundle
    is made once, in the transaction that appends `sealed`, and kept. It is verified and read back before it is
    returned, because nothing can be reopened after.
    """
    if not entries or entries[-1].kind is not Kind.SEALED:
        raise Invalid("a journal is sealed before it is bundled: its last entry is `sealed`")
    if not leases or leases[0].lease.lease_id != genesis.lease:
        raise Invalid("a sitting is bundled with the lease that allowed its opening")
    holder = verify_chain(sealer.chain, sealer.root, KeyRole.SEAT)
    plain = body_bytes(
        genesis, entries, candidate, [s.envelope for s in leases], [e for s in grants for e in s.envelopes], evidence
    )
    if len(plain) > LARGEST_PLAIN:
        raise Invalid(f"a sitting of {len(plain):,} bytes is too large for a bundle; at most {LARGEST_PLAIN:,}")
    body = seal_to(sealer.recipients, compress(plain))
    about = _about_journal(genesis, entries) | _about_assignment(leases[0].lease) | _about_bytes(plain, body)
    document = {
        **about,
        "version": 1,
        "hall": holder.hall,
        "seat": holder.seat,
        "recipients": list(sealer.recipients),
        "build": build or genesis.build,
        "certificates": list(sealer.chain),
    }
    bundle = verify(frame.join(sign(PayloadType.BUNDLE, document, sealer.key), body), sealer.root)
    read_body(bundle.manifest, plain)
    return bundle


def _about_journal(genesis: Genesis, entries: Sequence[Entry]) -> dict[str, Any]:
    standing = hand_in(entries)
    by = standing["by"] if standing else "recovered"
    return {
        "submission_id": genesis.submission_id,
        "opened_on": genesis.opened_on,
        "paper": genesis.paper,
        "entries": len(entries),
        "head": entries[-1].hash.hex(),
        "epochs": epochs(genesis, entries),
        "handed_in": standing,
        "time": time_summary(entries),
        "reason": "hand_in" if by == "candidate" else by,
        "sealed_at": entries[-1].at,
    }


def _about_assignment(lease: Lease) -> dict[str, Any]:
    return {
        "assignment": {
            "assignment_id": lease.assignment_id,
            "candidate_id": lease.candidate_id,
            "attempt": lease.attempt,
            "due_at": lease.due_at,
        }
    }


def _about_bytes(plain: bytes, body: bytes) -> dict[str, Any]:
    return {
        "plain": {"sha256": hashlib.sha256(plain).hexdigest(), "length": len(plain)},
        "sealed": {"sha256": hashlib.sha256(body).hexdigest(), "length": len(body)},
    }


def verify(data: bytes, root: str, revoked: Revocations = NONE_REVOKED) -> Bundle:
    """Return the bundle in `data`, believed on the word of the root's public key alone; nothing is decrypted.

    Raises Tampered, Invalid or Denied with what is wrong. Every byte is held to: by the signature, by the one
    spelling of the envelope, by the digest of the body, or by the frame. A bundle under a certificate named in
    `revoked` is returned marked.
    """
    envelope_bytes, body = frame.split(data)
    envelope = read_envelope(envelope_bytes, PayloadType.BUNDLE)
    manifest = read_manifest(envelope.canonical_payload())
    holder = verify_chain(manifest.certificates, root, KeyRole.SEAT, manifest.sealed_at, revoked)
    envelope.check(holder.key)
    _must_agree(manifest, holder, body)
    bundle_id = hashlib.sha256(envelope.payload).hexdigest()
    return Bundle(bundle_id, manifest, envelope_bytes, body, holder.flags, holder.is_revoked)


def read_manifest(payload: bytes) -> BundleManifest:
    """Return the manifest of a bundle, believing nothing of it; raises Invalid for another shape."""
    try:
        return BundleManifest.model_validate_json(payload)
    except ValidationError as error:
        raise Invalid(f"this manifest is not of this version: {words(error)}") from None


def _must_agree(manifest: BundleManifest, holder: Holder, body: bytes) -> None:
    if (manifest.hall, manifest.seat) != (holder.hall, holder.seat):
        raise Tampered("the manifest names another seat or hall than the key that signed it")
    if len(body) != manifest.sealed.length or hashlib.sha256(body).hexdigest() != manifest.sealed.sha256:
        raise Tampered("the sealed journal is not the one the manifest names")
    last = manifest.epochs[-1]
    if (last.last, last.head) != (manifest.entries - 1, manifest.head):
        raise Tampered("the manifest contradicts itself about the end of the journal")
    handed_in = manifest.handed_in
    if handed_in is not None and handed_in.receipt != receipt_code(bytes.fromhex(handed_in.head)):
        raise Tampered("the manifest names a receipt that is not of its own hand-in")
