"""The stock of a folder of bundles: what its indices promise held against what lies there, by name."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from kiosk.exam.error import KioskError
from kiosk.sealing import frame
from kiosk.sealing.bundle import Bundle, verify
from kiosk.sealing.copy import read_file
from kiosk.sealing.envelope import LARGEST_ENVELOPE
from kiosk.sealing.export import Told, index_files
from kiosk.sealing.index import Index, read_index
from kiosk.wire.index import IndexedBundle


@dataclass(frozen=True, slots=True)
class Finding:
    """One file of a folder, or one that should be there, and what is wrong with it."""

    name: str
    problem: str


@dataclass(frozen=True, slots=True)
class Found:
    """A bundle file that verifies, without its bytes."""

    name: str
    bundle: Bundle


@dataclass(frozen=True, slots=True)
class Stock:
    """What a folder holds. It is whole when nothing is missing, changed, beside the indices or beyond belief."""

    indices: tuple[Index, ...]
    bundles: tuple[Found, ...]
    missing: tuple[str, ...]
    """Files an index names that are not there."""
    extra: tuple[str, ...]
    """Bundle files no index names."""
    changed: tuple[Finding, ...]
    """Files that do not verify, or are not the bytes an index names."""
    without_index: bool
    """Whether no index lies there that holds, so that nobody can say what is missing."""

    @property
    def is_whole(self) -> bool:
        """Whether everything that was exported is here, unchanged."""
        return not (self.missing or self.extra or self.changed or self.without_index)


def take_stock(folder: Path, root: str, told: Told) -> Stock:
    """Verify every bundle and index of a folder with the root's public key alone; nothing is decrypted.

    Raises KioskError for a folder that is not there.
    """
    if not folder.is_dir():
        raise KioskError(f"There is no folder {folder}.")
    changed: list[Finding] = []
    indices: list[Index] = []
    for path in index_files(folder):
        try:
            indices.append(read_index(read_file(path, LARGEST_ENVELOPE), root))
        except KioskError as error:
            changed.append(Finding(path.name, error.message))
    promised = {f"{b.bundle_id}{frame.SUFFIX}": b for index in indices for b in index.document.bundles}
    paths = {p.name: p for p in sorted(folder.glob(f"*{frame.SUFFIX}")) if not p.name.startswith(".")}
    found: list[Found] = []
    for number, (name, path) in enumerate(paths.items(), 1):
        try:
            found.append(_checked(path, root, promised.get(name)))
        except KioskError as error:
            changed.append(Finding(name, error.message))
        told(number, len(paths))
    return Stock(
        indices=tuple(indices),
        bundles=tuple(found),
        missing=tuple(sorted(promised.keys() - paths.keys())),
        extra=tuple(sorted(paths.keys() - promised.keys())) if indices else (),
        changed=tuple(changed),
        without_index=not indices,
    )


def _checked(path: Path, root: str, promised: IndexedBundle | None) -> Found:
    data = read_file(path, frame.LARGEST)
    if promised is not None and (len(data), hashlib.sha256(data).hexdigest()) != (promised.length, promised.sha256):
        raise KioskError("it is not the file that was exported: its bytes are other than the index says")
    bundle = verify(data, root)
    if bundle.file_name != path.name:
        raise KioskError(f"it holds the bundle {bundle.bundle_id}, and is named as another")
    return Found(path.name, bundle)
