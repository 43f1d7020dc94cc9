"""The outbox: sealing, apart from handing in. A sitting becomes a bundle once; after that nothing can be reopened."""

from kiosk.exam.error import Refused
from kiosk.exam.moment import Clock
from kiosk.exam.page import Page, page_of
from kiosk.exam.record import Record, SealedRecord
from kiosk.exam.sitting import Sitting
from kiosk.sealing.bundle import Sealer
from kiosk.sealing.bundle import seal as seal_bundle
from storage.seat.store import SeatStore


class Outbox:
    """What leaves a seat for central: at the hall's close, after a grace time, or on export."""

    def __init__(self, seat: str, store: SeatStore, sealer: Sealer, clock: Clock, build: str) -> None:
        self._seat = seat
        self._store = store
        self._sealer = sealer
        self._clock = clock
        self._build = build

    def seal_all(self) -> tuple[SealedRecord, ...]:
        """Seal every sitting that is handed in, and return every bundle of this seat."""
        for submission_id in self._store.to_seal():
            self.seal(submission_id)
        return self._store.bundles()

    def seal(self, submission_id: str) -> SealedRecord:
        """Return the bundle of a sitting, sealing it the first time.

        Raises Refused before the hand-in and Tampered for a journal that does not hold.
        """
        return self._store.seal(submission_id, self._make)

    def _make(self, record: Record) -> tuple[Page, SealedRecord]:
        record.verify()
        sitting = Sitting.fold(record.paper, record.genesis, record.entries, self._seat)
        moment = self._clock.now()
        entries = [sitting.record(step, moment) for step in sitting.seal()]
        if sitting.holder != self._seat:
            raise Refused("This sitting went on at another seat; it is sealed there.")
        bundle = seal_bundle(
            record.genesis,
            (*record.entries, *entries),
            candidate=record.candidate,
            leases=record.leases,
            sealer=self._sealer,
            grants=record.grants,
            evidence=record.evidence,
            build=self._build,
        )
        sealed = SealedRecord(
            bundle_id=bundle.bundle_id,
            submission_id=record.genesis.submission_id,
            opened_on=record.genesis.opened_on,
            envelope=bundle.envelope,
            body=bundle.body,
        )
        return page_of(sitting, entries), sealed
