"""Central: the office's store, its keys and its clock, and the work done with them."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from kiosk.central.counting import Counting
from kiosk.central.despatch import Despatch
from kiosk.central.intake import Intake
from kiosk.central.keys import CentralKeys, MadeKey
from kiosk.central.proof import Proof
from kiosk.central.release import Releases
from kiosk.exam.error import KioskError, Refused
from kiosk.exam.moment import Clock, parse_iso
from kiosk.exam.person import Person, Role
from kiosk.ground.clock import SystemClock
from kiosk.ground.home import Place
from kiosk.office.office import FIRST_PEOPLE, Office
from kiosk.office.person import add, set_active, staff
from storage.central.count import CountStore
from storage.central.intake import IntakeStore
from storage.central.package import PackageStore
from storage.central.record import RecordStore
from storage.central.release import ReleaseStore


@dataclass(frozen=True, slots=True)
class Founded:
    """What `central init` made."""

    keys: tuple[MadeKey, ...]
    admin: Person | None


class Central:
    """One central office: packages down, bundles up."""

    def __init__(self, office: Office, keys: Path, clock: Clock | None = None) -> None:
        self.office = office
        self.keys = CentralKeys(keys)
        self.clock = clock or SystemClock()

    @classmethod
    def open(cls, place: Place, clock: Clock | None = None) -> "Central":
        """Open the central office of a home; raises KioskError where it was not made or has no keys."""
        central = cls(Office.open(place, clock), place.keys, clock)
        if not central.keys.exist:
            central.close()
            raise KioskError("Central has no keys yet. Make them: kiosk central init.")
        return central

    @classmethod
    def found(cls, place: Place, admin: str | None = None, clock: Clock | None = None) -> tuple["Central", Founded]:
        """Make the store where there is none, the keys, and an administrator by that name.

        Raises Refused where there are keys already: they are never made twice.
        """
        place.make()
        if CentralKeys(place.keys).exist:
            raise Refused(f"Central was made here before; its keys are in {place.keys}.")
        central = cls(Office.open(place, clock, create=True), place.keys, clock)
        person = None if admin is None else _appoint(central.office, admin)
        return central, Founded(central.keys.make(parse_iso(central.clock.now().at)), person)

    def close(self) -> None:
        """Give the store's connections back."""
        self.office.close()

    def __enter__(self) -> "Central":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @cached_property
    def arrivals(self) -> IntakeStore:
        """Bundles as they came."""
        return IntakeStore(self.office.engine)

    @cached_property
    def intake(self) -> Intake:
        """Takes bundles in."""
        return Intake(self.arrivals, self.keys.root, self.keys.receipt_signer(), self.clock)

    @cached_property
    def counting(self) -> Counting:
        """Opens bundles and makes rows of them."""
        engine = self.office.engine
        return Counting(
            self.arrivals, CountStore(engine), self.office.papers, self.keys.intake(), self.keys.root, self.clock
        )

    @cached_property
    def despatch(self) -> Despatch:
        """Sends tests down to halls."""
        return Despatch(self.office, PackageStore(self.office.engine), self.releases, self.keys)

    @cached_property
    def releases(self) -> Releases:
        """Says from when on a hall may open the papers of a test."""
        engine = self.office.engine
        return Releases(self.office, PackageStore(engine), ReleaseStore(engine), self.keys)

    @cached_property
    def records(self) -> RecordStore:
        """Sittings as they were counted."""
        return RecordStore(self.office.engine)

    @cached_property
    def proof(self) -> Proof:
        """Proves later which journal was marked."""
        return Proof(self.records, self.keys.root)


def _appoint(office: Office, name: str) -> Person:
    """Add an administrator by name, who takes the place of the office's nameless first one."""
    person = staff(Role.ADMIN, name)
    add(office, office.acting("user.assign_role"), [person])
    by = office.acting("user.create_disable", person.user_id)
    for nameless in FIRST_PEOPLE:
        if nameless.role is Role.ADMIN:
            set_active(office, by, nameless.user_id, False)
    return person
