"""Reads what a hub is to hold of a seat's journals: committed entries in order, with what they lean on."""

import json
from collections.abc import Sequence
from functools import cache
from typing import Any

from sqlalchemy import Connection, Select, and_, bindparam, select

from kiosk.exam.canonical import respelled
from kiosk.exam.entry import Entry, Kind
from kiosk.exam.grant import Act
from kiosk.exam.journal import Head, genesis_head
from kiosk.exam.piece import Holding, Piece
from storage.models import seat as rows
from storage.page import entry_of
from storage.seat.record import grant_of, read_evidence, read_genesis, read_leases

MOST_EVIDENCE = 100


def read_holdings(connection: Connection) -> tuple[Holding, ...]:
    """Return how far each sitting is committed that is not both sealed and received by central."""
    sitting, entry = rows.Submission, rows.JournalEntry
    same = and_(entry.submission_id == sitting.submission_id, entry.opened_on == sitting.opened_on)
    found = connection.execute(
        select(sitting.submission_id, sitting.opened_on, entry.epoch, entry.seq, entry.hash)
        .join(entry, and_(same, entry.seq == sitting.head_seq))
        .outerjoin(rows.Bundle, rows.Bundle.submission_id == sitting.submission_id)
        .outerjoin(rows.Receipt, rows.Receipt.bundle_id == rows.Bundle.bundle_id)
        .where(rows.Receipt.bundle_id.is_(None))
        .order_by(sitting.started_at, sitting.submission_id)
    )
    return tuple(
        Holding(
            submission_id=row.submission_id,
            opened_on=row.opened_on,
            epoch=row.epoch,
            head=Head(row.seq, bytes(row.hash)),
        )
        for row in found
    )


def read_hash(connection: Connection, submission_id: str, seq: int) -> bytes | None:
    """Return the hash of one entry, or None where it is not held."""
    found = connection.execute(_hash(), {"submission": submission_id, "seq": seq}).scalar_one_or_none()
    return None if found is None else bytes(found)


@cache
def _hash() -> Select[Any]:
    entry = rows.JournalEntry
    return select(entry.hash).where(entry.submission_id == bindparam("submission"), entry.seq == bindparam("seq"))


@cache
def _entries_from() -> Select[Any]:
    entry = rows.JournalEntry
    here = (entry.submission_id == bindparam("submission"), entry.opened_on == bindparam("day"))
    query = select(entry.__table__).where(*here, entry.seq >= bindparam("first"))
    return query.order_by(entry.seq).limit(bindparam("most"))


def read_piece(connection: Connection, submission_id: str, first: int, most: int, most_bytes: int) -> Piece | None:
    """Return the entries from `first` on: at most `most`, of one epoch, in `most_bytes` of JSON text; None for none.

    One entry always fits: it is bounded by itself.
    """
    genesis = read_genesis(connection, submission_id)
    if genesis is None:
        return None
    here = {"submission": submission_id, "day": genesis.opened_on, "first": first, "most": most}
    found = connection.execute(_entries_from(), here).all()
    if not found:  # the ordinary case: a seat asks after each acknowledgement
        return None
    before = genesis_head(genesis).hash if first == 0 else read_hash(connection, submission_id, first - 1)
    entries = _fitting(connection, [entry_of(row) for row in found], most_bytes)
    if not entries or before is None:
        return None
    return Piece(
        genesis=genesis,
        epoch=entries[0].epoch,
        before=before,
        entries=tuple(entries),
        evidence=read_evidence(connection, genesis, [e.body["evidence"] for e in entries if e.kind is Kind.CAPTURED]),
        grants=_grants(connection, entries),
        leases=read_leases(connection, genesis),
    )


def _fitting(connection: Connection, entries: Sequence[Entry], most_bytes: int) -> list[Entry]:
    fitting: list[Entry] = []
    size, captures = 0, 0
    for entry in entries:
        size += len(json.dumps(respelled(entry.document()).decode(), ensure_ascii=False).encode()) + 1
        size += _leaned_on(connection, entry)
        captures += entry.kind is Kind.CAPTURED
        if fitting and (size > most_bytes or captures > MOST_EVIDENCE or entry.epoch != fitting[0].epoch):
            break
        fitting.append(entry)
    return fitting


def _leaned_on(connection: Connection, entry: Entry) -> int:
    """Return the bytes of JSON text that the capture and the grant of an entry come to, or a little less than that."""
    size = 0
    if entry.kind is Kind.CAPTURED:
        body = select(rows.Evidence.body).where(
            rows.Evidence.submission_id == entry.submission_id,
            rows.Evidence.opened_on == entry.opened_on,
            rows.Evidence.digest == entry.body["evidence"],
        )
        size += len(connection.execute(body).scalar_one_or_none() or b"") * 4 // 3 + 300
    if "grant" in entry.body:
        envelope = select(rows.Grant.envelope).where(rows.Grant.grant_id == entry.body["grant"])
        size += len(connection.execute(envelope).scalar_one_or_none() or b"") * 5 // 4
    return size


def _grants(connection: Connection, entries: Sequence[Entry]) -> tuple[Any, ...]:
    grant = rows.Grant
    ids = dict.fromkeys(e.body["grant"] for e in entries if "grant" in e.body)
    if any(e.kind in (Kind.OPENED, Kind.MOVED) for e in entries):  # what started it here by code stands in no entry
        started = select(grant.grant_id).where(
            grant.submission_id == entries[0].submission_id, grant.act == Act.START.value
        )
        ids |= dict.fromkeys(connection.scalars(started))
    if not ids:
        return ()
    found = connection.execute(
        select(grant.grant_id, grant.document, grant.envelope, grant.confirmation).where(grant.grant_id.in_(list(ids)))
    )
    known = {row.grant_id: grant_of(row) for row in found}
    return tuple(known[i] for i in ids if i in known)
