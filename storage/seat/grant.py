"""Grants at a seat: acts that were carried out, and the hall's later word for those that a code allowed."""

from sqlalchemy import update

from kiosk.exam.page import SignedGrant
from storage.models import seat as rows
from storage.seat.record import grant_of
from storage.transaction import Transactional


class GrantPart(Transactional):
    """The acts carried out at a seat."""

    MISFIT = "This act does not fit what the seat holds."

    def known(self, grant_id: str) -> SignedGrant | None:
        """Return an act that was carried out here, or None."""
        with self._reading() as work:
            row = work.get(rows.Grant, grant_id)
            return None if row is None else grant_of(row)

    def confirm(self, grant_id: str, envelope: bytes) -> None:
        """Keep the hall's own envelope beside the one by code; the first that came stays."""
        grant = rows.Grant
        with self._writing() as work:
            work.execute(
                update(grant)
                .where(grant.grant_id == grant_id, grant.confirmation.is_(None))
                .values(confirmation=envelope)
            )
