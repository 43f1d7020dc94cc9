"""Reads a counted sitting back out of the office's store, to be shown, verified and found by its receipt."""

import json
from collections.abc import Sequence

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from kiosk.exam.arrival import Marked
from kiosk.exam.canonical import decimal_text
from kiosk.exam.entry import Entry, Genesis, Kind
from kiosk.exam.evidence import Evidence
from kiosk.exam.journal import Head
from kiosk.exam.lease import Lease
from kiosk.exam.moment import iso
from kiosk.exam.page import SignedLease
from kiosk.exam.paper import Paper
from kiosk.exam.record import Record, SealedRecord
from kiosk.exam.status import BundleState
from storage.models import office as rows
from storage.office.store import Store
from storage.page import entry_of
from storage.value import person_of


class RecordStore(Store):
    """Gives sittings back as they were counted; what they are worth is for the reader to verify."""

    def record(self, submission_id: str) -> Record | None:
        """Return a counted sitting, or None where there is none such."""
        query = select(rows.Submission).where(
            rows.Submission.submission_id == submission_id, rows.Submission.head_seq.is_not(None)
        )
        with self._reading() as session:
            row = session.scalars(query).one_or_none()
            return None if row is None else _record(session, row)

    def by_receipt(self, receipt: str) -> tuple[Marked, ...]:
        """Return the sittings whose hand-in has a receipt code; more than one is as good as impossible."""
        with self._reading() as session:
            return _marked(session, rows.Submission.receipt == receipt)

    def bundle(self, submission_id: str) -> SealedRecord | None:
        """Return the bundle a sitting was counted from, or None."""
        with self._reading() as session:
            counted = rows.Bundle.state == BundleState.COUNTED
            return _sealed(session, (rows.Bundle.submission_id == submission_id) & counted)

    def sealed(self, bundle_id: str) -> SealedRecord | None:
        """Return a bundle as it was stored, whatever its state, or None."""
        with self._reading() as session:
            return _sealed(session, rows.Bundle.bundle_id == bundle_id)

    def bundle_ids(self, state: BundleState, submission_id: str | None = None) -> tuple[str, ...]:
        """Return the bundles in a state, of one sitting or of all, by sitting and rank."""
        bundle = rows.Bundle
        query = select(bundle.bundle_id).where(bundle.state == state)
        if submission_id is not None:
            query = query.where(bundle.submission_id == submission_id)
        with self._reading() as session:
            return tuple(session.scalars(query.order_by(bundle.submission_id, bundle.rank, bundle.bundle_id)))


def _sealed(session: Session, which: ColumnElement[bool]) -> SealedRecord | None:
    query = (
        select(rows.Bundle, rows.Receipt.envelope)
        .outerjoin(rows.Receipt, rows.Receipt.bundle_id == rows.Bundle.bundle_id)
        .where(which)
    )
    found = session.execute(query).one_or_none()
    if found is None:
        return None
    row, receipt = found
    return SealedRecord(
        bundle_id=row.bundle_id,
        submission_id=row.submission_id,
        opened_on=row.opened_on,
        envelope=row.manifest,
        body=row.body or b"",
        receipt=receipt,
    )


def _record(session: Session, row: rows.Submission) -> Record:
    assignment = session.get_one(rows.Assignment, row.assignment_id)
    paper = session.get_one(rows.Paper, row.paper_digest)
    genesis = Genesis(
        submission_id=row.submission_id,
        opened_on=row.opened_on,
        paper=paper.paper_digest,
        assignment_id=row.assignment_id,
        seat=row.seat or "",
        lease=row.lease_id or "",
        build=row.build or "",
    )
    entries = _entries(session, genesis, row.bundle_id or "")
    return Record(
        genesis=genesis,
        entries=entries,
        head=Head(-1 if row.head_seq is None else row.head_seq, row.head_hash or b""),
        paper=Paper.from_document(json.loads(paper.body)),
        candidate=person_of(session.get_one(rows.Person, assignment.candidate_id)),
        leases=_leases(session, genesis, entries),
        evidence=_evidence(session, genesis),
    )


def _entries(session: Session, genesis: Genesis, bundle_id: str) -> tuple[Entry, ...]:
    entry = rows.JournalEntry
    query = select(entry).where(_of(entry, genesis), entry.bundle_id == bundle_id).order_by(entry.seq)
    return tuple(entry_of(row) for row in session.scalars(query))


def _leases(session: Session, genesis: Genesis, entries: Sequence[Entry]) -> tuple[SignedLease, ...]:
    """Return the leases a journal was written under; those of its branches are other journals' business."""
    named = {genesis.lease, *(e.body["lease"]["lease_id"] for e in entries if e.kind is Kind.MOVED)}
    query = (
        select(rows.Lease)
        .where(_of(rows.Lease, genesis), rows.Lease.lease_id.in_(named))
        .order_by(rows.Lease.epoch, rows.Lease.issued_at)
    )
    return tuple(
        SignedLease(lease=Lease.from_document(json.loads(row.document)), envelope=row.envelope or b"")
        for row in session.scalars(query)
    )


def _evidence(session: Session, genesis: Genesis) -> tuple[Evidence, ...]:
    query = select(rows.Evidence).where(_of(rows.Evidence, genesis)).order_by(rows.Evidence.digest)
    return tuple(Evidence(row.digest, row.media_type, iso(row.captured_at), row.body) for row in session.scalars(query))


def _of(model: "type[rows.JournalEntry | rows.Lease | rows.Evidence]", genesis: Genesis) -> ColumnElement[bool]:
    return (model.submission_id == genesis.submission_id) & (model.opened_on == genesis.opened_on)


def _marked(session: Session, where: ColumnElement[bool]) -> tuple[Marked, ...]:
    marks = (
        select(func.count())
        .select_from(rows.Mark)
        .where(rows.Mark.submission_id == rows.Submission.submission_id)
        .correlate(rows.Submission)
        .scalar_subquery()
    )
    query = (
        select(rows.Submission, rows.Person.user_id, rows.Person.name, rows.Test.title, marks)
        .join(rows.Assignment, rows.Assignment.assignment_id == rows.Submission.assignment_id)
        .join(rows.Person, rows.Person.user_id == rows.Assignment.candidate_id)
        .join(rows.Test, rows.Test.test_id == rows.Assignment.test_id)
        .where(where)
        .order_by(rows.Submission.submission_id)
    )
    return tuple(
        Marked(
            submission_id=row.submission_id,
            opened_on=row.opened_on,
            candidate_id=user_id,
            candidate=name,
            test=title,
            attempt=row.attempt,
            status=row.status.value,
            score=None if row.score is None else decimal_text(row.score),
            key_version=row.key_version,
            marks=count,
        )
        for row, user_id, name, title, count in session.execute(query)
    )
