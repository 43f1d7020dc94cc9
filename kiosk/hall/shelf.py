"""Shelves: where bundles wait for central's receipts, in the hall's store or in the folder of an export."""

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from kiosk.exam.error import KioskError, Tampered
from kiosk.hall.collection import Collection, bundle_files
from kiosk.sealing import frame
from kiosk.sealing.bundle import verify
from kiosk.sealing.copy import read_file, write_copy
from kiosk.sealing.receipt import SUFFIX, read_receipt
from kiosk.sealing.revocation import NONE_REVOKED, Revocations
from storage.hall.store import HallStore


class Shelf(Protocol):
    """Where bundles wait for their receipts."""

    def waiting(self) -> Sequence[str]:
        """Return the ids of the bundles without a receipt."""

    def data(self, bundle_id: str) -> bytes:
        """Return the bytes of a bundle file."""

    def keep(self, bundle_id: str, receipt: bytes) -> None:
        """Keep a receipt; raises Tampered, Invalid or Denied for one that does not hold."""

    def tell_trouble(self, bundle_id: str, trouble: str) -> None:
        """Write down why central did not take a bundle."""


class HallShelf:
    """Implements `Shelf` on the hall's store."""

    def __init__(self, store: HallStore, collection: Collection) -> None:
        self._store = store
        self._collection = collection

    def waiting(self) -> Sequence[str]:
        """Return what has no receipt, in the order it was sealed."""
        return [line.bundle_id for line in self._store.bundles.waiting()]

    def data(self, bundle_id: str) -> bytes:
        """Return the bytes of a bundle file."""
        delivery = self._store.bundles.bundle(bundle_id)
        return frame.join(delivery.envelope, delivery.body)

    def keep(self, bundle_id: str, receipt: bytes) -> None:
        """Keep a receipt, verified."""
        self._collection.receive(bundle_id, receipt)

    def tell_trouble(self, bundle_id: str, trouble: str) -> None:
        """Write down why central did not take a bundle."""
        self._store.bundles.tell_trouble(bundle_id, trouble)


class FolderShelf:
    """Implements `Shelf` on an export folder: receipts are put beside the bundles for `kiosk bundle receive`."""

    def __init__(self, folder: Path, root: str, revoked: Revocations = NONE_REVOKED) -> None:
        """Raises KioskError for a folder that is not there; a file that is no bundle under `root` is unfit."""
        self._folder = folder
        self._root = root
        self._revoked = revoked
        self._files: dict[str, Path] = {}
        self._sealed: dict[str, str] = {}
        self.unfit: dict[str, str] = {}
        """Files that are not offered, by name, and why."""
        for path in bundle_files(folder):
            try:
                bundle = verify(read_file(path, frame.LARGEST), root)
            except KioskError as error:
                self.unfit[path.name] = error.message
                continue
            self._files[bundle.bundle_id] = path
            self._sealed[bundle.bundle_id] = bundle.manifest.sealed.sha256

    def waiting(self) -> Sequence[str]:
        """Return what has no receipt beside it."""
        return [i for i in self._files if not (self._folder / f"{i}{SUFFIX}").exists()]

    def data(self, bundle_id: str) -> bytes:
        """Return the bytes of a bundle file."""
        return read_file(self._files[bundle_id], frame.LARGEST)

    def keep(self, bundle_id: str, receipt: bytes) -> None:
        """Put a verified receipt beside its bundle."""
        document = read_receipt(receipt, self._root, bundle_id, self._revoked)
        if document.sealed.sha256 != self._sealed[bundle_id]:
            raise Tampered("this receipt is for other bytes than the bundle's")
        write_copy(self._folder, f"{bundle_id}{SUFFIX}", receipt)

    def tell_trouble(self, bundle_id: str, trouble: str) -> None:
        """Nothing: a folder remembers bundles and receipts alone."""
