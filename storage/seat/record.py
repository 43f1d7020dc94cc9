"""Reads a sitting back out of a seat's store, as frozen values; what they are worth is for the reader to verify."""

import json
from collections.abc import Sequence
from functools import cache
from typing import Any

from sqlalchemy import Connection, Select, bindparam, select

from kiosk.exam.entry import Entry, Genesis
from kiosk.exam.evidence import Evidence
from kiosk.exam.grant import Grant
from kiosk.exam.journal import Head
from kiosk.exam.lease import Lease
from kiosk.exam.moment import iso
from kiosk.exam.page import SignedGrant, SignedLease
from kiosk.exam.paper import Paper
from kiosk.exam.person import Person, Role
from kiosk.exam.record import Record
from storage.models import seat as rows
from storage.page import entry_of


def read_record(connection: Connection, submission_id: str, *, with_evidence: bool = False) -> Record | None:
    """Return everything a seat holds of a sitting, or None where it has none such."""
    found = connection.execute(
        select(rows.Submission.__table__, rows.Paper.body, rows.Person.name, rows.Person.roll_number)
        .join(rows.Paper, rows.Paper.paper_digest == rows.Submission.paper_digest)
        .join(rows.Person, rows.Person.user_id == rows.Submission.candidate_id)
        .where(rows.Submission.submission_id == submission_id)
    ).one_or_none()
    if found is None:
        return None
    genesis = _genesis(found)
    paper = Paper.from_document(json.loads(found.body))
    return Record(
        genesis=genesis,
        entries=read_entries(connection, genesis),
        head=Head(found.head_seq, found.head_hash),
        paper=paper,
        candidate=Person(
            user_id=found.candidate_id, role=Role.CANDIDATE, name=found.name, roll_number=found.roll_number
        ),
        leases=read_leases(connection, genesis),
        grants=_grants(connection, submission_id),
        evidence=read_evidence(connection, genesis) if with_evidence else (),
        attachments=_attachments(connection, paper),
    )


def read_entries(connection: Connection, genesis: Genesis) -> tuple[Entry, ...]:
    """Return the journal of a sitting, in order."""
    entry = rows.JournalEntry
    found = connection.execute(
        select(entry.__table__)
        .where(entry.submission_id == genesis.submission_id, entry.opened_on == genesis.opened_on)
        .order_by(entry.seq)
    )
    return tuple(entry_of(row) for row in found)


def _attachments(connection: Connection, paper: Paper) -> dict[str, str]:
    if not paper.files:
        return {}
    attachment = rows.Attachment
    named = attachment.digest.in_([f.sha256 for f in paper.files])
    found = connection.execute(select(attachment.digest, attachment.body).where(named))
    return {row.digest: row.body for row in found}


def _genesis(row: Any) -> Genesis:
    return Genesis(
        submission_id=row.submission_id,
        opened_on=row.opened_on,
        paper=row.paper_digest,
        assignment_id=row.assignment_id,
        seat=row.seat,
        lease=row.lease_id,
        build=row.build,
    )


def read_genesis(connection: Connection, submission_id: str) -> Genesis | None:
    """Return what the chain of a sitting hangs on, or None where a seat has none such."""
    found = connection.execute(_sitting(), {"submission": submission_id}).one_or_none()
    return None if found is None else _genesis(found)


@cache
def _sitting() -> Select[Any]:
    return select(rows.Submission.__table__).where(rows.Submission.submission_id == bindparam("submission"))


def read_leases(connection: Connection, genesis: Genesis) -> tuple[SignedLease, ...]:
    """Return the leases of a sitting, in the order of their epochs."""
    here = {"submission": genesis.submission_id, "day": genesis.opened_on}
    found = connection.execute(_leases(), here)
    return tuple(
        SignedLease(lease=Lease.from_document(json.loads(document)), envelope=envelope or b"")
        for document, envelope in found
    )


@cache
def _leases() -> Select[str, bytes | None]:
    lease = rows.Lease
    here = (lease.submission_id == bindparam("submission"), lease.opened_on == bindparam("day"))
    return select(lease.document, lease.envelope).where(*here).order_by(lease.epoch)


def _grants(connection: Connection, submission_id: str) -> tuple[SignedGrant, ...]:
    grant = rows.Grant
    found = connection.execute(
        select(grant.document, grant.envelope, grant.confirmation)
        .where(grant.submission_id == submission_id)
        .order_by(grant.issued_at)
    )
    return tuple(grant_of(row) for row in found)


def grant_of(row: Any) -> SignedGrant:
    """Return the grant of a row of `grants`."""
    return SignedGrant(
        grant=Grant.from_document(json.loads(row.document)),
        envelope=row.envelope or b"",
        confirmation=row.confirmation,
    )


def read_evidence(
    connection: Connection, genesis: Genesis, digests: Sequence[str] | None = None
) -> tuple[Evidence, ...]:
    """Return the captures of a sitting by digest: all of them, or those named."""
    if digests is not None and not digests:
        return ()
    evidence = rows.Evidence
    named = () if digests is None else (evidence.digest.in_(digests),)
    found = connection.execute(
        select(evidence.digest, evidence.media_type, evidence.captured_at, evidence.body)
        .where(evidence.submission_id == genesis.submission_id, evidence.opened_on == genesis.opened_on, *named)
        .order_by(evidence.digest)
    )
    return tuple(Evidence(digest, media_type, iso(at), bytes(body)) for digest, media_type, at, body in found)
