"""A crowd: any number of handed-in sittings of the sample exam, sealed in one hall for the office that printed it.

Every question is answered, every choice changed once; journals are written by the same rules as on a seat.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property

from kiosk.exam.accommodation import Accommodation
from kiosk.exam.entry import Entry, Genesis
from kiosk.exam.lease import Lease
from kiosk.exam.moment import Moment, iso
from kiosk.exam.page import SignedLease
from kiosk.exam.paper import Paper
from kiosk.exam.person import Person, Role
from kiosk.exam.sitting import Sitting, Step
from kiosk.sealing.bundle import Bundle, Sealer, seal
from kiosk.sealing.certificate import certify
from kiosk.sealing.envelope import PayloadType, sign
from kiosk.sealing.key import KeyRole, SigningKey
from kiosk.sealing.package import Issuer

HALL, SEAT, BUILD = "Hall 1", "A1", "benchmark"
BEGIN = datetime.now(UTC).replace(hour=9, minute=0, second=0, microsecond=0)
ESSAY = "Cells divide in four phases; in the first the chromosomes become visible. "


@dataclass(frozen=True)
class Crowd:
    """One hall whose bundles an issuer's root vouches for."""

    paper: Paper
    issuer: Issuer

    @cached_property
    def hall(self) -> SigningKey:
        """The hall's key."""
        return SigningKey.generate()

    @cached_property
    def sealer(self) -> Sealer:
        """What its one seat seals with."""
        days = {"not_before": BEGIN - timedelta(days=9), "not_after": BEGIN + timedelta(days=9)}
        chain = certify(KeyRole.HALL, self.hall.public, self.issuer.key, self.issuer.chain, hall=HALL, **days)
        seat = SigningKey.generate()
        chain = certify(KeyRole.SEAT, seat.public, self.hall, chain, hall=HALL, seat=SEAT, **days)
        return Sealer(key=seat, chain=chain, root=self.issuer.root, recipients=self.issuer.recipients)

    def bundles(self, count: int, first: int = 0) -> Iterator[Bundle]:
        """Seal the sittings of as many candidates, one after the other."""
        for number in range(first, first + count):
            yield self.bundle(number)

    def bundle(self, number: int) -> Bundle:
        """Write and seal the sitting of one candidate."""
        return self.sealed(number, *self.journal(number))

    def sealed(self, number: int, genesis: Genesis, entries: list[Entry]) -> Bundle:
        """Seal the journal of one candidate."""
        lease = self._lease(number)
        person = Person(user_id=lease.candidate_id, role=Role.CANDIDATE, name=f"Candidate {number}")
        signed = SignedLease(lease=lease, envelope=sign(PayloadType.LEASE, lease.document(), self.hall))
        return seal(genesis, entries, candidate=person, leases=[signed], sealer=self.sealer)

    def journal(self, number: int) -> tuple[Genesis, list[Entry]]:
        """Return the journal of one candidate, from the opening to the seal."""
        lease = self._lease(number)
        writer = _Writer(Sitting(self.paper, lease.genesis(BUILD)), random.Random(number))
        writer.open(lease)
        for section in writer.sitting.order:
            for question in section.questions:
                writer.answer(question.question_id, question.option_ids)
        writer.end()
        return lease.genesis(BUILD), writer.entries

    def _lease(self, number: int) -> Lease:
        return Lease(
            lease_id=f"lease-{number}", submission_id=f"sitting-{number}", opened_on=BEGIN.date().isoformat(),
            assignment_id=f"assignment-{number}", candidate_id=f"candidate-{number}", paper=self.paper.digest,
            seat=SEAT, epoch=1, attempt=1, seed=str(number), accommodation=Accommodation(), limit_ms=None,
            due_at=None, proctor_id=None, issued_at=iso(BEGIN),
        )  # fmt: skip


class _Writer:
    """Writes one journal, a few seconds apart."""

    def __init__(self, sitting: Sitting, dice: random.Random) -> None:
        self.sitting = sitting
        self.entries: list[Entry] = []
        self._dice = dice
        self._passed = 0

    def open(self, lease: Lease) -> None:
        """Open the sitting."""
        self._take(self.sitting.open(lease))

    def answer(self, question_id: str, options: tuple[str, ...]) -> None:
        """Look at a question, put an answer down and change it."""
        self._take(self.sitting.visit(question_id, self._later()))
        for turn in (1, 2):
            if options:
                self._take(self.sitting.choose(question_id, [self._dice.choice(options)], self._later()))
            else:
                self._take(self.sitting.type(question_id, ESSAY * turn, self._later()))

    def end(self) -> None:
        """Hand in and seal."""
        self._take(self.sitting.hand_in(self._later()))
        self._take(self.sitting.seal())

    def _later(self) -> Moment:
        self._passed += self._dice.randrange(2_000, 9_000)
        return self._now()

    def _now(self) -> Moment:
        return Moment(iso(BEGIN + timedelta(milliseconds=self._passed)), "boot-1", 60_000 + self._passed)

    def _take(self, steps: list[Step]) -> None:
        self.entries += [self.sitting.record(step, self._now()) for step in steps]
