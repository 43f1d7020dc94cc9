"""A whole campus under one home: central, a hall that loaded its package, and a seat a candidate sat at."""

from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from builders import FakeClock, a_clock, a_test
from kiosk.central.central import Central
from kiosk.central.despatch import EXPORT, HallKeys
from kiosk.exam.draft import Test
from kiosk.exam.moment import parse_iso
from kiosk.exam.paper import Paper
from kiosk.exam.person import Role
from kiosk.exam.roster import Roster
from kiosk.ground.home import Home
from kiosk.hall.hall import Hall
from kiosk.hall.package import load_package
from kiosk.hall.place import hall_keys, hall_store, make_hall, open_hall, settle_hall
from kiosk.office import assignment, draft, person, publication
from kiosk.office.person import Admitted
from kiosk.office.roster import roster_of
from kiosk.sealing.package import Package, read_package
from kiosk.seat.desk import Desk
from kiosk.seat.place import make_seat, open_desk, settle_seat

HALL = "Hall 2"
SEAT = "A12"


@dataclass
class Campus:
    """Everything under one home, with the secrets that were handed out."""

    home: Home
    clock: FakeClock
    central: Central
    paper: Paper
    candidate: Admitted
    proctor: Admitted
    roster: Roster
    packages: list[Path] = field(default_factory=list)
    hall: Hall | None = None

    def send(self) -> Package:
        """Write the next package and load it in the hall."""
        place = self.home.hall
        keys = HallKeys(HALL, *make_hall(place))
        office = self.central.office
        folder = self.home.folder.parent / f"package-{len(self.packages) + 1}"
        package = self.central.despatch.send(office.acting(EXPORT), self.paper.test_id, keys, self.roster, folder)
        self.packages.append(folder)
        settle_hall(place, package.manifest.hall_certificates, self.central.keys.root)
        store = hall_store(place)
        load_package(store, hall_keys(place), folder, parse_iso(self.clock.now().at))
        store.close()
        return package

    def release(self) -> bytes:
        """Return central's release token for the hall."""
        return self.central.releases.give(self.central.office.acting(EXPORT), self.paper.test_id, HALL)

    def open_hall(self) -> Hall:
        """Open the hall, its session and its paper."""
        self.hall = open_hall(self.home.hall, self.clock)
        self.hall.release_by_token(self.release(), self.proctor.secret)
        for session in self.hall.sessions():
            self.hall.open_session(session.session_id, self.proctor.person.user_id)
        return self.hall

    def desk(self) -> Desk:
        """Open the desk of the seat, enrolled in the hall."""
        place = self.home.seat(SEAT)
        assert self.hall is not None
        settle_seat(place, self.hall.enrol(SEAT, make_seat(place)))
        return open_desk(place, self.hall, self.clock)

    def sit(self) -> str:
        """Let the candidate log in, answer every question, and hand in; return the receipt."""
        self.open_hall()
        desk = self.desk()
        roll = self.candidate.person.roll_number
        desk.sign_in(roll or "", self.candidate.secret)
        sheet = desk.begin(desk.tests()[0].assignment_id)
        for section in sheet.sections:
            for question in section.questions:
                self.clock.advance(1_000)
                desk.visit(question.question_id)
                if question.options:
                    desk.choose(question.question_id, [question.options[0].option_id])
                else:
                    desk.type(question.question_id, f"An answer to {question.number}")
        desk.capture("┌ the screen ┐")
        desk.hand_in()
        receipt = desk.state().receipt
        desk.close()
        self.hall.close()
        assert receipt is not None
        return receipt

    def read(self, number: int = 1) -> Package:
        """Return a package as read from its folder."""
        return read_package(self.packages[number - 1], self.central.keys.root)


def a_campus(folder: Path, test: Test | None = None, clock: FakeClock | None = None) -> Campus:
    """Return a campus whose office has published a test and assigned it to one candidate."""
    clock, home = clock or a_clock(), Home(folder / "home")
    central, _ = Central.found(home.office, admin="Mbeki, Thandi", clock=clock)
    office = central.office
    author, admin = office.acting("test.approve_publish"), office.acting("assignment.create_roster")
    kept = draft.keep(office, author, test or a_test())
    paper = publication.publish(office, author, kept.test_id)
    staff = office.acting("user.assign_role")
    admitted: list[Admitted] = []
    for new in (person.candidate("Okafor, Anna", "B-1042"), person.staff(Role.PROCTOR, "Lind, Per")):
        admitted += person.add(office, staff, [new])
    now = parse_iso(clock.now().at)
    assignment.assign(office, admin, paper.test_id, [admitted[0].person.user_id], now + timedelta(days=1))
    session = assignment.plan_session(
        office,
        office.acting("proctoring.create_session"),
        hall=HALL,
        title="Tuesday",
        opens_at=now,
        starts_at=now,
        ends_at=now + timedelta(hours=3),
        test_ids=[paper.test_id],
    )
    roster = roster_of(office, office.acting("assignment.read"), paper.test_id, [session.session_id])
    return Campus(home, clock, central, paper, admitted[0], admitted[1], roster)
