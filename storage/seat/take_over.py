"""Takes over a sitting that was written elsewhere: its whole journal, and all that goes with it, in one transaction."""

from collections.abc import Sequence

from sqlalchemy import Connection, select

from kiosk.exam.error import Refused
from kiosk.exam.moment import parse_iso
from kiosk.exam.page import Page, SignedGrant, SignedLease
from storage.models import seat as rows
from storage.page import entry_row, standing_row
from storage.seat.page import (
    adding_once,
    changing,
    confirmed_row,
    of_sitting,
    write_answers,
    write_evidence,
    write_lease,
    write_opening,
)

BRANCHED = (
    "This seat wrote on after the sitting was moved away. What it holds is kept for the examination office; the "
    "sitting has to go on at another seat."
)


def write_taken_over(
    connection: Connection, page: Page, leases: Sequence[SignedLease], grants: Sequence[SignedGrant]
) -> None:
    """Write a page that holds a whole journal, beside what this seat may hold of it already.

    Raises Refused where this seat holds what is not in that journal: nothing is merged, and nothing thrown away. The
    transaction is then to be rolled back.
    """
    assert page.opening is not None
    held = _held(connection, page)
    coming = {entry.seq: entry.hash for entry in page.entries}
    if any(coming.get(seq) != before for seq, before in held.items()):
        raise Refused(BRANCHED)
    write_opening(connection, page, page.opening, once=True)
    fresh = [entry_row(entry) for entry in page.entries if entry.seq not in held]
    connection.execute(adding_once(rows.JournalEntry), fresh)
    for signed in leases:
        write_lease(connection, signed)
    if grants:
        connection.execute(adding_once(rows.Grant), [confirmed_row(signed) for signed in grants])
    if page.evidence:
        write_evidence(connection, page)
    if page.answers:
        write_answers(connection, page)
    connection.execute(changing(rows.Submission), {**standing_row(page.standing), **of_sitting(page.genesis)})
    ended_at = page.standing.submitted_at
    told = {"activities": list(page.activities), "ended_at": parse_iso(ended_at) if ended_at else None}
    connection.execute(changing(rows.Proctoring), {**told, **of_sitting(page.genesis)})


def _held(connection: Connection, page: Page) -> dict[int, bytes]:
    entry = rows.JournalEntry
    found = connection.execute(
        select(entry.seq, entry.hash).where(
            entry.submission_id == page.genesis.submission_id, entry.opened_on == page.genesis.opened_on
        )
    )
    return {row.seq: bytes(row.hash) for row in found}
