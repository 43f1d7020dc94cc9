"""The rows a page becomes, by column name: a seat and central write the very same ones, and read their entries back."""

import json
from typing import Any

from sqlalchemy import Row

from kiosk.exam.canonical import canonical
from kiosk.exam.entry import Entry, Genesis
from kiosk.exam.evidence import Evidence
from kiosk.exam.journal import Spell
from kiosk.exam.moment import parse_iso
from kiosk.exam.page import AnswerRow, SignedGrant, SignedLease, Standing
from storage.models.sitting import JournalColumns


def sitting_key(genesis: Genesis) -> dict[str, str]:
    """Return what every row of a sitting is keyed by."""
    return {"submission_id": genesis.submission_id, "opened_on": genesis.opened_on}


def entry_row(entry: Entry, spell: Spell = canonical) -> dict[str, Any]:
    """Return the row of `journal` for an entry, its body as the text the hash was taken of."""
    return {**entry.document(), "kind": entry.kind, "body": spell(entry.body).decode(), "hash": entry.hash}


def entry_of(row: JournalColumns | Row[Any]) -> Entry:
    """Return the entry of a row of `journal`; what it is worth is for the reader to verify."""
    return Entry(
        submission_id=row.submission_id,
        opened_on=row.opened_on,
        seq=row.seq,
        epoch=row.epoch,
        kind=row.kind,
        at=row.at,
        boot_id=row.boot_id,
        boot_ms=row.boot_ms,
        body=json.loads(row.body),
        hash=bytes(row.hash),
    )


def standing_row(standing: Standing) -> dict[str, Any]:
    """Return what a page changes in the row of `test_submissions`."""
    return {
        "submitted_at": parse_iso(standing.submitted_at) if standing.submitted_at else None,
        "duration": standing.duration,
        "status": standing.status,
        "handed_in_by": standing.handed_in_by,
        "is_late": standing.is_late,
        "receipt": standing.receipt,
        "head_seq": standing.head.seq,
        "head_hash": standing.head.hash,
    }


def answer_row(answer: AnswerRow) -> dict[str, Any]:
    """Return the row of `answers`, without its sitting."""
    return {
        "answer_id": answer.answer_id,
        "question_id": answer.question_id,
        "selected_option_ids": None if answer.selected_option_ids is None else list(answer.selected_option_ids),
        "essay_answer": answer.essay_answer,
        "coding_answer": answer.coding_answer,
        "answered_at": parse_iso(answer.answered_at) if answer.answered_at else None,
        "answered_seq": answer.answered_seq,
        "seen": answer.seen,
        "flagged": answer.flagged,
        "hints_shown": answer.hints_shown,
    }


def evidence_row(evidence: Evidence) -> dict[str, Any]:
    """Return the row of `evidence`, without its sitting."""
    return {
        "digest": evidence.digest,
        "media_type": evidence.media_type,
        "captured_at": parse_iso(evidence.captured_at),
        "body": evidence.content,
    }


def lease_row(signed: SignedLease) -> dict[str, Any]:
    """Return the row of `leases`."""
    lease = signed.lease
    return {
        "lease_id": lease.lease_id,
        "opened_on": lease.opened_on,
        "submission_id": lease.submission_id,
        "assignment_id": lease.assignment_id,
        "candidate_id": lease.candidate_id,
        "seat": lease.seat,
        "epoch": lease.epoch,
        "document": canonical(lease.document()).decode(),
        "envelope": signed.envelope,
        "issued_at": parse_iso(lease.issued_at),
    }


def grant_row(signed: SignedGrant) -> dict[str, Any]:
    """Return the row of `grants`, without what a seat's own word adds to it."""
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
