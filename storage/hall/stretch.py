"""Between the rows of a sitting's stretches and leases, and the values they stand for."""

import json
from collections.abc import Collection
from functools import lru_cache

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from kiosk.exam.journal import Head
from kiosk.exam.lease import Lease
from kiosk.exam.page import SignedLease
from kiosk.exam.tail import Stretch, Tail
from storage.models import hall as rows

Sitting = tuple[str, str]
"""Submission id and date."""
_OF = "submissions"
_STRETCHES = (
    select(
        rows.Tail.submission_id,
        rows.Tail.opened_on,
        rows.Tail.epoch,
        rows.Tail.fork_seq,
        rows.Tail.fork_hash,
        rows.Tail.head_seq,
        rows.Tail.head_hash,
    )
    .where(rows.Tail.submission_id.in_(bindparam(_OF, expanding=True)))
    .order_by(rows.Tail.epoch)
)
_LEASES = (
    select(rows.Lease.submission_id, rows.Lease.opened_on, rows.Lease.document, rows.Lease.envelope)
    .where(rows.Lease.submission_id.in_(bindparam(_OF, expanding=True)))
    .order_by(rows.Lease.epoch)
)


def tail_of(work: Session, submission_id: str, opened_on: str) -> Tail | None:
    """Return how far a sitting is held; None where nothing of it is."""
    return tails_of(work, (submission_id,)).get((submission_id, opened_on))


def tails_of(work: Session, submissions: Collection[str]) -> dict[Sitting, Tail]:
    """Return how far some sittings are held, of which anything is, in one query."""
    found: dict[Sitting, list[Stretch]] = {}
    for row in work.execute(_STRETCHES, {_OF: list(submissions)}):
        fork, head = Head(row.fork_seq, bytes(row.fork_hash)), Head(row.head_seq, bytes(row.head_hash))
        found.setdefault((row.submission_id, row.opened_on), []).append(Stretch(row.epoch, fork, head))
    return {sitting: Tail(tuple(stretches)) for sitting, stretches in found.items()}


def leases_of(work: Session, submission_id: str, opened_on: str) -> tuple[SignedLease, ...]:
    """Return the leases this hall gave for a sitting, by epoch."""
    return leases_of_all(work, (submission_id,)).get((submission_id, opened_on), ())


def leases_of_all(work: Session, submissions: Collection[str]) -> dict[Sitting, tuple[SignedLease, ...]]:
    """Return the leases this hall gave for some sittings, each sitting's by epoch, in one query."""
    found: dict[Sitting, list[SignedLease]] = {}
    for submission_id, opened_on, document, envelope in work.execute(_LEASES, {_OF: list(submissions)}):
        signed = SignedLease(lease=_lease(document), envelope=envelope or b"")
        found.setdefault((submission_id, opened_on), []).append(signed)
    return {sitting: tuple(leases) for sitting, leases in found.items()}


@lru_cache(2_000)
def _lease(document: str) -> Lease:
    """Read a lease; the same ones are asked for with every frame."""
    return Lease.from_document(json.loads(document))
