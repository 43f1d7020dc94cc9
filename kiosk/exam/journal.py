"""The hash chain of a sitting: how entries are tied, and how anyone proves that none was touched.

hash_n = SHA-256(hash_{n-1} || canonical(entry_n)); hash_{-1} = SHA-256(canonical(genesis)). `seq` counts from 0 and
runs on across epochs; a new epoch begins with `moved`, and nothing follows `sealed`. A chain cannot show that its end
was cut off: that is what the head in a receipt, a report or a manifest is for.
"""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from kiosk.exam.canonical import canonical, plain
from kiosk.exam.entry import Entry, Genesis, Kind
from kiosk.exam.error import Invalid, Tampered
from kiosk.exam.field import Fields
from kiosk.exam.moment import Moment

Spell = Callable[[object], bytes]
"""Writes canonical bytes: `canonical`, or `respelled` for entries that were read from such bytes."""


@dataclass(frozen=True, slots=True)
class Head:
    """Where a chain stands: the number of the last entry and its hash."""

    seq: int
    """-1 before the first entry."""
    hash: bytes


def genesis_head(genesis: Genesis) -> Head:
    """Return the head an empty journal starts from."""
    return Head(-1, hashlib.sha256(canonical(genesis.document())).digest())


def chain_hash(before: bytes, entry: Entry, spell: Spell = canonical) -> bytes:
    """Return the hash of `entry` after a head whose hash is `before`."""
    return hashlib.sha256(before + spell(entry.document())).digest()


def next_entry(
    genesis: Genesis, head: Head, kind: Kind, moment: Moment, body: Mapping[str, Any], epoch: int = 1
) -> Entry:
    """Return the entry that follows `head`, hashed; its body is what will be read back. Raises Invalid for floats."""
    bare = Entry(
        submission_id=genesis.submission_id,
        opened_on=genesis.opened_on,
        seq=head.seq + 1,
        epoch=epoch,
        kind=kind,
        at=moment.at,
        boot_id=moment.boot_id,
        boot_ms=moment.boot_ms,
        body=plain(body),
    )
    return replace(bare, hash=chain_hash(head.hash, bare))


def verify(genesis: Genesis, entries: Iterable[Entry], spell: Spell = canonical) -> Head:
    """Return the head of a whole journal; raises Tampered naming the first entry that does not follow."""
    head, before = genesis_head(genesis), None
    for entry in entries:
        if (entry.submission_id, entry.opened_on) != (genesis.submission_id, genesis.opened_on):
            raise Tampered(f"entry {entry.seq} belongs to another sitting")
        if entry.seq != head.seq + 1:
            raise Tampered(f"entry {head.seq + 1} is missing; {entry.seq} came instead")
        if _hash_or_nothing(head.hash, entry, spell) != entry.hash:
            raise Tampered(f"entry {entry.seq} ({entry.kind}) does not carry the hash of what it says")
        if before is not None:
            _must_follow(before, entry)
        head, before = Head(entry.seq, entry.hash), entry
    return head


def _hash_or_nothing(before: bytes, entry: Entry, spell: Spell) -> bytes | None:
    try:
        return chain_hash(before, entry, spell)
    except Invalid:
        return None


def _must_follow(before: Entry, entry: Entry) -> None:
    if before.kind is Kind.SEALED:
        raise Tampered(f"entry {entry.seq} stands after the journal was sealed")
    newer = entry.epoch > before.epoch
    if entry.epoch < before.epoch or newer != (entry.kind is Kind.MOVED):
        raise Tampered(f"entry {entry.seq} ({entry.kind}) is of epoch {entry.epoch} after epoch {before.epoch}")


def journal_document(genesis: Genesis, entries: Iterable[Entry]) -> dict[str, Any]:
    """Return a journal as it is shown and verified by others: genesis, and entries with their hash in hex."""
    return {
        "genesis": genesis.document(),
        "entries": [{**entry.document(), "hash": entry.hash.hex()} for entry in entries],
    }


def read_journal(document: Mapping[str, Any]) -> tuple[Genesis, tuple[Entry, ...]]:
    """Read `journal_document` back; raises Invalid when it has another shape. Verifies nothing."""
    try:
        whole = Fields(document)
        genesis, entries = _read_genesis(whole.inner("genesis")), tuple(_read_entry(e) for e in whole.rows("entries"))
    except (Invalid, ValueError) as error:
        raise Invalid(f"this is not a journal ({error})") from error
    if journal_document(genesis, entries) != document:
        raise Invalid("this journal holds fields this version does not know")
    return genesis, entries


def _read_genesis(fields: Fields) -> Genesis:
    return Genesis(
        submission_id=fields.text("submission_id"),
        opened_on=fields.text("opened_on"),
        paper=fields.text("paper"),
        assignment_id=fields.text("assignment_id"),
        seat=fields.text("seat"),
        lease=fields.text("lease"),
        build=fields.text("build"),
    )


def _read_entry(fields: Fields) -> Entry:
    return Entry(
        submission_id=fields.text("submission_id"),
        opened_on=fields.text("opened_on"),
        seq=fields.whole("seq"),
        epoch=fields.whole("epoch"),
        kind=Kind(fields.text("kind")),
        at=fields.text("at"),
        boot_id=fields.text("boot_id"),
        boot_ms=fields.whole("boot_ms"),
        body=fields.inner("body").fields,
        hash=bytes.fromhex(fields.text("hash")),
    )
