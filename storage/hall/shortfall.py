"""Shortfalls: bundles that hold less than the hall's own copy of their sitting."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from kiosk.exam.delivery import lacks
from kiosk.exam.journal import Head
from storage.models import hall as rows


def lacking(work: Session, submission_id: str | None = None) -> frozenset[str]:
    """Return the bundles, of one sitting or of all, that have not all this hall acknowledged to who may write it now.

    So it is where a seat's disk went back to an older state: only the hall's copy holds the rest. What an older seat
    sealed is a branch, and measured against nothing.
    """
    lease, tail, bundle = rows.Lease, rows.Tail, rows.Bundle
    leases = select(lease.submission_id, lease.epoch, lease.seat).order_by(lease.epoch)
    tails = select(tail.submission_id, tail.epoch, tail.head_seq, tail.head_hash).order_by(tail.epoch)
    bundles = select(bundle.bundle_id, bundle.submission_id, bundle.seat, bundle.entries, bundle.head_hash)
    if submission_id is not None:
        leases = leases.where(lease.submission_id == submission_id)
        tails = tails.where(tail.submission_id == submission_id)
        bundles = bundles.where(bundle.submission_id == submission_id)
    writers = {submission: (epoch, seat) for submission, epoch, seat in work.execute(leases)}
    held = {submission: (epoch, Head(seq, bytes(end))) for submission, epoch, seq, end in work.execute(tails)}
    return frozenset(
        bundle_id
        for bundle_id, submission, seat, entries, end in work.execute(bundles)
        if submission in held
        and writers.get(submission) == (held[submission][0], seat)
        and lacks(Head(entries - 1, bytes(end)), held[submission][1])
    )
