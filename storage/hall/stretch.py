"""Between the rows of a sitting's stretches and leases, and the values they stand for."""

import json

from sqlalchemy import select
from sqlalchemy.orm import Session

from kiosk.exam.canonical import canonical
from kiosk.exam.journal import Head
from kiosk.exam.lease import Lease
from kiosk.exam.moment import parse_iso
from kiosk.exam.page import SignedGrant, SignedLease
from kiosk.exam.tail import Stretch, Tail
from storage.models import hall as rows


def tail_of(work: Session, submission_id: str, opened_on: str) -> Tail | None:
    """Return how far a sitting is held; None where nothing of it is."""
    query = (
        select(rows.Tail)
        .where(rows.Tail.submission_id == submission_id, rows.Tail.opened_on == opened_on)
        .order_by(rows.Tail.epoch)
    )
    stretches = tuple(
        Stretch(row.epoch, Head(row.fork_seq, bytes(row.fork_hash)), Head(row.head_seq, bytes(row.head_hash)))
        for row in work.scalars(query)
    )
    return Tail(stretches) if stretches else None


def leases_of(work: Session, submission_id: str, opened_on: str) -> tuple[SignedLease, ...]:
    """Return the leases this hall gave for a sitting, by epoch."""
    query = (
        select(rows.Lease)
        .where(rows.Lease.submission_id == submission_id, rows.Lease.opened_on == opened_on)
        .order_by(rows.Lease.epoch)
    )
    return tuple(
        SignedLease(lease=Lease.from_document(json.loads(row.document)), envelope=row.envelope or b"")
        for row in work.scalars(query)
    )


def lease_row(signed: SignedLease) -> dict[str, object]:
    """Return the row of a lease."""
    lease = signed.lease
    return {
        "lease_id": lease.lease_id,
        "opened_on": lease.opened_on,
        "submission_id": lease.submission_id,
        "assignment_id": lease.assignment_id,
        "candidate_id": lease.candidate_id,
        "seat": lease.seat,
        "epoch": lease.epoch,
        "document": canonical(lease.document()).decode(),
        "envelope": signed.envelope,
        "issued_at": parse_iso(lease.issued_at),
    }


def grant_row(signed: SignedGrant) -> dict[str, object]:
    """Return the row of a grant."""
    grant = signed.grant
    return {
        "grant_id": grant.grant_id,
        "submission_id": grant.submission_id,
        "seat": grant.seat,
        "act": grant.act.value,
        "who": grant.who,
        "second": grant.second,
        "document": canonical(grant.document()).decode(),
        "envelope": signed.envelope,
        "issued_at": parse_iso(grant.issued_at),
    }
