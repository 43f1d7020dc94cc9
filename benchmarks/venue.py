"""A hall of any size for the load proof: a roster, an exam that is released, and its hub, `kiosk hall serve`.

Each candidate's code is kept as it is kept anywhere, at the full cost of Argon2; it is worked out once for all of them.
"""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path

from benchmarks.processor import Vitals, vitals_of
from builders import FakeClock, a_person, a_session, an_assignment
from house import CODE, PIN, SECOND_PIN, House, _send
from keyring import HALL, Keyring, a_keyring
from kiosk.exam.paper import Paper
from kiosk.exam.person import Person, Role
from kiosk.exam.press import print_test
from kiosk.exam.roster import Account, HeldTest, Roster, Seating
from kiosk.ground.home import Home
from kiosk.hall.place import hall_keys, make_hall, open_hall, settle_hall
from kiosk.office.sample_exam import sample_test
from kiosk.sealing import secret
from kiosk.sealing.certificate import certify
from kiosk.sealing.key import KeyRole

COLUMNS = 25
SESSION = "session-1"


@dataclass
class Venue:
    """One hall under one home."""

    home: Home
    paper: Paper
    keyring: Keyring
    seats: tuple[str, ...]
    port: int = 0
    _hub: subprocess.Popen[str] | None = field(default=None, repr=False)

    @classmethod
    def made(cls, folder: Path, count: int) -> "Venue":
        """Make a hall for as many candidates, with one session open since a few minutes."""
        now = datetime.now(UTC)
        days = {"not_before": now - timedelta(days=1), "not_after": now + timedelta(days=30)}
        seats = tuple(f"{chr(ord('A') + n // COLUMNS)}{n % COLUMNS + 1}" for n in range(count))
        home, keyring, clock = Home(folder / "home"), a_keyring(**days), FakeClock(now)
        venue = cls(home, print_test(sample_test())[0], keyring, seats)
        public, recipient = make_hall(home.hall)
        chain = certify(
            KeyRole.HALL, public, keyring.release, keyring.release_chain, hall=HALL, recipient=recipient, **days
        )
        settle_hall(home.hall, chain, keyring.root.public)
        opened = open_hall(home.hall, clock)
        house = House(home, clock, keyring, venue.paper, opened)
        _send(house, folder / "package", venue._roster(now))
        opened.open_session(SESSION, "proctor-1")
        opened.release_by_token(house.token(), PIN)
        opened.close()
        return venue

    def roll_number(self, seat: str) -> str:
        """Return what the candidate at a seat signs in with; the code is `CODE` for all."""
        return f"B-{1001 + self.seats.index(seat)}"

    def assignment(self, seat: str) -> str:
        """Return what the candidate at a seat is to begin."""
        return f"assignment-{self.seats.index(seat)}"

    @property
    def address(self) -> Path:
        """The file a technician carries."""
        return self.home.hall.folder / "hub.json"

    @cached_property
    def hall_key(self) -> str:
        """The public key of the hall."""
        return hall_keys(self.home.hall).signing.public

    @property
    def pid(self) -> int:
        """The process of the hub."""
        assert self._hub is not None
        return self._hub.pid

    def vitals(self) -> Vitals:
        """Return what the hub has used so far."""
        return vitals_of(self.pid)

    def open_hub(self, before: Sequence[str] = ()) -> None:
        """Start the hub, at the port it had before, and return once it is open; `before` goes before its command."""
        command = [*before, sys.executable, "-m", "kiosk", "hall", "serve", "--port", str(self.port), "--json"]
        self._hub = subprocess.Popen(
            [*command, "--home", str(self.home.folder)],
            stdout=subprocess.PIPE,
            text=True,
            env={k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"},
        )
        assert self._hub.stdout is not None
        self.port = int(json.loads(self._hub.stdout.readline())["urls"][0].rpartition(":")[2])

    def kill_hub(self) -> None:
        """Kill the hub as a power cut does."""
        assert self._hub is not None
        self._hub.kill()
        self._hub.wait()

    def end_hub(self) -> None:
        """End the hub as a technician does, and return once it has."""
        assert self._hub is not None
        self._hub.terminate()
        self._hub.wait(120)

    def _roster(self, now: datetime) -> Roster:
        code, pins = secret.hash_secret(CODE, secret.CODE), [secret.hash_secret(p) for p in (PIN, SECOND_PIN)]
        people = [self._candidate(seat) for seat in self.seats]
        staff = [
            a_person(Role.PROCTOR, name="Mbeki, Thandi"),
            a_person(Role.PROCTOR, user_id="proctor-2", name="Lind, Per"),
        ]
        one = an_assignment(
            test_id=self.paper.test_id,
            paper_digest=self.paper.digest,
            assigned_at=now - timedelta(days=7),
            due_date=now + timedelta(days=7),
        )
        session = a_session(
            session_id=SESSION,
            hall=HALL,
            title="Morning",
            opens_at=now - timedelta(minutes=30),
            starts_at=now - timedelta(minutes=2),
            ends_at=now + timedelta(hours=5),
            test_ids=(self.paper.test_id,),
            late_entry_minutes=120,
        )
        return Roster(
            tests=(HeldTest(self.paper.test_id, self.paper.title, True, self.paper.digest),),
            accounts=(
                *(Account(person, code) for person in people),
                *(Account(person, pin) for person, pin in zip(staff, pins, strict=True)),
            ),
            assignments=tuple(
                replace(one, assignment_id=self.assignment(seat), candidate_id=person.user_id)
                for seat, person in zip(self.seats, people, strict=True)
            ),
            sessions=(session,),
            seatings=tuple(Seating(SESSION, p.user_id, s) for s, p in zip(self.seats, people, strict=True)),
        )

    def _candidate(self, seat: str) -> Person:
        number = self.seats.index(seat)
        return a_person(
            user_id=f"candidate-{number}", name=f"Candidate {number + 1}", roll_number=self.roll_number(seat)
        )
