"""The reception: recognises candidates by roll number and access code, one at a seat."""

import secrets
from dataclasses import dataclass
from functools import cached_property

from kiosk.exam.error import Denied
from kiosk.exam.log import AuditEntry
from kiosk.exam.moment import Clock, parse_iso
from kiosk.exam.person import Person
from kiosk.exam.status import AttendanceState
from kiosk.ground.door import Doorkeeper
from kiosk.hall.card import candidate_card
from kiosk.hall.timetable import check_expected, is_open
from kiosk.sealing.secret import CODE, fits, hash_secret
from kiosk.views.authority import Admission
from storage.hall.store import HallStore

REFUSAL = "Roll number and access code do not go together. Check both."
"""The same words for an unknown number and a wrong code."""
CHECK_IN = "proctoring.checkin_identity"
"""The operation under which a login is written down."""
LONGEST = 100
"""Characters of a roll number or a code that are looked at."""


@dataclass(frozen=True, slots=True)
class Guest:
    """A recognised candidate and the seat they are at."""

    person: Person
    seat: str


class Reception:
    """Gives out tokens; the last one given for a seat is the only one that counts there."""

    def __init__(self, store: HallStore, doorkeeper: Doorkeeper, clock: Clock) -> None:
        self._store = store
        self._doorkeeper = doorkeeper
        self._clock = clock
        self._guests: dict[str, Guest] = {}
        self._tokens: dict[str, str] = {}

    def admit(self, roll_number: str, code: str, seat: str) -> Admission:
        """Recognise a candidate; raises Denied after a wrong try, Refused outside the hours of their sessions."""
        roll, secret = roll_number[:LONGEST], code[:LONGEST]
        doors = (f"login roll {roll}", f"login seat {seat}")
        person = self._doorkeeper.judge(doors, lambda: self._recognise(roll, secret), REFUSAL)
        self._check_hours(person)
        self._welcome(person, seat)
        token = secrets.token_hex(16)
        self._guests.pop(self._tokens.get(seat, ""), None)
        self._tokens[seat], self._guests[token] = token, Guest(person, seat)
        return Admission(token, candidate_card(person, seat))

    def is_here(self, candidate_id: str, seat: str) -> bool:
        """Whether a candidate was let in at a seat: by this program last, when they came, or by the lease they have."""
        guest = self._guests.get(self._tokens.get(seat, ""))
        if guest is not None and guest.person.user_id == candidate_id:
            return True
        if self._store.attendance.came_to(seat, candidate_id):
            return True
        assignments = tuple(a.assignment_id for a in self._store.roster.assignments(candidate_id))
        return any(p.seat == seat for p in self._store.permits.progress(assignments).values())

    def guest(self, token: str) -> Guest:
        """Return who a token was given to; raises Denied for one that does not count any more."""
        guest = self._guests.get(token)
        if guest is None:
            raise Denied("Please sign in again.")
        return guest

    @cached_property
    def _nobody(self) -> str:
        """The hash tried for an unknown number, so that a try takes as long as any other."""
        return hash_secret(secrets.token_hex(16), CODE)

    def _recognise(self, roll: str, secret: str) -> Person | None:
        account = self._store.roster.candidate(roll)
        known = account is not None and account.secret_hash is not None and account.person.is_active
        hashed = account.secret_hash if known and account is not None else None
        same = fits(secret, hashed or self._nobody)
        return account.person if account is not None and known and same else None

    def _welcome(self, person: Person, seat: str) -> None:
        """Write down that somebody is there, in every session of theirs that is open for login now."""
        now = parse_iso(self._clock.now().at)
        going_on = tuple(s.session_id for s in self._store.roster.sessions(person.user_id) if is_open(s, now))
        if going_on:
            audit = AuditEntry(
                at=now,
                who=person.user_id,
                action=CHECK_IN,
                subject_type="attendance",
                subject_id=going_on[0],
                details={"state": AttendanceState.PRESENT.value, "seat": seat},
            )
            self._store.attendance.arrive(going_on, person.user_id, seat, now, audit)

    def _check_hours(self, person: Person) -> None:
        """Sittings that run and results that are out may be looked at whenever the hall is open at all."""
        if not self._store.roster.all_sessions():
            return
        assignments = tuple(a.assignment_id for a in self._store.roster.assignments(person.user_id))
        running = any(not p.is_over for p in self._store.permits.progress(assignments).values())
        if not running and not self._store.roster.results(assignments):
            check_expected(self._store.roster.sessions(person.user_id), parse_iso(self._clock.now().at))
