"""The authority: what a seat asks of its hall, whether in one process or across a wire."""

from dataclasses import dataclass, field
from typing import Protocol

from kiosk.exam.error import KioskError
from kiosk.exam.evidence import Evidence
from kiosk.exam.grant import Act
from kiosk.views.candidate import CandidateCard, Instructions, Notice, Result, TestCard


class HallLost(KioskError):
    """The hall was asked and does not answer; whether it did what it was asked is not known."""

    title = "The hall does not answer"


@dataclass(frozen=True, slots=True)
class Admission:
    """A candidate the hall has recognised, and a token for what follows."""

    token: str = field(repr=False)
    candidate: CandidateCard


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalOffer:
    """What a sitting that was moved here goes on with: all that counts of it, up to the fork of the lease."""

    genesis: str = field(repr=False)
    """Canonical text."""
    entries: tuple[str, ...] = field(repr=False)
    """Canonical texts, from the first to that of the fork."""
    evidence: tuple[Evidence, ...] = field(default=(), repr=False)
    """The captures those entries name."""
    leases: tuple[bytes, ...] = field(default=(), repr=False)
    """DSSE envelopes of every lease of the sitting, the new one last."""
    grants: tuple[bytes, ...] = field(default=(), repr=False)
    """DSSE envelopes of the acts allowed for it."""


@dataclass(frozen=True, slots=True)
class LeaseOffer:
    """What opens or resumes a sitting: a lease signed by the hall, and the key of its paper."""

    envelope: bytes
    """DSSE envelope of the lease (payload `Lease.document`)."""
    paper_identity: str = field(repr=False)
    """age identity that opens the paper's blob; given with the release, not before."""
    paper_blob: bytes = field(repr=False)
    """The sealed paper, as it came in the package."""
    attachments_blob: bytes | None = field(default=None, repr=False)
    """The texts of its files, sealed as it is; None where it has none."""
    journal: JournalOffer | None = field(default=None, repr=False)
    """Of a sitting that was moved here; a seat that holds it already passes it over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GrantRequest:
    """A proctor's wish as the seat passes it on."""

    submission_id: str
    seat: str
    act: Act
    pin: str
    second_pin: str | None = None
    amount_ms: int = 0
    section: str | None = None
    gap: int | None = None
    reason: str = ""
    note: str = ""

    def __repr__(self) -> str:
        return f"GrantRequest({self.act.value} for {self.submission_id} at {self.seat})"


@dataclass(frozen=True, slots=True)
class Report:
    """What a seat tells the hall about a sitting: counts only, never content."""

    submission_id: str
    phase: str
    attempt: int
    started_at: str
    submitted_at: str | None
    answered: int
    questions: int
    used_ms: int
    head_seq: int
    head_hash: str


class Keeper(Protocol):
    """Who opens the sealed key of a seat's store, once the seat has proved that it is that seat."""

    def challenge(self, seat: str) -> str:
        """Return what the seat must sign, in hex: good for one asking, and for a minute."""
        ...

    def unlock(self, seat: str, wrapped_key: bytes, proof: bytes) -> bytes:
        """Return the key of a seat's store, sealed to the age recipient that `proof` names.

        `proof` is a DSSE envelope (payload `UnlockDocument`) by the seat's key. Raises Denied where it does not hold.
        """
        ...


class Authority(Keeper, Protocol):
    """The hall as a seat sees it. Every method may block and may raise Denied, Refused or KioskError."""

    def admit(self, roll_number: str, code: str, seat: str) -> Admission:
        """Recognise a candidate; wrong tries slow down, across restarts."""
        ...

    def tests(self, token: str) -> tuple[TestCard, ...]:
        """Return the candidate's tests, with why each may not start now."""
        ...

    def notices(self, token: str) -> tuple[Notice, ...]:
        """Return the candidate's notifications."""
        ...

    def instructions(self, token: str, assignment_id: str) -> Instructions:
        """Return what is read before the start."""
        ...

    def lease(self, token: str, assignment_id: str, seat: str) -> LeaseOffer:
        """Allow the seat to open the next attempt, or hand out the running lease again."""
        ...

    def result(self, token: str, assignment_id: str) -> Result:
        """Return the released result."""
        ...

    def proctor(self, pin: str, seat: str) -> str:
        """Check a PIN and return the proctor's name; wrong tries slow down, across restarts."""
        ...

    def grant(self, request: GrantRequest) -> bytes:
        """Return the signed grant (DSSE envelope) of a proctor's act."""
        ...

    def report(self, report: Report) -> None:
        """Take note of a sitting's progress."""
        ...
