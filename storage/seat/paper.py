"""Sealed papers that were sent to a seat before the exam; nothing here opens one."""

from sqlalchemy import select
from sqlalchemy.dialects.sqlite import insert as upsert

from storage.models import seat as rows
from storage.seat.page import table_of
from storage.transaction import Transactional


class PaperPart(Transactional):
    """The sealed papers of a seat, with their files sealed as they are."""

    MISFIT = "This paper does not fit what the seat holds."

    def keep(self, paper_digest: str, blob: bytes | None = None, attachments: bytes | None = None) -> None:
        """Keep a sealed paper, or its sealed files, whichever has come; what is kept already stays."""
        parts = {"blob": blob, "attachments": attachments}
        values = {name: part for name, part in parts.items() if part is not None}
        statement = upsert(table_of(rows.SealedPaper))
        with self._writing() as work:
            work.execute(
                statement.on_conflict_do_update(index_elements=["paper_digest"], set_=values)
                if values
                else statement.on_conflict_do_nothing(),
                [{"paper_digest": paper_digest, **parts}],
            )

    def sealed(self, paper_digest: str) -> tuple[bytes, bytes | None] | None:
        """Return a sealed paper and its sealed files, or None where it has not come."""
        with self._reading() as work:
            row = work.get(rows.SealedPaper, paper_digest)
            if row is None or row.blob is None:
                return None
            return bytes(row.blob), None if row.attachments is None else bytes(row.attachments)

    def digests(self) -> tuple[str, ...]:
        """Return the papers that have come."""
        query = select(rows.SealedPaper.paper_digest).where(rows.SealedPaper.blob.is_not(None))
        with self._reading() as work:
            return tuple(work.scalars(query.order_by(rows.SealedPaper.paper_digest)))
