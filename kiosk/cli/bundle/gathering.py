"""What the bundle commands share: the seats and the hall of a home, opened one after the other and closed again."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kiosk.cli.option import put_text
from kiosk.cli.progress import progress_bar
from kiosk.ground.home import Home, Place

if TYPE_CHECKING:
    from kiosk.exam.moment import Clock
    from kiosk.exam.whereabouts import Whereabouts
    from kiosk.hall.collection import Collected, Collection
    from kiosk.hall.keys import HallKeys
    from kiosk.seat.outbox import Outbox, Unsealed
    from storage.hall.store import HallStore
    from storage.seat.store import SeatStore


ASK_MS = 15_000
"""How long is waited for the next bundle to come over the line."""
ASK_SECONDS = 0.25


@dataclass(frozen=True, slots=True)
class OpenHall:
    """The hall of a home while a command works with it."""

    keys: "HallKeys"
    store: "HallStore"
    collection: "Collection"


@dataclass(frozen=True, slots=True)
class Trouble:
    """A sitting that stays at its seat, or with no sitting named a whole seat, and why."""

    seat: str
    submission_id: str
    problem: str

    @property
    def what(self) -> str:
        """The seat, and the sitting where one is meant."""
        return f"{self.seat} {self.submission_id}".strip()


@contextmanager
def opened_hall(home: Home, clock: "Clock") -> Iterator[OpenHall | None]:
    """Open the hall of a home; None where the home has none."""
    from kiosk.hall.collection import Collection
    from kiosk.hall.place import hall_keys, hall_store

    if not home.hall.exists:
        yield None
        return
    keys, store = hall_keys(home.hall), hall_store(home.hall)
    try:
        yield OpenHall(keys, store, Collection.open(home.hall, keys, store, clock))
    finally:
        store.close()


@contextmanager
def opened_seats(home: Home) -> Iterator[tuple[dict[str, "SeatStore"], list[Trouble]]]:
    """Open the store of every seat of a home, by name; beside them, each that cannot be opened and keeps no other back.

    What cannot be a seat by its name but holds a seat's store is among those.
    """
    from kiosk.cli.unsealing import opened_store
    from kiosk.exam.error import KioskError
    from kiosk.seat.place import read_enrolment

    stores: dict[str, SeatStore] = {}
    shut = [Trouble(p.name, "", f"{p} cannot be a seat's name: rename it, or move it away") for p in home.strays()]
    with ExitStack() as stack:
        for seat in (name for name in home.seats() if home.seat(name).exists):
            try:
                read_enrolment(home.seat(seat))
                store = opened_store(home, seat)
            except KioskError as error:
                shut.append(Trouble(seat, "", error.message))
            except OSError as error:
                shut.append(Trouble(seat, "", f"{error.filename or home.seat(seat).folder}: {error.strerror}"))
            else:
                stores[seat] = store
                stack.callback(store.close)
        yield stores, shut


def put_shut(shut: list[Trouble]) -> None:
    """Name the seats that could not be opened."""
    for trouble in shut:
        put_text(f"The seat {trouble.seat} cannot be opened: {trouble.problem}", err=True)


def outboxes(home: Home, stores: dict[str, "SeatStore"], clock: "Clock") -> dict[str, "Outbox"]:
    """Return the outbox of each open seat."""
    from kiosk.seat.place import open_outbox

    return {seat: open_outbox(home.seat(seat), store, clock) for seat, store in stores.items()}


def seal_seats(
    boxes: dict[str, "Outbox"], decision: tuple[str, str] | None = None
) -> tuple[list[Trouble], dict[str, int]]:
    """Seal what is handed in at every seat, and with a decision (who, why) also what is not.

    Return what could not be sealed, and how many sittings of each seat stay open. One seat keeps no other back.
    """
    from storage.engine import StoreError

    troubles: list[Trouble] = []
    left: dict[str, int] = {}
    with progress_bar("Sealing") as told:
        for number, (seat, box) in enumerate(boxes.items(), 1):
            try:
                troubles += _seal(seat, box, decision)
                left[seat] = len(box.unfinished())
            except StoreError as error:
                troubles.append(Trouble(seat, "", error.message))
            told(number, len(boxes))
    return troubles, left


def _seal(seat: str, box: "Outbox", decision: tuple[str, str] | None) -> list[Trouble]:
    from kiosk.exam.error import KioskError
    from storage.engine import StoreError

    troubles = _named(seat, box.sweep().unsealed)
    if decision is not None:
        try:
            known = {t.submission_id for t in troubles}
            found = box.recover_all(*decision).unsealed
            troubles += _named(seat, tuple(u for u in found if u.submission_id not in known))
        except StoreError:
            raise
        except KioskError as error:
            troubles += [Trouble(seat, s, error.message) for s in box.unfinished()]
    return troubles


def ask_seats(hall: OpenHall, place: Place, clock: "Clock") -> dict[str, tuple[str, ...]]:
    """Ask the seats on the hub's line for the bundles of what is handed in, and wait while they come.

    Return what has not come, by seat; the hub asks on by itself. Where no hub was ever served, nothing is waited for.
    """
    from threading import Event

    from kiosk.exam.moment import parse_iso
    from kiosk.hall.hub.site import ADDRESS

    orders = hall.store.seal_orders
    orders.order(parse_iso(clock.now().at))
    missing = orders.missing()
    whole = _count(missing)
    if not whole or not (place.folder / ADDRESS).exists():
        return missing
    since = clock.now().boot_ms
    with progress_bar("Bundles from the seats") as told:
        while missing and clock.now().boot_ms - since < ASK_MS:
            Event().wait(ASK_SECONDS)
            before, missing = missing, orders.missing()
            if missing != before:
                since = clock.now().boot_ms
            told(whole - _count(missing), whole)
    return missing


def put_missing(missing: dict[str, tuple[str, ...]]) -> None:
    """Name the seats whose bundles have not come."""
    if missing:
        names = ", ".join(missing)
        put_text(
            f"{_count(missing)} handed in and not here yet: {names}. The hub goes on asking these seats.", err=True
        )


def _count(missing: dict[str, tuple[str, ...]]) -> int:
    return sum(len(submission_ids) for submission_ids in missing.values())


def collect_seats(hall: OpenHall, stores: dict[str, "SeatStore"]) -> "list[Collected]":
    """Bring every bundle of the open seats into the hall."""
    from kiosk.hall.collection import Collected, Outcome
    from kiosk.sealing import frame
    from storage.engine import StoreError

    taken = []
    for seat, store in stores.items():
        with progress_bar(f"Collecting {seat}") as told:
            try:
                sealed = store.bundles()
            except StoreError as error:
                taken.append(Collected(f"seat {seat}", Outcome.REFUSED, problem=error.message))
                continue
            for number, record in enumerate(sealed, 1):
                taken.append(hall.collection.take(frame.join(record.envelope, record.body), f"seat {seat}"))
                told(number, len(sealed))
    return taken


def hand_receipts_on(hall: OpenHall, stores: dict[str, "SeatStore"]) -> list[tuple[str, str]]:
    """Give the seats of this home the receipts the hall holds; return (seat, bundle) of each that is new there."""
    from kiosk.exam.moment import parse_iso

    given = []
    for seat, store in stores.items():
        lacking = {r.bundle_id: r for r in store.bundles() if r.receipt is None}
        for bundle_id, envelope in sorted(hall.store.bundles.receipts(lacking).items()):
            receipt = hall.collection.check_receipt(bundle_id, lacking[bundle_id].body, envelope)
            store.keep_receipt(bundle_id, envelope, parse_iso(receipt.received_at))
            given.append((seat, bundle_id))
    return given


def matrix(hall: OpenHall | None, stores: dict[str, "SeatStore"]) -> "tuple[Whereabouts, ...]":
    """Return where every sitting of this home stands."""
    from kiosk.exam.whereabouts import whereabouts

    seats = {seat: store.sittings() for seat, store in stores.items()}
    if hall is None:
        return whereabouts(seats)
    store = hall.store
    return whereabouts(seats, store.permits.all_progress(), store.bundles.lines(), store.roster.names())


def _named(seat: str, unsealed: "tuple[Unsealed, ...]") -> list[Trouble]:
    return [Trouble(seat, u.submission_id, u.problem) for u in unsealed]
