"""How a sitting begins at a seat: opened, gone on with after a restart, or taken over from another seat."""

from collections.abc import Mapping
from dataclasses import dataclass

from kiosk.exam.attachment import must_be_attached
from kiosk.exam.error import Refused
from kiosk.exam.moment import Clock
from kiosk.exam.page import SignedLease
from kiosk.exam.record import Record
from kiosk.seat.act_code import ActCodes
from kiosk.seat.fence import GOES_ON_ELSEWHERE, STOPPED
from kiosk.seat.handover import handover_of
from kiosk.seat.offer import lease_of, opening_of
from kiosk.seat.scribe import Scribe
from kiosk.seat.trust import Trust
from kiosk.seat.writer import Writer
from kiosk.views.authority import Admission, LeaseOffer
from storage.seat.store import SeatStore


@dataclass(frozen=True, slots=True, kw_only=True)
class Beginning:
    """What a seat begins with, whoever sits at it."""

    seat: str
    build: str
    store: SeatStore
    trust: Trust
    clock: Clock
    writer: Writer
    codes: ActCodes

    def begin(self, offer: LeaseOffer, admission: Admission, assignment_id: str) -> tuple[Scribe, Mapping[str, str]]:
        """Return who writes the sitting, and the texts of its files.

        Raises Tampered, Denied or Invalid for an offer that does not hold, Refused for a sitting that goes on
        elsewhere.
        """
        signed = lease_of(offer, self.trust, admission, assignment_id)
        self._must_not_be_fenced(signed)
        record = self.store.record(signed.lease.submission_id)
        if record is not None and record.leases[-1].lease == signed.lease:
            return self._resumed(record)
        if record is not None and record.leases[-1].lease.epoch >= signed.lease.epoch:
            raise Refused("This sitting went on elsewhere after it was here. Please ask the proctor.")
        if record is None and signed.lease.fork is None:
            return self._opened(offer, signed, admission)
        return self._taken_over(offer, signed, admission)

    def _opened(self, offer: LeaseOffer, signed: SignedLease, admission: Admission) -> tuple[Scribe, Mapping[str, str]]:
        opening = opening_of(offer, signed, admission)
        started = self.codes.started(signed.lease.submission_id)
        scribe = Scribe.open(opening, self.build, self.clock, self.writer, started)
        return scribe, opening.attachments

    def _resumed(self, record: Record) -> tuple[Scribe, Mapping[str, str]]:
        must_be_attached(record.paper, record.attachments)
        return Scribe.resume(record, self.seat, self.build, self.clock, self.writer), record.attachments

    def _taken_over(
        self, offer: LeaseOffer, signed: SignedLease, admission: Admission
    ) -> tuple[Scribe, Mapping[str, str]]:
        if offer.journal is None:
            raise Refused(
                "This seat holds answers of this sitting that the hall never received. It cannot begin anew here: "
                "please ask the proctor."
            )
        opening, lease = opening_of(offer, signed, admission), signed.lease
        handover = handover_of(offer.journal, opening, self.trust).started_by(self.codes.started(lease.submission_id))
        return Scribe.take_over(handover, self.clock, self.writer, self.store.take_over), opening.attachments

    def _must_not_be_fenced(self, signed: SignedLease) -> None:
        fence = self.store.fences.of(signed.lease.submission_id)
        if fence is not None and signed.lease.epoch < fence.epoch:
            if fence.seat == self.seat:
                raise Refused(STOPPED)
            raise Refused(GOES_ON_ELSEWHERE if fence.seat is None else f"This sitting goes on at seat {fence.seat}.")
