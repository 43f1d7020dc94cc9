"""A seat of the drill as a process of its own: a real desk on a real link, and a candidate who writes on and on.

Orders come on standard input, one JSON line each; every one is answered on a pipe. What is saved is told on a second
pipe, only after the writer said so, so that no other part of the program need be believed about it.
"""

import json
import os
import queue
import sys
from pathlib import Path
from threading import Lock, Thread
from time import monotonic
from typing import Any

from kiosk.exam.attempt import Phase
from kiosk.exam.error import KioskError
from kiosk.ground.clock import SystemClock
from kiosk.ground.home import Home
from kiosk.ground.occupancy import occupied
from kiosk.rehearsal.candidate import Acknowledgements
from kiosk.rehearsal.drill.skewed_clock import SkewedClock
from kiosk.seat.desk import Desk
from kiosk.seat.link.connecting import open_link
from kiosk.seat.place import open_desk
from kiosk.views.candidate import Sheet
from kiosk.views.desk import Changed, DeskEvent, HeldByHall, Ordered, Saved, SaveFailed, Told

REACH_SECONDS = 3.0
"""As long as a seat waits at its start for its hub."""
PACE_SECONDS = 0.25
"""Between two things the candidate does."""
LONGEST_WORDS = 40
ESSAY = "Essay"


class Writer:
    """Plays one candidate at one desk, in the program's one thread of moves."""

    def __init__(self, desk: Desk, clock: SkewedClock, answers: int, acks: int) -> None:
        self._desk = desk
        self._clock = clock
        self._answers = answers
        self._acks = acks
        self._lock = Lock()
        self._saved = Acknowledgements(self._acknowledge)
        self._done: dict[int, dict[str, Any]] = {}
        self._working = False
        self._next = 0
        self._words: list[str] = []
        self._question = ""
        self._held = -1
        self._phase: str | None = None
        self.orders: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()
        desk.listen(self._hear)

    def run(self) -> None:
        """Obey until told to stop, and write at an even pace however much is asked meanwhile."""
        due = monotonic()
        while True:
            if monotonic() >= due:
                due = monotonic() + PACE_SECONDS
                self._write()
                self._tick()
            try:
                order = self.orders.get(timeout=max(0.0, due - monotonic()))
            except queue.Empty:
                continue
            if order["do"] == "stop":
                self._say(answer={})
                return
            if order["do"] == "tick":
                self._tick()
                continue
            try:
                self._say(answer=getattr(self, f"_{order.pop('do')}")(**order))
            except KioskError as error:
                self._say(refused=error.message)

    def _open(self, roll: str, code: str, title: str, first: int) -> dict[str, Any]:
        """Sign in, and begin or go on."""
        self._desk.sign_in(roll, code)
        test = next(t for t in self._desk.tests() if t.title == title)
        sheet = self._desk.begin(test.assignment_id)
        essays = [q.question_id for s in sheet.sections for q in s.questions if q.type.value == ESSAY]
        self._next, self._working = first, False
        shown = self._desk.state().question_id
        if shown in essays:
            self._question = shown or ""
        else:
            self._question = essays[0]
        self._choose(sheet)
        kept = self._desk.state().answers[self._question].text
        self._words = kept.split()
        self._tick()
        return self._state()

    def _choose(self, sheet: Sheet) -> None:
        """Answer what must be answered before anybody may hand in."""
        answers = self._desk.state().answers
        for section in sheet.sections:
            for question in section.questions if section.is_mandatory else ():
                if question.options and not answers[question.question_id].is_answered:
                    chosen = [o.option_id for o in question.options[: question.min_choices or 1]]
                    self._desk.visit(question.question_id)
                    self._desk.choose(question.question_id, chosen)

    def _work(self, on: bool) -> dict[str, Any]:
        if on and self._desk.state().question_id != self._question:
            self._desk.visit(self._question)
        self._working = on
        return self._state()

    def _skew(self, seconds: int) -> dict[str, Any]:
        self._clock.ahead_seconds = seconds
        return self._state()

    def _hand_in(self) -> dict[str, Any]:
        self._working = False
        self._desk.hand_in()
        return self._state()

    def _state(self) -> dict[str, Any]:
        link = self._desk.link()
        told: dict[str, Any] = {"connected": link.is_connected, "behind": link.behind, "held": self._held}
        scribe = self._desk.scribe
        if scribe is None:
            return told | {"phase": None, "at": monotonic(), "next": self._next}
        state = self._desk.state()
        return told | {
            "phase": state.phase.value,
            "question": state.question_id,
            "text": state.answers[self._question].text,
            "left": self._desk.time_left().test_ms,
            "at": monotonic(),
            "seq": self._desk.head(),
            "receipt": state.receipt,
            "failure": self._desk.saved().failure,
            "next": self._next,
        }

    def _write(self) -> None:
        if not self._working or self._desk.saved().failure is not None:
            return
        if self._desk.state().phase is not Phase.RUNNING:
            return
        scribe = self._desk.scribe
        assert scribe is not None
        self._words = [*self._words[-LONGEST_WORDS:], f"w{self._next:06}"]
        text, epoch = " ".join(self._words), scribe.sitting.epoch
        try:
            self._desk.type(self._question, text)
        except KioskError as error:
            self._say(trouble=error.message)
            return
        self._done[self._next] = {"question": self._question, "text": text, "epoch": epoch}
        self._saved.expect(self._next, self._desk.head())
        self._next += 1

    def _tick(self) -> None:
        self._desk.tick()
        phase = self._desk.state().phase.value if self._desk.scribe is not None else None
        if phase != self._phase:
            self._phase = phase
            self._say(phase=phase, at=monotonic())

    def _hear(self, event: DeskEvent) -> None:
        match event:
            case Saved():
                self._saved.hear(event.seq)
            case HeldByHall():
                self._held = max(self._held, event.seq)
            case Ordered():
                self.orders.put({"do": "tick"})
            case Told():
                self._say(told=event.message.message_id, at=monotonic())
            case SaveFailed():
                self._say(failure=event.message, at=monotonic())
            case Changed():
                self._say(changed=event.words, at=monotonic())

    def _acknowledge(self, index: int, seq: int) -> None:
        _put(self._acks, {"index": index, "seq": seq, **self._done.pop(index)})

    def _say(self, **what: Any) -> None:
        with self._lock:
            _put(self._answers, what)


def _put(pipe: int, document: dict[str, Any]) -> None:
    os.write(pipe, json.dumps(document).encode() + b"\n")


def main(home: str, seat: str, answers: int, acks: int) -> None:
    """Open the seat, say so, and obey."""
    place, clock = Home(Path(home)).seat(seat), SkewedClock(SystemClock())
    with occupied(place):
        link = open_link(place, clock)
        link.start()
        link.wait(REACH_SECONDS)
        desk = open_desk(place, link, clock, link=link)
        writer = Writer(desk, clock, answers, acks)
        _put(answers, {"ready": seat, "at": monotonic()})

        def listen() -> None:
            for line in sys.stdin:
                writer.orders.put(json.loads(line))
            writer.orders.put({"do": "stop"})

        Thread(target=listen, daemon=True, name="orders").start()
        writer.run()
        desk.close()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], *(int(fd) for fd in sys.argv[3:5]))
