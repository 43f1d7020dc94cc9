"""Advances: permissions a hall gave ahead, with which a seat can begin a test while the hall does not answer."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import case, delete, func, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from storage.models import seat as rows
from storage.seat.page import table_of
from storage.transaction import Transactional


@dataclass(frozen=True, slots=True, kw_only=True)
class Advance:
    """One permission as it was kept; the envelopes are believed only once they are proved."""

    submission_id: str
    assignment_id: str
    candidate_id: str
    roll_number: str
    lease: bytes
    expected: bytes
    """Envelope of who is expected, and what they are shown before the start."""
    paper_identity: str | None = field(default=None, repr=False)
    """What opens the paper, from the release on."""
    start: bytes | None = None
    """Envelope of the coded grant that started it here; None before."""
    secret_hash: str | None = field(default=None, repr=False)
    """Argon2id string of the code that started it: with it the candidate signs in again."""


class AdvancePart(Transactional):
    """The permissions given ahead at a seat."""

    MISFIT = "This permission does not fit what the seat holds."

    def keep(self, advance: Advance, at: datetime) -> None:
        """Keep a permission, in the place of one not begun for the same assignment; an identity that came stays."""
        model = rows.Advance
        values = {
            "submission_id": advance.submission_id,
            "assignment_id": advance.assignment_id,
            "candidate_id": advance.candidate_id,
            "roll_number": advance.roll_number,
            "lease": advance.lease,
            "expected": advance.expected,
            "paper_identity": advance.paper_identity,
            "kept_at": at,
        }
        statement = upsert(table_of(model))
        new: dict[str, Any] = {name: statement.excluded[name] for name in ("lease", "expected", "kept_at")}
        new["paper_identity"] = func.coalesce(statement.excluded.paper_identity, model.paper_identity)
        for name in ("start", "secret_hash"):  # what started one lease starts no later one
            new[name] = case((model.lease == statement.excluded.lease, getattr(model, name)))
        with self._writing() as work:
            work.execute(
                delete(model).where(
                    model.assignment_id == advance.assignment_id,
                    model.submission_id != advance.submission_id,
                    model.start.is_(None),
                )
            )
            work.execute(statement.on_conflict_do_update(index_elements=["submission_id"], set_=new), [values])

    def all(self) -> tuple[Advance, ...]:
        """Return every permission kept here, oldest first."""
        query = select(rows.Advance).order_by(rows.Advance.kept_at, rows.Advance.submission_id)
        with self._reading() as work:
            return tuple(_advance(row) for row in work.scalars(query))

    def start(self, submission_id: str, envelope: bytes, secret_hash: str) -> None:
        """Note the act that started a permission here."""
        with self._writing() as work:
            work.execute(
                update(rows.Advance)
                .where(rows.Advance.submission_id == submission_id)
                .values(start=envelope, secret_hash=secret_hash)
            )

    def forget(self, assignment_id: str) -> None:
        """Drop what was given ahead for an assignment and not begun: the hall gave another permission since."""
        model = rows.Advance
        with self._writing() as work:
            work.execute(delete(model).where(model.assignment_id == assignment_id, model.start.is_(None)))


def _advance(row: rows.Advance) -> Advance:
    return Advance(
        submission_id=row.submission_id,
        assignment_id=row.assignment_id,
        candidate_id=row.candidate_id,
        roll_number=row.roll_number,
        lease=bytes(row.lease),
        expected=bytes(row.expected),
        paper_identity=row.paper_identity,
        start=None if row.start is None else bytes(row.start),
        secret_hash=row.secret_hash,
    )
