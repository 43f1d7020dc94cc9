"""A hall at the end of its exam: one candidate handed in, one never did, one did not come, one sat elsewhere.

The office, the hall with its seats, and nothing else share a home; what passes between them passes in folders.
"""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from typer.testing import CliRunner

from builders import a_clock
from campus import Campus, a_campus
from kiosk.cli.main import app
from kiosk.exam.person import Role
from kiosk.office import assignment, person
from kiosk.office.person import Admitted
from kiosk.office.roster import roster_of
from kiosk.seat.place import make_seat, open_desk, settle_seat

PLANTED = "Zwergmammut-7719"
"""What a candidate types; looked for in the seat's files."""


@dataclass(frozen=True)
class Shell:
    """Runs commands against one home."""

    home: Path

    def run(self, *words: str, status: int = 0, typed: str = "") -> Any:
        """Run a command and return its result, having ended with `status`."""
        result = CliRunner().invoke(app, [*words, "--home", str(self.home)], input=typed)
        assert result.exit_code == status, result.output
        return result

    def facts(self, *words: str, status: int = 0, typed: str = "") -> Any:
        """Run a command with --json and return what it printed."""
        return json.loads(self.run(*words, "--json", status=status, typed=typed).stdout)


@dataclass(frozen=True)
class Ended:
    """The folder all of it lies in, and the secrets that were handed out."""

    folder: Path
    test: str
    rolls: dict[str, str]
    pins: tuple[str, str]

    @property
    def hall(self) -> Shell:
        """The home of the hall and its seats."""
        return Shell(self.folder / "hall-home")

    @property
    def office(self) -> Shell:
        """The home of the office."""
        return Shell(self.folder / "office-home")

    @property
    def pin(self) -> str:
        """One proctor's PIN, as typed."""
        return f"{self.pins[0]}\n"

    @property
    def both(self) -> str:
        """Two proctors' PINs, as typed."""
        return f"{self.pins[0]}\n{self.pins[1]}\n"

    def copy(self, folder: Path) -> "Ended":
        """Return the same exam in another folder, to be changed there."""
        shutil.copytree(self.folder, folder)
        return Ended(folder, self.test, self.rolls, self.pins)

    def explain(self) -> None:
        """Say what became of who did not come, and seal what nobody handed in."""
        said = ("--absent", self.rolls["absent"], "--moved", f"{self.rolls['moved']}=Hall 3, seat B4")
        self.hall.run("hall", "attendance", *said, typed=self.pin)
        words = ("bundle", "export", str(self.folder / "stick"), "--unfinished", "--reason", "the hall is closed")
        self.hall.run(*words, typed=f"y\n{self.pin}")

    def close(self) -> str:
        """Close the test, with the closing on the stick; return the closing's id."""
        words = ("hall", "close", self.test, "--to", str(self.folder / "stick"))
        closing = self.hall.facts(*words, typed=self.pin)["closing"]
        assert isinstance(closing, str)
        return closing

    def settle(self) -> None:
        """Take the stick in at central and bring receipts and close-outs back."""
        stick, back = str(self.folder / "stick"), str(self.folder / "back")
        self.office.run("central", "intake", stick, "--receipts", back)
        self.office.run("central", "closings", "--write", back)
        self.hall.run("bundle", "receive", back)

    def seat(self, name: str) -> Path:
        """Return the folder of a seat."""
        return self.hall.home / "seats" / name


@contextmanager
def served(home: Path) -> Iterator[str]:
    """Run `kiosk central serve` on a free port until the block ends; give its address."""
    argv = [sys.executable, "-m", "kiosk", "central", "serve", "--host", "127.0.0.1", "--port", "0", "--json"]
    with subprocess.Popen([*argv, "--home", str(home)], stdout=subprocess.PIPE) as process:
        try:
            assert process.stdout is not None
            yield json.loads(process.stdout.readline())["url"]
        finally:
            process.terminate()
            process.wait(20)


def an_ended_exam(folder: Path) -> Ended:
    """Return an exam that was sat: the seats A12 and A13 hold a sitting each, and nothing has been sealed."""
    campus = a_campus(folder / "campus", clock=a_clock(datetime.now(UTC)))
    people = {"present": campus.candidate} | _add_candidates(campus)
    office = campus.central.office
    (second,) = person.add(office, office.acting("user.assign_role"), [person.staff(Role.PROCTOR, "Mbeki, Thandi")])
    (session,) = office.sessions.sessions()
    campus.roster = roster_of(office, office.acting("assignment.read"), campus.paper.test_id, [session.session_id])
    campus.send()
    campus.open_hall()
    _sit(campus, people["present"], "A12", hands_in=True)
    _sit(campus, people["unfinished"], "A13", hands_in=False)
    assert campus.hall is not None
    campus.hall.close()
    campus.central.close()
    home = folder / "campus" / "home"
    for place, own in (("office", "office-home"), ("hall", "hall-home"), ("seats", "hall-home")):
        (folder / "ended" / own).mkdir(parents=True, exist_ok=True)
        shutil.copytree(home / place, folder / "ended" / own / place)
    rolls = {name: one.person.roll_number or "" for name, one in people.items()}
    return Ended(folder / "ended", campus.paper.test_id, rolls, (campus.proctor.secret, second.secret))


def _add_candidates(campus: Campus) -> dict[str, Admitted]:
    office = campus.central.office
    names = {
        "unfinished": ("Adeyemi, Ben", "B-1043"),
        "absent": ("Cruz, Cara", "B-1044"),
        "moved": ("Dang, Do", "B-1045"),
    }
    staff = office.acting("user.assign_role")
    people = {n: person.add(office, staff, [person.candidate(*who)])[0] for n, who in names.items()}
    ids = [one.person.user_id for one in people.values()]
    due = office.now() + timedelta(days=1)
    assignment.assign(office, office.acting("assignment.create_roster"), campus.paper.test_id, ids, due)
    return people


def _sit(campus: Campus, who: Admitted, seat: str, *, hands_in: bool) -> None:
    hall = campus.hall
    assert hall is not None
    place = campus.home.seat(seat)
    settle_seat(place, hall.enrol(seat, make_seat(place)))
    desk = open_desk(place, hall, campus.clock)
    desk.sign_in(who.person.roll_number or "", who.secret)
    sheet = desk.begin(desk.tests()[0].assignment_id)
    for section in sheet.sections:
        for question in section.questions:
            campus.clock.advance(1_000)
            desk.visit(question.question_id)
            if question.options:
                desk.choose(question.question_id, [question.options[0].option_id])
            else:
                desk.type(question.question_id, f"{PLANTED} {question.number}")
    if hands_in:
        desk.hand_in()
    desk.close()
