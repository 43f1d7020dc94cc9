"""A lease: the hall's word that one seat may write one sitting."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from kiosk.exam.accommodation import Accommodation
from kiosk.exam.entry import Genesis
from kiosk.exam.error import Invalid
from kiosk.exam.field import Fields
from kiosk.exam.journal import Head

_HASH = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Lease:
    """Everything a seat must be told to open or go on with a sitting."""

    lease_id: str
    submission_id: str
    opened_on: str
    assignment_id: str
    candidate_id: str
    paper: str
    seat: str
    epoch: int
    attempt: int
    seed: str
    """Seed of the candidate's order of questions and options."""
    accommodation: Accommodation
    limit_ms: int | None
    """Where the due date ends a sitting: milliseconds left until it, by the hall's clock. Otherwise None."""
    due_at: str | None
    """The due date, so that a late hand-in can be flagged."""
    proctor_id: str | None
    """Who opened the hall's session."""
    issued_at: str
    fork_seq: int | None = None
    """Of a move: the last entry the hall holds of the epochs before, after which this one begins. None where the
    sitting begins under this lease."""
    fork_hash: str | None = None
    """The hash of that entry, lower-case hex."""

    def document(self) -> dict[str, Any]:
        """Return the lease as plain JSON values."""
        return {
            "lease_id": self.lease_id,
            "submission_id": self.submission_id,
            "opened_on": self.opened_on,
            "assignment_id": self.assignment_id,
            "candidate_id": self.candidate_id,
            "paper": self.paper,
            "seat": self.seat,
            "epoch": self.epoch,
            "attempt": self.attempt,
            "seed": self.seed,
            "accommodation": self.accommodation.document(),
            "limit_ms": self.limit_ms,
            "due_at": self.due_at,
            "proctor_id": self.proctor_id,
            "issued_at": self.issued_at,
            "fork_seq": self.fork_seq,
            "fork_hash": self.fork_hash,
        }

    def genesis(self, build: str) -> Genesis:
        """Return what the chain of a sitting opened under this lease hangs on; `build` is the program's version."""
        return Genesis(
            submission_id=self.submission_id,
            opened_on=self.opened_on,
            paper=self.paper,
            assignment_id=self.assignment_id,
            seat=self.seat,
            lease=self.lease_id,
            build=build,
        )

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> "Lease":
        """Read `document` back; raises Invalid when a field is missing, unknown or of the wrong kind."""
        fields = Fields(document)
        lease = cls(
            lease_id=fields.text("lease_id"),
            submission_id=fields.text("submission_id"),
            opened_on=fields.text("opened_on"),
            assignment_id=fields.text("assignment_id"),
            candidate_id=fields.text("candidate_id"),
            paper=fields.text("paper"),
            seat=fields.text("seat"),
            epoch=fields.whole("epoch"),
            attempt=fields.whole("attempt"),
            seed=fields.text("seed"),
            accommodation=Accommodation.from_document(fields.inner("accommodation").fields),
            limit_ms=fields.whole_or_none("limit_ms"),
            due_at=fields.text_or_none("due_at"),
            proctor_id=fields.text_or_none("proctor_id"),
            issued_at=fields.text("issued_at"),
            fork_seq=fields.whole_or_none("fork_seq"),
            fork_hash=fields.text_or_none("fork_hash"),
        )
        lease._must_fork_whole()
        fields.must_be_only(lease.document())
        return lease

    @property
    def fork(self) -> Head | None:
        """Where this epoch begins; None where the sitting does."""
        if self.fork_seq is None or self.fork_hash is None:
            return None
        return Head(self.fork_seq, bytes.fromhex(self.fork_hash))

    def _must_fork_whole(self) -> None:
        if (self.fork_seq is None) != (self.fork_hash is None):
            raise Invalid("a fork has both a number and a hash")
        if self.fork_seq is None or self.fork_hash is None:
            return
        if self.fork_seq < -1 or self.epoch < 2 or not _HASH.fullmatch(self.fork_hash):
            raise Invalid("this is not where a sitting can be cut")
