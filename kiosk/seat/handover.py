"""A handover: a sitting that was written elsewhere, as the hall hands it to the seat where it goes on.

The hall signed where it was cut: the hash of the last entry, in the lease. As each hash covers all before it, that
alone proves every entry; what goes with them is proved piece by piece.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace

from kiosk.exam.canonical import read_canonical, respelled
from kiosk.exam.entry import Entry, Genesis, Kind
from kiosk.exam.error import Invalid, Tampered
from kiosk.exam.evidence import Evidence
from kiosk.exam.journal import chain_hash, genesis_head, read_journal, verify
from kiosk.exam.moment import Moment
from kiosk.exam.page import Opening, Page, SignedGrant, SignedLease, page_of
from kiosk.exam.record import Record
from kiosk.exam.sitting import Sitting, Step
from kiosk.sealing.coded_grant import is_coded
from kiosk.seat.trust import Trust
from kiosk.views.authority import JournalOffer

NOT_WHOLE = "what the hall holds of this sitting does not hold together"


@dataclass(frozen=True, slots=True)
class Handover:
    """Everything the new seat is to hold of a sitting, proved already, and the lease under which it goes on."""

    record: Record
    lease: SignedLease

    def started_by(self, signed: SignedGrant | None) -> "Handover":
        """Return this with the act by code that lets its candidate go on here, where the hall itself did not."""
        if signed is None:
            return self
        return replace(self, record=replace(self.record, grants=(*self.record.grants, signed)))

    def go_on(self, moment: Moment) -> tuple[Sitting, list[Entry]]:
        """Return the sitting replayed and taken over, with the first entries of this seat.

        The time since its last entry is a gap nobody could measure, and charges nothing.
        """
        record, lease = self.record, self.lease.lease
        sitting = Sitting.fold(record.paper, record.genesis, record.entries, lease.seat)
        away = [Step(Kind.GAP, {"cause": "move", "ms": None})] if sitting.ledger.running else []
        return sitting, [sitting.record(step, moment) for step in (*sitting.take_over(lease), *away)]

    def page(self, sitting: Sitting, entries: Sequence[Entry]) -> Page:
        """Return the page of the whole journal with the first `entries` of this seat, folded in already."""
        opening = Opening(
            paper=self.record.paper,
            candidate=self.record.candidate,
            lease=self.lease,
            attachments=self.record.attachments,
        )
        return page_of(sitting, (*self.record.entries, *entries), evidence=self.record.evidence, opening=opening)


def handover_of(offer: JournalOffer, opening: Opening, trust: Trust) -> Handover:
    """Return what the hall hands over under a lease that is proved; raises Tampered or Invalid unless all holds."""
    lease = opening.lease.lease
    genesis, entries = _journal(offer)
    if (genesis.submission_id, genesis.opened_on, genesis.paper, genesis.assignment_id) != (
        lease.submission_id,
        lease.opened_on,
        lease.paper,
        lease.assignment_id,
    ):
        raise Tampered("the hall hands over another sitting than it gave the permission for")
    head = verify(genesis, entries, respelled)
    if head != lease.fork:
        raise Tampered(f"{NOT_WHOLE}: it ends at entry {head.seq}, which is not where it was cut")
    record = Record(
        genesis=genesis,
        entries=entries,
        head=head,
        paper=opening.paper,
        candidate=opening.candidate,
        leases=_leases(offer, opening.lease, genesis, entries, trust),
        grants=_grants(offer, lease.submission_id, trust),
        evidence=tuple(_evidence(offer, entries)),
        attachments=opening.attachments,
    )
    return Handover(record, opening.lease)


def _journal(offer: JournalOffer) -> tuple[Genesis, tuple[Entry, ...]]:
    """Return the journal with the hashes its entries have."""
    try:
        genesis_document = read_canonical(offer.genesis.encode("utf-8"))
        documents = [read_canonical(text.encode("utf-8")) for text in offer.entries]
        bare = [{**document, "hash": ""} for document in documents]
        genesis, entries = read_journal({"genesis": genesis_document, "entries": bare})
    except Invalid:
        raise
    except (ValueError, TypeError, RecursionError) as error:
        raise Invalid("the journal the hall hands over is not of this version") from error
    before, chained = genesis_head(genesis).hash, []
    for entry in entries:
        before = chain_hash(before, entry, respelled)
        chained.append(replace(entry, hash=before))
    return genesis, tuple(chained)


def _leases(
    offer: JournalOffer, newest: SignedLease, genesis: Genesis, entries: Sequence[Entry], trust: Trust
) -> tuple[SignedLease, ...]:
    """Return the leases of a journal, the newest last, each signed by the hall; every epoch must have its own."""
    leases = [trust.any_lease(envelope) for envelope in offer.leases]
    if all(signed.lease != newest.lease for signed in leases):
        leases.append(newest)
    leases.sort(key=lambda signed: signed.lease.epoch)
    if any(signed.lease.submission_id != genesis.submission_id for signed in leases):
        raise Tampered("the hall hands over a permission for another sitting")
    by_epoch = {signed.lease.epoch: signed.lease for signed in leases}
    if not entries or by_epoch.get(entries[0].epoch) is None or by_epoch[entries[0].epoch].lease_id != genesis.lease:
        raise Tampered(f"{NOT_WHOLE}: the permission it began under is missing")
    for entry in entries:
        given = by_epoch.get(entry.epoch)
        if entry.kind is Kind.MOVED and (given is None or given.document() != entry.body["lease"]):
            raise Tampered(f"{NOT_WHOLE}: the permission of its epoch {entry.epoch} is missing")
    return tuple(leases)


def _grants(offer: JournalOffer, submission_id: str, trust: Trust) -> tuple[SignedGrant, ...]:
    """Return the acts of the hall, and those by code that its seats wrote down, with the hall's later word for them."""
    coded = {s.grant.grant_id: s for s in (trust.coded_grant(e) for e in offer.grants if is_coded(e))}
    found = dict(coded)
    for signed in (trust.any_grant(envelope) for envelope in offer.grants if not is_coded(envelope)):
        before = coded.get(signed.grant.grant_id)
        if before is not None and before.grant != signed.grant:
            raise Tampered("the hall confirms another act than a seat carried out")
        found[signed.grant.grant_id] = signed if before is None else replace(before, confirmation=signed.envelope)
    if any(signed.grant.submission_id != submission_id for signed in found.values()):
        raise Tampered("the hall hands over an act on another sitting")
    return tuple(found.values())


def _evidence(offer: JournalOffer, entries: Sequence[Entry]) -> list[Evidence]:
    named = {entry.body["evidence"] for entry in entries if entry.kind is Kind.CAPTURED}
    for piece in offer.evidence:
        if piece.digest not in named or hashlib.sha256(piece.content).hexdigest() != piece.digest:
            raise Tampered("the hall hands over a capture that no entry names")
    return list(offer.evidence)
