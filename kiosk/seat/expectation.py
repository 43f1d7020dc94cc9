"""Expectations: whom the hall allowed ahead to begin at this seat, and whom a code has started here."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from pydantic import TypeAdapter, ValidationError

from kiosk.exam.error import Denied, Invalid, KioskError, Refused
from kiosk.exam.lease import Lease
from kiosk.exam.moment import Clock, parse_iso
from kiosk.exam.page import SignedGrant, SignedLease
from kiosk.sealing.coded_grant import own_grant
from kiosk.sealing.envelope import PayloadType, read_envelope
from kiosk.sealing.secret import CODE, hash_secret
from kiosk.seat.trust import Trust
from kiosk.views.candidate import CandidateCard, Instructions, TestCard
from kiosk.wire.document import words
from kiosk.wire.expected import ExpectedDocument
from kiosk.wire.hub import AdvanceMessage
from storage.seat.advance import Advance
from storage.seat.store import SeatStore

OLDER = "This seat has a newer permission for this sitting already. Have it handed over anew."
NOBODY = "Nobody is expected at this seat whom it could start without the hall."


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """One candidate who may begin here without the hall, once a code has started them."""

    lease: SignedLease
    card: CandidateCard
    test: TestCard
    instructions: Instructions
    paper_identity: str | None = field(repr=False)
    start: bytes | None
    secret_hash: str | None = field(repr=False)


class Expectations:
    """Keeps what the hall allowed ahead; nothing of it is believed but what the hall signed for this seat."""

    def __init__(self, store: SeatStore, trust: Trust, clock: Clock) -> None:
        """`trust` knows the hall whose word counts."""
        self._store = store
        self._trust = trust
        self._clock = clock

    def take(self, message: AdvanceMessage) -> None:
        """Keep what a hub sent.

        Raises Tampered, Invalid or Denied for what is not this hall's word for this seat, Refused for an older one.
        """
        lease, expected = message.lease.encode(), message.candidate.encode()
        document, signed = read_expected(expected, self._trust.hall_key), self._trust.lease(lease)
        if (signed.lease.submission_id, signed.lease.candidate_id) != (
            document.submission_id,
            document.candidate.user_id,
        ):
            raise Denied("The hall allowed somebody else ahead than it tells of.")
        self.must_be_newest(signed.lease)
        advance = Advance(
            submission_id=signed.lease.submission_id,
            assignment_id=signed.lease.assignment_id,
            candidate_id=signed.lease.candidate_id,
            roll_number=document.candidate.roll_number,
            lease=lease,
            expected=expected,
            paper_identity=message.paper_identity,
        )
        self._store.advances.keep(advance, parse_iso(self._clock.now().at))

    def must_be_newest(self, lease: Lease) -> None:
        """Raise Refused where a later permission for the same sitting came before: only the latest may be begun."""
        for expected in self.all():
            known = expected.lease.lease
            if known.submission_id == lease.submission_id and known.epoch > lease.epoch:
                raise Refused(OLDER)

    def all(self) -> Sequence[Expected]:
        """Return everybody expected here; one that does not hold is left out, and hides no other."""
        found = []
        for advance in self._store.advances.all():
            try:
                found.append(self._expected(advance))
            except KioskError:
                continue
        return found

    def waiting(self) -> Sequence[Expected]:
        """Return those who have not been started here yet."""
        return [e for e in self.all() if e.start is None and self._is_ahead(e)]

    def awaited(self, roll_number: str, candidate_id: str | None) -> Expected:
        """Return who a start is for: who is signed in, else who has the roll number, else the only one expected.

        Raises Refused where that is nobody, or not clear.
        """
        waiting = self.waiting()
        asked = roll_number.strip().casefold()
        if candidate_id is not None:
            waiting = [e for e in waiting if e.card.user_id == candidate_id]
        elif asked:
            waiting = [e for e in waiting if asked in (e.card.roll_number.casefold(), e.card.user_id.casefold())]
        if not waiting:
            raise Refused(NOBODY)
        if len(waiting) > 1 and not asked and candidate_id is None:
            raise Refused("Several candidates are expected at this seat. Give the roll number of who sits here.")
        return waiting[0]

    def start(self, submission_id: str, signed: SignedGrant, code: str) -> None:
        """Note that a code started a candidate here; with that code and the roll number they sign in."""
        self._store.advances.start(submission_id, signed.envelope, hash_secret(code, CODE))

    def started(self, submission_id: str) -> SignedGrant | None:
        """Return the act that started a sitting here without the hall, or None."""
        found = next((a.start for a in self._store.advances.all() if a.submission_id == submission_id), None)
        return None if found is None else SignedGrant(grant=own_grant(found), envelope=found)

    def _is_ahead(self, expected: Expected) -> bool:
        """Whether nothing has been written here under a permission yet, nor under a later one."""
        record, lease = self._store.record(expected.lease.lease.submission_id), expected.lease.lease
        return record is None or record.leases[-1].lease.epoch < lease.epoch

    def _expected(self, advance: Advance) -> Expected:
        document = read_expected(advance.expected, self._trust.hall_key)
        return Expected(
            lease=self._trust.lease(advance.lease),
            card=TypeAdapter(CandidateCard).validate_python(document.candidate.model_dump()),
            test=TypeAdapter(TestCard).validate_python(document.test.model_dump()),
            instructions=TypeAdapter(Instructions).validate_python(document.instructions.model_dump()),
            paper_identity=advance.paper_identity,
            start=advance.start,
            secret_hash=advance.secret_hash,
        )


def read_expected(envelope: bytes, hall_key: str) -> ExpectedDocument:
    """Return what a hall with this key tells ahead; raises Tampered or Invalid for anything else."""
    read = read_envelope(envelope, PayloadType.EXPECTED)
    read.check(hall_key)
    try:
        return ExpectedDocument.model_validate_json(read.canonical_payload())
    except ValidationError as error:
        raise Invalid(f"what the hall tells ahead is not of this version: {words(error)}") from None
