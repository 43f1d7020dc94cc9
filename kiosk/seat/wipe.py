"""Wiping a seat: the key of its store is destroyed first, so that whatever is left on the disk opens for nobody.

A signed note of what is to go is written before anything is touched. An interruption before the key is destroyed
changes nothing; after it, doing it again finishes the work.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from pydantic import ValidationError

from kiosk.exam.error import Invalid, KioskError, Refused
from kiosk.exam.moment import iso, parse_iso
from kiosk.ground.home import Place
from kiosk.ground.occupancy import LOCK, occupied
from kiosk.sealing.certificate import verify_chain
from kiosk.sealing.closing import read_closeout
from kiosk.sealing.copy import read_file, sync_folder, write_copy
from kiosk.sealing.envelope import LARGEST_ENVELOPE, PayloadType, read_envelope, sign
from kiosk.sealing.key import KeyFolder, KeyRole
from kiosk.sealing.receipt import read_receipt
from kiosk.sealing.revocation import RevocationFile
from kiosk.sealing.shredding import shred
from kiosk.seat.custody import KEY, Unlock, is_sealed, seat_key
from kiosk.seat.place import NAME, read_enrolment
from kiosk.seat.unlocking import WRAPPED
from kiosk.wire.closing import CloseoutDocument
from kiosk.wire.document import words
from kiosk.wire.enrolment import EnrolmentDocument
from kiosk.wire.tombstone import TombstoneDocument
from storage.engine import StoreError
from storage.seat.store import SeatStore

RETENTION = timedelta(days=60)
"""How long a seat keeps its store after the close-out, so that an appeal can still be held against the machine."""
PENDING = "wipe.dsse"
TOMBSTONE = "wiped-"
_SEALED = b"age-encryption.org/"


@dataclass(frozen=True, slots=True)
class Wiper:
    """Who wipes, and why before its time."""

    who: str | None = None
    second: str | None = None
    reason: str = ""


def closeouts(place: Place, envelopes: Sequence[bytes]) -> tuple[CloseoutDocument, ...]:
    """Return close-outs of this seat's hall; raises Tampered, Invalid or Denied for any that does not hold."""
    enrolment = read_enrolment(place)
    revoked = RevocationFile(place.keys, enrolment.root).read()
    hall = verify_chain(enrolment.chain, enrolment.root, KeyRole.SEAT).hall
    assert hall is not None
    return tuple(read_closeout(envelope, enrolment.root, hall, revoked) for envelope in envelopes)


def may_wipe(
    place: Place,
    outs: Sequence[CloseoutDocument],
    now: datetime,
    *,
    early: bool = False,
    unlock: Unlock | None = None,
) -> tuple[str, ...]:
    """Return the bundles of a seat, sorted, all of which central holds and the hall has explained.

    Raises Refused, saying which, for a sitting not sealed, a bundle without its receipt or that no close-out names, and
    before `RETENTION` is over unless `early`.
    """
    if not place.exists:
        raise Refused("This seat keeps nothing that could be wiped.")
    enrolment = read_enrolment(place)
    revoked = RevocationFile(place.keys, enrolment.root).read()
    store = SeatStore.open(place.store, seat_key(place, unlock))
    try:
        unsealed = [s.submission_id for s in store.sittings() if s.bundle_id is None]
        bundles = store.bundles()
    finally:
        store.close()
    if unsealed:
        raise Refused(f"The sitting {unsealed[0]} is not sealed. Seal it: kiosk bundle export DIR --unfinished.")
    named = {b for out in outs for b in out.bundles}
    for bundle in bundles:
        if bundle.receipt is None:
            raise Refused(f"Central's receipt for the bundle {bundle.bundle_id[:16]} has not come back.")
        read_receipt(bundle.receipt, enrolment.root, bundle.bundle_id, revoked)
        if bundle.bundle_id not in named:
            raise Refused(f"No close-out names the bundle {bundle.bundle_id[:16]}: kiosk hall close, then central.")
    if not outs:
        raise Refused("There is no close-out of this hall here, so nothing is wiped: kiosk hall close.")
    allowed = max(parse_iso(out.settled_at) for out in outs) + RETENTION
    if now < allowed and not early:
        raise Refused(f"This seat is kept until {allowed:%Y-%m-%d}. With a reason it may go before: --now REASON.")
    return tuple(sorted(b.bundle_id for b in bundles))


def wipe(
    place: Place, outs: Sequence[CloseoutDocument], now: datetime, wiper: Wiper, unlock: Unlock | None = None
) -> TombstoneDocument:
    """Destroy what a seat keeps and return its tombstone; raises Refused as `may_wipe`, and while the seat is open."""
    with occupied(place):
        bundles = may_wipe(place, outs, now, early=bool(wiper.reason), unlock=unlock)
        enrolment = read_enrolment(place)
        document = _tombstone(enrolment, outs, bundles, now, wiper)
        _must_know_everything(place)
        (place.folder / PENDING).unlink(missing_ok=True)
        envelope = sign(PayloadType.TOMBSTONE, document.model_dump(mode="json"), KeyFolder(place.keys).signing(NAME))
        write_copy(place.folder, PENDING, envelope)
        _destroy(place)
        return document


def finish(place: Place) -> TombstoneDocument | None:
    """Finish a wipe whose key was destroyed already; None where there is none to finish.

    Raises Refused where the store does not open and its key could still be recovered.
    """
    if not (place.folder / PENDING).exists() or _opens(place):
        return None
    copies = [p.name for p in _key_files(place) if p.name != KEY and not _is_destroyed(place, p)]
    if copies:
        raise Refused(f"The store of this seat does not open, but {copies[0]} is still here. Nothing was wiped.")
    with occupied(place):
        document = read_tombstone(read_file(place.folder / PENDING, LARGEST_ENVELOPE), read_enrolment(place).root)
        _must_know_everything(place)
        _destroy(place)
        return document


def read_tombstone(envelope: bytes, root: str) -> TombstoneDocument:
    """Return a tombstone believed on the word of the root's public key; raises Tampered, Invalid or Denied."""
    read = read_envelope(envelope, PayloadType.TOMBSTONE)
    try:
        document = TombstoneDocument.model_validate_json(read.canonical_payload())
    except ValidationError as error:
        raise Invalid(f"this tombstone is not of this version: {words(error)}") from None
    holder = verify_chain(document.certificates, root, KeyRole.SEAT, document.wiped_at)
    read.check(holder.key)
    if (document.hall, document.seat) != (holder.hall, holder.seat):
        raise Invalid("this tombstone names another seat than the key that signed it")
    return document


def tombstones(place: Place) -> tuple[Path, ...]:
    """Return the files that tell of earlier wipes, oldest first."""
    return tuple(sorted(place.folder.glob(f"{TOMBSTONE}*.dsse")))


def _tombstone(
    enrolment: EnrolmentDocument,
    outs: Sequence[CloseoutDocument],
    bundles: tuple[str, ...],
    now: datetime,
    wiper: Wiper,
) -> TombstoneDocument:
    used = [out for out in outs if not set(out.bundles).isdisjoint(bundles)] or list(outs)
    try:
        return TombstoneDocument(
            version=1,
            hall=outs[0].hall,
            seat=enrolment.seat,
            wiped_at=iso(now),
            who=wiper.who,
            second=wiper.second,
            reason=wiper.reason,
            closings=tuple(sorted({out.closing for out in used})),
            bundles=tuple(bundles),
            certificates=enrolment.chain,
        )
    except ValidationError as error:
        raise Invalid(f"the tombstone cannot be written: {words(error)}") from None


def _destroy(place: Place) -> None:
    """Destroy the key and every copy of it, then what it opened; each step may be done again."""
    for path in _key_files(place):
        shred(path)
    sync_folder(place.keys)
    for path in _data_files(place):
        shred(path)
    pending = place.folder / PENDING
    name = read_envelope(read_file(pending, LARGEST_ENVELOPE), PayloadType.TOMBSTONE).document()["wiped_at"]
    pending.replace(place.folder / f"{TOMBSTONE}{name.replace(':', '')}.dsse")
    sync_folder(place.folder)


def _key_files(place: Place) -> tuple[Path, ...]:
    """Return the copies of the store's key first and the key itself last, so that with the key every copy is gone.

    On a sealed seat the copy for the hall stands in the key's place.
    """
    found = sorted(place.keys.glob(f"{KEY}*"))
    return tuple(sorted(found, key=lambda path: (path.name == KEY, path.name == WRAPPED)))


def _is_destroyed(place: Place, path: Path) -> bool:
    """Whether a file is the last copy of a sealed seat's key, overwritten already by a wipe that was cut off."""
    return path.name == WRAPPED and is_sealed(place) and not path.read_bytes().startswith(_SEALED)


def _data_files(place: Place) -> tuple[Path, ...]:
    kept = {PENDING, LOCK}
    return tuple(
        p
        for p in sorted(place.folder.iterdir())
        if p.name not in kept and not p.name.startswith(TOMBSTONE) and (p.is_symlink() or not p.is_dir())
    )


def _must_know_everything(place: Place) -> None:
    for path in place.folder.iterdir():
        if path.is_dir() and not path.is_symlink() and path != place.keys:
            raise Refused(f"The folder {path} is not the seat's own. Move it away first; nothing was wiped.")


def _opens(place: Place) -> bool:
    """Whether a store could still be opened, so that a wipe has not destroyed its key."""
    if is_sealed(place):
        return place.store.exists() and not _is_destroyed(place, place.keys / WRAPPED)
    if not place.store.exists() or not (place.keys / KEY).exists():
        return False
    try:
        SeatStore.open(place.store, place.store_key()).close()
    except (StoreError, KioskError):
        return False
    return True
