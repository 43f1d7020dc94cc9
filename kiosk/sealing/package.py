"""The package: a test on its way down to a hall. Built from typed values only, so that nothing else can travel.

manifest.dsse     the list of blobs, signed by the release key
blobs/<sha256>    age ciphertexts, see `kiosk.sealing.part`
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

from pydantic import ValidationError

from kiosk.exam.error import Denied, Invalid, KioskError, Refused, Tampered
from kiosk.exam.outline import Outline
from kiosk.exam.paper import Paper
from kiosk.sealing.age import AgeIdentity
from kiosk.sealing.certificate import verify_chain
from kiosk.sealing.copy import read_file, write_copy
from kiosk.sealing.envelope import LARGEST_ENVELOPE, PayloadType, read_canonical, read_envelope, sign
from kiosk.sealing.key import KeyRole, SigningKey
from kiosk.sealing.part import ATTACHMENTS, OF_A_PAPER, canary_bytes, seal_parts
from kiosk.sealing.revocation import NONE_REVOKED, Revocations, read_carried
from kiosk.wire.document import words
from kiosk.wire.package import LARGEST_ATTACHMENTS, LARGEST_BLOB, LARGEST_PACKAGE, BlobDocument, PackageManifest
from kiosk.wire.roster import RosterDocument

MANIFEST = "manifest.dsse"
BLOBS = "blobs"
_NOTHING: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Package:
    """A package whose signature and every blob hold."""

    package_id: str
    """SHA-256 of the manifest."""
    manifest: PackageManifest
    envelope: bytes = field(repr=False)
    blobs: Mapping[str, bytes] = field(repr=False)
    """Sealed bytes by their digest."""
    flags: tuple[str, ...] = ()
    revocations: Revocations = NONE_REVOKED
    """The revocation list it carries."""

    @property
    def papers(self) -> tuple[str, ...]:
        """Digests of the papers in it."""
        return tuple(b.paper for b in self.manifest.blobs if b.role == "paper" and b.paper is not None)

    def blob(self, role: str, paper: str | None = None) -> bytes:
        """Return one sealed part; raises Invalid when there is none such."""
        for blob in self.manifest.blobs:
            if (blob.role, blob.paper) == (role, paper):
                return self.blobs[blob.sha256]
        raise Invalid(f"the package has no {role}" + (f" of the paper {paper}" if paper else ""))

    def attachments(self, paper: str) -> bytes | None:
        """Return the sealed texts of a paper's files, or None where it came without any."""
        parts = {(b.role, b.paper) for b in self.manifest.blobs}
        return self.blob(ATTACHMENTS, paper) if (ATTACHMENTS, paper) in parts else None

    def recipient(self, paper: str) -> str:
        """Return the public half of what opens a paper; raises Invalid for a paper that is not in it."""
        for blob in self.manifest.blobs:
            if (blob.role, blob.paper) == ("paper", paper) and blob.recipient is not None:
                return blob.recipient
        raise Invalid(f"the package has no paper {paper}")

    def check_canary(self, identity: AgeIdentity) -> None:
        """Raise Tampered unless the hall's identity opens what is sealed to it, and it is of this very package."""
        manifest = self.manifest
        if identity.open(self.blob("canary")) != canary_bytes(manifest.test_id, manifest.hall, manifest.number):
            raise Tampered("the canary is of another package")

    def outline(self, paper: str, identity: AgeIdentity) -> Outline:
        """Return what may be told of a paper before it is opened, opened with the hall's identity."""
        return Outline.from_document(read_canonical(identity.open(self.blob("outline", paper))))

    def roster(self, identity: AgeIdentity) -> RosterDocument:
        """Return the roster, opened with the hall's identity."""
        plain = identity.open(self.blob("roster"))
        read_canonical(plain)
        try:
            return RosterDocument.model_validate_json(plain)
        except ValidationError as error:
            raise Invalid(f"the roster is not of this version: {words(error)}") from None


@dataclass(frozen=True, slots=True, kw_only=True)
class Issuer:
    """What central signs packages with."""

    key: SigningKey
    chain: tuple[str, ...]
    root: str
    recipients: tuple[str, ...]
    """age recipients of intake and escrow."""
    revocations: Revocations = NONE_REVOKED


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Where a package goes, and as which one of its line."""

    test_id: str
    hall_chain: tuple[str, ...]
    number: int
    previous: str | None
    lock: str
    """age recipient of the code in the hall's envelope."""


def write_package(
    folder: Path,
    address: Address,
    papers: Sequence[tuple[Paper, AgeIdentity]],
    roster: RosterDocument,
    issuer: Issuer,
    made_at: str,
    attached: Mapping[str, str] = _NOTHING,
) -> Package:
    """Write a package into an empty or missing folder and return it as read back and verified.

    `attached` are the texts of the papers' files by their SHA-256.
    Every file is written, flushed, renamed, and read again before this returns; the manifest comes last.
    """
    holder = verify_chain(address.hall_chain, issuer.root, KeyRole.HALL, revoked=issuer.revocations).standing()
    sealed = seal_parts(papers, roster, holder, address.lock, (address.test_id, address.number), attached)
    document = {
        "version": 1,
        "test_id": address.test_id,
        "hall": holder.hall,
        "number": address.number,
        "previous": address.previous,
        "made_at": made_at,
        "blobs": [part.document() for part in sealed],
        "recipients": list(issuer.recipients),
        "hall_certificates": list(address.hall_chain),
        "certificates": list(issuer.chain),
        "revocations": issuer.revocations.text,
    }
    if folder.exists() and any(folder.iterdir()):
        raise Refused(f"{folder} is not empty. Give a new folder for the package.")
    for part in sealed:
        write_copy(folder / BLOBS, part.sha256, part.data)
    write_copy(folder, MANIFEST, sign(PayloadType.PACKAGE, document, issuer.key))
    return read_package(folder, issuer.root, hall=holder.hall)


def read_package(
    folder: Path,
    root: str,
    *,
    hall: str | None = None,
    newest: tuple[int, str] | None = None,
    revoked: Revocations = NONE_REVOKED,
) -> Package:
    """Return the package in a folder, every signature, digest and length verified; nothing is decrypted.

    `newest` is number and id of the newest package already loaded for its test, `revoked` what is known to be
    revoked; the list the package carries counts as well. Raises Refused for an older one, Denied for another hall's
    and under a revoked certificate, Tampered or Invalid naming the file that is wrong.
    """
    envelope = read_file(folder / MANIFEST, LARGEST_ENVELOPE)
    read = read_envelope(envelope, PayloadType.PACKAGE)
    try:
        manifest = PackageManifest.model_validate_json(read.canonical_payload())
    except ValidationError as error:
        raise Invalid(f"{MANIFEST} is not of this version: {words(error)}") from None
    carried = read_carried(manifest.revocations, root)
    revoked = carried.newest(revoked)
    holder = verify_chain(manifest.certificates, root, KeyRole.RELEASE, manifest.made_at, revoked).standing()
    read.check(holder.key)
    package_id = hashlib.sha256(read.payload).hexdigest()
    own = verify_chain(manifest.hall_certificates, root, KeyRole.HALL, manifest.made_at, revoked).standing()
    if own.hall != manifest.hall or hall not in (None, manifest.hall):
        raise Denied(f"this package is for the hall {manifest.hall}")
    must_be_newest(manifest, package_id, newest)
    _must_be_whole(manifest)
    blobs, flags = _read_blobs(folder / BLOBS, manifest), holder.flags + own.flags
    return Package(package_id, manifest, envelope, blobs, flags, carried)


def must_be_newest(manifest: PackageManifest, package_id: str, newest: tuple[int, str] | None) -> None:
    """Raise Refused for a package older than the newest known, Tampered for another one with its number."""
    if newest is None:
        return
    number, known = newest
    if manifest.number < number:
        raise Refused(f"this is package {manifest.number} of {manifest.test_id}; package {number} is loaded already")
    if manifest.number == number and package_id != known:
        raise Tampered(f"this is another package {number} than the one that is loaded")


def _must_be_whole(manifest: PackageManifest) -> None:
    parts = [(b.role, b.paper) for b in manifest.blobs]
    papers = {p for role, p in parts if role == "paper"}
    expected = {("roster", None), ("canary", None), *((role, p) for p in papers for role in OF_A_PAPER)}
    expected |= {(role, p) for role, p in parts if role == ATTACHMENTS and p in papers}
    named = all((b.recipient is not None) == (b.role == "paper") for b in manifest.blobs)
    if len(parts) != len(set(parts)) or set(parts) != expected or None in papers or not named:
        raise Invalid("the package does not hold one roster, one canary, and all of each paper once")
    if any(b.length > LARGEST_ATTACHMENTS for b in manifest.blobs if b.role == ATTACHMENTS):
        raise Invalid(f"the attachments of a paper are larger than {LARGEST_ATTACHMENTS:,} bytes")
    if sum(b.length for b in manifest.blobs) > LARGEST_PACKAGE:
        raise Invalid(f"the package is larger than {LARGEST_PACKAGE:,} bytes")


def _read_blobs(folder: Path, manifest: PackageManifest) -> dict[str, bytes]:
    listed = {b.sha256: b for b in manifest.blobs}
    found = {p.name for p in folder.iterdir()} if folder.is_dir() else set()
    for name in sorted(found - set(listed)):
        raise Tampered(f"{BLOBS}/{name} is not in the list of this package")
    for name in sorted(set(listed) - found):
        raise KioskError(f"{BLOBS}/{name} ({listed[name].role}) is missing. Copy the package again.")
    return {name: _read_blob(folder, blob) for name, blob in listed.items()}


def _read_blob(folder: Path, blob: BlobDocument) -> bytes:
    data = read_file(folder / blob.sha256, LARGEST_BLOB)
    if len(data) != blob.length:
        raise Tampered(f"{BLOBS}/{blob.sha256} ({blob.role}) has {len(data):,} bytes instead of {blob.length:,}")
    if hashlib.sha256(data).hexdigest() != blob.sha256:
        raise Tampered(f"{BLOBS}/{blob.sha256} ({blob.role}) was changed")
    return data
