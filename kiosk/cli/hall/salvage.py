"""Salvage: the hall's keys and a seat of its own, brought together to seal sittings whose machines are gone."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from kiosk.cli.bundle.gathering import OpenHall
from kiosk.exam.attempt import Phase
from kiosk.exam.error import KioskError
from kiosk.ground.home import Home

if TYPE_CHECKING:
    from kiosk.exam.moment import Clock
    from kiosk.hall.closing import Closings
    from kiosk.hall.hall import Hall
    from kiosk.hall.rescue import Stranded
    from kiosk.hall.supervision import Pair
    from kiosk.seat.rescue import RescueSeat


@dataclass(frozen=True, slots=True)
class Rescued:
    """What became of one sitting."""

    stranded: "Stranded"
    bundle_id: str = ""
    is_handed_in: bool = False
    receipt: str | None = None
    """The receipt code of the hand-in, which is the one the candidate was shown."""
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class Salvage:
    """Everything it takes, open."""

    opened: OpenHall
    hall: "Hall"
    closings: "Closings"
    seat: Callable[[str], "RescueSeat"]
    """Opens a rescuing seat by its name, once; raises Refused while another program holds it."""

    @classmethod
    @contextmanager
    def open(cls, here: Home, opened: OpenHall, hall: "Hall", clock: "Clock") -> Iterator["Salvage"]:
        """Open the hall's own seats as they are asked for, enrolled by it, and hold them until the end."""
        from kiosk.hall.backroom import Backroom

        closings = Backroom.open(here.hall, opened.keys, opened.store, clock).closings
        with ExitStack() as held:
            seat = cache(lambda name: held.enter_context(_rescue_seat(here, name, hall, clock)))
            yield cls(opened, hall, closings, seat)

    def all(self, chosen: "Sequence[Stranded]", by: "Pair", reason: str) -> Iterator[Rescued]:
        """Rescue sittings one by one; one that cannot be keeps no other back. Raises Denied without the rights."""
        self.hall.rescues.check(by)
        self.closings.check(by)
        for stranded in chosen:
            try:
                yield self._one(stranded, by, reason)
            except KioskError as error:
                yield Rescued(stranded, problem=error.message)

    def _one(self, stranded: "Stranded", by: "Pair", reason: str) -> Rescued:
        from kiosk.sealing import frame

        submission_id = stranded.submission_id
        passed = self.hall.rescues.take(submission_id, by, reason)
        seat = self.seat(passed.seat)
        phase = seat.take_over(passed.offer, passed.admission, passed.assignment_id)
        if phase not in (Phase.HANDED_IN, Phase.SEALED):
            self.closings.note_sealing(by, 1, reason)
        sealed = seat.seal(submission_id, by.first.user_id, reason)
        data = frame.join(sealed.envelope, sealed.body)
        taken = self.opened.collection.take(data, f"rescued for {stranded.seat}")
        if not taken.bundle_id:
            return Rescued(stranded, problem=taken.problem)
        self.hall.report(seat.report(submission_id))
        return Rescued(stranded, taken.bundle_id, *seat.hand_in(submission_id))


@contextmanager
def _rescue_seat(here: Home, name: str, hall: "Hall", clock: "Clock") -> "Iterator[RescueSeat]":
    from kiosk.ground.occupancy import occupied
    from kiosk.seat.place import make_seat
    from kiosk.seat.rescue import RescueSeat

    place = here.seat(name)
    public = make_seat(place)
    with occupied(place):
        hall.rescues.settle(name, public)
        seat = RescueSeat.open(place, hall.enrol(name, public), hall, clock)
        try:
            yield seat
        finally:
            seat.close()
