"""A whole house on one machine: a hall with its package loaded, and seats enrolled in it, on SQLCipher files.

house = a_house(tmp_path)
desk = house.begun()          # signed in at A12, test begun; or house.desk("A13") for an empty seat
desk.choose("cells-1", ["cells-1-2"])
"""

import atexit
import shutil
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import cache
from pathlib import Path
from types import MappingProxyType

from builders import NOON, FakeClock, a_clock, a_paper, a_person, a_session, an_assignment
from keyring import DAYS, HALL, Keyring, the_keyring
from kiosk.exam.moment import iso
from kiosk.exam.notification import Notification
from kiosk.exam.paper import Paper
from kiosk.exam.person import Person, Role
from kiosk.exam.roster import Account, HeldTest, Roster, Seating
from kiosk.ground.home import Home
from kiosk.hall.hall import Hall
from kiosk.hall.package import load_package
from kiosk.hall.place import hall_keys, hall_store, make_hall, open_hall, settle_hall
from kiosk.sealing.age import AgeIdentity
from kiosk.sealing.certificate import certify, verify_chain
from kiosk.sealing.key import KeyRole
from kiosk.sealing.lock import code_identity, draw_code
from kiosk.sealing.package import Address, Issuer, write_package
from kiosk.sealing.release import sign_release
from kiosk.sealing.secret import Cost, fits, hash_secret
from kiosk.seat.desk import Desk
from kiosk.seat.outbox import Outbox
from kiosk.seat.place import make_seat, open_desk, open_outbox, seat_store, settle_seat
from kiosk.views.authority import Authority
from kiosk.wire.roster import RosterDocument
from storage.seat.store import SeatStore

CHEAP = Cost(passes=1, memory_kib=8, lanes=1)
"""Argon2id that takes no time; what is tested is not how slow it is."""
ROLL, CODE = "B-1042", "K7QF2MXA"
OTHER_ROLL, OTHER_CODE = "B-1043", "9DWT5RYN"
PIN, SECOND_PIN = "482913", "771204"
SEAT = "A12"


@dataclass
class House:
    """One hall and its seats under one home."""

    home: Home
    clock: FakeClock
    keyring: Keyring
    paper: Paper
    hall: Hall
    packages: int = 1
    attached: Mapping[str, str] = field(default_factory=dict)
    """The texts of the paper's files by their SHA-256."""
    desks: list[Desk] = field(default_factory=list)

    def desk(self, seat: str = SEAT, authority: Authority | None = None) -> Desk:
        """Return the desk of a seat, enrolled if it was not; open it again after `close` to see it resume."""
        place = self.home.seat(seat)
        settle_seat(place, self.hall.enrol(seat, make_seat(place)))
        desk = open_desk(place, authority or self.hall, self.clock)
        self.desks.append(desk)
        return desk

    def begun(self, seat: str = SEAT, assignment_id: str = "assignment-1", roll: str = ROLL, code: str = CODE) -> Desk:
        """Return a desk at which a candidate has begun, or goes on."""
        desk = self.desk(seat)
        desk.sign_in(roll, code)
        desk.begin(assignment_id)
        return desk

    def settle(self) -> None:
        """Wait until everything put down at any desk is committed."""
        for desk in self.desks:
            desk._writer.drain()

    def store(self, seat: str = SEAT) -> SeatStore:
        """Return the store of a seat, opened beside its desk."""
        return seat_store(self.home.seat(seat))

    def outbox(self, seat: str = SEAT) -> Outbox:
        """Return the outbox of a seat."""
        return open_outbox(self.home.seat(seat), self.store(seat), self.clock)

    def load(self, folder: Path, roster: Roster) -> None:
        """Send the hall another package of the same paper, with another roster."""
        self.packages += 1
        _send(self, folder, roster)

    def token(self, **changes: object) -> bytes:
        """Return central's release token for this hall; `changes` are arguments of `sign_release`."""
        keyring = self.keyring
        issuer = Issuer(
            key=keyring.release,
            chain=keyring.release_chain,
            root=keyring.root.public,
            recipients=keyring.recipients,
        )
        holder = verify_chain(hall_keys(self.home.hall).chain, keyring.root.public, KeyRole.HALL)
        fields: dict[str, object] = {
            "test_id": self.paper.test_id,
            "hall": holder,
            "papers": [(self.paper.digest, _identity())],
            "issuer": issuer,
            "at": self.clock.at,
        }
        return sign_release(**fields | changes)

    def release(self) -> None:
        """Let the hall open its papers by the token, where a proctor with the first PIN is on its roster."""
        if any(fits(PIN, a.secret_hash) for a in self.hall._store.roster.staff() if a.secret_hash):
            self.hall.release_by_token(self.token(), PIN)

    def reopen_hall(self) -> Hall:
        """Close the hall and open it again, as after a restart."""
        self.hall.close()
        self.hall = open_hall(self.home.hall, self.clock)
        return self.hall

    def close(self) -> None:
        """Close what is open."""
        for desk in self.desks:
            desk.close()
        self.hall.close()


def answer_all(desk: Desk) -> None:
    """Put something down for every question of the test that is open at a desk."""
    for question in (q for section in desk.sheet().sections for q in section.questions):
        desk.visit(question.question_id)
        if question.options:
            desk.choose(question.question_id, [question.options[0].option_id])
        else:
            desk.type(question.question_id, "An answer")


def a_house(
    folder: Path,
    paper: Paper | None = None,
    roster: Roster | None = None,
    clock: FakeClock | None = None,
    *,
    released: bool = True,
    attached: Mapping[str, str] | None = None,
) -> House:
    """Return a house whose hall has loaded a package, and whose proctor has opened the session and the paper."""
    clock, folder = clock or a_clock(), folder / "home"
    if paper is None and roster is None and released:
        shutil.copytree(_template(), folder)
        return House(Home(folder), clock, the_keyring(), a_paper(), open_hall(Home(folder).hall, clock))
    paper = paper or a_paper()
    return _made(Home(folder), paper, roster or a_hall_roster(paper), clock, released, attached or {})


@cache
def _template() -> Path:
    """Return the folder of a house made once, with the seat A12 enrolled, of which most others are copies."""
    folder = Path(tempfile.mkdtemp(prefix="kiosk-house-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    house = _made(Home(folder / "home"), a_paper(), a_hall_roster(), a_clock())
    house.desk()
    house.close()
    return house.home.folder


def _made(
    home: Home,
    paper: Paper,
    roster: Roster,
    clock: FakeClock,
    released: bool = True,
    attached: Mapping[str, str] = MappingProxyType({}),
) -> House:
    keyring = the_keyring()
    public, recipient = make_hall(home.hall)
    chain = certify(
        KeyRole.HALL, public, keyring.release, keyring.release_chain, hall=HALL, recipient=recipient, **DAYS
    )
    settle_hall(home.hall, chain, keyring.root.public)
    house = House(home, clock, keyring, paper, open_hall(home.hall, clock), attached=attached)
    _send(house, home.folder / "package-1", roster)
    for session in roster.sessions:
        house.hall.open_session(session.session_id, "proctor-1")
    if released:
        house.release()
    return house


@cache
def the_code() -> str:
    """Return the code in the envelope of every house."""
    return draw_code()


@cache
def _identity() -> AgeIdentity:
    """Return what opens every paper of every house."""
    return AgeIdentity.generate()


def a_hall_roster(paper: Paper | None = None, **changes: object) -> Roster:
    """Return two candidates, two proctors, and a session from noon to three in which both candidates sit."""
    paper = paper or a_paper()
    anna = a_person()
    ben = a_person(user_id="candidate-2", name="Adeyemi, Ben", roll_number=OTHER_ROLL)
    given = {"test_id": paper.test_id, "paper_digest": paper.digest}
    fields: dict[str, object] = {
        "tests": (HeldTest(paper.test_id, paper.title, True, paper.digest),),
        "accounts": (
            _account(anna, CODE),
            _account(ben, OTHER_CODE),
            _account(a_person(Role.PROCTOR, name="Mbeki, Thandi"), PIN),
            _account(a_person(Role.PROCTOR, user_id="proctor-2", name="Lind, Per"), SECOND_PIN),
        ),
        "assignments": (
            an_assignment(**given),
            an_assignment(assignment_id="assignment-2", candidate_id="candidate-2", **given),
        ),
        "sessions": (a_session(hall=HALL, test_ids=(paper.test_id,)),),
        "seatings": (Seating("session-1", "candidate-1", SEAT), Seating("session-1", "candidate-2", "A13")),
        "notifications": (
            Notification(
                notification_id="notice-1",
                user_id="candidate-1",
                type="test_assigned",
                created_at=NOON - timedelta(days=7),
                metadata={"message": 'You have been assigned the test "Biology II".'},
            ),
        ),
    }
    return Roster(**fields | changes)


def changed(roster: Roster, **assignment: object) -> Roster:
    """Return a roster with fields of its first assignment changed."""
    first, *others = roster.assignments
    return replace(roster, assignments=(replace(first, **assignment), *others))


def accounts(roster: Roster, *user_ids: str) -> Iterable[Account]:
    """Return the accounts of some people of a roster."""
    return (a for a in roster.accounts if a.person.user_id in user_ids)


@cache
def _hash(secret: str) -> str:
    return hash_secret(secret, CHEAP)


def _account(person: Person, secret: str) -> Account:
    return Account(person, _hash(secret))


def _send(house: House, folder: Path, roster: Roster) -> None:
    keyring, place = house.keyring, house.home.hall
    keys = hall_keys(place)
    store = hall_store(place)
    newest = store.roster.newest_package(house.paper.test_id)
    write_package(
        folder,
        Address(
            test_id=house.paper.test_id,
            hall_chain=keys.chain,
            number=house.packages,
            previous=None if newest is None else newest.package_id,
            lock=code_identity(the_code(), house.paper.test_id, HALL).recipient,
        ),
        [(house.paper, _identity())],
        RosterDocument.of(HALL, roster),
        Issuer(
            key=keyring.release,
            chain=keyring.release_chain,
            root=keyring.root.public,
            recipients=keyring.recipients,
        ),
        iso(house.clock.at),
        house.attached,
    )
    load_package(store, keys, folder, house.clock.at)
    store.close()
