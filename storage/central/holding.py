"""What central holds for one hall: the receipts of its bundles, and how much of its sending lies aside."""

from collections.abc import Sequence

from sqlalchemy import func, select

from kiosk.exam.error import Refused
from storage.models import office as rows
from storage.office.store import Store, in_batches


class HoldingStore(Store):
    """Answers one hall, and never about another's bundles."""

    def receipts(self, hall: str, ids: Sequence[str]) -> dict[str, bytes]:
        """Return the stored receipts of those bundles of a hall that are here."""
        bundle, receipt = rows.Bundle, rows.Receipt
        found: dict[str, bytes] = {}
        with self._reading() as session:
            for batch in in_batches(ids):
                query = (
                    select(receipt.bundle_id, receipt.envelope)
                    .join(bundle, (bundle.bundle_id == receipt.bundle_id) & (bundle.opened_on == receipt.opened_on))
                    .where(receipt.bundle_id.in_(batch), bundle.hall == hall)
                )
                found.update((bundle_id, bytes(envelope)) for bundle_id, envelope in session.execute(query))
        return found

    def receipt(self, hall: str, bundle_id: str) -> bytes:
        """Return the stored receipt of a hall's bundle; raises Refused where central does not hold it."""
        found = self.receipts(hall, [bundle_id])
        if bundle_id not in found:
            raise Refused(f"Central holds no bundle {bundle_id[:12]} of {hall}.")
        return found[bundle_id]

    def aside(self, source: str) -> int:
        """Return how many bytes from one source lie in quarantine."""
        lengths = select(func.sum(func.length(rows.Quarantine.content))).where(rows.Quarantine.source == source)
        with self._reading() as session:
            return int(session.scalar(lengths) or 0)
