"""The revocation list: signed by the root, counting up, carried in packages and enrolments, never taken back."""

import os
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from pydantic import ValidationError

from kiosk.exam.error import Invalid, Refused, Tampered
from kiosk.sealing.copy import read_file, sync_folder
from kiosk.sealing.envelope import PayloadType, read_envelope, sign
from kiosk.sealing.key import SigningKey
from kiosk.wire.document import words
from kiosk.wire.revocation import LARGEST_REVOCATIONS, RevocationsDocument, RevokedDocument

FILE = "revocations.dsse"


@dataclass(frozen=True, slots=True)
class Revocations:
    """A list whose signature holds; the empty one, number 0, where none was ever made."""

    number: int = 0
    entries: tuple[RevokedDocument, ...] = ()
    envelope: bytes = field(default=b"", repr=False)
    _serials: dict[str, RevokedDocument] = field(default_factory=dict, repr=False, compare=False)
    _keys: dict[str, RevokedDocument] = field(default_factory=dict, repr=False, compare=False)

    @property
    def text(self) -> str | None:
        """The envelope as other documents carry it; None for the empty list."""
        return self.envelope.decode("ascii") if self.number else None

    def find(self, serial: str, key: str) -> RevokedDocument | None:
        """Return the entry that revokes a certificate, by its serial or by its key."""
        return self._serials.get(serial) or self._keys.get(key)

    def newest(self, other: "Revocations") -> "Revocations":
        """Return the later of two lists; raises Tampered where two differ under one number, or one forgot an entry."""
        early, late = sorted((self, other), key=lambda r: r.number)
        if early.number == late.number and early.envelope != late.envelope:
            raise Tampered(f"there are two different revocation lists with the number {late.number}")
        if not set(early.entries) <= set(late.entries):
            raise Tampered(f"the revocation list {late.number} has forgotten what list {early.number} revoked")
        return late


NONE_REVOKED = Revocations()


@lru_cache(maxsize=4)  # one list stands behind every bundle of a day
def read_revocations(data: bytes, root: str) -> Revocations:
    """Return a list believed on the word of the root's public key; raises Tampered or Invalid otherwise."""
    if len(data) > LARGEST_REVOCATIONS:
        raise Invalid(f"a revocation list of {len(data):,} bytes is not read; at most {LARGEST_REVOCATIONS:,}")
    envelope = read_envelope(data, PayloadType.REVOCATIONS)
    try:
        envelope.check(root)
    except Tampered:
        raise Tampered("the revocation list is not signed by the root key") from None
    try:
        document = RevocationsDocument.model_validate_json(envelope.canonical_payload())
    except ValidationError as error:
        raise Invalid(f"the revocation list is not of this version: {words(error)}") from None
    # an entry with a serial means that certificate alone, though its key is named for people to see
    serials = {e.serial: e for e in document.entries if e.serial is not None}
    keys = {e.key: e for e in document.entries if e.serial is None and e.key is not None}
    return Revocations(document.number, document.entries, data, serials, keys)


def read_carried(text: str | None, root: str) -> Revocations:
    """Return the list another document carries, as `read_revocations` does; the empty list for None."""
    return NONE_REVOKED if text is None else read_revocations(text.encode("utf-8", "replace"), root)


def revoke(before: Revocations, entry: RevokedDocument, root: SigningKey) -> Revocations:
    """Return the next list, with one more entry; raises Refused for what is revoked already, Invalid for a full list.

    The new list is read again before it is returned.
    """
    known = {(e.serial, e.key if e.serial is None else None) for e in before.entries}
    if (entry.serial, entry.key if entry.serial is None else None) in known:
        raise Refused(f"{entry.serial or entry.key} is revoked already.")
    document = {
        "version": 1,
        "number": before.number + 1,
        "entries": [e.model_dump(mode="json") for e in (*before.entries, entry)],
    }
    return read_revocations(sign(PayloadType.REVOCATIONS, document, root), root.public)


class RevocationFile:
    """The newest list a place has heard of, beside its keys."""

    def __init__(self, folder: Path, root: str) -> None:
        self._path = folder / FILE
        self._root = root

    def read(self) -> Revocations:
        """Return the list kept here, the empty one where there is none; raises Tampered or Invalid for a changed one.

        Nothing here heals a damaged list: to go on without it would be to believe what the root has revoked.
        """
        if not self._path.exists():
            return NONE_REVOKED
        return read_revocations(read_file(self._path, LARGEST_REVOCATIONS), self._root)

    def keep(self, heard: Revocations) -> Revocations:
        """Keep a list if it is newer than the one here; return the newest. Raises Tampered as `newest` does."""
        held = self.read()
        newest = held.newest(heard)
        if newest.number > held.number:
            self._replace(newest.envelope)
        return newest

    def _replace(self, content: bytes) -> None:
        draft = self._path.with_suffix(".new")
        with draft.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(self._path)
        sync_folder(self._path.parent)
