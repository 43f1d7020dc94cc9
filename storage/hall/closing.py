"""Closings in the hall's store, and what they are made of: the roster of a test, its sittings and its bundles."""

from sqlalchemy import select

from kiosk.exam.closing import Expected, KeptClosing, Sat, SealedSitting
from kiosk.exam.error import Refused
from kiosk.exam.log import AuditEntry
from kiosk.exam.person import Person
from storage.hall.part import Part, write_audit
from storage.hall.shortfall import lacking
from storage.hall.value import account_of
from storage.models import hall as rows


class ClosingPart(Part):
    """What became of each roster."""

    def tests(self) -> tuple[str, ...]:
        """Return the tests held in this hall, sorted."""
        with self._reading() as work:
            return tuple(work.scalars(select(rows.Test.test_id).order_by(rows.Test.test_id)))

    def roster(self, test_id: str) -> tuple[tuple[Expected, Person], ...]:
        """Return every row of a test's roster with its candidate, by name."""
        query = (
            select(rows.Assignment, rows.Person)
            .join(rows.Person, rows.Person.user_id == rows.Assignment.candidate_id)
            .where(rows.Assignment.test_id == test_id)
            .order_by(rows.Person.name, rows.Assignment.assignment_id)
        )
        with self._reading() as work:
            return tuple(
                (Expected(a.assignment_id, a.candidate_id, a.withdrawn_at is not None), account_of(p).person)
                for a, p in work.execute(query)
            )

    def sittings(self, test_id: str) -> tuple[Sat, ...]:
        """Return every sitting of a test this hall gave a lease for, at the seat that may write it."""
        query = (
            select(rows.Lease)
            .join(rows.Assignment, rows.Assignment.assignment_id == rows.Lease.assignment_id)
            .where(rows.Assignment.test_id == test_id)
            .order_by(rows.Lease.epoch)
        )
        with self._reading() as work:
            newest = {row.submission_id: row for row in work.scalars(query)}
            return tuple(Sat(row.submission_id, row.assignment_id, row.seat) for row in newest.values())

    def bundles(self, test_id: str) -> tuple[SealedSitting, ...]:
        """Return every bundle of a test, and every one that is of no assignment of this hall."""
        bundle, receipt = rows.Bundle, rows.Receipt
        query = (
            select(bundle.bundle_id, bundle.submission_id, bundle.assignment_id, bundle.is_handed_in, receipt.bundle_id)
            .outerjoin(rows.Assignment, rows.Assignment.assignment_id == bundle.assignment_id)
            .outerjoin(receipt, (receipt.bundle_id == bundle.bundle_id) & (receipt.opened_on == bundle.opened_on))
            .where((rows.Assignment.test_id == test_id) | rows.Assignment.test_id.is_(None))
            .order_by(bundle.bundle_id)
        )
        with self._reading() as work:
            short = lacking(work)
            return tuple(
                SealedSitting(
                    bundle_id, submission, assignment, handed_in, received is not None, is_lacking=bundle_id in short
                )
                for bundle_id, submission, assignment, handed_in, received in work.execute(query)
            )

    def add(self, closing: KeptClosing, audit: AuditEntry) -> None:
        """Keep a closing."""
        with self._writing() as work:
            work.add(
                rows.Closing(
                    closing_id=closing.closing_id,
                    test_id=closing.test_id,
                    envelope=closing.envelope,
                    made_at=closing.made_at,
                    closeout=None,
                )
            )
            work.flush()
            write_audit(work, audit)

    def closings(self, hall: str) -> tuple[KeptClosing, ...]:
        """Return every closing of this hall, in the order they were made."""
        query = select(rows.Closing).order_by(rows.Closing.made_at, rows.Closing.closing_id)
        with self._reading() as work:
            return tuple(_value(row, hall) for row in work.scalars(query))

    def newest(self, test_id: str, hall: str) -> KeptClosing | None:
        """Return the newest closing of a test, or None before the first."""
        query = (
            select(rows.Closing)
            .where(rows.Closing.test_id == test_id)
            .order_by(rows.Closing.made_at.desc(), rows.Closing.closing_id.desc())
            .limit(1)
        )
        with self._reading() as work:
            row = work.scalars(query).first()
            return None if row is None else _value(row, hall)

    def note(self, audit: AuditEntry) -> None:
        """Write down an act that leaves nothing else here."""
        with self._writing() as work:
            write_audit(work, audit)

    def keep_closeout(self, closing_id: str, envelope: bytes, audit: AuditEntry) -> bool:
        """Keep the close-out of a closing; return whether it is new. Another one than is held raises Refused."""
        with self._writing() as work:
            row = work.get(rows.Closing, closing_id)
            if row is None:
                raise Refused(f"This hall made no closing {closing_id[:12]}.")
            if row.closeout is not None:
                if row.closeout != envelope:
                    raise Refused(f"There is another close-out of {closing_id[:12]} here; it stays.")
                return False
            row.closeout = envelope
            write_audit(work, audit)
            return True


def _value(row: rows.Closing, hall: str) -> KeptClosing:
    return KeptClosing(
        closing_id=row.closing_id,
        hall=hall,
        test_id=row.test_id,
        envelope=bytes(row.envelope),
        made_at=row.made_at,
        closeout=None if row.closeout is None else bytes(row.closeout),
    )
