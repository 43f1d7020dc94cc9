"""The shelf: bundles as they lie at central, given back byte for byte."""

from collections.abc import Iterator

from sqlalchemy import select

from storage.models import office as rows
from storage.office.store import Store


class ShelfStore(Store):
    """Reads stored bundles, one at a time: a year of them does not fit in memory."""

    def ids(self) -> tuple[str, ...]:
        """Return the ids of every bundle whose sealed journal is here, in the order they came."""
        query = (
            select(rows.Bundle.bundle_id)
            .where(rows.Bundle.body.is_not(None))
            .order_by(rows.Bundle.received_at, rows.Bundle.bundle_id)
        )
        with self._reading() as session:
            return tuple(session.scalars(query))

    def bundles(self) -> Iterator[tuple[str, bytes, bytes]]:
        """Give id, envelope and body of every bundle."""
        for bundle_id in self.ids():
            query = select(rows.Bundle.manifest, rows.Bundle.body).where(rows.Bundle.bundle_id == bundle_id)
            with self._reading() as session:
                envelope, body = session.execute(query).one()
            assert body is not None
            yield bundle_id, bytes(envelope), bytes(body)
