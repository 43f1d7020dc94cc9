"""The proctors of the simulation: they act through the hall's own board, at random while things go wrong."""

from typing import TYPE_CHECKING

from sim_people import Person

from house import PIN, SECOND_PIN
from kiosk.exam.attempt import Phase
from kiosk.exam.error import KioskError
from kiosk.hall.supervision import Pair
from kiosk.views.order import Order, Verb

if TYPE_CHECKING:
    from hall_day import Day

STUCK_MS = 10_000
"""After so long a proctor sees that somebody cannot go on."""
REASON = "equipment"
SINGLE = (
    (Verb.PAUSE, 3),
    (Verb.RESUME, 5),
    (Verb.EXTEND, 3),
    (Verb.LOCK, 2),
    (Verb.UNLOCK, 4),
    (Verb.END, 2),
)
"""What is asked for at one seat, and how often beside the others."""


class Proctors:
    """Two of them, who give their PINs together."""

    def __init__(self, day: "Day") -> None:
        self.day = day

    def look(self) -> None:
        """See to everything, once a second."""
        day = self.day
        day.world.after(1_000, self.look)
        if not day.hub.is_up:
            return
        for person in day.candidates.people:
            if person.submission is not None:
                self._try(person.roll, lambda person=person: self._see_to(person))
        if day.mended_ms is None and day.world.chance(day.faults.order_to_all):
            self._try("the hall", self._order_to_all)

    def _try(self, whom: str, what) -> None:
        try:
            what()
        except KioskError as error:
            self.day.world.note(f"order for {whom} refused: {error.message}")
            self.day.count["orders refused"] += 1

    def _see_to(self, person: Person) -> None:
        day = self.day
        phase = day.candidates.phase(person)
        goes_on = phase in (Phase.PAUSED, Phase.LOCKED, Phase.HANDED_IN, Phase.SEALED)
        person.stuck_ms = 0 if goes_on else person.stuck_ms + 1_000
        troubled = person.seat in day.hub.troubled or person.stuck_ms > STUCK_MS
        if troubled or (day.mended_ms is None and day.world.chance(day.faults.move)):
            self._move(person)
        elif day.mended_ms is not None:
            self._open_again(person, phase)
        elif phase is Phase.HANDED_IN and day.world.chance(20):
            self._order(Verb.REOPEN, person.seat)
        elif day.world.chance(day.faults.order):
            verbs, weights = zip(*SINGLE, strict=True)
            self._order(day.world.random.choices(verbs, weights)[0], person.seat)

    # moves

    def _move(self, person: Person) -> None:
        random = self.day.world.random
        self.day.hub.troubled.discard(person.seat)
        person.stuck_ms = 0
        free = self._free(person)
        targets = [random.choice(free) for _ in range(random.choice((1, 1, 1, 2)))]
        for target in targets:
            self.day.hub.hub.moves.order(str(person.submission), target, self._pair(), REASON)
            self.day.count["moves ordered"] += 1
            self.day.world.note(f"{person.roll} is to go on at {target}")
        self.day.world.after(random.randrange(500, 4_000), lambda: self._send_away(person, random.choice(targets)))

    def _free(self, person: Person) -> list[str]:
        """Return the seats a sitting may go to: those nobody sits at, rather where it never was."""
        taken = {p.seat for p in self.day.candidates.people if p is not person}
        been = {seat for (of, _), seat in self.day.oracle.writer.items() if of == person.submission}
        free = [name for name, seat in self.day.seats.items() if name not in taken and seat.is_up]
        return [n for n in free if n not in been] or free or [person.seat]

    def _send_away(self, person: Person, target: str) -> None:
        if target not in {p.seat for p in self.day.candidates.people}:
            person.seat = target

    def _pair(self) -> Pair:
        return self.day.hub.hall._supervision.pair(PIN, SECOND_PIN, "console")

    # acts

    def _open_again(self, person: Person, phase: Phase | None) -> None:
        """With everything mended, let everybody finish."""
        if self.day.world.now_ms % 5_000 >= 1_000:
            return
        if phase is Phase.PAUSED:
            self._order(Verb.RESUME, person.seat)
        elif phase is Phase.LOCKED:
            self._order(Verb.UNLOCK, person.seat)

    def _order_to_all(self) -> None:
        """Pause the hall and let it go on soon, or take back an act of before."""
        world = self.day.world
        if world.chance(60):
            self._order(Verb.PAUSE)
            world.after(world.random.randrange(1_000, 9_000), lambda: self._try("the hall", self._resume_all))
            return
        acts = [deed.act_id for deed in self.day.hub.board.deeds() if deed.can_undo]
        if acts:
            self._order(Verb.UNDO, act=world.random.choice(acts))

    def _resume_all(self) -> None:
        if self.day.hub.is_up:
            self._order(Verb.RESUME)

    def _order(self, verb: Verb, *seats: str, act: str | None = None) -> None:
        order = Order(
            verb=verb,
            seats=seats,
            amount_ms=60_000 if verb is Verb.EXTEND else 0,
            reason=REASON,
            attention_id=act,
            pin=PIN,
            second_pin=SECOND_PIN,
        )
        whom = " ".join(seats) or "all"
        for outcome in self.day.hub.board.carry_out(order):
            self.day.world.note(f"{verb.value} for {whom}: {outcome.seat} {outcome.words}")
            self.day.count[f"{verb.value} {'ordered' if outcome.done else 'not possible'}"] += 1
        self.day.count["orders to all" if not seats else "orders to one"] += 1
