"""A parcel: what one seat sends a hall of one sitting's journal, and what the hall has to say to it."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field

from kiosk.exam.canonical import read_canonical
from kiosk.exam.entry import Entry, Genesis, Kind
from kiosk.exam.error import Invalid
from kiosk.exam.evidence import Evidence
from kiosk.exam.field import Fields
from kiosk.exam.journal import Head, genesis_head
from kiosk.exam.page import SignedGrant, SignedLease
from kiosk.exam.tail import Frame, Tail


@dataclass(frozen=True, slots=True, kw_only=True)
class Beginning:
    """What a chain hangs on, and every lease it was written under."""

    genesis: Genesis
    text: str = field(repr=False)
    """Canonical text of the genesis."""
    leases: tuple[SignedLease, ...]
    """Proved to be signed by this hall."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """Entries of one sitting from one seat, read and in order; nothing of them is believed yet."""

    seat: str
    submission_id: str
    opened_on: str
    frame: Frame
    texts: tuple[str, ...] = field(repr=False)
    """The canonical text of each entry."""
    evidence: tuple[Evidence, ...] = field(default=(), repr=False)
    grants: tuple[SignedGrant, ...] = ()
    """Proved to be signed by this hall."""
    beginning: Beginning | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What became of a parcel."""

    kept: Head | None = None
    """Up to where the epoch of the parcel is committed; None where nothing can be acknowledged."""
    want: int | None = None
    """From where the seat must send."""
    start: bool = False
    """Whether genesis and leases are wanted with it."""
    fenced: SignedLease | None = None
    """The newest lease, where the sender must stop."""
    trouble: str | None = None
    """Why the parcel was kept aside, in words for a person."""
    denied: str | None = None
    """Why nothing of it was kept at all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """Everything a hall holds of one sitting up to a fork: what another seat goes on with."""

    genesis: str = field(repr=False)
    """Canonical text."""
    entries: tuple[str, ...] = field(repr=False)
    """Canonical texts, in order."""
    evidence: tuple[Evidence, ...] = field(default=(), repr=False)
    leases: tuple[bytes, ...] = field(default=(), repr=False)
    """Envelopes, by epoch."""
    grants: tuple[bytes, ...] = field(default=(), repr=False)
    """Envelopes."""


@dataclass(frozen=True, slots=True)
class Holding:
    """One sitting as a hall holds it."""

    tail: Tail
    newest: SignedLease


def read_entry(text: str) -> Entry:
    """Return the entry of a canonical text, without a hash; raises Invalid for any other text."""
    fields = _read(text, "an entry")
    try:
        entry = Entry(
            submission_id=fields.text("submission_id"),
            opened_on=fields.text("opened_on"),
            seq=fields.whole("seq"),
            epoch=fields.whole("epoch"),
            kind=Kind(fields.text("kind")),
            at=fields.text("at"),
            boot_id=fields.text("boot_id"),
            boot_ms=fields.whole("boot_ms"),
            body=fields.inner("body").fields,
        )
    except ValueError as error:
        raise Invalid(f"this entry is not of this version ({error})") from error
    fields.must_be_only(entry.document())
    return entry


def read_genesis(text: str) -> Genesis:
    """Return the genesis of a canonical text; raises Invalid for any other text."""
    fields = _read(text, "a genesis")
    genesis = Genesis(
        submission_id=fields.text("submission_id"),
        opened_on=fields.text("opened_on"),
        paper=fields.text("paper"),
        assignment_id=fields.text("assignment_id"),
        seat=fields.text("seat"),
        lease=fields.text("lease"),
        build=fields.text("build"),
    )
    fields.must_be_only(genesis.document())
    return genesis


def text_digest(text: str) -> str:
    """Return the SHA-256 of a text, in hex."""
    return hashlib.sha256(text.encode()).hexdigest()


def founding(leases: Sequence[SignedLease]) -> SignedLease:
    """Return the lease a sitting begins under: the newest that goes on from nothing; raises Invalid without one."""
    found = [signed for signed in leases if signed.lease.fork is None]
    if not found:
        raise Invalid("a sitting has no lease it begins under")
    return max(found, key=lambda signed: signed.lease.epoch)


def start_of(genesis: Genesis, lease: SignedLease) -> Head:
    """Return the head of an empty journal; raises Invalid where the lease allows no sitting that begins like this."""
    given = lease.lease
    told = (genesis.submission_id, genesis.opened_on, genesis.paper, genesis.assignment_id, genesis.seat, genesis.lease)
    if told != (given.submission_id, given.opened_on, given.paper, given.assignment_id, given.seat, given.lease_id):
        raise Invalid("the hall signed no lease for this opening")
    return genesis_head(genesis)


def _read(text: str, what: str) -> Fields:
    try:
        return Fields(read_canonical(text.encode()))
    except (json.JSONDecodeError, RecursionError, ValueError) as error:
        raise Invalid(f"{what} cannot be read") from error
