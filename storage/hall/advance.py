"""Advances: leases a hall made ahead, for starts at seats that cannot reach it. None counts before it is used."""

import json

from sqlalchemy import select
from sqlalchemy.dialects.sqlite import insert as upsert

from kiosk.exam.lease import Lease
from kiosk.exam.page import SignedLease
from kiosk.exam.person import Person
from storage.hall.part import Part, table_of
from storage.hall.value import account_of
from storage.models import hall as rows
from storage.page import lease_row


class AdvancePart(Part):
    """Leases given ahead: the newest for each attempt."""

    def of(self, assignment_id: str, attempt: int) -> SignedLease | None:
        """Return the newest lease made ahead for an attempt, or None."""
        with self._reading() as work:
            row = work.get(rows.Advance, (assignment_id, attempt))
            if row is None:
                return None
            return SignedLease(lease=Lease.from_document(json.loads(row.document)), envelope=row.envelope or b"")

    def keep(self, signed: SignedLease) -> None:
        """Keep a lease made ahead, in the place of an older one for the same attempt."""
        values = {**lease_row(signed), "attempt": signed.lease.attempt}
        statement = upsert(table_of(rows.Advance))
        new = {name: statement.excluded[name] for name in values if name not in ("assignment_id", "attempt")}
        with self._writing() as work:
            work.execute(
                statement.on_conflict_do_update(index_elements=["assignment_id", "attempt"], set_=new), [values]
            )

    def people(self, seat: str) -> tuple[tuple[str, Person], ...]:
        """Return whom the roster names for a seat, each with the session they are expected in."""
        query = (
            select(rows.Attendance.session_id, rows.Person)
            .join(rows.Person, rows.Person.user_id == rows.Attendance.candidate_id)
            .where(rows.Attendance.seat == seat, rows.Attendance.is_named, rows.Person.is_active)
        )
        with self._reading() as work:
            found = work.execute(query.order_by(rows.Attendance.session_id, rows.Person.user_id))
            return tuple((session_id, account_of(person).person) for session_id, person in found)
