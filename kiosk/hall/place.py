"""A hall's folder: its keys made here, certified by central, and its store opened."""

from kiosk.exam.moment import Clock
from kiosk.ground.home import Place
from kiosk.ground.rights import load_rights
from kiosk.hall.hall import Hall
from kiosk.hall.keys import NAME, ROOT, HallKeys
from kiosk.sealing.certificate import verify_chain
from kiosk.sealing.key import KeyFolder, KeyRole
from storage.hall.store import HallStore


def make_hall(place: Place) -> tuple[str, str]:
    """Make a hall's keys where it has none; return what central certifies: its public key and its age recipient."""
    place.make()
    folder = KeyFolder(place.keys)
    if not folder.has_signing(NAME):
        folder.make_signing(NAME)
    if not folder.has_identity(NAME):
        folder.make_identity(NAME)
    return folder.public(NAME), folder.recipient(NAME)


def settle_hall(place: Place, chain: tuple[str, ...], root: str) -> None:
    """Keep what central answered; raises Tampered or Denied when it is not a certificate of a hall under `root`."""
    verify_chain(chain, root, KeyRole.HALL)
    folder = KeyFolder(place.keys)
    folder.keep_public(ROOT, root)
    folder.keep_chain(NAME, chain)


def renew_hall(place: Place, chain: tuple[str, ...]) -> None:
    """Keep newer certificates of the hall's own key, such as a package brings; others change nothing."""
    folder = KeyFolder(place.keys)
    root, held = folder.public(ROOT), folder.chain(NAME)
    now, before = (verify_chain(c, root, KeyRole.HALL).certificate for c in (chain, held))
    if (now.key, now.hall) == (before.key, before.hall) and now.not_after > before.not_after:
        folder.keep_chain(NAME, chain)


def hall_keys(place: Place) -> HallKeys:
    """Return the keys of a settled hall."""
    return HallKeys.load(KeyFolder(place.keys))


def hall_store(place: Place) -> HallStore:
    """Open a hall's store, or make it the first time."""
    return HallStore.open(place.store, place.store_key(), create=True)


def open_hall(place: Place, clock: Clock) -> Hall:
    """Open a settled hall; raises KioskError for what is missing."""
    keys = hall_keys(place)  # first: where there is no hall, none is begun
    return Hall(hall_store(place), keys, load_rights(), clock, place.folder)
