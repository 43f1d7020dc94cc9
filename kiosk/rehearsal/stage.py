"""The stage: a home with an office, a hall and seats, and the sample exam brought from one to the other."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from kiosk.central.central import Central
from kiosk.central.despatch import HallKeys
from kiosk.exam.accommodation import Accommodation
from kiosk.exam.moment import Clock
from kiosk.exam.paper import Paper
from kiosk.exam.person import Person, Role
from kiosk.exam.roles import Actor
from kiosk.ground.home import Home
from kiosk.hall.hall import Hall
from kiosk.hall.package import load_package
from kiosk.hall.place import hall_keys, hall_store, make_hall, open_hall, settle_hall
from kiosk.office.assignment import assign, plan_session
from kiosk.office.draft import keep
from kiosk.office.person import Admitted, add, candidate, staff
from kiosk.office.publication import publish
from kiosk.office.roster import roster_of
from kiosk.office.sample_exam import sample_test
from kiosk.rehearsal.candidate import Pins
from kiosk.rehearsal.course import Course
from kiosk.seat.place import make_seat, settle_seat

HALL = "Hall 1"
NAMES = (
    "Okafor, Anna", "Adeyemi, Ben", "Sato, Ren", "Lindqvist, Maja", "Haddad, Omar", "Novak, Petra", "Silva, Duarte",
    "Kaur, Simran", "Moreau, Elise", "Tanaka, Yuki", "Bauer, Jonas", "Rossi, Chiara",
)  # fmt: skip
PROCTORS = ("Mbeki, Thandi", "Lind, Per")
QUARTER_MORE = Accommodation(extra_percent=25)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """What was set up, with the secrets a rehearsal types."""

    home: Home
    central: Central
    hall: Hall
    paper: Paper
    candidates: tuple[Admitted, ...]
    pins: Pins
    seats: tuple[str, ...]
    carried: Path
    """Folder for what is carried from place to place: packages down, bundles up."""

    def close(self) -> None:
        """Close office and hall."""
        self.hall.close()
        self.central.close()

    def actor(self, operation: str) -> Actor:
        """Return who at the office does an operation."""
        return self.central.office.acting(operation)


def set_stage(home: Home, candidates: int, seats: Sequence[str], clock: Clock, course: Course) -> Stage:
    """Make the places, print the sample exam, assign it, and bring it to the hall, across every border."""
    with course.step("make the office"):
        central, _ = Central.found(home.office, clock=clock)
    office = central.office
    with course.step("import") as step:
        draft = keep(office, office.acting("test.create"), sample_test())
        step.count = sum(len(s.questions) for s in draft.sections)
    with course.step("publish") as step:
        paper = publish(office, office.acting("test.approve_publish"), draft.test_id)
        step.count = len(paper.questions)
    with course.step("enter people", candidates) as step:
        actor = office.acting("user.assign_role")
        people = add(office, actor, [*_candidates(candidates), *(staff(Role.PROCTOR, n) for n in PROCTORS)])
        step.count = len(people)
    admitted, proctors = people[:candidates], people[candidates:]
    with course.step("assign") as step:
        _assign(central, paper, admitted)
        step.count = len(admitted)
    hall = _bring_down(home, central, paper, clock, course, proctors)
    with course.step("enrol seats") as step:
        for name in seats:
            place = home.seat(name)
            settle_seat(place, hall.enrol(name, make_seat(place)))
        step.count = len(seats)
    pins = Pins(proctors[0].secret, proctors[1].secret)
    return Stage(
        home=home, central=central, hall=hall, paper=paper, candidates=tuple(admitted), pins=pins,
        seats=tuple(seats), carried=carried(home),
    )  # fmt: skip


def carried(home: Home) -> Path:
    """Return the folder for what is carried between the places of a home."""
    folder = home.folder / "carried"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _candidates(count: int) -> list[Person]:
    people = []
    for number in range(count):
        name = NAMES[number % len(NAMES)]
        again = number // len(NAMES)
        extra = QUARTER_MORE if number % 10 == 2 else Accommodation()
        people.append(candidate(f"{name} {again + 1}" if again else name, f"R-{1001 + number}", accommodation=extra))
    return people


def _assign(central: Central, paper: Paper, admitted: Sequence[Admitted]) -> None:
    office, now = central.office, central.office.now()
    ids = [a.person.user_id for a in admitted]
    assign(office, office.acting("assignment.create_roster"), paper.test_id, ids, now + timedelta(days=7))
    plan_session(
        office,
        office.acting("proctoring.create_session"),
        hall=HALL,
        title=f"{paper.title}, today",
        opens_at=now - timedelta(minutes=30),
        starts_at=now - timedelta(minutes=1),
        ends_at=now + timedelta(hours=8),
        test_ids=[paper.test_id],
        late_entry_minutes=8 * 60,
    )


def _bring_down(
    home: Home, central: Central, paper: Paper, clock: Clock, course: Course, proctors: Sequence[Admitted]
) -> Hall:
    office = central.office
    public, recipient = make_hall(home.hall)
    folder = carried(home) / "package-1"
    with course.step("package") as step:
        actor = office.acting("test.export_package")
        sessions = [s.session_id for s in office.sessions.sessions()]
        roster = roster_of(office, office.acting("assignment.read"), paper.test_id, sessions)
        package = central.despatch.send(actor, paper.test_id, HallKeys(HALL, public, recipient), roster, folder)
        step.count = len(package.blobs)
    with course.step("load in the hall") as step:
        settle_hall(home.hall, package.manifest.hall_certificates, central.keys.root)
        store = hall_store(home.hall)
        loaded = load_package(store, hall_keys(home.hall), folder, office.now())
        store.close()
        step.count = len(loaded.papers)
    hall = open_hall(home.hall, clock)
    with course.step("release the paper") as step:
        token = central.releases.give(actor, paper.test_id, HALL)
        step.count = len(hall.release_by_token(token, proctors[0].secret).papers)
    for session in hall.sessions():
        hall.open_session(session.session_id, proctors[0].person.user_id)
    return hall
