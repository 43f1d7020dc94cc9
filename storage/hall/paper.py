"""Sealed papers, and what opens them: kept apart, and only from the release on."""

import json
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select

from kiosk.exam.error import Refused
from kiosk.exam.log import AuditEntry
from kiosk.exam.outline import Outline
from kiosk.exam.roster import SealedPaper
from storage.hall.part import Part, put_rows, write_audit
from storage.models import hall as rows


class PaperPart(Part):
    """Papers of this hall."""

    def paper(self, digest: str) -> SealedPaper | None:
        """Return one sealed paper, or None while it has not come."""
        with self._reading() as work:
            row = work.get(rows.SealedPaper, digest)
            return None if row is None else _paper(row)

    def sealed(self, test_id: str) -> tuple[SealedPaper, ...]:
        """Return the papers of a test that came, opened or not."""
        query = select(rows.SealedPaper).where(rows.SealedPaper.test_id == test_id)
        with self._reading() as work:
            return tuple(_paper(row) for row in work.scalars(query.order_by(rows.SealedPaper.paper_digest)))

    def identity(self, digest: str) -> str | None:
        """Return the secret that opens a paper, or None before the release."""
        with self._reading() as work:
            row = work.get(rows.PaperIdentity, digest)
            return None if row is None else row.identity

    def release(self, identities: Mapping[str, str], now: datetime, audit: AuditEntry) -> None:
        """Keep what opens some papers, by their digests, from `now` on; a second time changes nothing.

        Raises Refused for a paper that has not come.
        """
        with self._writing() as work:
            given = set(work.scalars(select(rows.PaperIdentity.paper_digest)))
            new = {digest: identity for digest, identity in identities.items() if digest not in given}
            if not new:
                return
            recipients = {
                row.paper_digest: row.recipient
                for row in work.scalars(select(rows.SealedPaper).where(rows.SealedPaper.paper_digest.in_(new)))
            }
            if set(recipients) != set(new):
                raise Refused("A paper of this release has not come to this hall. Load its package first.")
            put_rows(
                work,
                rows.PaperIdentity,
                [
                    {"paper_digest": d, "identity": secret, "recipient": recipients[d], "given_at": now}
                    for d, secret in new.items()
                ],
            )
            write_audit(work, audit)


def _paper(row: rows.SealedPaper) -> SealedPaper:
    return SealedPaper(
        digest=row.paper_digest,
        test_id=row.test_id,
        blob=row.blob,
        recipient=row.recipient,
        locked_identity=row.locked_identity,
        outline=Outline.from_document(json.loads(row.outline)),
        attachments=row.attachments,
    )
