"""Wiping a hall: what its store keeps is destroyed as a seat's is, once central has closed out every test held here."""

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from kiosk.exam.error import KioskError, Refused
from kiosk.exam.moment import Clock
from kiosk.ground.home import Place
from kiosk.hall.backroom import Backroom
from kiosk.hall.keys import ROOT, HallKeys
from kiosk.sealing.closing import read_closeout
from kiosk.sealing.erasure import (
    Grave,
    Wiper,
    announce,
    announced,
    destroy,
    is_announced,
    must_be_held,
    must_be_time,
    tombstone,
)
from kiosk.sealing.key import KeyFolder
from kiosk.wire.closing import CloseoutDocument
from kiosk.wire.tombstone import TombstoneDocument
from storage.hall.store import HallStore

KEY = "store.key"


@dataclass(frozen=True, slots=True)
class Cleared:
    """What allows a hall to be wiped."""

    outs: tuple[CloseoutDocument, ...] = field(repr=False)
    bundles: tuple[str, ...]
    """Every bundle held here, sorted."""


def cleared(
    keys: HallKeys, store: HallStore, place: Place, clock: Clock, now: datetime, *, early: bool = False
) -> Cleared:
    """Return what allows a hall to be wiped; raises Refused, saying what does not.

    Every test held here needs a close-out of its newest closing, which says what the hall knows now; every bundle its
    receipt; and `RETENTION` must be over unless `early`.
    """
    room = Backroom.open(place, keys, store, clock)
    revoked = keys.revocations.read()
    outs = []
    for test_id in store.closings.tests():
        settled = room.closings.settled(test_id)
        if settled is None or settled.closeout is None:
            raise Refused(f"Central's close-out of the test {test_id} is not here: kiosk hall close {test_id}.")
        if not room.closings.stands(test_id):
            raise Refused(f"Something has come since the test {test_id} was closed. Close it again first.")
        outs.append(read_closeout(settled.closeout, keys.root, keys.hall, revoked))
    lines = [line.bundle_id for line in store.bundles.lines()]
    receipts = store.bundles.receipts(lines)
    bundles = must_be_held(((b, receipts.get(b)) for b in lines), outs, keys.root, revoked)
    must_be_time(outs, now, "hall", early=early)
    return Cleared(tuple(outs), bundles)


def wipe(place: Place, keys: HallKeys, clock: Clock, now: datetime, wiper: Wiper) -> TombstoneDocument:
    """Destroy the store of a hall and return its tombstone; raises Refused as `cleared`.

    The hall's own keys, its connection and what it has decided about its seats stay for the next exam.
    """
    store = HallStore.open(place.store, place.store_key())
    try:
        found = cleared(keys, store, place, clock, now, early=bool(wiper.reason))
    finally:
        store.close()
    grave = Grave(hall=keys.hall, seat=None, chain=keys.chain, bundles=found.bundles)
    document = tombstone(grave, found.outs, now, wiper)
    announce(place.folder, document, keys.signing)
    destroy(place.folder, _key_files(place), _data_files(place))
    return document


def finish(place: Place) -> TombstoneDocument | None:
    """Finish a wipe whose key was destroyed already; None where there is none to finish.

    Raises Refused where the store does not open although its key is there: that may be damage, and no wipe.
    """
    if not is_announced(place.folder) or _opens(place):
        return None
    left = _key_files(place)
    if left:
        raise Refused(
            f"The store of this hall does not open, but {left[0].name} is still here. Nothing was wiped. "
            "Where a wipe was cut off, take that file away and do it again."
        )
    document = announced(place.folder, KeyFolder(place.keys).public(ROOT))
    destroy(place.folder, (), _data_files(place))
    return document


def _key_files(place: Place) -> tuple[Path, ...]:
    """Return the copies of the store's key first and the key itself last, so that with the key every copy is gone."""
    return tuple(sorted(place.keys.glob(f"{KEY}*"), key=lambda path: (path.name == KEY, path.name)))


def _data_files(place: Place) -> tuple[Path, ...]:
    """Return the store with what SQLite keeps beside it."""
    return tuple(p for p in sorted(place.folder.glob(f"{place.store_name}*")) if p.is_symlink() or not p.is_dir())


def _opens(place: Place) -> bool:
    if not place.store.exists() or not (place.keys / KEY).exists():
        return False
    try:
        HallStore.open(place.store, place.store_key()).close()
    except KioskError:
        return False
    return True
