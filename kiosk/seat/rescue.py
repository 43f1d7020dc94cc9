"""A seat on the hall's own machine, at which sittings whose machines are gone are replayed and sealed; nobody sits."""

from contextlib import nullcontext

from kiosk.exam.attempt import Phase
from kiosk.exam.error import Refused
from kiosk.exam.moment import Clock
from kiosk.exam.receipt import receipt_code
from kiosk.exam.record import SealedRecord
from kiosk.exam.sitting import Sitting
from kiosk.ground.home import Place
from kiosk.seat.custody import settle_key
from kiosk.seat.handover import handover_of
from kiosk.seat.offer import lease_of, opening_of
from kiosk.seat.place import open_outbox, read_enrolment, settle_seat
from kiosk.seat.report import report_of
from kiosk.seat.trust import Trust
from kiosk.views.authority import Admission, Keeper, LeaseOffer, Report
from kiosk.wire.enrolment import EnrolmentDocument
from storage.seat.store import SeatStore


class RescueSeat:
    """Whoever uses it holds the seat's lock."""

    def __init__(self, place: Place, store: SeatStore, trust: Trust, clock: Clock) -> None:
        self._store = store
        self._trust = trust
        self._clock = clock
        self._outbox = open_outbox(place, store, clock, alone=nullcontext)

    @classmethod
    def open(cls, place: Place, enrolment: EnrolmentDocument, keeper: Keeper, clock: Clock) -> "RescueSeat":
        """Settle a seat and open its store; `keeper` opens a sealed one."""
        settle_seat(place, enrolment, keeper)
        kept = read_enrolment(place)
        store = SeatStore.open(place.store, settle_key(place, kept, keeper), create=True)
        return cls(place, store, Trust.from_chain(kept.seat, kept.chain, kept.root), clock)

    def take_over(self, offer: LeaseOffer, admission: Admission, assignment_id: str) -> Phase:
        """Replay what the hall holds, every entry verified, and go on after it; return how the sitting stands.

        Done once, it changes nothing. Raises Tampered or Invalid where the journal does not hold, Refused where the
        hall gave none.
        """
        signed = lease_of(offer, self._trust, admission, assignment_id)
        submission_id = signed.lease.submission_id
        record = self._store.record(submission_id)
        if record is not None and record.leases[-1].lease == signed.lease:
            return self._sitting(submission_id).phase
        if offer.journal is None:
            raise Refused("The hall holds nothing of this sitting, so that there is nothing to seal.")
        handover = handover_of(offer.journal, opening_of(offer, signed, admission), self._trust)
        sitting, entries = handover.go_on(self._clock.now())
        self._store.take_over(handover.page(sitting, entries), handover.record.leases, handover.record.grants)
        return sitting.phase

    def seal(self, submission_id: str, who: str, why: str) -> SealedRecord:
        """Return the bundle of a sitting that was taken over: as it was handed in, or by a decision where nobody did.

        Done again, it returns the same bundle. Raises Tampered for a journal that does not hold.
        """
        if self._sitting(submission_id).hand_in_entry is not None:
            return self._outbox.seal(submission_id)
        return self._outbox.recover(submission_id, who, why)

    def report(self, submission_id: str) -> Report:
        """Return what the hall is told of a sitting here."""
        return report_of(self._sitting(submission_id))

    def hand_in(self, submission_id: str) -> tuple[bool, str | None]:
        """Return whether a sitting here was handed in, and its receipt code."""
        entry = self._sitting(submission_id).hand_in_entry
        return entry is not None, None if entry is None else receipt_code(entry.hash)

    def close(self) -> None:
        """Let go of the store."""
        self._store.close()

    def _sitting(self, submission_id: str) -> Sitting:
        record = self._store.whole_record(submission_id)
        record.verify()
        return Sitting.fold(record.paper, record.genesis, record.entries, self._trust.seat)
