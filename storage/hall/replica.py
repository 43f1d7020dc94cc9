"""Replication in one open transaction: what parcels bring is judged against what is kept, and written at the end."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.sqlite import insert as upsert
from sqlalchemy.orm import Session

from kiosk.exam.error import Denied, Invalid, Tampered
from kiosk.exam.journal import Head
from kiosk.exam.moment import parse_iso
from kiosk.exam.page import SignedLease
from kiosk.exam.parcel import Parcel, Reply, founding, start_of, text_digest
from kiosk.exam.tail import Stretch, Tail, judge
from storage.hall.lineage import learn_leases
from storage.hall.part import put_rows, table_of
from storage.hall.stretch import Sitting, leases_of_all, tails_of
from storage.models import hall as rows
from storage.page import grant_row


class Replica:
    """Takes the parcels of one batch; `flush` writes what is new of them."""

    def __init__(self, work: Session, parcels: Sequence[Parcel], now: datetime) -> None:
        """`parcels` are those that will be taken: what is kept of their sittings is read at once."""
        self._work = work
        self._now = now
        submissions = {parcel.submission_id for parcel in parcels}
        self._tails: dict[Sitting, Tail] = tails_of(work, submissions)
        self._leases: dict[Sitting, tuple[SignedLease, ...]] = leases_of_all(work, submissions)
        self._people: frozenset[str] | None = None
        self._changed: dict[tuple[str, str, int], dict[str, Any]] = {}
        self._entries: dict[tuple[str, str, int, int], dict[str, Any]] = {}
        self._evidence: list[dict[str, Any]] = []
        self._grants: list[dict[str, Any]] = []
        self._strays: list[dict[str, Any]] = []

    def take(self, parcel: Parcel) -> Reply:
        """Return what is to be said to a parcel's seat once `flush` is committed."""
        try:
            leases = self._known(parcel)
            if not leases:
                return Reply(want=0, start=True)
            _check_seat(parcel, leases)
        except Denied as denial:
            return Reply(denied=denial.message)
        except (Tampered, Invalid) as error:
            return self._put_aside(parcel, error)
        try:
            return self._joined(parcel, leases)
        except (Tampered, Invalid) as error:
            return self._put_aside(parcel, error)

    def flush(self) -> None:
        """Write what the parcels brought."""
        put_rows(self._work, rows.Tail, list(self._changed.values()), "genesis", "fork_seq", "fork_hash")
        put_rows(self._work, rows.TailEntry, list(self._entries.values()))
        kept = (rows.TailEvidence, self._evidence), (rows.TailGrant, self._grants), (rows.StrayEntry, self._strays)
        for model, found in kept:
            if found:
                self._work.execute(upsert(table_of(model)).on_conflict_do_nothing(), found)

    def _known(self, parcel: Parcel) -> tuple[SignedLease, ...]:
        sitting = parcel.submission_id, parcel.opened_on
        if parcel.beginning is not None:
            self._leases[sitting] = learn_leases(self._work, parcel, self._leases.get(sitting, ()), self._now)
        return self._leases.get(sitting, ())

    def _joined(self, parcel: Parcel, leases: Sequence[SignedLease]) -> Reply:
        newest, epoch = leases[-1], parcel.frame.epoch
        if epoch not in {signed.lease.epoch for signed in leases}:
            if parcel.beginning is None:
                return Reply(want=0, start=True)
            raise Tampered("the journal is of an epoch for which this hall signed no lease")
        if epoch < founding(leases).lease.epoch:
            raise Tampered("this sitting was begun afresh at another seat")
        tail = self._forked(parcel, self._begun(parcel, leases), leases)
        if tail is None:
            return Reply(want=0, start=True)
        entries = parcel.frame.entries
        if any((e.submission_id, e.opened_on) != (parcel.submission_id, parcel.opened_on) for e in entries):
            raise Tampered("an entry belongs to another sitting")
        verdict = judge(tail, parcel.frame, lambda of, seq: self._hash_at(parcel, of, seq))
        if verdict.tail is not None:
            tail = self._keep(parcel, verdict.tail, {e.seq: e.hash for e in verdict.keep})
        if verdict.want is None:
            self._lean(parcel)
        return Reply(
            kept=tail.kept(epoch), want=verdict.want, fenced=newest if _must_stop(parcel, tail, newest) else None
        )

    def _begun(self, parcel: Parcel, leases: Sequence[SignedLease]) -> Tail | None:
        """Return the tail of a sitting, begun with this parcel where there was none; None where that says too little.

        Raises Tampered where a parcel's genesis is another than the one that is kept.
        """
        sitting = parcel.submission_id, parcel.opened_on
        tail, beginning = self._tails.get(sitting), parcel.beginning
        if beginning is None:
            return tail
        lease = founding(leases)
        head = start_of(beginning.genesis, lease)
        if tail is None:
            tail = Tail((Stretch(lease.lease.epoch, head, head),))
            self._change(parcel, tail, lease.lease.epoch, beginning.text)
        elif tail.stretches[0].fork != head:
            raise Tampered("the sitting began otherwise than this hall has acknowledged")
        self._tails[sitting] = tail
        return tail

    def _forked(self, parcel: Parcel, tail: Tail | None, leases: Sequence[SignedLease]) -> Tail | None:
        """Return the tail with every epoch there is a lease for; raises Tampered where a fork is not on its line."""
        if tail is None:
            return None
        for signed in leases:
            epoch, fork, before = signed.lease.epoch, signed.lease.fork, tail.newest
            if fork is None or epoch <= before.epoch:
                continue
            if before.head.seq >= fork.seq and self._head_at(parcel, before, fork.seq) != fork:
                raise Tampered("the sitting was moved from another journal than the one this hall has acknowledged")
            tail = tail.forked(epoch, fork)
            self._change(parcel, tail, epoch)
        self._tails[parcel.submission_id, parcel.opened_on] = tail
        return tail

    def _head_at(self, parcel: Parcel, stretch: Stretch, seq: int) -> Head | None:
        if seq in (stretch.fork.seq, stretch.head.seq):
            return stretch.fork if seq == stretch.fork.seq else stretch.head
        found = self._hash_at(parcel, stretch.epoch, seq)
        return None if found is None else Head(seq, found)

    def _hash_at(self, parcel: Parcel, epoch: int, seq: int) -> bytes | None:
        key = parcel.submission_id, parcel.opened_on, epoch, seq
        if key in self._entries:
            return bytes(self._entries[key]["hash"])
        entry = rows.TailEntry
        query = select(entry.hash).where(
            entry.submission_id == key[0], entry.opened_on == key[1], entry.epoch == epoch, entry.seq == seq
        )
        found = self._work.execute(query).scalar_one_or_none()
        return None if found is None else bytes(found)

    def _keep(self, parcel: Parcel, tail: Tail, fresh: dict[int, bytes]) -> Tail:
        epoch = parcel.frame.epoch
        for entry, text in zip(parcel.frame.entries, parcel.texts, strict=True):
            if entry.seq in fresh:
                row = {**_sitting(parcel), "epoch": epoch, "seq": entry.seq, "text": text, "hash": fresh[entry.seq]}
                self._entries[parcel.submission_id, parcel.opened_on, epoch, entry.seq] = row
        self._tails[parcel.submission_id, parcel.opened_on] = tail
        self._change(parcel, tail, epoch)
        return tail

    def _change(self, parcel: Parcel, tail: Tail, epoch: int, genesis: str | None = None) -> None:
        stretch, key = tail.of(epoch), (parcel.submission_id, parcel.opened_on, epoch)
        assert stretch is not None
        begun = self._changed.get(key, {}).get("genesis")
        self._changed[key] = {
            **_sitting(parcel),
            "epoch": epoch,
            "genesis": genesis or begun,
            "fork_seq": stretch.fork.seq,
            "fork_hash": stretch.fork.hash,
            "head_seq": stretch.head.seq,
            "head_hash": stretch.head.hash,
            "heard_at": self._now,
        }

    def _lean(self, parcel: Parcel) -> None:
        """Keep what the entries lean on: captures, and the grants they carry out."""
        self._evidence += [
            {
                **_sitting(parcel),
                "digest": e.digest,
                "media_type": e.media_type,
                "captured_at": parse_iso(e.captured_at),
                "body": e.content,
            }
            for e in parcel.evidence
        ]
        own = [signed for signed in parcel.grants if signed.grant.submission_id == parcel.submission_id]
        self._grants += [
            {**_sitting(parcel), "grant_id": signed.grant.grant_id, "envelope": signed.envelope} for signed in own
        ]
        found = [grant_row(s) for s in own if {s.grant.who, s.grant.second or s.grant.who} <= self._known_people()]
        if found:
            self._work.execute(upsert(table_of(rows.Grant)).on_conflict_do_nothing(), found)

    def _known_people(self) -> frozenset[str]:
        if self._people is None:
            self._people = frozenset(self._work.scalars(select(rows.Person.user_id)))
        return self._people

    def _put_aside(self, parcel: Parcel, error: Tampered | Invalid) -> Reply:
        sitting = parcel.submission_id, parcel.opened_on
        self._strays += [
            {
                **_sitting(parcel),
                "epoch": parcel.frame.epoch,
                "seq": entry.seq,
                "digest": text_digest(text),
                "seat": parcel.seat,
                "text": text,
                "kept_at": self._now,
            }
            for entry, text in zip(parcel.frame.entries, parcel.texts, strict=True)
        ]
        leases = self._leases.get(sitting, ())
        return Reply(fenced=leases[-1] if leases else None, trouble=error.message)


def _sitting(parcel: Parcel) -> dict[str, Any]:
    return {"submission_id": parcel.submission_id, "opened_on": parcel.opened_on}


def _check_seat(parcel: Parcel, leases: Sequence[SignedLease]) -> None:
    """Raise Denied unless the seat wrote this epoch, or was given it to go on with."""
    of = {signed.lease.epoch: signed.lease for signed in leases}
    epoch = parcel.frame.epoch
    if epoch in of and of[epoch].seat == parcel.seat:
        return
    later = [lease for lease in of.values() if lease.epoch > epoch and lease.fork is not None]
    if not any(lease.seat == parcel.seat for lease in later):
        raise Denied("This sitting is not at this seat.")
    end = min(later, key=lambda lease: lease.epoch).fork
    if end is not None and parcel.frame.last > end.seq:
        raise Denied("These entries were not written at this seat.")


def _must_stop(parcel: Parcel, tail: Tail, newest: SignedLease) -> bool:
    """Whether the sender writes under an older lease, rather than filling in what a new hub does not hold."""
    if parcel.frame.epoch == newest.lease.epoch:
        return False
    end = tail.end(parcel.frame.epoch)
    return parcel.seat != newest.lease.seat or (end is not None and parcel.frame.last > end.seq)
