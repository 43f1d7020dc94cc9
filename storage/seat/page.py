"""Writes a page: entries, and the rows that say what they come to, on a connection that is in a transaction.

Core statements on the table, not mapped objects, and each built once: this is what every key press waits for.
"""

from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Connection, Insert, Select, Table, Update, bindparam, insert, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from kiosk.exam.entry import Genesis, Kind
from kiosk.exam.fence import Fence
from kiosk.exam.moment import parse_iso
from kiosk.exam.page import Opening, Page, SignedGrant, SignedLease, row_id
from storage.engine import StoreError
from storage.models import seat as rows
from storage.models.base import SeatBase
from storage.page import answer_row, entry_row, evidence_row, grant_row, lease_row, sitting_key, standing_row

_FOLDED = ("selected_option_ids", "essay_answer", "coding_answer", "answered_at", "answered_seq")
_MARKED = ("seen", "flagged", "hints_shown")
_ENDS = frozenset({Kind.HANDED_IN, Kind.REOPENED})


def write_page(connection: Connection, page: Page) -> None:
    """Write one page; raises what the store raises, and then the transaction must be rolled back."""
    if page.opening is not None:
        write_opening(connection, page, page.opening)
    connection.execute(_adding(rows.JournalEntry), [entry_row(e) for e in page.entries])
    connection.execute(changing(rows.Submission), {**standing_row(page.standing), **of_sitting(page.genesis)})
    if page.answers:
        write_answers(connection, page)
    if page.activities or any(e.kind in _ENDS for e in page.entries):
        _write_proctoring(connection, page)
    if page.evidence:
        write_evidence(connection, page)
    if page.grant is not None:
        _write_grant(connection, page, page.grant)
    if page.fence is not None:
        connection.execute(adding_once(rows.Fence), [fence_row(page.fence)])


def _write_grant(connection: Connection, page: Page, signed: SignedGrant) -> None:
    """Keep a grant that is carried out now; one that came with a journal, and was not carried out, is there already.

    Raises StoreError for one that was carried out before: no act is done twice, whatever a program thinks.
    """
    if connection.execute(adding_once(rows.Grant), [confirmed_row(signed)]).rowcount:
        return
    entry, grant_id = rows.JournalEntry, signed.grant.grant_id
    done = select(entry.seq).where(
        entry.submission_id == page.genesis.submission_id,
        entry.seq < page.entries[0].seq,
        entry.body.contains(grant_id, autoescape=True),
    )
    if connection.scalar(done.limit(1)) is not None:
        raise StoreError("This act was carried out before. Nothing was written.")


def write_lease(connection: Connection, signed: SignedLease) -> None:
    """Keep a lease with its envelope; one that is there stays."""
    connection.execute(adding_once(rows.Lease), [lease_row(signed)])


def write_opening(connection: Connection, page: Page, opening: Opening, *, once: bool = False) -> None:
    """Write what must be there before the first entry; with `once`, rows that are there already stay."""
    adding = adding_once if once else _adding
    person, paper = opening.candidate, opening.paper
    started_at = parse_iso(page.standing.started_at)
    connection.execute(
        adding_once(rows.Person),
        [{"user_id": person.user_id, "name": person.name, "roll_number": person.roll_number}],
    )
    connection.execute(
        adding_once(rows.Paper),
        [
            {
                "paper_digest": paper.digest,
                "test_id": paper.test_id,
                "body": paper.to_bytes().decode(),
                "printed_at": started_at,
            }
        ],
    )
    if opening.attachments:
        texts = [{"digest": digest, "body": text} for digest, text in opening.attachments.items()]
        connection.execute(adding_once(rows.Attachment), texts)
    connection.execute(adding(rows.Submission), [_submission_row(page, started_at)])
    connection.execute(adding(rows.Proctoring), [_proctoring_row(page, started_at)])
    write_lease(connection, opening.lease)


def _submission_row(page: Page, started_at: datetime) -> dict[str, Any]:
    genesis = page.genesis
    return {
        **sitting_key(genesis),
        "assignment_id": genesis.assignment_id,
        "candidate_id": page.candidate_id,
        "started_at": started_at,
        "status": page.standing.status,
        "attempt": page.standing.attempt,
        "paper_digest": genesis.paper,
        "seat": genesis.seat,
        "lease_id": genesis.lease,
        "build": genesis.build,
        "is_late": False,
    }


def _proctoring_row(page: Page, started_at: datetime) -> dict[str, Any]:
    return {
        **sitting_key(page.genesis),
        "session_id": row_id(page.genesis.submission_id, "proctoring"),
        "proctor_id": page.proctor_id,
        "started_at": started_at,
        "activities": [],
    }


def write_answers(connection: Connection, page: Page) -> None:
    """Write the rows of the answers a page changed."""
    key = sitting_key(page.genesis)
    connection.execute(_putting_answers(), [{**key, **answer_row(a)} for a in page.answers])


def _write_proctoring(connection: Connection, page: Page) -> None:
    here = of_sitting(page.genesis)
    so_far = connection.execute(_activities(), here).scalar_one() or []
    ended_at = page.standing.submitted_at
    told = {
        "activities": [*so_far, *page.activities],
        "ended_at": parse_iso(ended_at) if ended_at else None,
    }
    connection.execute(changing(rows.Proctoring), {**told, **here})


def write_evidence(connection: Connection, page: Page) -> None:
    """Write the captures of a page; those that are there stay."""
    key = sitting_key(page.genesis)
    connection.execute(adding_once(rows.Evidence), [{**key, **evidence_row(e)} for e in page.evidence])


def fence_row(fence: Fence) -> dict[str, Any]:
    """Return the row of `fences`."""
    return {
        "submission_id": fence.submission_id,
        "opened_on": fence.opened_on,
        "epoch": fence.epoch,
        "seat": fence.seat,
        "at": parse_iso(fence.at),
        "envelope": fence.envelope,
    }


def confirmed_row(signed: SignedGrant) -> dict[str, Any]:
    """Return the row of `grants` at a seat: with its own word for what a code allowed."""
    return {**grant_row(signed), "confirmation": signed.confirmation}


@cache
def _adding(model: type[SeatBase]) -> Insert:
    return insert(table_of(model))


@cache
def adding_once(model: type[SeatBase]) -> Insert:
    """Return the statement that adds rows, of which those that are there stay."""
    return upsert(table_of(model)).on_conflict_do_nothing()


@cache
def _putting_answers() -> Insert:
    statement = upsert(table_of(rows.Answer))
    folded = {name: statement.excluded[name] for name in (*_FOLDED, *_MARKED)}
    return statement.on_conflict_do_update(index_elements=["answer_id", "opened_on"], set_=folded)


@cache
def changing(model: Any) -> Update:
    """Return the statement that changes the row of the sitting `of_sitting` names."""
    return update(table_of(model)).where(*_here(model))


@cache
def _activities() -> Select[Any]:
    return select(rows.Proctoring.activities).where(*_here(rows.Proctoring))


def _here(model: Any) -> tuple[Any, Any]:
    return model.submission_id == bindparam("of_submission"), model.opened_on == bindparam("of_day")


def of_sitting(genesis: Genesis) -> dict[str, str]:
    """Return which sitting `changing` is about."""
    return {"of_submission": genesis.submission_id, "of_day": genesis.opened_on}


def table_of(model: type[SeatBase]) -> Table:
    """Return the table a model is mapped to."""
    table = model.__table__
    assert isinstance(table, Table)
    return table
