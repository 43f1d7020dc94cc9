"""The carriage of a rehearsal: bundles from the seats by the hall to a stick, and central's receipts back."""

from collections.abc import Mapping
from functools import partial
from pathlib import Path

from kiosk.exam.error import KioskError
from kiosk.exam.moment import Clock, parse_iso
from kiosk.hall.collection import Collection
from kiosk.hall.place import hall_keys, hall_store
from kiosk.rehearsal.stage import Stage
from kiosk.sealing import frame
from kiosk.sealing.export import Parcel, Shipment, write_export
from kiosk.sealing.index import Indexer
from kiosk.sealing.receipt import receipt_for
from kiosk.sealing.stock import take_stock
from kiosk.seat.place import open_outbox, seat_store
from storage.hall.store import HallStore


def _untold(done: int, whole: int) -> None:
    """A rehearsal tells of its steps, not of each file."""


class Carriage:
    """Carries between the seats, the hall and central, through the very parts the commands use."""

    def __init__(self, stage: Stage, clock: Clock) -> None:
        self._stage = stage
        self._clock = clock
        self._keys = hall_keys(stage.home.hall)
        self._store: HallStore = hall_store(stage.home.hall)
        self._collection = Collection.open(stage.home.hall, self._keys, self._store, clock)

    def close(self) -> None:
        """Let go of the hall's store."""
        self._store.close()

    def collect(self, seat: str) -> int:
        """Seal what is handed in at a seat and bring it to the hall; raises KioskError where one stays behind."""
        place = self._stage.home.seat(seat)
        store = seat_store(place)
        try:
            sealing = open_outbox(place, store, self._clock).sweep()
        finally:
            store.close()
        taken = [self._collection.take(frame.join(b.envelope, b.body), f"seat {seat}") for b in sealing.bundles]
        problems = [*(u.problem for u in sealing.unsealed), *(t.problem for t in taken if not t.bundle_id)]
        if problems:
            raise KioskError(f"The hall did not get everything from {seat}: {'; '.join(problems)}")
        return len(taken)

    def export(self, folder: Path) -> int:
        """Copy every bundle of the hall with a signed index, and hold the folder against it."""
        keys = self._keys
        indexer = Indexer(key=keys.signing, chain=keys.chain, root=keys.root, hall=keys.hall)
        parcels = [
            Parcel(d.bundle_id, d.submission_id, d.seat, d.length + frame.OVERHEAD, partial(self._data, d.bundle_id))
            for d in self._store.bundles.lines()
        ]
        done = write_export(folder, [Shipment(indexer, parcels)], self._clock.now().at, _untold)
        stock = take_stock(folder, keys.root, _untold)
        if not (done.is_whole and stock.is_whole):
            raise KioskError(f"The export is not whole: {done.problem or stock.missing or stock.changed}")
        return len(stock.bundles)

    def bring_back(self, receipts: Mapping[str, bytes]) -> int:
        """Keep central's receipts in the hall and at the seats, each verified; return how many came to a seat."""
        for bundle_id, envelope in receipts.items():
            self._collection.receive(bundle_id, envelope)
        return sum(self._hand_on(seat, receipts) for seat in self._stage.seats)

    def _hand_on(self, seat: str, receipts: Mapping[str, bytes]) -> int:
        store, count = seat_store(self._stage.home.seat(seat)), 0
        try:
            for record in store.bundles():
                envelope = receipts[record.bundle_id]
                receipt = receipt_for(record.bundle_id, record.body, envelope, self._keys.root)
                store.keep_receipt(record.bundle_id, envelope, parse_iso(receipt.received_at))
                count += 1
        finally:
            store.close()
        return count

    def _data(self, bundle_id: str) -> bytes:
        kept = self._store.bundles.bundle(bundle_id)
        return frame.join(kept.envelope, kept.body)
