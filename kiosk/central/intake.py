"""Intake: bundles are verified, stored with a signed receipt, or set aside with the reason. It opens nothing."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

from kiosk.exam.arrival import Arrival
from kiosk.exam.error import KioskError, Refused
from kiosk.exam.moment import Clock, parse_iso
from kiosk.sealing import frame
from kiosk.sealing.bundle import Bundle, verify
from kiosk.sealing.copy import read_file
from kiosk.sealing.envelope import LARGEST_ENVELOPE
from kiosk.sealing.export import index_files
from kiosk.sealing.index import read_index
from kiosk.sealing.receipt import ReceiptSigner
from kiosk.sealing.revocation import NONE_REVOKED, Revocations
from storage.central.intake import IntakeStore


class Outcome(StrEnum):
    """What became of something handed to intake."""

    STORED = "stored"
    KNOWN = "known"  # it was here already; nothing changed
    QUARANTINED = "quarantined"
    UNREAD = "unread"  # the file could not be read; it is where it was


@dataclass(frozen=True, slots=True)
class Taken:
    """One thing handed to intake, and what became of it."""

    source: str
    outcome: Outcome
    digest: str
    """The bundle's id; of something in quarantine, the digest of its bytes; empty where it could not be read."""
    receipt: bytes | None = None
    reason: str = ""
    flags: tuple[str, ...] = ()

    @property
    def is_new(self) -> bool:
        """Whether it was stored just now."""
        return self.outcome is Outcome.STORED

    @property
    def is_refused(self) -> bool:
        """Whether it did not verify or could not be read."""
        return self.outcome in (Outcome.QUARANTINED, Outcome.UNREAD)


class Intake:
    """Takes bundles in. The same bundle any number of times, in any order, gives the same rows and receipt."""

    def __init__(
        self,
        store: IntakeStore,
        root: str,
        signer: ReceiptSigner,
        clock: Clock,
        revoked: Callable[[], Revocations] = lambda: NONE_REVOKED,
    ) -> None:
        """`revoked` is asked anew each time; what it names is stored and receipted all the same, and flagged."""
        self._store = store
        self._revoked = revoked
        self._root = root
        self._signer = signer
        self._clock = clock

    def take(self, data: bytes, source: str) -> Taken:
        """Take the bytes of one bundle in; what does not verify is kept in quarantine, and the reason said."""
        try:
            bundle = self.verify(data)
        except KioskError as error:
            return self.set_aside(data, source, error.message)
        return self.keep(bundle, source)

    def verify(self, data: bytes) -> Bundle:
        """Return the bundle in `data`; raises Tampered, Invalid or Denied with what is wrong. Nothing is stored.

        A revocation list that cannot be read refuses no bundle: it is flagged, and counting holds it against the list.
        """
        doubts: tuple[str, ...] = ()
        try:
            revoked = self._revoked()
        except KioskError as error:
            revoked, doubts = NONE_REVOKED, (f"it was not held against the revocation list: {error.message}",)
        bundle = verify(data, self._root, revoked)
        return replace(bundle, flags=(*bundle.flags, *doubts))

    def keep(self, bundle: Bundle, source: str) -> Taken:
        """Store a bundle that verified, with its receipt."""
        now = self._clock.now().at
        receipt, is_new = self._store.accept(_arrival(bundle, source, now), lambda: self._signer.receipt(bundle, now))
        outcome = Outcome.STORED if is_new else Outcome.KNOWN
        return Taken(source, outcome, bundle.bundle_id, receipt, flags=bundle.flags)

    def set_aside(self, data: bytes, source: str, reason: str) -> Taken:
        """Keep what did not verify in quarantine.

        What is larger than any bundle, or finds the quarantine full, is left where it was.
        """
        if len(data) > frame.LARGEST:
            return Taken(source, Outcome.UNREAD, "", reason=reason)
        try:
            digest = self._store.quarantine(data, source, reason, parse_iso(self._clock.now().at))
        except Refused as error:
            return Taken(source, Outcome.UNREAD, "", reason=f"{reason}. {error.message}")
        return Taken(source, Outcome.QUARANTINED, digest, reason=reason)

    def take_folder(self, folder: Path) -> Iterator[Taken]:
        """Take in every bundle file of a folder, by name, and say what its indices name that is not here then.

        Raises KioskError for a folder that is not there.
        """
        if not folder.is_dir():
            raise KioskError(f"There is no folder {folder}.")
        for path in sorted(folder.rglob(f"*{frame.SUFFIX}")):
            try:
                data = read_file(path, frame.LARGEST)
            except KioskError as error:
                yield Taken(path.name, Outcome.UNREAD, "", reason=error.message)
                continue
            yield self.take(data, path.name)
        for path in index_files(folder):
            yield from self._held_against(path)

    def _held_against(self, path: Path) -> Iterator[Taken]:
        """Return what an index names and central does not hold, or why the index is not believed."""
        try:
            index = read_index(read_file(path, LARGEST_ENVELOPE), self._root)
        except KioskError as error:
            yield Taken(path.name, Outcome.UNREAD, "", reason=f"an index of this folder does not hold: {error.message}")
            return
        for entry in index.document.bundles:
            if not self._store.holds(entry.bundle_id):
                words = f"{path.name} names it, and it is neither here nor held; look for the other copy"
                yield Taken(f"{entry.bundle_id}{frame.SUFFIX}", Outcome.UNREAD, entry.bundle_id, reason=words)


def _arrival(bundle: Bundle, source: str, now: str) -> Arrival:
    manifest = bundle.manifest
    return Arrival(
        bundle_id=bundle.bundle_id,
        submission_id=manifest.submission_id,
        opened_on=manifest.opened_on,
        hall=manifest.hall,
        envelope=bundle.envelope,
        body=bundle.body,
        entries=manifest.entries,
        head_hash=bytes.fromhex(manifest.head),
        sealed_at=parse_iso(manifest.sealed_at),
        received_at=parse_iso(now),
        source=source,
        flags=bundle.flags,
    )
