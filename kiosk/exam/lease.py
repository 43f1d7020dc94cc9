"""A lease: the hall's word that one seat may write one sitting."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from kiosk.exam.accommodation import Accommodation
from kiosk.exam.entry import Genesis
from kiosk.exam.field import Fields


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
        )
        fields.must_be_only(lease.document())
        return lease
