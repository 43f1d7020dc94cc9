"""Tails in the hall's store: safety copies of its seats' journals, entry by entry as they came."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from kiosk.exam.entry import Kind
from kiosk.exam.error import Refused
from kiosk.exam.evidence import Evidence
from kiosk.exam.journal import Head
from kiosk.exam.moment import iso
from kiosk.exam.page import SignedLease
from kiosk.exam.parcel import Copy, Holding, Parcel, Reply, read_entry
from kiosk.exam.tail import Tail
from storage.hall.part import Part
from storage.hall.replica import Replica
from storage.hall.stretch import leases_of, tail_of
from storage.models import hall as rows


class TailPart(Part):
    """What the hub holds of each sitting. No command and no console reads an entry out of it."""

    def take(self, parcels: Sequence[Parcel], now: datetime) -> tuple[Reply, ...]:
        """Keep what is new of parcels of many seats in one transaction; return what is to be said to each, in order.

        A reply is true once this has returned: what it says is kept is committed.
        """
        with self._writing() as work:
            replica = Replica(work, parcels, now)
            replies = tuple(replica.take(parcel) for parcel in parcels)
            replica.flush()
        return replies

    def holding(self, submission_id: str, opened_on: str) -> Holding | None:
        """Return how far a sitting is held, with its newest lease; None where nothing of it is."""
        with self._reading() as work:
            tail, leases = tail_of(work, submission_id, opened_on), leases_of(work, submission_id, opened_on)
            return Holding(tail, leases[-1]) if tail is not None and leases else None

    def known(self, submissions: Sequence[str]) -> frozenset[str]:
        """Return those of some sittings of which anything is held."""
        query = select(rows.Tail.submission_id).where(rows.Tail.submission_id.in_(submissions))
        with self._reading() as work:
            return frozenset(work.scalars(query))

    def is_of(self, submission_id: str, opened_on: str, seat: str) -> bool:
        """Whether this hall ever let a seat write a sitting."""
        with self._reading() as work:
            return any(s.lease.seat == seat for s in leases_of(work, submission_id, opened_on))

    def newest(self, submission_id: str, opened_on: str) -> SignedLease | None:
        """Return the newest lease of a sitting; None where this hall knows of none."""
        with self._reading() as work:
            leases = leases_of(work, submission_id, opened_on)
            return leases[-1] if leases else None

    def hash_at(self, submission_id: str, opened_on: str, epoch: int, seq: int) -> bytes | None:
        """Return the hash that is kept of an entry."""
        with self._reading() as work:
            row = work.get(rows.TailEntry, (submission_id, opened_on, epoch, seq))
            return None if row is None else bytes(row.hash)

    def open_end(self, submission_id: str, opened_on: str) -> Head | None:
        """Return where a sitting can still go on: its newest head, or the entry before, where that is its seal.

        Returns None where nothing of it is held.
        """
        with self._reading() as work:
            tail = tail_of(work, submission_id, opened_on)
            if tail is None:
                return None
            newest = tail.newest
            head, key = newest.head, (submission_id, opened_on, newest.epoch)
            last = work.get(rows.TailEntry, (*key, head.seq))
            if last is None or read_entry(last.text).kind is not Kind.SEALED:
                return head
            before = work.get(rows.TailEntry, (*key, head.seq - 1))
            return newest.fork if before is None else Head(before.seq, bytes(before.hash))

    def copy(self, submission_id: str, opened_on: str, epoch: int) -> Copy:
        """Return everything before an epoch's own entries; raises Refused where something of it is missing."""
        with self._reading() as work:
            tail, genesis = tail_of(work, submission_id, opened_on), _genesis(work, submission_id, opened_on)
            if tail is None or genesis is None or tail.of(epoch) is None or tail.gap(epoch) is not None:
                raise Refused("The hall does not hold all of this sitting yet. Please wait, or ask the proctor.")
            texts = _texts(work, submission_id, opened_on, tail, epoch)
            named = {e.body["evidence"] for e in map(read_entry, texts) if e.kind is Kind.CAPTURED}
            return Copy(
                genesis=genesis,
                entries=texts,
                evidence=tuple(e for e in _evidence(work, submission_id, opened_on) if e.digest in named),
                leases=tuple(s.envelope for s in leases_of(work, submission_id, opened_on) if s.lease.epoch <= epoch),
                grants=_grants(work, submission_id, opened_on),
            )

    def strays(self, submission_id: str) -> int:
        """Return how many entries of a sitting contradict what was acknowledged, and are kept aside."""
        query = select(rows.StrayEntry.digest).where(rows.StrayEntry.submission_id == submission_id)
        with self._reading() as work:
            return len(work.scalars(query).all())

    def branched(self, submission_id: str, opened_on: str) -> frozenset[str]:
        """Return the seats that wrote on after a sitting had been moved away from them."""
        with self._reading() as work:
            tail, leases = tail_of(work, submission_id, opened_on), leases_of(work, submission_id, opened_on)
        if tail is None:
            return frozenset()
        seats = {signed.lease.epoch: signed.lease.seat for signed in leases}
        ends = {s.epoch: tail.end(s.epoch) for s in tail.stretches}
        return frozenset(
            seats[s.epoch]
            for s in tail.stretches
            if (end := ends[s.epoch]) is not None and s.head.seq > end.seq and s.epoch in seats
        )

    def orphans(self, submission_id: str, opened_on: str) -> int:
        """Return how many entries of a sitting were written at an older seat after it had been moved."""
        with self._reading() as work:
            tail = tail_of(work, submission_id, opened_on)
            if tail is None:
                return 0
            ends = ((s.head.seq, tail.end(s.epoch)) for s in tail.stretches)
            return sum(max(0, head - end.seq) for head, end in ends if end is not None)


def _genesis(work: Session, submission_id: str, opened_on: str) -> str | None:
    return work.scalars(
        select(rows.Tail.genesis)
        .where(rows.Tail.submission_id == submission_id, rows.Tail.opened_on == opened_on)
        .order_by(rows.Tail.epoch)
        .limit(1)
    ).first()


def _texts(work: Session, submission_id: str, opened_on: str, tail: Tail, epoch: int) -> tuple[str, ...]:
    entry, found = rows.TailEntry, list[str]()
    for stretch in tail.stretches:
        end = tail.end(stretch.epoch)
        if stretch.epoch >= epoch or end is None:
            break
        query = select(entry.text).where(
            entry.submission_id == submission_id,
            entry.opened_on == opened_on,
            entry.epoch == stretch.epoch,
            entry.seq <= end.seq,
        )
        found += work.scalars(query.order_by(entry.seq))
    return tuple(found)


def _evidence(work: Session, submission_id: str, opened_on: str) -> tuple[Evidence, ...]:
    evidence = rows.TailEvidence
    query = select(evidence).where(evidence.submission_id == submission_id, evidence.opened_on == opened_on)
    return tuple(
        Evidence(row.digest, row.media_type, iso(row.captured_at), bytes(row.body))
        for row in work.scalars(query.order_by(evidence.captured_at, evidence.digest))
    )


def _grants(work: Session, submission_id: str, opened_on: str) -> tuple[bytes, ...]:
    grant, carried = rows.Grant, rows.TailGrant
    given = work.execute(
        select(grant.grant_id, grant.envelope)
        .where(grant.submission_id == submission_id)
        .order_by(grant.issued_at, grant.grant_id)
    )
    found = {grant_id: bytes(envelope) for grant_id, envelope in given if envelope}
    query = select(carried.grant_id, carried.envelope).where(
        carried.submission_id == submission_id, carried.opened_on == opened_on
    )
    for grant_id, envelope in work.execute(query.order_by(carried.grant_id)):
        found.setdefault(grant_id, bytes(envelope))
    return tuple(found.values())
