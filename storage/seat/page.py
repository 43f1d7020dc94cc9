"""Writes a page: entries, and the rows that say what they come to, on a connection that is in a transaction.

Core statements on the table, not mapped objects: half the time of a commit by the ORM goes into the ORM.
"""

from typing import Any

from sqlalchemy import Connection, Table, insert, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from kiosk.exam.canonical import canonical
from kiosk.exam.entry import Genesis, Kind
from kiosk.exam.moment import parse_iso
from kiosk.exam.page import Opening, Page, SignedGrant, SignedLease, row_id
from storage.models import seat as rows
from storage.models.base import SeatBase
from storage.page import answer_row, entry_row, evidence_row, lease_row, sitting_key, standing_row

_FOLDED = ("selected_option_ids", "essay_answer", "coding_answer", "answered_at", "answered_seq")
_MARKED = ("seen", "flagged", "hints_shown")
_ENDS = frozenset({Kind.HANDED_IN, Kind.REOPENED})


def write_page(connection: Connection, page: Page) -> None:
    """Write one page; raises what the store raises, and then the transaction must be rolled back."""
    if page.opening is not None:
        _write_opening(connection, page, page.opening)
    connection.execute(insert(table_of(rows.JournalEntry)), [entry_row(e) for e in page.entries])
    connection.execute(
        update(table_of(rows.Submission)).where(*_sitting(rows.Submission, page.genesis)), standing_row(page.standing)
    )
    if page.answers:
        _write_answers(connection, page)
    if page.activities or any(e.kind in _ENDS for e in page.entries):
        _write_proctoring(connection, page)
    if page.evidence:
        _write_evidence(connection, page)
    if page.grant is not None:
        connection.execute(insert(table_of(rows.Grant)), [_grant_row(page.grant)])


def write_lease(connection: Connection, signed: SignedLease) -> None:
    """Keep a lease with its envelope."""
    connection.execute(insert(table_of(rows.Lease)), [lease_row(signed)])


def _write_opening(connection: Connection, page: Page, opening: Opening) -> None:
    genesis, person, paper = page.genesis, opening.candidate, opening.paper
    started_at = parse_iso(page.standing.started_at)
    connection.execute(
        upsert(table_of(rows.Person)).on_conflict_do_nothing(),
        [{"user_id": person.user_id, "name": person.name, "roll_number": person.roll_number}],
    )
    connection.execute(
        upsert(table_of(rows.Paper)).on_conflict_do_nothing(),
        [
            {
                "paper_digest": paper.digest,
                "test_id": paper.test_id,
                "body": paper.to_bytes().decode(),
                "printed_at": started_at,
            }
        ],
    )
    connection.execute(
        insert(table_of(rows.Submission)),
        [
            {
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
        ],
    )
    connection.execute(
        insert(table_of(rows.Proctoring)),
        [
            {
                **sitting_key(genesis),
                "session_id": row_id(genesis.submission_id, "proctoring"),
                "proctor_id": page.proctor_id,
                "started_at": started_at,
                "activities": [],
            }
        ],
    )
    write_lease(connection, opening.lease)


def _write_answers(connection: Connection, page: Page) -> None:
    table = table_of(rows.Answer)
    statement = upsert(table)
    folded = {name: statement.excluded[name] for name in (*_FOLDED, *_MARKED)}
    connection.execute(
        statement.on_conflict_do_update(index_elements=["answer_id", "opened_on"], set_=folded),
        [{**sitting_key(page.genesis), **answer_row(a)} for a in page.answers],
    )


def _write_proctoring(connection: Connection, page: Page) -> None:
    here = _sitting(rows.Proctoring, page.genesis)
    so_far = connection.execute(select(rows.Proctoring.activities).where(*here)).scalar_one() or []
    ended_at = page.standing.submitted_at
    connection.execute(
        update(table_of(rows.Proctoring)).where(*here),
        {"activities": [*so_far, *page.activities], "ended_at": parse_iso(ended_at) if ended_at else None},
    )


def _write_evidence(connection: Connection, page: Page) -> None:
    connection.execute(
        upsert(table_of(rows.Evidence)).on_conflict_do_nothing(),
        [{**sitting_key(page.genesis), **evidence_row(e)} for e in page.evidence],
    )


def _grant_row(signed: SignedGrant) -> dict[str, Any]:
    grant = signed.grant
    return {
        "grant_id": grant.grant_id,
        "submission_id": grant.submission_id,
        "seat": grant.seat,
        "act": grant.act.value,
        "who": grant.who,
        "second": grant.second,
        "document": canonical(grant.document()).decode(),
        "envelope": signed.envelope,
        "issued_at": parse_iso(grant.issued_at),
    }


def _sitting(model: Any, genesis: Genesis) -> tuple[Any, Any]:
    return model.submission_id == genesis.submission_id, model.opened_on == genesis.opened_on


def table_of(model: type[SeatBase]) -> Table:
    """Return the table a model is mapped to."""
    table = model.__table__
    assert isinstance(table, Table)
    return table
