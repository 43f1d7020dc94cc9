"""The human drill: a technician pulls real plugs, step by step, and the board is watched with a stop watch."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from time import monotonic
from typing import Protocol

from kiosk.exam.error import KioskError, Refused
from kiosk.rehearsal.drill.exercise import Exercise, Verdict
from kiosk.rehearsal.drill.machine import until
from kiosk.views.board import Board, SeatLine, SeatState
from kiosk.views.order import Order, Verb

BUSY = frozenset({SeatState.WORKING, SeatState.PAUSED, SeatState.AWAY, SeatState.LOST, SeatState.LOCKED})
NOTICED_SECONDS, BACK_SECONDS, MOVED_SECONDS, TAILS_SECONDS = 15.0, 180.0, 60.0, 10.0
"""A seat's silence is seen; a machine is switched on, signed in at and working; a move; the hub has it all again."""
LAG_MS = 2_000
"""Nothing older than this waits for the hub, where it has everything but what is being written."""
PATIENCE = 900.0
"""Seconds a step waits for hands and machines."""


class Technician(Protocol):
    """Whoever stands in the hall."""

    def do(self, words: str) -> str:
        """Ask for something to be done; return "" at the moment it was, or the reason why it is skipped."""
        ...

    def name(self, words: str) -> str:
        """Ask for the name of a seat."""
        ...

    def judge(self, words: str) -> bool:
        """Ask whether something was seen."""
        ...


class Skipped(KioskError):
    """A step is not done, for the reason given."""


@dataclass(slots=True)
class Guided:
    """Leads through every step; changes nothing but what it orders with the proctor's PIN."""

    board: Board
    technician: Technician
    pin: str = field(repr=False)
    patience: float = PATIENCE

    def run(self, *, although_busy: bool = False) -> Verdict:
        """Do every step; raises Refused where candidates are at work already and nobody said that this is all right."""
        busy = [line.seat for line in self.board.state().seats if line.state in BUSY]
        if busy and not although_busy:
            raise Refused(
                f"{len(busy)} sittings are open in this hall ({', '.join(busy[:5])}). A drill pulls plugs: "
                "hold it when no exam is going on, or say --yes."
            )
        self.technician.do(
            "Let two people sign in at two seats and begin a test, each at an essay. Leave one seat free."
        )
        done = tuple(e for step in self._steps() for e in self._do(*step))
        return Verdict(len(self.board.state().seats), done, ())

    def _steps(self) -> Iterator[tuple[str, Callable[[str], Iterator[Exercise]]]]:
        yield "a seat's plug", self._seat
        yield "the hub's plug", self._hub
        yield "a candidate moved", self._move
        for name, words, seen in JUDGED:
            yield name, self._judged(words, seen)

    def _do(self, name: str, step: Callable[[str], Iterator[Exercise]]) -> list[Exercise]:
        done: list[Exercise] = []
        try:
            for exercise in step(name):
                done.append(exercise)
        except Skipped as skipped:
            done.append(Exercise(name=name, measured=None, target=0, unit="", words=skipped.message, skipped=True))
        except KioskError as error:
            done.append(Exercise(name=name, measured=None, target=0, unit="", holds=False, words=error.message))
        return done

    def _seat(self, name: str) -> Iterator[Exercise]:
        seat = self._named("At which seat is an essay being written?", SeatState.WORKING)
        self._ask(f"Pull the plug of {seat} in the middle of a word.")
        pulled = monotonic()
        self._until(lambda: self._line(seat).state is SeatState.LOST, f"{seat} is shown as lost")
        yield _timed(f"{name}: noticed", monotonic() - pulled, NOTICED_SECONDS, f"{seat} is shown as lost")
        self._ask(f"Plug {seat} in, switch it on, and press Enter at once. Then let the candidate sign in again.")
        started = monotonic()
        self._until(lambda: self._line(seat).state is SeatState.WORKING, f"{seat} works again")
        yield _timed(f"{name}: back", monotonic() - started, BACK_SECONDS, f"{seat}, from its switch to the question")
        back = monotonic()
        self._until(lambda: self._is_whole(seat), f"all of {seat} at the hub")
        same = self.technician.judge(
            "Is it the same question, with every word of the essay up to the last second or two?"
        )
        yield _timed(f"{name}: tail complete", monotonic() - back, TAILS_SECONDS, "", same)

    def _hub(self, name: str) -> Iterator[Exercise]:
        self._ask("Pull the plug of the hub. Let everybody write on.")
        self._until(lambda: not self.board.state().is_connected, "the console finds out that the hub is lost")
        kept = self.technician.judge("Could everybody write on, and does each seat say that it saves?")
        self._ask("Plug the hub in and switch it on: kiosk hall serve. Press Enter when it says that it is open.")
        back = monotonic()
        self._until(lambda: self.board.state().is_connected and self._all_whole(), "every tail at the hub")
        yield _timed(
            f"{name}: tails complete", monotonic() - back, TAILS_SECONDS, "from the hub's word that it is open", kept
        )

    def _move(self, name: str) -> Iterator[Exercise]:
        seat = self._named("Whose candidate shall be moved?", SeatState.WORKING)
        target = self._named("To which free seat?", SeatState.EMPTY)
        self._ask(f"The candidate of {seat} goes to {target}. Press Enter and let them sign in there.")
        begun = monotonic()
        order = Order(verb=Verb.MOVE, seats=(seat,), target=target, reason="equipment", pin=self.pin)
        refused = [o.words for o in self.board.carry_out(order) if not o.done]
        if refused:
            raise KioskError("; ".join(refused))
        self._until(lambda: self._line(target).state is SeatState.WORKING, f"{target} works")
        took = monotonic() - begun
        same = self.technician.judge("Is it the same question, the same text, and the same time left?")
        yield _timed(name, took, MOVED_SECONDS, f"{seat} to {target}", same)

    def _judged(self, words: str, seen: str) -> Callable[[str], Iterator[Exercise]]:
        def step(name: str) -> Iterator[Exercise]:
            self._ask(words)
            right = self.technician.judge(seen)
            yield Exercise(
                name=name, measured=0 if right else 1, target=0, unit="", words="" if right else f"not so: {seen}"
            )

        return step

    def _ask(self, words: str) -> None:
        reason = self.technician.do(words)
        if reason:
            raise Skipped(reason)

    def _named(self, words: str, state: SeatState) -> str:
        while name := self.technician.name(words):
            line = next((s for s in self.board.state().seats if s.seat == name), None)
            if line is not None and line.state is state:
                return name
            words = f"{name} is not {state.name.lower().replace('_', ' ')} on the map. Which seat?"
        raise Skipped("no seat was named")

    def _line(self, seat: str) -> SeatLine:
        line = next((s for s in self.board.state().seats if s.seat == seat), None)
        if line is None:
            raise KioskError(f"There is no seat {seat} on the map.")
        return line

    def _is_whole(self, seat: str) -> bool:
        lag = self._line(seat).lag_ms
        return lag is not None and lag <= LAG_MS

    def _all_whole(self) -> bool:
        return all(self._is_whole(s.seat) for s in self.board.state().seats if s.state in BUSY)

    def _until(self, holds: Callable[[], bool], what: str) -> None:
        until(holds, what, self.patience)


JUDGED = (
    (
        "wrong access code",
        "At a free seat, type a right roll number with a wrong access code until the seat makes you wait.",
        "Did it refuse each time, and say how long to wait?",
    ),
    (
        "wrong envelope",
        "Open a paper with the code of another envelope: kiosk hall release TEST --code.",
        "Was it refused in words, with the papers still shut?",
    ),
    (
        "unreadable stick",
        "Pull a stick out while it is written: kiosk bundle export STICK. Then read it: kiosk hall collect STICK.",
        "Was what is missing named, and did nothing of the hall's change?",
    ),
    (
        "no line to the central office",
        "Pull the cable to the outside. Let everybody write on for five minutes.",
        "Did nobody in the hall notice anything?",
    ),
)
"""What no board shows: what is to be done, and what must have been seen."""


def _timed(name: str, took: float, target: float, words: str, holds: bool = True) -> Exercise:
    seen = words if holds else f"{words}: not as it must be".lstrip(": ")
    return Exercise(name=name, measured=took, target=target, unit="s", holds=holds, words=seen)
