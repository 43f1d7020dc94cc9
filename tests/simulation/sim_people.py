"""The candidates of the simulation: each does the next thing, at whichever seat they were sent to."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from house import CODE, OTHER_CODE, OTHER_ROLL, ROLL
from kiosk.exam.attempt import Phase
from kiosk.exam.error import Denied, KioskError, Refused
from kiosk.exam.paper import PaperQuestion
from kiosk.seat.desk import Desk

if TYPE_CHECKING:
    from hall_day import Day
    from sim_seat import SimSeat

HASTE_MS = 3_000
"""How long after the mend the candidates go on before they finish."""


@dataclass
class Person:
    """One candidate, and where they sit."""

    roll: str
    code: str
    assignment: str
    seat: str
    submission: str | None = None
    stuck_ms: int = 0
    """How long nothing has gone on."""
    waits_until_ms: int = 0
    """A candidate who was sent away does not ask again at once."""


class Candidates:
    """Two people who sit the same test."""

    def __init__(self, day: "Day") -> None:
        self.day = day
        self.people = (Person(ROLL, CODE, "assignment-1", "A12"), Person(OTHER_ROLL, OTHER_CODE, "assignment-2", "A13"))

    def begin(self) -> None:
        """Let them come."""
        for number, person in enumerate(self.people):
            self.day.world.after(1_000 + 500 * number, lambda person=person: self._live(person))

    def is_over(self, person: Person) -> bool:
        """Whether a sitting is handed in somewhere."""
        return self.phase(person) in (Phase.HANDED_IN, Phase.SEALED)

    def phase(self, person: Person) -> Phase | None:
        """Return how far their sitting has come, by a seat where it is over, else by the seat they sit at."""
        phases = {}
        for name, seat in self.day.seats.items():
            scribe = None if seat.desk is None else seat.desk.scribe
            if scribe is not None and scribe.sitting.genesis.submission_id == person.submission:
                phases[name] = scribe.phase
        over = [phase for phase in phases.values() if phase in (Phase.HANDED_IN, Phase.SEALED)]
        return over[0] if over else phases.get(person.seat)

    def _live(self, person: Person) -> None:
        """Do the next thing."""
        world = self.day.world
        world.after(world.random.randrange(300, 2_500), lambda: self._live(person))
        seat = self.day.seats[person.seat]
        if seat.desk is None:
            return
        scribe = seat.desk.scribe
        if scribe is None or not scribe.is_at_work:
            if world.now_ms >= person.waits_until_ms:
                self._sit(person, seat)
            return
        if scribe.sitting.genesis.assignment_id != person.assignment:
            return
        person.submission = scribe.sitting.genesis.submission_id
        try:
            self._work(seat.desk)
        except Refused:
            self.day.count["refused moves"] += 1
        else:
            person.stuck_ms = 0
            self.day.count["moves of candidates"] += 1

    def _work(self, desk: Desk) -> None:
        assert desk.scribe is not None
        sitting, mended_ms = desk.scribe.sitting, self.day.mended_ms
        if mended_ms is not None and self.day.world.now_ms > mended_ms + HASTE_MS:
            self._complete(desk)
            desk.hand_in()
            return
        question = self.day.world.random.choice(list(sitting.paper.questions.values()))
        desk.visit(question.question_id)
        self._answer(desk, question)

    def _complete(self, desk: Desk) -> None:
        """Answer what is still empty of the sections that must be complete."""
        assert desk.scribe is not None
        sitting = desk.scribe.sitting
        for section in sitting.paper.sections:
            for question in section.questions if section.is_mandatory else ():
                if not sitting.answers[question.question_id].is_answered:
                    self._answer(desk, question)

    def _answer(self, desk: Desk, question: PaperQuestion) -> None:
        random = self.day.world.random
        try:
            desk.visit(question.question_id)
            if question.options:
                desk.choose(question.question_id, [random.choice(question.options).option_id])
            else:
                desk.type(question.question_id, f"{random.randrange(10**9)} words")
        except Refused:
            self.day.count["refused moves"] += 1

    def _sit(self, person: Person, seat: "SimSeat") -> None:
        assert seat.desk is not None
        if self.is_over(person):
            return
        try:
            if seat.desk.candidate is None or seat.desk.candidate.roll_number != person.roll:
                seat.desk.sign_in(person.roll, person.code)
            seat.desk.begin(person.assignment)
        except Denied:  # the hall or the seat has forgotten who signed in
            seat.desk.sign_out()
            self.day.count["signed in again"] += 1
        except KioskError as error:
            seat.note(f"{person.roll} may not begin: {error.message}")
            self.day.count["not let begin"] += 1
            person.waits_until_ms = self.day.world.now_ms + self.day.world.random.randrange(800, 2_500)
            self._walk(person)
        else:
            self.day.count["begun or gone on"] += 1

    def _walk(self, person: Person) -> None:
        """Somebody tells the candidate where their sitting is."""
        hub = self.day.hub
        if person.submission is None or not hub.is_up:
            return
        try:
            move = hub.hub.moves.waiting(person.submission)
            target = move.to_seat if move else hub.store.permits.lease(person.submission).lease.seat
        except KioskError:
            return
        if target != person.seat:
            self.day.seats[person.seat].note(f"{person.roll} walks to {target}")
            person.seat = target
