"""The outbox: sealing, apart from handing in. A sitting becomes a bundle once; after that nothing can be reopened."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import partial

from kiosk.exam.entry import Entry
from kiosk.exam.error import KioskError
from kiosk.exam.moment import Clock
from kiosk.exam.page import Page, page_of
from kiosk.exam.record import Record, SealedRecord
from kiosk.exam.sitting import Sitting, Step
from kiosk.sealing.bundle import Sealer
from kiosk.sealing.bundle import seal as seal_bundle
from kiosk.seat.watch import Watch, moment_of
from storage.engine import StoreError
from storage.seat.store import SeatStore

Close = Callable[[Sitting], list[Step]]
"""Asks the rules for the step that seals; may raise Refused."""


@dataclass(frozen=True, slots=True)
class Unsealed:
    """A sitting that could not be sealed, kept as it is, and why."""

    submission_id: str
    problem: str


@dataclass(frozen=True, slots=True)
class Sealing:
    """What sealing a seat came to: one journal that does not hold keeps no other back."""

    bundles: tuple[SealedRecord, ...]
    """Every bundle of the seat."""
    unsealed: tuple[Unsealed, ...] = ()


class Outbox:
    """What leaves a seat for central: at the hall's close, after a grace time, or on export."""

    def __init__(
        self,
        seat: str,
        store: SeatStore,
        sealer: Sealer,
        clock: Clock,
        build: str,
        alone: Callable[[], AbstractContextManager[None]],
    ) -> None:
        """`alone` holds the seat while nobody sits at it; it raises Refused while the kiosk is open there."""
        self._seat = seat
        self._store = store
        self._sealer = sealer
        self._clock = clock
        self._build = build
        self._alone = alone

    def unfinished(self) -> tuple[str, ...]:
        """Return the sittings of this seat that are neither handed in nor sealed."""
        return self._store.unfinished()

    def seal_all(self) -> tuple[SealedRecord, ...]:
        """Seal every sitting that is handed in, and return every bundle of this seat; raises at the first problem."""
        for submission_id in self._store.to_seal():
            self.seal(submission_id)
        return self._store.bundles()

    def sweep(self) -> Sealing:
        """Seal every sitting that is handed in and can be sealed; return every bundle of this seat, and the rest."""
        return Sealing(unsealed=tuple(self._try(self._store.to_seal(), self.seal)), bundles=self._store.bundles())

    def recover_all(self, who: str, why: str) -> Sealing:
        """Seal also what nobody handed in, by a decision that names who took it; it cannot be undone.

        Raises Refused, and seals nothing unfinished, while somebody sits at this seat.
        """
        handed_in = self.sweep().unsealed
        with self._alone():
            found = tuple(self._try(self.unfinished(), partial(self._recover, who=who, why=why)))
        return Sealing(unsealed=(*handed_in, *found), bundles=self._store.bundles())

    def seal(self, submission_id: str) -> SealedRecord:
        """Return the bundle of a sitting, sealing it the first time.

        Raises Refused before the hand-in and Tampered for a journal that does not hold.
        """
        return self._store.seal(submission_id, partial(self._make, close=Sitting.seal))

    def recover(self, submission_id: str, who: str, why: str) -> SealedRecord:
        """Return the bundle of a sitting that nobody handed in here, sealing it the first time.

        One that went on at another seat becomes a branch at central, where that seat's bundle counts. Raises Refused
        while somebody sits at this seat, and for a sitting that is handed in; Tampered for a journal that does not
        hold.
        """
        with self._alone():
            return self._recover(submission_id, who, why)

    def _recover(self, submission_id: str, who: str, why: str) -> SealedRecord:
        return self._store.seal(submission_id, partial(self._make, close=lambda sitting: sitting.recover(who, why)))

    def _try(self, submission_ids: Sequence[str], seal: Callable[[str], object]) -> Iterator[Unsealed]:
        for submission_id in submission_ids:
            try:
                seal(submission_id)
            except StoreError:
                raise  # the store's trouble says nothing about the sitting
            except KioskError as error:
                yield Unsealed(submission_id, error.message)

    def _make(self, record: Record, close: Close) -> tuple[Page, SealedRecord]:
        record.verify()
        sitting = Sitting.fold(record.paper, record.genesis, record.entries, self._seat)
        entries = self._last_entries(record, sitting, close)
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

    def _last_entries(self, record: Record, sitting: Sitting, close: Close) -> list[Entry]:
        """Return what a journal still lacks and the seal; the time nobody watched is a gap, and charges nothing."""
        moment = self._clock.now()
        away: list[Step] = []
        if sitting.hand_in_entry is None:
            away = [*Watch(moment_of(record.entries[-1])).after_restart(sitting.ledger, moment), *sitting.finish_text()]
        entries = [sitting.record(step, moment) for step in away]
        return entries + [sitting.record(step, moment) for step in close(sitting)]
