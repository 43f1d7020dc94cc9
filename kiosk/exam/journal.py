"""The hash chain of a sitting: how entries are tied, and how anyone proves that none was touched.

hash_n = SHA-256(hash_{n-1} || canonical(entry_n)); hash_{-1} = SHA-256(canonical(genesis)). `seq` counts from 0.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from kiosk.exam.canonical import canonical
from kiosk.exam.entry import Entry, Genesis, Kind
from kiosk.exam.error import Invalid, Tampered
from kiosk.exam.moment import Moment


@dataclass(frozen=True, slots=True)
class Head:
    """Where a chain stands: the number of the last entry and its hash."""

    seq: int
    """-1 before the first entry."""
    hash: bytes


def genesis_head(genesis: Genesis) -> Head:
    """Return the head an empty journal starts from."""
    return Head(-1, hashlib.sha256(canonical(genesis.document())).digest())


def chain_hash(before: bytes, entry: Entry) -> bytes:
    """Return the hash of `entry` after a head whose hash is `before`."""
    return hashlib.sha256(before + canonical(entry.document())).digest()


def next_entry(
    genesis: Genesis, head: Head, kind: Kind, moment: Moment, body: Mapping[str, Any], epoch: int = 1
) -> Entry:
    """Return the entry that follows `head`, hashed."""
    bare = Entry(
        submission_id=genesis.submission_id,
        opened_on=genesis.opened_on,
        seq=head.seq + 1,
        epoch=epoch,
        kind=kind,
        at=moment.at,
        boot_id=moment.boot_id,
        boot_ms=moment.boot_ms,
        body=body,
    )
    return replace(bare, hash=chain_hash(head.hash, bare))


def verify(genesis: Genesis, entries: Iterable[Entry]) -> Head:
    """Return the head of a whole journal; raises Tampered naming the first entry that does not follow."""
    head = genesis_head(genesis)
    for entry in entries:
        if (entry.submission_id, entry.opened_on) != (genesis.submission_id, genesis.opened_on):
            raise Tampered(f"entry {entry.seq} belongs to another sitting")
        if entry.seq != head.seq + 1:
            raise Tampered(f"entry {head.seq + 1} is missing; {entry.seq} came instead")
        if chain_hash(head.hash, entry) != entry.hash:
            raise Tampered(f"entry {entry.seq} ({entry.kind}) does not carry the hash of what it says")
        head = Head(entry.seq, entry.hash)
    return head


def journal_document(genesis: Genesis, entries: Iterable[Entry]) -> dict[str, Any]:
    """Return a journal as it is shown and verified by others: genesis, and entries with their hash in hex."""
    return {
        "genesis": genesis.document(),
        "entries": [{**entry.document(), "hash": entry.hash.hex()} for entry in entries],
    }


def read_journal(document: Mapping[str, Any]) -> tuple[Genesis, tuple[Entry, ...]]:
    """Read `journal_document` back; raises Invalid when it has another shape. Verifies nothing."""
    try:
        if set(document) != {"genesis", "entries"}:
            raise KeyError("genesis, entries and nothing else")
        genesis = Genesis(**document["genesis"])
        entries = tuple(_read_entry(e) for e in document["entries"])
    except (KeyError, TypeError, ValueError) as error:
        raise Invalid(f"this is not a journal ({type(error).__name__}: {error})") from error
    return genesis, entries


def _read_entry(document: Mapping[str, Any]) -> Entry:
    fields = dict(document)
    fields["kind"] = Kind(fields["kind"])
    fields["hash"] = bytes.fromhex(fields["hash"])
    return Entry(**fields)
