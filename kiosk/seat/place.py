"""A seat's folder: its key made here, certified by its hall, its store and its desk opened."""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from typing import TYPE_CHECKING

from pydantic import ValidationError

from kiosk import __version__
from kiosk.exam.error import Invalid, KioskError, Refused
from kiosk.exam.moment import Clock
from kiosk.ground.home import Place
from kiosk.ground.occupancy import occupied
from kiosk.sealing.bundle import Sealer
from kiosk.sealing.key import KeyFolder
from kiosk.sealing.key_file import replace_file
from kiosk.sealing.revocation import RevocationFile, read_carried
from kiosk.seat.act_code import KeyedCodes
from kiosk.seat.act_key import keep_act_key, read_act_key
from kiosk.seat.alone import Alone
from kiosk.seat.custody import Unlock, is_sealed, keep_code_lock, seat_key, settle_key, wrap_store_key
from kiosk.seat.desk import Desk
from kiosk.seat.expectation import Expectations
from kiosk.seat.handed import Handed
from kiosk.seat.outbox import Outbox
from kiosk.seat.trust import Trust
from kiosk.seat.unlocking import WRAPPED, unlock_by_hall
from kiosk.views.authority import Authority, Keeper
from kiosk.wire.document import words
from kiosk.wire.enrolment import EnrolmentDocument
from storage.seat.store import SeatStore

if TYPE_CHECKING:
    from kiosk.seat.link.link import Link

NAME = "seat"
ROOT = "root"
ENROLMENT = "enrolment.json"
HUB = "hub.json"
"""The address file of the hall's hub, in the seat's folder: a secret, for the token in it."""
BUILD = f"exam-kiosk {__version__}"


def make_seat(place: Place) -> str:
    """Make a seat's key where it has none; return its public half, which the hall certifies."""
    place.make()
    folder = KeyFolder(place.keys)
    if not folder.has_signing(NAME):
        folder.make_signing(NAME)
    return folder.public(NAME)


def settle_seat(place: Place, enrolment: EnrolmentDocument, keeper: Keeper | None = None) -> None:
    """Keep what the hall answered, and seal the store's key to those the hall names, should the machine break.

    `keeper` is asked where a sealed store must be looked into. On a seat that is to be sealed, or to be so no longer,
    the key is moved when the desk is opened. Raises Refused for another root than before, and for another key of the
    hall while sittings begun under the former one are not sealed; Tampered or Denied for a bad chain.
    """
    trust = Trust.from_chain(enrolment.seat, enrolment.chain, enrolment.root)
    KeyFolder(place.keys).keep_public(ROOT, enrolment.root)
    RevocationFile(place.keys, enrolment.root).keep(read_carried(enrolment.revocations, enrolment.root))
    before = read_enrolment(place) if (place.keys / ENROLMENT).exists() else None
    if before is not None:
        former = Trust.from_chain(before.seat, before.chain, before.root)
        if former.hall_key != trust.hall_key and place.exists:
            _must_be_sealed(place, None if keeper is None else partial(unlock_by_hall, place, enrolment, keeper))
    if enrolment.is_sealed:
        keep_code_lock(place, enrolment)
    elif enrolment.keepers and not is_sealed(place) and _lacks_sealing(place, before, enrolment):
        wrap_store_key(place, enrolment, place.store_key())
    keep_act_key(place, enrolment)
    public = enrolment.model_dump_json(exclude={"code_key", "act_key"})
    replace_file(place.keys / ENROLMENT, public.encode("utf-8"), 0o644)


def _lacks_sealing(place: Place, before: EnrolmentDocument | None, now: EnrolmentDocument) -> bool:
    return before is None or before.keepers != now.keepers or not (place.keys / WRAPPED).exists()


def _must_be_sealed(place: Place, unlock: Unlock | None) -> None:
    store = seat_store(place, unlock)
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


def seat_store(place: Place, unlock: Unlock | None = None) -> SeatStore:
    """Open a seat's store, or make it the first time; `unlock` is asked for its key where that is sealed."""
    return SeatStore.open(place.store, seat_key(place, unlock), create=True)


def open_desk(
    place: Place, authority: Authority, clock: Clock, unlock: Unlock | None = None, link: "Link | None" = None
) -> Desk:
    """Open the desk of an enrolled seat; with `link`, its hub is told what is saved and asked for what it wants.

    A sealed key is opened by the hall, and kept as the enrolment says; or by `unlock`, which changes nothing.
    """
    enrolment = read_enrolment(place)
    trust = Trust.from_chain(enrolment.seat, enrolment.chain, enrolment.root)
    key = settle_key(place, enrolment, authority) if unlock is None else seat_key(place, unlock)
    store = SeatStore.open(place.store, key, create=True)
    own = KeyFolder(place.keys).signing(NAME)
    expectations = Expectations(store, trust, clock)
    act_key = read_act_key(place)
    codes = None if act_key is None else KeyedCodes(enrolment, act_key, own, store, expectations, clock)
    alone = Alone(authority, store, expectations, clock, handed=Handed(place, trust, act_key).offer)
    desk = Desk(enrolment.seat, alone, store, trust, clock, BUILD, codes, link)
    if link is not None:
        from kiosk.seat.attendant import Attendant
        from kiosk.seat.carriage import Carriage
        from kiosk.seat.provision import Provisions

        # nobody but this desk writes here, and what it may seal is not open at it
        carriage = Carriage(open_outbox(place, store, clock, alone=nullcontext), store, enrolment.root, link.say)
        provisions = Provisions(store.papers, link.say)
        side = Attendant(desk, store, trust, clock, BUILD, place.folder, carriage, link, expectations, provisions)
        link.serve(side, store)
    return desk


def open_outbox(
    place: Place, store: SeatStore, clock: Clock, alone: Callable[[], AbstractContextManager[None]] | None = None
) -> Outbox:
    """Open the outbox of an enrolled seat, over a store that is open; `alone` as in `Outbox`."""
    enrolment = read_enrolment(place)
    sealer = Sealer(
        key=KeyFolder(place.keys).signing(NAME),
        chain=enrolment.chain,
        root=enrolment.root,
        recipients=enrolment.recipients,
    )
    return Outbox(enrolment.seat, store, sealer, clock, BUILD, alone=alone or (lambda: occupied(place)))
