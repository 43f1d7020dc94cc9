"""A central office on each of the three engines, with a hall and a seat that it certified."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from builders import NOON, a_clock, a_paper, a_person, a_test
from keyring import DAYS, HALL, SEAT, Keyring, a_sealed_attempt, bundle_of
from kiosk.central.central import Central
from kiosk.exam.paper import Paper
from kiosk.exam.person import Person
from kiosk.ground.home import Home
from kiosk.office import assignment, draft, publication
from kiosk.office.office import FIRST_PEOPLE, Office
from kiosk.sealing.age import AgeIdentity
from kiosk.sealing.bundle import Bundle
from kiosk.sealing.certificate import certify
from kiosk.sealing.key import KeyFolder, KeyRole, SigningKey
from storage.migration import upgrade
from storage.office.person import NewPerson
from stores import Databases


@dataclass
class Site:
    """Central, the keys of its hall and seat, and the test it published."""

    central: Central
    keyring: Keyring
    paper: Paper

    @property
    def office(self) -> Office:
        return self.central.office

    def add_candidate(self, number: int = 1) -> Person:
        """Add a candidate known to the office."""
        person = a_person(user_id=f"candidate-{number}", roll_number=f"B-{number}", name=f"Okafor, Anna {number}")
        self.office.people.add([NewPerson(person)], NOON, [])
        return person

    def assign(self, person: Person) -> str:
        """Assign the test and return the assignment's id."""
        admin = self.office.acting("assignment.create_roster")
        due = NOON.replace(year=NOON.year + 1)
        (given,) = assignment.assign(self.office, admin, self.paper.test_id, [person.user_id], due)
        return given.assignment_id

    def bundle(
        self, number: int = 1, *, name: str = "", captures: tuple[str, ...] = ("┌ screen ┐",), **lease: Any
    ) -> Bundle:
        """Return the bundle of one candidate's sitting; `lease` changes fields of its lease."""
        fields = {
            "submission_id": f"submission-{number}",
            "assignment_id": f"assignment-{number}",
            "candidate_id": f"candidate-{number}",
            "lease_id": f"lease-{number}",
        } | lease
        attempt, evidence = a_sealed_attempt(self.paper, captures=captures, **fields)
        return bundle_of(attempt, evidence, keyring=self.keyring, name=name or f"Okafor, Anna {number}", **fields)

    def settle(self) -> list[Any]:
        """Open every bundle that waits."""
        return list(self.central.counting.work())


def keyring_of(central: Central) -> Keyring:
    """Return a whole ring of keys around the ones central made."""
    folder = KeyFolder(central.keys._folder.folder)
    hall, seat, identity = SigningKey.generate(), SigningKey.generate(), AgeIdentity.generate()
    hall_chain = central.keys.certify_hall(HALL, hall.public, identity.recipient, NOON)
    return Keyring(
        root=folder.signing("root"),
        release=folder.signing("release"),
        receipt=folder.signing("receipt"),
        hall=hall,
        seat=seat,
        intake=folder.identity("intake"),
        escrow=folder.identity("escrow"),
        hall_identity=identity,
        release_chain=folder.chain("release"),
        receipt_chain=folder.chain("receipt"),
        hall_chain=hall_chain,
        seat_chain=certify(KeyRole.SEAT, seat.public, hall, hall_chain, hall=HALL, seat=SEAT, **DAYS),
    )


def site_on(engine: Engine, folder: Path, keyring: Keyring | None = None, *, published: bool = True) -> Site:
    """Return a central office over an engine, with keys in `folder`."""
    office = Office(engine, a_clock())
    office.people.found(FIRST_PEOPLE, office.now())
    central = Central(office, folder, office._clock)
    if not central.keys.exist:
        central.keys.make(NOON)
    author = office.acting("test.approve_publish")
    kept = draft.keep(office, author, a_test(max_attempts=3))
    paper = publication.publish(office, author, kept.test_id) if published else None
    return Site(central, keyring or keyring_of(central), paper)


@pytest.fixture
def site(engine: Engine, tmp_path: Path) -> Iterator[Site]:
    """A central office that has published a test."""
    made = site_on(engine, tmp_path / "keys")
    yield made
    made.central.close()


@pytest.fixture
def home_site(tmp_path: Path) -> Iterator[Site]:
    """A central office under a home of its own, as `kiosk central init` makes it."""
    central, _ = Central.found(Home(tmp_path / "home").office, clock=a_clock())
    yield Site(central, keyring_of(central), a_paper())
    central.close()


@pytest.fixture
def server_site(databases: Databases, tmp_path: Path) -> Iterator[Site]:
    """A central office on a PostgreSQL that was brought to the newest revision."""
    engine = databases.make("")
    upgrade(engine)
    made = site_on(engine, tmp_path / "keys")
    yield made
    databases.close(engine)


MakeSite = Callable[[], Site]


@pytest.fixture
def make_site(make_store: Callable[[str], Engine], tmp_path: Path) -> MakeSite:
    """A maker of central offices that share their keys, on one engine after another."""
    keyring: list[Keyring] = []

    def make(**options: Any) -> Site:
        made = site_on(make_store("office"), tmp_path / "keys", keyring[0] if keyring else None, **options)
        keyring.append(made.keyring)
        return made

    return make
