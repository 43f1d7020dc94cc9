"""What the hall's report is made of beside the roster: every lease, every act that was allowed, every receipt."""

import json
from datetime import datetime

from sqlalchemy import select

from kiosk.exam.assignment import Assignment
from kiosk.exam.grant import Grant
from kiosk.exam.lease import Lease
from storage.hall.act_code import GivenCode, given_of
from storage.hall.part import Part
from storage.models import hall as rows
from storage.value import assignment_of


class RecordPart(Part):
    """The story of a hall, read out whole; nothing is written here."""

    def assignments(self, test_id: str) -> tuple[Assignment, ...]:
        """Return every assignment of a test."""
        query = select(rows.Assignment).where(rows.Assignment.test_id == test_id)
        with self._reading() as work:
            found = work.scalars(query.order_by(rows.Assignment.assignment_id))
            return tuple(assignment_of(row) for row in found)

    def leases(self) -> tuple[Lease, ...]:
        """Return every lease this hall gave, in the order they were given."""
        query = select(rows.Lease.document).order_by(rows.Lease.issued_at, rows.Lease.epoch, rows.Lease.lease_id)
        with self._reading() as work:
            return tuple(Lease.from_document(json.loads(document)) for document in work.scalars(query))

    def grants(self) -> tuple[Grant, ...]:
        """Return every act this hall allowed, in the order they were allowed."""
        query = select(rows.Grant.document).order_by(rows.Grant.issued_at, rows.Grant.grant_id)
        with self._reading() as work:
            return tuple(Grant.from_document(json.loads(document)) for document in work.scalars(query))

    def codes(self) -> tuple[GivenCode, ...]:
        """Return every code that was given for an act, in order; never the code."""
        query = select(rows.ActCode).order_by(rows.ActCode.issued_at, rows.ActCode.code_id)
        with self._reading() as work:
            return tuple(given_of(row) for row in work.scalars(query))

    def names(self) -> dict[str, str]:
        """Return the name of everybody this hall knows, by user id."""
        with self._reading() as work:
            return {row.user_id: row.name for row in work.execute(select(rows.Person.user_id, rows.Person.name))}

    def receipts(self) -> dict[str, tuple[bytes, datetime]]:
        """Return central's receipt of each bundle that has one, and when it was signed."""
        query = select(rows.Receipt.bundle_id, rows.Receipt.envelope, rows.Receipt.issued_at)
        with self._reading() as work:
            return {row.bundle_id: (bytes(row.envelope), row.issued_at) for row in work.execute(query)}
