"""An export: bundle files and their signed index written to a stick, each proven by reading it back."""

import hashlib
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from kiosk.exam.error import KioskError
from kiosk.sealing import frame
from kiosk.sealing.copy import read_file, write_copy
from kiosk.sealing.envelope import LARGEST_ENVELOPE
from kiosk.sealing.index import PREFIX, SUFFIX, Index, Indexer, read_index
from kiosk.wire.index import IndexedBundle

Told = Callable[[int, int], None]
"""Told how much is done of how much."""
INDEX_ENTRY = 1_000
"""Bytes the line of one bundle takes in an index, at least as many as it ever is with ordinary ids."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """One bundle to be copied; its bytes are fetched when its turn comes, so that a hall of any size fits in memory."""

    bundle_id: str
    submission_id: str
    seat: str
    length: int
    """Bytes of the file."""
    data: Callable[[], bytes] = field(repr=False)

    @property
    def file_name(self) -> str:
        """The name of the file: the bundle's id, which every file system takes."""
        return f"{self.bundle_id}{frame.SUFFIX}"


@dataclass(frozen=True, slots=True)
class Shipment:
    """The parcels one key answers for: the hall's, or a seat's own where there is no hall."""

    indexer: Indexer
    parcels: Sequence[Parcel]


@dataclass(frozen=True, slots=True)
class Left:
    """A bundle that is not on the stick, and why."""

    bundle_id: str
    submission_id: str
    problem: str


@dataclass(slots=True)
class Export:
    """What an export came to: nothing is called copied that was not read back."""

    copied: list[IndexedBundle] = field(default_factory=list)
    left: list[Left] = field(default_factory=list)
    indices: list[str] = field(default_factory=list)
    """Names of the index files."""
    problem: str | None = None
    """Why the export ended before its end, or None."""

    @property
    def is_whole(self) -> bool:
        """Whether everything is on the stick, with its index."""
        return not self.left and self.problem is None


def write_export(folder: Path, shipments: Sequence[Shipment], exported_at: str, told: Told) -> Export:
    """Copy every bundle into a folder, and the index of what was copied; doing it again finishes or changes nothing.

    A file that exists with other bytes is left as it is and named. A medium that fails ends the export; what was copied
    until then is said. Raises KioskError, before the first byte, for a medium without the room.
    """
    folder.mkdir(parents=True, exist_ok=True)
    check_room(folder, [p for s in shipments for p in s.parcels])
    done = Export()
    whole = sum(len(s.parcels) for s in shipments)
    for shipment in shipments:
        copied = []
        for parcel in shipment.parcels:
            if done.problem is None and (entry := _copy(folder, parcel, done)) is not None:
                copied.append(entry)
            elif done.problem is not None:
                done.left.append(Left(parcel.bundle_id, parcel.submission_id, done.problem))
            told(len(done.copied) + len(done.left), whole)
        if done.problem is None:
            _write_indices(folder, shipment.indexer, copied, exported_at, done)
    return done


def check_room(folder: Path, parcels: Sequence[Parcel]) -> None:
    """Raise KioskError unless the medium of a folder has room for what is not on it yet, in whole clusters."""
    about = os.statvfs(folder)
    cluster = about.f_frsize or 1
    missing = [p.length for p in parcels if not (folder / p.file_name).exists()]
    if not missing:
        return
    wanted = [*missing, INDEX_ENTRY * len(parcels), *(cluster for _ in missing)]
    needed = sum(-(-length // cluster) * cluster for length in wanted)
    free = about.f_bavail * cluster
    if needed > free:
        raise KioskError(
            f"{folder} has room for {free:,} bytes, and {needed:,} are needed for {len(missing)} bundles. "
            "Nothing was copied. Use another stick."
        )


def _copy(folder: Path, parcel: Parcel, done: Export) -> IndexedBundle | None:
    data = parcel.data()
    try:
        write_copy(folder, parcel.file_name, data)
    except OSError as error:
        done.problem = f"the medium failed: {error.strerror or type(error).__name__}"
        return None
    except KioskError as error:
        done.left.append(Left(parcel.bundle_id, parcel.submission_id, error.message))
        return None
    entry = IndexedBundle(
        bundle_id=parcel.bundle_id,
        submission_id=parcel.submission_id,
        seat=parcel.seat,
        sha256=hashlib.sha256(data).hexdigest(),
        length=len(data),
    )
    done.copied.append(entry)
    return entry


def _write_indices(
    folder: Path, indexer: Indexer, copied: Sequence[IndexedBundle], exported_at: str, done: Export
) -> None:
    try:
        there = {(i.signer, i.document.bundles): name for name, i in read_indices(folder, indexer.root)}
        for index in indexer.indices(copied, exported_at):
            name = there.get((index.signer, index.document.bundles))
            if name is None:
                name = write_copy(folder, index.file_name, index.envelope).name
            done.indices.append(name)
    except OSError as error:
        done.problem = f"the index could not be written, the medium failed: {error.strerror or type(error).__name__}"
    except KioskError as error:
        done.problem = f"the index could not be written: {error.message}"


def index_files(folder: Path) -> tuple[Path, ...]:
    """Return the index files of a folder, by name."""
    return tuple(sorted(folder.glob(f"{PREFIX}*{SUFFIX}")))


def read_indices(folder: Path, root: str) -> list[tuple[str, Index]]:
    """Return the indices of a folder that verify, with their names; verifying a folder names those that do not."""
    found = []
    for path in index_files(folder):
        try:
            found.append((path.name, read_index(read_file(path, LARGEST_ENVELOPE), root)))
        except KioskError:
            continue
    return found
