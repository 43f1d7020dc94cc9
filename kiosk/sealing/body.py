"""The body of a bundle: written in one spelling, read back and held against its manifest."""

import base64
import binascii
import hashlib
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError

from kiosk.exam.canonical import canonical, respelled
from kiosk.exam.entry import Entry, Genesis
from kiosk.exam.error import MISSHAPEN, Invalid, Tampered
from kiosk.exam.evidence import Evidence
from kiosk.exam.journal import journal_document, read_journal
from kiosk.exam.journal import verify as verify_journal
from kiosk.exam.person import Person, Role
from kiosk.exam.text import clean_line
from kiosk.sealing.age import AgeIdentity
from kiosk.sealing.compression import expand
from kiosk.sealing.envelope import must_be_modest, read_canonical
from kiosk.sealing.summary import epochs, hand_in, time_summary
from kiosk.wire.bundle import LARGEST_PLAIN, BundleBody, BundleManifest, CandidateDocument, EvidenceDocument
from kiosk.wire.document import words

MOST_PARTS = 3_000_000
"""Values of a body. The largest journal that fits a body has some 200,000 entries of 13 values."""


@dataclass(frozen=True, slots=True)
class Contents:
    """What a bundle held, its chain verified and every sum of the manifest found again."""

    genesis: Genesis
    entries: tuple[Entry, ...] = field(repr=False)
    candidate: Person
    leases: tuple[bytes, ...] = field(repr=False)
    """Envelopes of leases, not yet verified."""
    grants: tuple[bytes, ...] = field(repr=False)
    """Envelopes of grants, not yet verified."""
    evidence: tuple[Evidence, ...] = field(repr=False)


def body_bytes(
    genesis: Genesis,
    entries: Sequence[Entry],
    candidate: Person,
    leases: Sequence[bytes],
    grants: Sequence[bytes],
    evidence: Sequence[Evidence],
) -> bytes:
    """Return the canonical bytes of a body."""
    return canonical(
        {
            "version": 1,
            "journal": journal_document(genesis, entries),
            "candidate": {
                "user_id": candidate.user_id,
                "name": candidate.name,
                "roll_number": candidate.roll_number,
            },
            "leases": [e.decode("utf-8") for e in leases],
            "grants": [e.decode("utf-8") for e in grants],
            "evidence": [_evidence_document(e) for e in sorted(evidence, key=lambda e: e.digest)],
        }
    )


def open_body(manifest: BundleManifest, body: bytes, identity: AgeIdentity) -> Contents:
    """Return what a verified bundle's body holds.

    Raises Tampered when it does not open, does not fit its manifest, or its chain does not hold; Invalid when it has
    another shape. It never grows beyond the length the seat signed for.
    """
    if manifest.plain.length > LARGEST_PLAIN:
        raise Invalid(f"a body of {manifest.plain.length:,} bytes is not read; at most {LARGEST_PLAIN:,}")
    return read_body(manifest, expand(identity.open(body), manifest.plain.length))


def read_body(manifest: BundleManifest, plain: bytes) -> Contents:
    """Return what the plain bytes of a body hold, as `open_body` does; a seat reads what it seals by it."""
    if hashlib.sha256(plain).hexdigest() != manifest.plain.sha256:
        raise Tampered("the journal is not the one the manifest names")
    must_be_modest(plain, MOST_PARTS)
    document = read_canonical(plain)
    try:
        read = BundleBody.model_validate_json(plain)
    except ValidationError as error:
        raise Invalid(f"this body is not of this version: {words(error)}") from None
    genesis, entries = read_journal(document["journal"])
    _must_fit(manifest, genesis, entries)
    if read.candidate.user_id != manifest.assignment.candidate_id:
        raise Tampered("the body names another candidate than the manifest")
    return Contents(
        genesis,
        entries,
        _read_candidate(read.candidate),
        tuple(text.encode() for text in read.leases),
        tuple(text.encode() for text in read.grants),
        tuple(_read_evidence(e) for e in read.evidence),
    )


def _must_fit(manifest: BundleManifest, genesis: Genesis, entries: tuple[Entry, ...]) -> None:
    head = verify_journal(genesis, entries, respelled)
    if (head.hash.hex(), len(entries)) != (manifest.head, manifest.entries):
        raise Tampered("the journal does not end where the manifest says")
    named = (manifest.submission_id, manifest.opened_on, manifest.paper, manifest.assignment.assignment_id)
    if named != (genesis.submission_id, genesis.opened_on, genesis.paper, genesis.assignment_id):
        raise Tampered("the journal belongs to another sitting than the manifest says")
    said = manifest.model_dump(mode="json", include={"epochs", "handed_in", "time"})
    try:
        found = {"epochs": epochs(genesis, entries), "handed_in": hand_in(entries), "time": time_summary(entries)}
    except MISSHAPEN as error:
        raise Invalid(f"an entry of the journal has another shape than its kind ({type(error).__name__})") from None
    for part, value in found.items():
        if said[part] != value:
            raise Tampered(f"the manifest's {part} are not what the journal says")


def _read_candidate(document: CandidateDocument) -> Person:
    return Person(
        user_id=document.user_id,
        role=Role.CANDIDATE,
        name=clean_line(document.name),
        roll_number=None if document.roll_number is None else clean_line(document.roll_number),
    )


def _evidence_document(evidence: Evidence) -> dict[str, Any]:
    text = _plain_text(evidence)
    data = None if text is not None else base64.b64encode(evidence.content).decode("ascii")
    return {
        "sha256": evidence.digest,
        "media_type": evidence.media_type,
        "captured_at": evidence.captured_at,
        "text": text,
        "data": data,
    }


def _plain_text(evidence: Evidence) -> str | None:
    if not evidence.media_type.startswith("text/"):
        return None
    try:
        text = evidence.content.decode("utf-8")
    except UnicodeDecodeError:
        return None
    return text if unicodedata.is_normalized("NFC", text) else None


def _read_evidence(document: EvidenceDocument) -> Evidence:
    if (document.text is None) == (document.data is None):
        raise Invalid("a piece of evidence has either text or data")
    try:
        content = (
            (document.text or "").encode() if document.data is None else base64.b64decode(document.data, validate=True)
        )
    except binascii.Error:
        raise Invalid("a piece of evidence is not base64") from None
    if hashlib.sha256(content).hexdigest() != document.sha256:
        raise Tampered("a piece of evidence is not the one its digest names")
    return Evidence(document.sha256, document.media_type, document.captured_at, content)
