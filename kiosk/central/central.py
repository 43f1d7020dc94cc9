"""Central: the office's store, its keys and its clock, and the work done with them."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from kiosk.central.adjudication import Adjudication
from kiosk.central.closing import ClosingIntake, Closings
from kiosk.central.comparison import Comparison
from kiosk.central.counting import Counting
from kiosk.central.despatch import Despatch
from kiosk.central.intake import Intake
from kiosk.central.keys import CentralKeys, MadeKey
from kiosk.central.opener import Opener
from kiosk.central.proof import Proof
from kiosk.central.quarantine import Quarantine
from kiosk.central.release import Releases
from kiosk.exam.decision import Decision
from kiosk.exam.error import KioskError, Refused
from kiosk.exam.moment import Clock, parse_iso
from kiosk.exam.person import Person, Role
from kiosk.ground.clock import SystemClock
from kiosk.ground.home import PERSONAL_KEY, Place
from kiosk.office.office import FIRST_PEOPLE, OWN, Office
from kiosk.office.person import add, set_active, staff
from kiosk.sealing.age import AgeIdentity
from kiosk.sealing.decision import read_decision
from storage.central.backlog import BacklogStore
from storage.central.closing import ClosingStore
from storage.central.count import CountStore
from storage.central.decision import DecisionStore
from storage.central.intake import IntakeStore
from storage.central.package import PackageStore
from storage.central.record import RecordStore
from storage.central.release import ReleaseStore
from storage.engine import open_engine


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
    def found(
        cls,
        place: Place,
        admin: str | None = None,
        clock: Clock | None = None,
        passphrase: str | None = None,
        database: str | None = None,
    ) -> tuple["Central", Founded]:
        """Make the store where there is none, the keys, and an administrator by that name.

        `database` is the URL of a PostgreSQL to keep the store on. A passphrase protects the keys of root and escrow.
        What fails half-way is gone on with by the same call. Raises Refused where there are keys already: they are
        never made twice.
        """
        place.make()
        if CentralKeys(place.keys).exist:
            raise Refused(f"Central was made here before; its keys are in {place.keys}.")
        if database is not None:
            _settle_on(place, database)
        central = cls(Office.open(place, clock, create=True), place.keys, clock)
        person = None if admin is None else _appoint(central.office, admin)
        return central, Founded(central.keys.make(parse_iso(central.clock.now().at), passphrase), person)

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
    def backlog(self) -> BacklogStore:
        """Where the bundles stand."""
        return BacklogStore(self.office.engine)

    @cached_property
    def intake(self) -> Intake:
        """Takes bundles in."""
        return Intake(self.arrivals, self.keys.root, self.keys.receipt_signer(), self.clock, self.keys.revoked)

    @cached_property
    def quarantine(self) -> Quarantine:
        """Looks at what did not verify."""
        return Quarantine(self.office, self.arrivals, self.intake)

    @cached_property
    def counting(self) -> Counting:
        """Makes rows of what bundles hold, opened with the key that is here."""
        return self.counting_with(self.keys.intake())

    def counting_with(self, identity: AgeIdentity) -> Counting:
        """Return what makes rows of bundles, opening them with `identity`."""
        opener = Opener(identity, self.keys.root, self.keys.revoked, self.office.papers.paper)
        return Counting(CountStore(self.office.engine, self.read_decision), opener, self.clock)

    @cached_property
    def adjudication(self) -> Adjudication:
        """Decides what becomes of branches and held bundles."""
        decisions = DecisionStore(self.office.engine, self.read_decision)
        return Adjudication(self.office, self.records, decisions, self.counting, self.keys)

    def read_decision(self, envelope: bytes) -> Decision:
        """Return a signed decision; raises KioskError for one that does not verify."""
        return read_decision(envelope, self.keys.root, self.keys.revoked())

    @cached_property
    def closing_intake(self) -> ClosingIntake:
        """Takes closings in."""
        return ClosingIntake(ClosingStore(self.office.engine), self.keys.root, self.clock, self.keys.revoked())

    @cached_property
    def closings(self) -> Closings:
        """Settles closings."""
        store, root = ClosingStore(self.office.engine), self.keys.root
        comparison = Comparison(store, self.office, PackageStore(self.office.engine), root)
        return Closings(store, comparison, self.keys.receipt_signer(), root, self.clock, self.keys.revoked)

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


def _settle_on(place: Place, database: str) -> None:
    """Have a place keep its store on a server; with the same address it may be done again.

    Raises Refused where it has a store elsewhere, KioskError where none answers; nothing is left behind then.
    """
    if place.database.exists() and place.database_url() != database:
        raise Refused(f"This office is begun at another address, in {place.database}. Give that one again.")
    if place.database.exists():
        return  # an earlier try came this far; its key may have sealed names already, and is kept
    if place.exists:
        raise Refused(f"There is an exam office in {place.folder} already; it is not moved to a server.")
    key = place.keys / PERSONAL_KEY
    is_new = not key.exists()
    try:
        open_engine(database, personal=place.personal_key()).dispose()
        place.keep_database(database)
    except BaseException:
        if is_new:
            key.unlink(missing_ok=True)
        raise


def _appoint(office: Office, name: str) -> Person:
    """Add an administrator by name, who takes the place of the office's nameless first one."""
    found = [p for p in office.people.people([Role.ADMIN]) if p.name == name and p.user_id not in OWN and p.is_active]
    if found:
        return found[0]  # by an earlier try
    person = staff(Role.ADMIN, name)
    add(office, office.acting("user.assign_role"), [person])
    by = office.acting("user.create_disable", person.user_id)
    for nameless in FIRST_PEOPLE:
        if nameless.role is Role.ADMIN:
            set_active(office, by, nameless.user_id, False)
    return person
