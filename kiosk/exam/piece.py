"""A piece of a journal on its way from a seat to its hub: some entries, and everything they lean on."""

from dataclasses import dataclass

from kiosk.exam.entry import Entry, Genesis
from kiosk.exam.evidence import Evidence
from kiosk.exam.journal import Head
from kiosk.exam.page import SignedGrant, SignedLease


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """How far one sitting's journal is committed on a seat."""

    submission_id: str
    opened_on: str
    epoch: int
    """Of the last entry."""
    head: Head


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """Committed entries that follow one another, all of one epoch; never empty."""

    genesis: Genesis
    epoch: int
    before: bytes
    """Hash of the entry before the first, or of the genesis."""
    entries: tuple[Entry, ...]
    evidence: tuple[Evidence, ...] = ()
    """Captures the entries name."""
    grants: tuple[SignedGrant, ...] = ()
    """Acts the entries carry out."""
    leases: tuple[SignedLease, ...] = ()
    """By what right the sitting was written so far."""
