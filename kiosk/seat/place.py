"""A seat's folder: its key made here, certified by its hall, its store and its desk opened."""

from pydantic import ValidationError

from kiosk import __version__
from kiosk.exam.error import Invalid, KioskError, Refused
from kiosk.exam.moment import Clock
from kiosk.ground.home import Place
from kiosk.ground.occupancy import occupied
from kiosk.sealing.bundle import Sealer
from kiosk.sealing.key import KeyFolder
from kiosk.sealing.revocation import RevocationFile, read_carried
from kiosk.seat.desk import Desk
from kiosk.seat.outbox import Outbox
from kiosk.seat.recovery import has_wrapped_key, wrap_store_key
from kiosk.seat.trust import Trust
from kiosk.views.authority import Authority
from kiosk.wire.document import words
from kiosk.wire.enrolment import EnrolmentDocument
from storage.seat.store import SeatStore

NAME = "seat"
ROOT = "root"
ENROLMENT = "enrolment.json"
BUILD = f"exam-kiosk {__version__}"


def make_seat(place: Place) -> str:
    """Make a seat's key where it has none; return its public half, which the hall certifies."""
    place.make()
    folder = KeyFolder(place.keys)
    if not folder.has_signing(NAME):
        folder.make_signing(NAME)
    return folder.public(NAME)


def settle_seat(place: Place, enrolment: EnrolmentDocument) -> None:
    """Keep what the hall answered, and seal the store's key to those the hall names, should the machine break.

    Raises Refused for another root than before, and for another key of the hall while sittings begun under the former
    one are not sealed; Tampered or Denied for a bad chain.
    """
    trust = Trust.from_chain(enrolment.seat, enrolment.chain, enrolment.root)
    KeyFolder(place.keys).keep_public(ROOT, enrolment.root)
    RevocationFile(place.keys, enrolment.root).keep(read_carried(enrolment.revocations, enrolment.root))
    before = read_enrolment(place) if (place.keys / ENROLMENT).exists() else None
    if before is not None:
        _must_be_sealed(place, Trust.from_chain(before.seat, before.chain, before.root), trust)
    if enrolment.keepers and (before is None or before.keepers != enrolment.keepers or not has_wrapped_key(place)):
        wrap_store_key(place, enrolment.keepers)
    draft = place.keys / f"{ENROLMENT}.new"
    draft.write_text(enrolment.model_dump_json(), encoding="utf-8")
    draft.replace(place.keys / ENROLMENT)


def _must_be_sealed(place: Place, before: Trust, now: Trust) -> None:
    if before.hall_key == now.hall_key or not place.exists:
        return
    store = seat_store(place)
    try:
        waiting = sum(line.bundle_id is None for line in store.sittings())
    finally:
        store.close()
    if waiting:
        raise Refused(
            f"The hall has another key now, and {waiting} sittings here began under the former one. "
            "Seal them first: kiosk bundle export."
        )


def read_enrolment(place: Place) -> EnrolmentDocument:
    """Return what the hall answered; raises KioskError for a seat that was never settled."""
    try:
        enrolment = EnrolmentDocument.model_validate_json((place.keys / ENROLMENT).read_bytes())
    except FileNotFoundError:
        raise KioskError(f"The seat in {place.folder} has not been enrolled in a hall.") from None
    except ValidationError as error:
        raise Invalid(f"{ENROLMENT} is not of this version: {words(error)}") from None
    if enrolment.root != KeyFolder(place.keys).public(ROOT):
        raise Invalid(f"{ENROLMENT} names another root key than the one this seat trusts.")
    return enrolment


def seat_store(place: Place) -> SeatStore:
    """Open a seat's store, or make it the first time."""
    return SeatStore.open(place.store, place.store_key(), create=True)


def open_desk(place: Place, authority: Authority, clock: Clock) -> Desk:
    """Open the desk of an enrolled seat."""
    enrolment = read_enrolment(place)
    trust = Trust.from_chain(enrolment.seat, enrolment.chain, enrolment.root)
    return Desk(enrolment.seat, authority, seat_store(place), trust, clock, BUILD)


def open_outbox(place: Place, store: SeatStore, clock: Clock) -> Outbox:
    """Open the outbox of an enrolled seat, over a store that is open."""
    enrolment = read_enrolment(place)
    sealer = Sealer(
        key=KeyFolder(place.keys).signing(NAME),
        chain=enrolment.chain,
        root=enrolment.root,
        recipients=enrolment.recipients,
    )
    return Outbox(enrolment.seat, store, sealer, clock, BUILD, alone=lambda: occupied(place))
