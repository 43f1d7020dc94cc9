"""What the hall's board is drawn from, read in bulk: the roster in one query, grants since the last look, attention."""

import json
from collections.abc import Container, Sequence
from datetime import datetime

from sqlalchemy import select

from kiosk.exam.assignment import Assignment
from kiosk.exam.attention import KeptAttention
from kiosk.exam.canonical import canonical
from kiosk.exam.dispatch import CommandState
from kiosk.exam.grant import Grant
from kiosk.exam.incident import Meter
from kiosk.exam.log import AuditEntry
from kiosk.exam.person import Person
from storage.hall.part import Part, put_rows, write_audit
from storage.hall.value import account_of
from storage.models import hall as rows
from storage.value import assignment_of

MOST_AT_ONCE = 500
"""Grants read by one query."""


class BoardPart(Part):
    """Counts, names and times; never content."""

    def roster(self) -> tuple[tuple[Assignment, Person], ...]:
        """Return every assignment of this hall with its candidate, by name."""
        query = (
            select(rows.Assignment, rows.Person)
            .join(rows.Person, rows.Person.user_id == rows.Assignment.candidate_id)
            .order_by(rows.Person.name, rows.Assignment.assignment_id)
        )
        with self._reading() as work:
            return tuple((assignment_of(a), account_of(p).person) for a, p in work.execute(query))

    def titles(self) -> dict[str, str]:
        """Return the title of each test held here."""
        with self._reading() as work:
            return {row.test_id: row.title for row in work.execute(select(rows.Test.test_id, rows.Test.title))}

    def papers(self) -> dict[str, bool]:
        """Return the digest of each paper that came, and whether it has been released."""
        query = select(rows.SealedPaper.paper_digest, rows.PaperIdentity.paper_digest).outerjoin(
            rows.PaperIdentity, rows.PaperIdentity.paper_digest == rows.SealedPaper.paper_digest
        )
        with self._reading() as work:
            return {digest: given is not None for digest, given in work.execute(query)}

    def grants(self, since: datetime | None = None, known: Container[str] = ()) -> tuple[Grant, ...]:
        """Return every grant issued at `since` or later, in order, but for the `known` ones."""
        grant = rows.Grant
        ids, documents = select(grant.grant_id), select(grant.document)
        if since is not None:
            ids = ids.where(grant.issued_at >= since)
        with self._reading() as work:
            fresh = [grant_id for grant_id in work.scalars(ids) if grant_id not in known]
            parts = (fresh[start : start + MOST_AT_ONCE] for start in range(0, len(fresh), MOST_AT_ONCE))
            found = [d for part in parts for d in work.scalars(documents.where(grant.grant_id.in_(part)))]
        read = (Grant.from_document(json.loads(document)) for document in found)
        return tuple(sorted(read, key=lambda g: (g.issued_at, g.grant_id)))

    def receipted_at(self, submission_id: str) -> datetime | None:
        """Return when central gave its receipt for a sitting; None while it has not."""
        query = (
            select(rows.Receipt.issued_at)
            .join(
                rows.Bundle,
                (rows.Bundle.bundle_id == rows.Receipt.bundle_id) & (rows.Bundle.opened_on == rows.Receipt.opened_on),
            )
            .where(rows.Bundle.submission_id == submission_id)
            .order_by(rows.Receipt.issued_at.desc())
        )
        with self._reading() as work:
            return work.scalars(query.limit(1)).first()

    def heads(self) -> dict[str, tuple[int, datetime]]:
        """Return, by sitting, the last entry this hall holds of its newest epoch, and when it came."""
        tail = rows.Tail
        query = select(tail.submission_id, tail.head_seq, tail.heard_at).order_by(tail.epoch)
        with self._reading() as work:
            return {submission_id: (seq, heard_at) for submission_id, seq, heard_at in work.execute(query)}

    def answers(self, grant_ids: Sequence[str]) -> dict[str, tuple[CommandState, str]]:
        """Return how far some commands have come, by grant, and what the seats said of them."""
        command = rows.Command
        query = select(command.grant_id, command.state, command.words).where(command.grant_id.in_(list(grant_ids)))
        with self._reading() as work:
            return {grant_id: (CommandState(state), words) for grant_id, state, words in work.execute(query)}

    def attentions(self) -> tuple[KeptAttention, ...]:
        """Return what is not settled, in the order it was raised."""
        query = select(rows.Attention).where(
            rows.Attention.over_at.is_(None) | rows.Attention.acknowledged_at.is_(None)
        )
        with self._reading() as work:
            found = work.scalars(query.order_by(rows.Attention.raised_at, rows.Attention.attention_id))
            return tuple(_attention(row) for row in found)

    def put_attentions(self, values: Sequence[KeptAttention], audits: Sequence[AuditEntry] = ()) -> None:
        """Keep what needs somebody as it stands now, with who took note of it."""
        with self._writing() as work:
            put_rows(work, rows.Attention, [_row(value) for value in values])
            if audits:
                write_audit(work, *audits)


def _row(value: KeptAttention) -> dict[str, object]:
    return {
        "attention_id": value.attention_id,
        "seat": value.seat,
        "kind": value.kind,
        "severity": value.severity,
        "words": value.words,
        "raised_at": value.raised_at,
        "over_at": value.over_at,
        "acknowledged_at": value.acknowledged_at,
        "acknowledged_by": value.acknowledged_by,
        "submission_id": value.submission_id,
        "meter": None if value.meter is None else canonical(value.meter.document()).decode(),
    }


def _attention(row: rows.Attention) -> KeptAttention:
    return KeptAttention(
        attention_id=row.attention_id,
        seat=row.seat,
        kind=row.kind,
        severity=row.severity,
        words=row.words,
        raised_at=row.raised_at,
        over_at=row.over_at,
        acknowledged_at=row.acknowledged_at,
        acknowledged_by=row.acknowledged_by,
        submission_id=row.submission_id,
        meter=None if row.meter is None else Meter.from_document(json.loads(row.meter)),
    )
