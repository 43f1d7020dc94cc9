"""The drill: a hall put up, everything lost in it on purpose, and what came of it."""

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from kiosk.exam.error import KioskError, Refused
from kiosk.exam.moment import Clock
from kiosk.ground.home import Home
from kiosk.rehearsal.course import Course
from kiosk.rehearsal.drill import cable_loss, hub_loss, seat_loss, seat_trouble, whole_hall
from kiosk.rehearsal.drill.exercise import Exercise, Verdict
from kiosk.rehearsal.drill.floor import Floor, a_floor
from kiosk.rehearsal.drill.gathering import carry_up, collect, hand_in
from kiosk.rehearsal.drill.ledger import Ledger

FEWEST, MOST = 3, 60
Trial = Callable[[Floor, random.Random], Exercise]
EXERCISES: Mapping[str, Trial] = MappingProxyType(
    {
        "seat": seat_loss.seat_killed,
        "move": seat_loss.seat_moved,
        "hub": hub_loss.hub_killed,
        "replace": hub_loss.hub_replaced,
        "cut": cable_loss.link_cut,
        "half-open": cable_loss.link_half_open,
        "slow": cable_loss.link_slow,
        "clock": seat_trouble.clock_skewed,
        "disk": seat_trouble.disk_full,
        "pause": whole_hall.pause_all,
        "announce": whole_hall.announced,
        "restart": seat_loss.move_during_restart,
    }
)
"""What can be drilled, by the names `--only` takes, in the order it is done."""
KEPT = "nothing lost, nothing doubled"


@dataclass(slots=True)
class Drill:
    """One drill in one home. The same seed chooses the same seats."""

    home: Home
    seats: int
    seed: int
    clock: Clock
    only: Sequence[str] = ()
    course: Course = field(default_factory=Course)
    interfere: Callable[[Floor, str], None] = lambda floor, name: None
    """Called after each exercise with its name: where a test plants what must be found."""

    def run(self) -> Verdict:
        """Go through every exercise that is wanted; raises Refused for a name there is none of."""
        unknown = [name for name in self.only if name not in EXERCISES]
        if unknown:
            raise Refused(f"There is no exercise {unknown[0]!r}. There are: {', '.join(EXERCISES)}.")
        names = [name for name in EXERCISES if not self.only or name in self.only]
        dice = random.Random(self.seed)
        with a_floor(self.home, self.seats, self.clock, self.course) as floor:
            done = []
            for number, name in enumerate(names):
                self.course.tell(name, number, len(names))
                done.append(self._try(floor, name, dice))
                self.interfere(floor, name)
            found, last = self._account(floor)
        return Verdict(self.seats, (*done, last), found)

    def _try(self, floor: Floor, name: str, dice: random.Random) -> Exercise:
        try:
            floor.mend()
            return EXERCISES[name](floor, dice)
        except KioskError as error:
            return Exercise(name=name, measured=None, target=0, unit="", holds=False, words=error.message)

    def _account(self, floor: Floor) -> tuple[tuple[str, ...], Exercise]:
        """Hand in, seal, collect and count, and compare with every acknowledgement."""
        ledger = Ledger(floor.stage.central, self.home, floor.stage.paper.test_id)
        try:
            self.course.tell("hand in", 0, 0)
            hand_in(floor)
            self.interfere(floor, "hand in")
            self.course.tell("collect", 0, 0)
            collect(floor, self.clock)
            floor.stop_seats()
            delivered = carry_up(floor, self.clock)
            self.course.tell("compare", 0, 0)
            found = ledger.discrepancies(floor.candidates, delivered)
        except KioskError as error:
            found = (error.message,)
        words = f"{ledger.acknowledged} answers were acknowledged"
        if ledger.aside:
            words += f"; {ledger.aside} of them kept aside, at a seat that was left behind"
        return found, Exercise(name=KEPT, measured=len(found), target=0, unit="", words=words)
