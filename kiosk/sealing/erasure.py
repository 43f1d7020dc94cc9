"""Erasing a place: what must hold first, the tombstone that tells of it, and the order in which things are destroyed.

The key of the store goes first, so that whatever is left on the disk opens for nobody. The tombstone is written before
anything is touched, under another name until all is done: cut off before the key is gone, nothing is lost; after it,
doing it again finishes the work.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from pydantic import ValidationError

from kiosk.exam.error import Invalid, Refused, Tampered
from kiosk.exam.moment import iso, parse_iso
from kiosk.sealing.certificate import verify_chain
from kiosk.sealing.copy import read_file, sync_folder, write_copy
from kiosk.sealing.envelope import LARGEST_ENVELOPE, PayloadType, read_envelope, sign
from kiosk.sealing.key import KeyRole, SigningKey
from kiosk.sealing.receipt import read_receipt
from kiosk.sealing.revocation import Revocations
from kiosk.sealing.shredding import shred
from kiosk.wire.closing import CloseoutDocument
from kiosk.wire.document import words
from kiosk.wire.tombstone import TombstoneDocument

RETENTION = timedelta(days=60)
"""How long a store is kept after the close-out, so that an appeal can still be held against the machine."""
PENDING = "wipe.dsse"
TOMBSTONE = "wiped-"


@dataclass(frozen=True, slots=True)
class Wiper:
    """Who wipes, and why before its time."""

    who: str | None = None
    second: str | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Grave:
    """What is erased, and whose it was: a seat's, or its hall's own."""

    hall: str
    seat: str | None
    chain: tuple[str, ...]
    bundles: tuple[str, ...]


def must_be_held(
    bundles: Iterable[tuple[str, bytes | None]], outs: Sequence[CloseoutDocument], root: str, revoked: Revocations
) -> tuple[str, ...]:
    """Return the ids of bundles (with their receipts), sorted; raises Refused unless central holds every one.

    Each has central's receipt and is named by a close-out. Raises Tampered, Invalid or Denied for a receipt that does
    not hold.
    """
    named = {b for out in outs for b in out.bundles}
    found = []
    for bundle_id, receipt in bundles:
        if receipt is None:
            raise Refused(f"Central's receipt for the bundle {bundle_id[:16]} has not come back.")
        read_receipt(receipt, root, bundle_id, revoked)
        if bundle_id not in named:
            raise Refused(f"No close-out names the bundle {bundle_id[:16]}: kiosk hall close, then central.")
        found.append(bundle_id)
    if not outs:
        raise Refused("There is no close-out of this hall here, so nothing is wiped: kiosk hall close.")
    return tuple(sorted(found))


def must_be_time(outs: Sequence[CloseoutDocument], now: datetime, what: str, *, early: bool) -> None:
    """Raise Refused before `RETENTION` is over, counted from the last close-out, unless `early`."""
    allowed = max(parse_iso(out.settled_at) for out in outs) + RETENTION
    if now < allowed and not early:
        raise Refused(f"This {what} is kept until {allowed:%Y-%m-%d}. With a reason it may go before: --now REASON.")


def tombstone(grave: Grave, outs: Sequence[CloseoutDocument], now: datetime, wiper: Wiper) -> TombstoneDocument:
    """Return what is to be signed of an erasure; raises Invalid for more than a document takes."""
    used = [out for out in outs if not set(out.bundles).isdisjoint(grave.bundles)] or list(outs)
    try:
        return TombstoneDocument(
            version=1,
            hall=grave.hall,
            seat=grave.seat,
            wiped_at=iso(now),
            who=wiper.who,
            second=wiper.second,
            reason=wiper.reason,
            closings=tuple(sorted({out.closing for out in used})),
            bundles=grave.bundles,
            certificates=grave.chain,
        )
    except ValidationError as error:
        raise Invalid(f"the tombstone cannot be written: {words(error)}") from None


def announce(folder: Path, document: TombstoneDocument, key: SigningKey) -> None:
    """Sign a tombstone and write it as one whose erasure is not done yet."""
    (folder / PENDING).unlink(missing_ok=True)
    write_copy(folder, PENDING, sign(PayloadType.TOMBSTONE, document.model_dump(mode="json"), key))


def destroy(folder: Path, keys: Sequence[Path], data: Sequence[Path]) -> None:
    """Destroy what was announced: the files of the key in this order, then what it opened. It may be done again."""
    for path in keys:
        shred(path)
    for place in {path.parent for path in keys}:
        sync_folder(place)
    for path in data:
        shred(path)
    pending = folder / PENDING
    name = read_envelope(read_file(pending, LARGEST_ENVELOPE), PayloadType.TOMBSTONE).document()["wiped_at"]
    pending.replace(folder / f"{TOMBSTONE}{name.replace(':', '')}.dsse")
    sync_folder(folder)


def is_announced(folder: Path) -> bool:
    """Whether an erasure was begun here and has not ended."""
    return (folder / PENDING).exists()


def announced(folder: Path, root: str) -> TombstoneDocument:
    """Return the tombstone of an erasure that has not ended; raises as `read_tombstone`."""
    return read_tombstone(read_file(folder / PENDING, LARGEST_ENVELOPE), root)


def read_tombstone(envelope: bytes, root: str) -> TombstoneDocument:
    """Return a tombstone believed on the word of the root's public key; raises Tampered, Invalid or Denied."""
    read = read_envelope(envelope, PayloadType.TOMBSTONE)
    try:
        document = TombstoneDocument.model_validate_json(read.canonical_payload())
    except ValidationError as error:
        raise Invalid(f"this tombstone is not of this version: {words(error)}") from None
    role = KeyRole.HALL if document.seat is None else KeyRole.SEAT
    holder = verify_chain(document.certificates, root, role, document.wiped_at)
    read.check(holder.key)
    if (document.hall, document.seat) != (holder.hall, holder.seat):
        raise Tampered("this tombstone names another seat or hall than the key that signed it")
    return document


def tombstone_files(folder: Path) -> tuple[Path, ...]:
    """Return the files that tell of earlier erasures, oldest first."""
    return tuple(sorted(folder.glob(f"{TOMBSTONE}*.dsse")))
