"""A hall of 500 exported to a folder, then uploaded from it to a door on this machine, until each has its receipt.

Each file is flushed, renamed and read back; flushes are counted where they are asked for. The door keeps its store in
a SQLCipher file.

python -m benchmarks.hall [--json]
"""

import os
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from benchmarks.crowd import HALL, Crowd
from benchmarks.doorstep import a_central, a_door
from benchmarks.figure import Figure, Table, tell
from kiosk.ground.clock import SystemClock
from kiosk.hall.shelf import FolderShelf
from kiosk.hall.upload import Upload
from kiosk.sealing.bundle import Bundle
from kiosk.sealing.export import Parcel, Shipment, write_export
from kiosk.sealing.index import Indexer

SEATS = 500


def measure() -> Table:
    """Export and upload one hall."""
    with tempfile.TemporaryDirectory(prefix="kiosk-benchmark-") as folder:
        home, stick = Path(folder) / "home", Path(folder) / "stick"
        with a_central(home) as (central, paper):
            crowd = Crowd(paper, central.keys.issuer())
            shipment = _shipment(crowd, list(crowd.bundles(SEATS)))
            with _flushes() as flushes:
                exporting = _seconds(lambda: _export(stick, shipment))
            size = sum(path.stat().st_size for path in stick.iterdir())
            with a_door(home, central) as door:
                uploading = _seconds(lambda: _all(Upload(FolderShelf(stick, central.keys.root), door)))
    figures = (
        Figure(f"export of {SEATS} bundles", (exporting,), "s"),
        Figure("bytes on the stick", (size,), "B"),
        Figure("flushes (fsync)", (len(flushes),), ""),
        Figure(f"upload of {SEATS} bundles, each receipted", (uploading,), "s"),
        Figure("uploaded", (SEATS / uploading,), "/s"),
    )
    return Table(f"A hall of {SEATS}", figures)


def _shipment(crowd: Crowd, bundles: list[Bundle]) -> Shipment:
    indexer = Indexer(key=crowd.hall, chain=crowd.sealer.chain[1:], root=crowd.issuer.root, hall=HALL)
    parcels = [
        Parcel(b.bundle_id, b.manifest.submission_id, b.manifest.seat, len(b.data), partial(getattr, b, "data"))
        for b in bundles
    ]
    return Shipment(indexer, parcels)


def _export(stick: Path, shipment: Shipment) -> None:
    done = write_export(stick, [shipment], SystemClock().now().at, lambda done, whole: None)
    if not done.is_whole or len(done.copied) != SEATS:
        raise RuntimeError(f"not exported: {done.problem or done.left[:3]}")


def _all(upload: Upload) -> None:
    done = upload.run()
    if len(done.received) != SEATS:
        raise RuntimeError(f"not uploaded: {done.problem or done.declined}")


def _seconds(act: Callable[[], object]) -> float:
    begun = time.perf_counter()
    act()
    return time.perf_counter() - begun


@contextmanager
def _flushes() -> Iterator[list[int]]:
    """Count the flushes asked for while the block runs."""
    seen: list[int] = []
    flush = os.fsync

    def counted(handle: int) -> None:
        seen.append(handle)
        flush(handle)

    os.fsync = counted  # type: ignore[assignment]
    try:
        yield seen
    finally:
        os.fsync = flush


if __name__ == "__main__":
    tell(measure())
