"""The hall's word behind a journal: every lease and every proctor's act must have been signed by the hall."""

from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kiosk.exam.entry import Entry, Kind
from kiosk.exam.error import Invalid, KioskError
from kiosk.exam.grant import Act, Grant
from kiosk.exam.journal import Head, genesis_head
from kiosk.exam.lease import Lease
from kiosk.exam.page import SignedLease
from kiosk.sealing.body import Contents
from kiosk.sealing.certificate import Holder, verify_chain
from kiosk.sealing.coded_grant import is_coded, read_coded
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
        holder = verify_chain(hall_chain, root, KeyRole.HALL)
        hall = holder.key
        leases = [_lease(envelope, hall) for envelope in contents.leases]
        opening = leases[0].lease
        genesis = contents.genesis
        told = (opening.lease_id, opening.submission_id, opening.opened_on, opening.assignment_id, opening.paper)
        if told != (genesis.lease, genesis.submission_id, genesis.opened_on, genesis.assignment_id, genesis.paper):
            raise Invalid("the hall signed no lease for this opening")
        if opening.candidate_id != contents.candidate.user_id:
            raise Invalid("the hall gave the lease to another candidate")
        given = {signed.lease.lease_id: signed.lease for signed in leases}
        given_acts = GivenActs.of(contents, root, holder)
        moves = [*_unsigned_moves(contents.entries, given), *_misplaced_moves(contents, given)]
        flags = [*moves, *given_acts.flags, *_unsigned_acts(contents, given_acts)]
        return cls(tuple(leases), tuple(flags))


def _lease(envelope: bytes, hall: str) -> SignedLease:
    return SignedLease(lease=Lease.from_document(open_envelope(envelope, PayloadType.LEASE, hall)), envelope=envelope)


def _unsigned_moves(entries: Sequence[Entry], given: Container[str]) -> list[str]:
    return [
        f"the move at entry {e.seq} has no lease signed by the hall"
        for e in entries
        if e.kind is Kind.MOVED and e.body["lease"]["lease_id"] not in given
    ]


def _misplaced_moves(contents: Contents, given: Mapping[str, Lease]) -> Iterator[str]:
    """Give every move that stands elsewhere than where the hall cut the sitting for it."""
    head = genesis_head(contents.genesis)
    for entry in contents.entries:
        if entry.kind is Kind.MOVED and (lease := given.get(entry.body["lease"]["lease_id"])) is not None:
            told = f"the move at entry {entry.seq}"
            if lease.document() != entry.body["lease"] or lease.epoch != entry.epoch:
                yield f"{told} tells of its lease otherwise than the hall signed it"
            if lease.fork is not None and lease.fork != head:
                yield f"{told} is not where the hall let the sitting go on, which was after entry {lease.fork.seq}"
        head = Head(entry.seq, entry.hash)


@dataclass(frozen=True, slots=True)
class GivenActs:
    """What a proctor allowed in one sitting, signed by the hall or by a code at the seat."""

    signed: Mapping[str, Grant]
    coded: Mapping[str, Grant]
    flags: tuple[str, ...]
    """What does not hold."""

    @classmethod
    def of(cls, contents: Contents, root: str, hall: Holder) -> "GivenActs":
        """Read the grants of a bundle; one that does not hold hides no other."""
        signed: dict[str, Grant] = {}
        coded: dict[str, Grant] = {}
        flags = []
        for envelope in contents.grants:
            by_code = is_coded(envelope)
            try:
                grant = _coded(envelope, root, hall) if by_code else _signed(envelope, hall.key)
            except KioskError as error:
                flags.append(f"a grant does not hold: {error.message}")
                continue
            if grant.submission_id == contents.genesis.submission_id:
                (coded if by_code else signed)[grant.grant_id] = grant
        return cls(signed, coded, tuple(flags))

    @property
    def all(self) -> Mapping[str, Grant]:
        """Every act that was allowed, one way or the other."""
        return {**self.coded, **self.signed}

    def by_code(self, grant_id: str) -> str | None:
        """Return what to tell of an act that a code allowed, or None where the hall itself allowed it."""
        grant = self.coded.get(grant_id)
        if grant is None:
            return None
        confirmed = self.signed.get(grant_id) == grant
        word = "the hall confirmed it" if confirmed else "the hall has not confirmed it"
        return f"was allowed by a code of {grant.who}; {word}"


def _signed(envelope: bytes, hall: str) -> Grant:
    return Grant.from_document(open_envelope(envelope, PayloadType.GRANT, hall))


def _coded(envelope: bytes, root: str, hall: Holder) -> Grant:
    return read_coded(envelope, root, hall.hall or "").grant


def _unsigned_acts(contents: Contents, given: GivenActs) -> list[str]:
    flags = []
    for entry in contents.entries:
        if "grant" not in entry.body:
            continue
        told = f"the act at entry {entry.seq} ({entry.kind})"
        if not _covers(given.all, entry.body):
            flags.append(f"{told} has no grant signed by the hall")
        elif (words := given.by_code(entry.body["grant"])) is not None:
            flags.append(f"{told} {words}")
    start = next((g for g in given.coded.values() if g.act is Act.START), None)
    if start is not None:
        flags.append(f"the start {given.by_code(start.grant_id)}")
    return flags


def _covers(grants: Mapping[str, Grant], body: Mapping[str, Any]) -> bool:
    grant, undone = grants.get(body["grant"]), grants.get(body.get("undoes", ""))
    if grant is None or grant.who != body.get("who"):
        return False
    ms = body.get("ms", body.get("charged_ms"))
    if grant.act is Act.TAKE_BACK:
        return undone is not None and undone.grant_id == grant.note and 0 < -ms <= undone.amount_ms
    return ms is None or ms == grant.amount_ms
