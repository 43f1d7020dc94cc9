"""The floor of a drill's hall: its hub, its seats each on a cable of its own, a console, and who sits where."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from time import monotonic
from typing import Any

from kiosk.exam.attempt import Phase
from kiosk.exam.error import KioskError
from kiosk.exam.moment import Clock
from kiosk.ground.home import Home
from kiosk.hall.console.remote_board import RemoteBoard
from kiosk.rehearsal.course import Course
from kiosk.rehearsal.drill.cable import Cable, Cut
from kiosk.rehearsal.drill.hub_machine import HubMachine
from kiosk.rehearsal.drill.machine import Candidate, Machine, until
from kiosk.rehearsal.stage import Stage, set_stage
from kiosk.seat.link.connecting import connect_seat
from kiosk.views.board import SeatLine
from kiosk.views.order import Order, Verb

WARM_WRITES = 4
"""Answers each candidate has saved before something is lost."""


@dataclass(slots=True)
class Floor:
    """A hall at work. One seat is always spare."""

    stage: Stage
    hub: HubMachine
    cables: dict[str, Cable]
    machines: dict[str, Machine]
    board: RemoteBoard
    candidates: tuple[Candidate, ...]

    @property
    def title(self) -> str:
        """The test that is sat."""
        return self.stage.paper.title

    @property
    def at_work(self) -> list[Machine]:
        """The seats with a candidate."""
        return [m for m in self.machines.values() if m.candidate is not None]

    @property
    def spare(self) -> Machine:
        """The seat nobody sits at."""
        return next(m for m in self.machines.values() if m.candidate is None)

    def line(self, seat: str) -> SeatLine | None:
        """Return a seat as the console's map shows it; None while it does not, or the hub does not answer."""
        state = self.board.state()
        return next((s for s in state.seats if s.seat == seat), None) if state.is_connected else None

    def needs(self, seat: str, kind: str) -> bool:
        """Whether the console says now that a seat needs somebody for something."""
        state = self.board.state()
        return any(a.seat == seat and a.kind == kind and not a.is_over for a in state.attention)

    def sign_in(self) -> None:
        """Let a proctor sign in at the console as soon as the hub answers."""

        def signed() -> bool:
            with suppress(KioskError):
                return bool(self.board.sign_in(self.stage.pins.first))
            return False

        until(signed, "a proctor signed in at the console")

    def order(self, verb: Verb, seats: Sequence[str] = (), **more: str) -> None:
        """Order something at the console; raises KioskError with why it was not done."""
        pin = self.stage.pins.first
        outcomes = self.board.carry_out(Order(verb=verb, seats=tuple(seats), pin=pin, **more))  # type: ignore[arg-type]
        refused = [f"{o.seat}: {o.words}" for o in outcomes if not o.done]
        if refused:
            raise KioskError("; ".join(refused))

    def settle(self, seconds: float = 60.0) -> None:
        """Wait until every candidate writes, with the hub holding what is saved: the state an exercise begins from."""
        for machine in self.at_work:
            machine.work(True)
        for machine in self.at_work:
            seq = machine.state()["seq"] + WARM_WRITES
            machine.settle(seq, seconds)

    def go_on(self, machine: Machine, candidate: Candidate) -> dict[str, Any]:
        """Let a candidate go on at a seat that has just been switched on, resumed by a proctor where that is needed."""
        told = machine.open(candidate, self.title)
        if told["phase"] == Phase.PAUSED.value:
            until(lambda: self._resumed(machine.name), f"{machine.name} resumed")
            until(lambda: machine.state()["phase"] == Phase.RUNNING.value, f"{machine.name} running")
            told = machine.state()
        return told

    def mend(self) -> None:
        """Put right what an exercise that failed has left: cables whole, the hub up, everybody at work."""
        for cable in self.cables.values():
            cable.put(Cut.WHOLE)
        if not self.hub.is_up:
            self.hub.start()
        self.sign_in()
        for machine in self.machines.values():
            candidate = machine.candidate
            if machine.is_up and self._is_fit(machine):
                continue
            if machine.is_up:
                machine.kill()
            machine.start()
            if candidate is not None:
                self.go_on(machine, candidate)
        self.settle()

    def _is_fit(self, machine: Machine) -> bool:
        state = machine.state()
        if machine.candidate is None:
            return state["phase"] is None
        return state["phase"] == Phase.RUNNING.value and state["failure"] is None

    def _resumed(self, seat: str) -> bool:
        with suppress(KioskError):
            self.order(Verb.RESUME, [seat])
            return True
        return False

    def tails_complete(self, seconds: float = 60.0) -> float:
        """Wait until the hub holds everything every seat had saved when this was called; return when that was so."""
        due = {machine: machine.state()["seq"] for machine in self.at_work}
        for machine, seq in due.items():
            machine.settle(seq, seconds)
        return monotonic()

    def stop_seats(self) -> None:
        """Switch every seat off in good order."""
        for machine in self.machines.values():
            machine.stop()

    def close(self) -> None:
        """Switch everything off."""
        self.board.close()
        self.stop_seats()
        for cable in self.cables.values():
            cable.close()
        self.hub.stop()
        self.stage.central.close()


@contextmanager
def a_floor(home: Home, seats: int, clock: Clock, course: Course) -> Iterator[Floor]:
    """Put up a hall of so many seats, one of them spare, everybody at work; everything ends with the block."""
    stage = set_stage(home, seats - 1, (), clock, course)
    hub = HubMachine(stage, clock)
    stage.hall.close()
    candidates = tuple(Candidate(a.person.user_id, a.person.roll_number or "", a.secret) for a in stage.candidates)
    hub.start()
    floor = Floor(stage, hub, {}, {}, hub.board(), candidates)
    try:
        floor.board.start()
        _seat(floor, home, seats, course)
        yield floor
    finally:
        floor.close()


def _seat(floor: Floor, home: Home, seats: int, course: Course) -> None:
    names = [f"A{n + 1}" for n in range(seats)]
    with course.step("connect seats", len(names)) as step:
        for name in names:
            cable = floor.cables[name] = Cable(floor.hub.port)
            connect_seat(home.seat(name), name, floor.hub.address(cable.port))
            floor.machines[name] = Machine(home, name)
            floor.machines[name].start()
            step.count += 1
            course.tell(step.name, step.count, len(names))
    floor.sign_in()
    with course.step("begin", len(floor.candidates)) as step:
        for name, candidate in zip(names, floor.candidates, strict=False):
            floor.machines[name].open(candidate, floor.title)
            step.count += 1
            course.tell(step.name, step.count, len(floor.candidates))
    floor.settle()
    until(lambda: floor.line(floor.spare.name), "the spare seat on the map")
