"""Ten new bundles of a hall whose other 100,000 central has: all are asked for, and ten are sent.

The worst a hall can do: it asks for everything it ever sent, in batches of 1,000, and hears the receipts. What central
has already is put into its store as rows, without being taken in; the door keeps its store in a SQLCipher file.

python -m benchmarks.increment [--json]
"""

import hashlib
import tempfile
import time
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import insert

from benchmarks.crowd import HALL, Crowd
from benchmarks.doorstep import a_central, a_door
from benchmarks.figure import Figure, Table, tell
from kiosk.central.central import Central
from kiosk.exam.status import BundleState
from kiosk.sealing.bundle import Bundle
from kiosk.wire.upload import MOST_ASKED
from storage.models.office import OfficeBase

KNOWN, NEW, ROUNDS = 100_000, 10, 3


def measure() -> Table:
    """Ask and send, round by round."""
    with tempfile.TemporaryDirectory(prefix="kiosk-benchmark-") as folder:
        home = Path(folder) / "home"
        with a_central(home) as (central, paper):
            bundles = list(Crowd(paper, central.keys.issuer()).bundles(1 + NEW * ROUNDS))
            known = _preload(central, bundles[0])
            asking, sending = [], []
            with a_door(home, central) as door:
                for turn in range(ROUNDS):
                    new = {b.bundle_id: b for b in bundles[1 + NEW * turn :][:NEW]}
                    ids = iter([*known, *new])
                    begun = time.perf_counter()
                    batches = iter(lambda ids=ids: list(islice(ids, MOST_ASKED)), [])  # type: ignore[misc]
                    missing = [h.id for batch in batches for h in door.have(batch) if h.receipt is None]
                    asked = time.perf_counter()
                    if sorted(missing) != sorted(new):
                        raise RuntimeError(f"{len(missing)} are missing and not {len(new)}")
                    for bundle_id in missing:
                        door.put(bundle_id, new[bundle_id].data)
                    asking.append(asked - begun)
                    sending.append(time.perf_counter() - asked)
    figures = (
        Figure(f"asking for {KNOWN + NEW:,} bundles", tuple(asking), "s"),
        Figure(f"sending {NEW} bundles", tuple(sending), "s"),
        Figure("bundles asked for", tuple((KNOWN + NEW) / seconds for seconds in asking), "/s"),
    )
    return Table(f"{NEW} new among {KNOWN:,}", figures)


def _preload(central: Central, like: Bundle) -> list[str]:
    """Put many bundles of the hall into the store, all receipted as one that was taken in; return their ids."""
    receipt = central.intake.take(like.data, "benchmark").receipt
    bundle, at = like.manifest, datetime.now(UTC)
    ids = [hashlib.sha256(str(number).encode()).hexdigest() for number in range(KNOWN)]
    held: dict[str, Any] = {
        "opened_on": bundle.opened_on, "manifest": like.envelope, "body": None, "entries": bundle.entries,
        "head_hash": bytes.fromhex(bundle.head), "sealed_at": at, "received_at": at, "source": "benchmark",
        "hall": HALL, "state": BundleState.COUNTED, "flags": [],
    }  # fmt: skip
    given = {"opened_on": bundle.opened_on, "envelope": receipt, "issued_at": at}
    tables = OfficeBase.metadata.tables
    with central.office.engine.begin() as connection:
        rows = [{"bundle_id": i, "submission_id": f"known-{n}", **held} for n, i in enumerate(ids)]
        connection.execute(insert(tables["bundles"]), rows)
        connection.execute(insert(tables["receipts"]), [{"bundle_id": i, **given} for i in ids])
    return ids


if __name__ == "__main__":
    tell(measure())
