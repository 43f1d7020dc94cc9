"""Wiping a seat: the key of its store is destroyed first, so that whatever is left on the disk opens for nobody.

A signed note of what is to go is written before anything is touched. An interruption before the key is destroyed
changes nothing; after it, doing it again finishes the work.
"""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from kiosk.exam.error import KioskError, Refused
from kiosk.ground.home import Place
from kiosk.ground.occupancy import LOCK, occupied
from kiosk.sealing.certificate import verify_chain
from kiosk.sealing.closing import read_closeout
from kiosk.sealing.erasure import (
    PENDING,
    TOMBSTONE,
    Grave,
    Wiper,
    announce,
    announced,
    destroy,
    is_announced,
    must_be_held,
    must_be_time,
    tombstone,
    tombstone_files,
)
from kiosk.sealing.key import KeyFolder, KeyRole
from kiosk.sealing.revocation import RevocationFile
from kiosk.seat.custody import KEY, Unlock, is_sealed, seat_key
from kiosk.seat.place import NAME, read_enrolment
from kiosk.seat.unlocking import WRAPPED
from kiosk.wire.closing import CloseoutDocument
from kiosk.wire.tombstone import TombstoneDocument
from storage.engine import StoreError
from storage.seat.store import SeatStore

_SEALED = b"age-encryption.org/"


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
    held = must_be_held(((b.bundle_id, b.receipt) for b in bundles), outs, enrolment.root, revoked)
    must_be_time(outs, now, "seat", early=early)
    return held


def wipe(
    place: Place, outs: Sequence[CloseoutDocument], now: datetime, wiper: Wiper, unlock: Unlock | None = None
) -> TombstoneDocument:
    """Destroy what a seat keeps and return its tombstone; raises Refused as `may_wipe`, and while the seat is open."""
    with occupied(place):
        bundles = may_wipe(place, outs, now, early=bool(wiper.reason), unlock=unlock)
        enrolment = read_enrolment(place)
        grave = Grave(hall=outs[0].hall, seat=enrolment.seat, chain=enrolment.chain, bundles=bundles)
        document = tombstone(grave, outs, now, wiper)
        _must_know_everything(place)
        announce(place.folder, document, KeyFolder(place.keys).signing(NAME))
        destroy(place.folder, _key_files(place), _data_files(place))
        return document


def finish(place: Place) -> TombstoneDocument | None:
    """Finish a wipe whose key was destroyed already; None where there is none to finish.

    Raises Refused where the store does not open and its key could still be recovered.
    """
    if not is_announced(place.folder) or _opens(place):
        return None
    copies = [p.name for p in _key_files(place) if p.name != KEY and not _is_destroyed(place, p)]
    if copies:
        raise Refused(f"The store of this seat does not open, but {copies[0]} is still here. Nothing was wiped.")
    with occupied(place):
        document = announced(place.folder, read_enrolment(place).root)
        _must_know_everything(place)
        destroy(place.folder, _key_files(place), _data_files(place))
        return document


def tombstones(place: Place) -> tuple[Path, ...]:
    """Return the files that tell of earlier wipes, oldest first."""
    return tombstone_files(place.folder)


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
