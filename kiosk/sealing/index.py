"""The index of an export: says which files belong on a stick, so that one that was lost or changed is missed by name.

Every file is `index-<digest>.dsse` and is never changed: a later export to the same stick adds another.
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from pydantic import ValidationError

from kiosk.exam.error import Invalid, Tampered
from kiosk.sealing.certificate import verify_chain
from kiosk.sealing.envelope import PayloadType, read_envelope, sign
from kiosk.sealing.key import KeyRole, SigningKey
from kiosk.wire.document import words
from kiosk.wire.index import IndexDocument, IndexedBundle

PREFIX = "index-"
SUFFIX = ".dsse"
PER_INDEX = 1_000
"""Bundles of one index; with the longest ids there may be, its envelope stays below the largest that is read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Indexer:
    """What an export is signed with: the hall's key, or the seat's where there is no hall."""

    key: SigningKey
    chain: tuple[str, ...] = field(repr=False)
    root: str
    hall: str
    seat: str | None = None

    def index(self, bundles: Sequence[IndexedBundle], exported_at: str) -> "Index":
        """Return the index of these bundles, sorted by id; raises Tampered or Denied where the key may not sign it."""
        document = {
            "version": 1,
            "hall": self.hall,
            "seat": self.seat,
            "exported_at": exported_at,
            "bundles": [b.model_dump(mode="json") for b in sorted(bundles, key=lambda b: b.bundle_id)],
            "certificates": list(self.chain),
        }
        return read_index(sign(PayloadType.INDEX, document, self.key), self.root)

    def indices(self, bundles: Sequence[IndexedBundle], exported_at: str) -> Iterator["Index"]:
        """Return as many indices as so many bundles need."""
        ordered = sorted(bundles, key=lambda b: b.bundle_id)
        for start in range(0, len(ordered), PER_INDEX):
            yield self.index(ordered[start : start + PER_INDEX], exported_at)


@dataclass(frozen=True, slots=True)
class Index:
    """An index that verified."""

    document: IndexDocument
    envelope: bytes = field(repr=False)
    flags: tuple[str, ...] = ()
    """What a person should look at: certificates out of their time."""

    @property
    def file_name(self) -> str:
        """The name of its file: another content is another file."""
        return f"{PREFIX}{hashlib.sha256(self.envelope).hexdigest()[:32]}{SUFFIX}"

    @property
    def signer(self) -> tuple[str, str | None]:
        """The hall, and the seat where the hall did not sign."""
        return self.document.hall, self.document.seat


def read_index(envelope: bytes, root: str) -> Index:
    """Return an index believed on the word of the root's public key; raises Tampered, Invalid or Denied."""
    read = read_envelope(envelope, PayloadType.INDEX)
    try:
        document = IndexDocument.model_validate_json(read.canonical_payload())
    except ValidationError as error:
        raise Invalid(f"this index is not of this version: {words(error)}") from None
    role = KeyRole.HALL if document.seat is None else KeyRole.SEAT
    holder = verify_chain(document.certificates, root, role, document.exported_at)
    read.check(holder.key)
    if (document.hall, document.seat) != (holder.hall, holder.seat):
        raise Tampered("the index names another hall or seat than the key that signed it")
    ids = [b.bundle_id for b in document.bundles]
    if ids != sorted(set(ids)):
        raise Invalid("an index names each bundle once, in order")
    return Index(document, envelope, holder.flags)
