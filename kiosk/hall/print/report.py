"""The facts of the hall's report: what was done here, when, by whom, and what became of every row of the roster."""

from dataclasses import dataclass
from datetime import datetime

from kiosk.exam.status import AttendanceState
from kiosk.hall.print.gathering import Gathering


@dataclass(frozen=True, slots=True, kw_only=True)
class RosterLine:
    """One test of one candidate, and what became of it."""

    test_id: str
    name: str
    roll_number: str | None
    seat: str | None
    became: str
    """present, unfinished, absent, moved; or not explained."""
    note: str
    """The proctor's note, or what is not explained about it."""
    is_explained: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SittingLine:
    """One sitting: its times and how far it came; never its content."""

    submission_id: str
    name: str
    roll_number: str | None
    test_id: str
    seat: str
    phase: str
    started_at: datetime
    submitted_at: datetime | None
    used_ms: int
    added_ms: int
    """Time given by acts, what was taken back again left out."""
    answered: int
    questions: int
    entries: int
    head_hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ActLine:
    """One act: who, when, what, where and why."""

    at: datetime
    who: str
    second: str | None
    act: str
    seat: str
    subject: str
    """Name of the candidate, or what else it was about."""
    amount_ms: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveLine:
    """One sitting that went on at another seat."""

    at: str
    name: str
    roll_number: str | None
    test_id: str
    source: str
    target: str
    epoch: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeLine:
    """One code given for an act at a seat out of reach; never the code."""

    at: datetime
    who: str
    second: str | None
    act: str
    seat: str
    challenge: str
    amount_ms: int
    reason: str
    is_used: bool
    """Whether the hall has heard of the act it allowed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BundleLine:
    """One sealed sitting, and central's receipt for it."""

    bundle_id: str
    submission_id: str
    name: str
    seat: str
    is_handed_in: bool
    entries: int
    length: int
    sealed_at: datetime
    flags: tuple[str, ...]
    receipt: str | None
    """SHA-256 of the receipt; None where none has come."""
    receipted_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosingLine:
    """The newest signed closing of a test."""

    test_id: str
    title: str
    closing: str | None
    is_settled: bool
    """Whether central's close-out has come back and holds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HallReport:
    """Everything a hall signs for."""

    hall: str
    tests: tuple[ClosingLine, ...]
    gatherings: tuple[Gathering, ...]
    roster: tuple[RosterLine, ...]
    sittings: tuple[SittingLine, ...]
    incidents: tuple[ActLine, ...]
    acts: tuple[ActLine, ...]
    moves: tuple[MoveLine, ...]
    codes: tuple[CodeLine, ...]
    bundles: tuple[BundleLine, ...]
    strays: tuple[str, ...]
    """Bundles of no row of the roster."""

    def counts(self) -> dict[str, int]:
        """Return how many there are of everything, in the order they are read."""
        sitters = [s for g in self.gatherings for s in g.sitters]
        return {
            "on the roster": len(self.roster),
            "not explained": sum(not line.is_explained for line in self.roster) + len(self.strays),
            "expected": len({s.candidate_id for s in sitters}),
            **{
                words: len({s.candidate_id for s in sitters if s.state is state})
                for words, state in (
                    ("present", AttendanceState.PRESENT),
                    ("absent", AttendanceState.ABSENT),
                    ("sent away", AttendanceState.SENT_AWAY),
                    ("neither", AttendanceState.EXPECTED),
                )
            },
            "sittings begun": len(self.sittings),
            "sittings handed in": sum(line.submitted_at is not None for line in self.sittings),
            "incidents": len(self.incidents),
            "acts": len(self.acts),
            "moves": len(self.moves),
            "codes given": len(self.codes),
            "bundles": len(self.bundles),
            "bundles with a receipt": sum(line.receipt is not None for line in self.bundles),
        }
