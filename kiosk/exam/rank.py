"""Rank: of several bundles of one sitting, which counts. It rests on what the hall signed, never on when one came."""

from collections.abc import Iterable

from kiosk.exam.canonical import digest
from kiosk.exam.entry import Entry, Genesis, Kind
from kiosk.exam.error import Invalid
from kiosk.exam.lease import Lease

HIGHEST_EPOCH = 99_999


def rank(genesis: Genesis, entries: Iterable[Entry], leases: Iterable[Lease], bundle_id: str) -> str:
    """Return a bundle's rank, as text that sorts: epoch, time and digest of its last lease, and its id.

    Only leases the hall signed are given in, and only those the journal was written under are looked at. Raises
    Invalid for a journal without one, and for an epoch no hall gives.
    """
    named = {genesis.lease, *(e.body["lease"]["lease_id"] for e in entries if e.kind is Kind.MOVED)}
    ranked = [(lease.epoch, lease.issued_at, digest(lease.document())) for lease in leases if lease.lease_id in named]
    if not ranked:
        raise Invalid("the journal was written under no lease that is here")
    epoch, issued_at, lease_digest = max(ranked)
    if not 1 <= epoch <= HIGHEST_EPOCH:
        raise Invalid(f"the hall gave a lease of epoch {epoch}")
    return f"{epoch:05} {issued_at} {lease_digest} {bundle_id}"
