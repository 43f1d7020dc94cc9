"""What arrives at central: bundles, where each stands, and what did not verify."""

from dataclasses import dataclass, field
from datetime import datetime

from kiosk.exam.status import BundleState


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """A bundle that verified, as it is stored before it is opened."""

    bundle_id: str
    submission_id: str
    opened_on: str
    hall: str
    envelope: bytes = field(repr=False)
    body: bytes = field(repr=False)
    entries: int
    head_hash: bytes
    sealed_at: datetime
    received_at: datetime
    source: str
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class BundleLine:
    """One bundle in central's list."""

    bundle_id: str
    submission_id: str
    opened_on: str
    hall: str
    state: BundleState
    received_at: datetime
    source: str
    flags: tuple[str, ...]
    problem: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Quarantined:
    """Something that did not verify, kept for a person to look at."""

    digest: str
    source: str
    reason: str
    received_at: datetime
    length: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Marked:
    """A sitting central holds, found by its receipt code."""

    submission_id: str
    opened_on: str
    candidate_id: str
    candidate: str
    test: str
    attempt: int
    status: str
    score: str | None
    key_version: int | None
    marks: int
    """Awards on record for it."""
