"""The hall's word behind a journal: every lease and every proctor's act must have been signed by the hall."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kiosk.exam.entry import Entry, Kind
from kiosk.exam.error import Invalid, KioskError
from kiosk.exam.grant import Act, Grant
from kiosk.exam.lease import Lease
from kiosk.exam.page import SignedLease
from kiosk.sealing.body import Contents
from kiosk.sealing.certificate import verify_chain
from kiosk.sealing.envelope import PayloadType, open_envelope
from kiosk.sealing.key import KeyRole


@dataclass(frozen=True, slots=True)
class Permissions:
    """The leases a sitting was written under, and what a person should look at."""

    leases: tuple[SignedLease, ...]
    flags: tuple[str, ...]

    @classmethod
    def of(cls, hall_chain: Sequence[str], root: str, contents: Contents) -> "Permissions":
        """Check a journal against what its hall signed.

        Raises Invalid without the lease of the opening; whatever else is missing is flagged.
        """
        hall = verify_chain(hall_chain, root, KeyRole.HALL).key
        leases = [_lease(envelope, hall) for envelope in contents.leases]
        opening = leases[0].lease
        genesis = contents.genesis
        told = (opening.lease_id, opening.submission_id, opening.opened_on, opening.assignment_id, opening.paper)
        if told != (genesis.lease, genesis.submission_id, genesis.opened_on, genesis.assignment_id, genesis.paper):
            raise Invalid("the hall signed no lease for this opening")
        if opening.candidate_id != contents.candidate.user_id:
            raise Invalid("the hall gave the lease to another candidate")
        given = {signed.lease.lease_id for signed in leases}
        flags = [*_unsigned_moves(contents.entries, given), *_unsigned_acts(contents, hall)]
        return cls(tuple(leases), tuple(flags))


def _lease(envelope: bytes, hall: str) -> SignedLease:
    return SignedLease(lease=Lease.from_document(open_envelope(envelope, PayloadType.LEASE, hall)), envelope=envelope)


def _unsigned_moves(entries: Sequence[Entry], given: set[str]) -> list[str]:
    return [
        f"the move at entry {e.seq} has no lease signed by the hall"
        for e in entries
        if e.kind is Kind.MOVED and e.body["lease"]["lease_id"] not in given
    ]


def _unsigned_acts(contents: Contents, hall: str) -> list[str]:
    grants: dict[str, Grant] = {}
    flags = []
    for envelope in contents.grants:
        try:
            grant = Grant.from_document(open_envelope(envelope, PayloadType.GRANT, hall))
        except KioskError as error:
            flags.append(f"a grant does not hold: {error.message}")
            continue
        if grant.submission_id == contents.genesis.submission_id:
            grants[grant.grant_id] = grant
    for entry in contents.entries:
        if "grant" in entry.body and not _covers(grants, entry.body):
            flags.append(f"the act at entry {entry.seq} ({entry.kind}) has no grant signed by the hall")
    return flags


def _covers(grants: Mapping[str, Grant], body: Mapping[str, Any]) -> bool:
    grant, undone = grants.get(body["grant"]), grants.get(body.get("undoes", ""))
    if grant is None or grant.who != body.get("who"):
        return False
    ms = body.get("ms", body.get("charged_ms"))
    if grant.act is Act.TAKE_BACK:
        return undone is not None and undone.grant_id == grant.note and 0 < -ms <= undone.amount_ms
    return ms is None or ms == grant.amount_ms
