"""A record: one sitting as a store gives it back, nothing of it believed before its chain is verified."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from kiosk.exam.entry import Entry, Genesis
from kiosk.exam.error import Tampered
from kiosk.exam.evidence import Evidence
from kiosk.exam.journal import Head, verify
from kiosk.exam.page import SignedGrant, SignedLease
from kiosk.exam.paper import Paper
from kiosk.exam.person import Person
from kiosk.exam.status import SubmissionStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """Everything a seat holds of one sitting."""

    genesis: Genesis
    entries: tuple[Entry, ...]
    head: Head
    """Where the row of the sitting says that the chain stands."""
    paper: Paper
    candidate: Person
    leases: tuple[SignedLease, ...]
    """In the order of their epochs."""
    grants: tuple[SignedGrant, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    """Only where it was asked for."""
    attachments: Mapping[str, str] = field(default_factory=dict)
    """The texts of the paper's files by their SHA-256; only a seat holds them."""

    def verify(self) -> None:
        """Raise Tampered, naming what does not hold, unless journal, paper and row belong together unchanged."""
        if self.paper.digest != self.genesis.paper:
            raise Tampered("the paper of this sitting is not the one it was opened with")
        head = verify(self.genesis, self.entries)
        if head != self.head:
            raise Tampered(f"the journal ends at entry {head.seq}, but entry {self.head.seq} was written")


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedRecord:
    """A sealed sitting on its way to central, as its seat keeps it."""

    bundle_id: str
    submission_id: str
    opened_on: str
    envelope: bytes
    body: bytes
    receipt: bytes | None = None
    """Central's signed receipt, once it came back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SittingLine:
    """One sitting in a seat's list."""

    submission_id: str
    opened_on: str
    assignment_id: str
    candidate: str
    status: SubmissionStatus
    started_at: str
    submitted_at: str | None
    receipt: str | None
    entries: int
    bundle_id: str | None
    """Set once it is sealed."""
    is_received: bool
    """Whether central's receipt came back."""
