"""A seat's machine as the drill holds it: its process ordered about and killed, what it acknowledged written down."""

import json
import os
import queue
import resource
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from threading import Condition, Thread
from time import monotonic
from typing import IO, Any

from kiosk.exam.error import KioskError, Refused
from kiosk.ground.home import Home

PATIENCE = 60.0
"""Seconds after which something that did not happen never will."""
NUMBERS = 10_000
"""More than a candidate writes between two times of signing in."""
LOOK_SECONDS = 0.05
FULL_BYTES = 4_096
"""No file of a machine with a full disk may grow beyond this."""


@dataclass(frozen=True, slots=True)
class Ack:
    """One answer that the candidate was told is saved."""

    index: int
    seq: int
    epoch: int
    question: str
    text: str
    seat: str


@dataclass(slots=True)
class Candidate:
    """One candidate of the drill, and everything they were told is saved."""

    user_id: str
    roll: str
    code: str = field(repr=False)
    acks: list[Ack] = field(default_factory=list)
    opened: int = 0
    """How often they signed in."""
    receipt: str | None = None


class Machine:
    """One seat, running or not; used from one thread."""

    def __init__(self, home: Home, name: str) -> None:
        self.name = name
        self.candidate: Candidate | None = None
        self._home = home
        self._process: subprocess.Popen[bytes] | None = None
        self._answers: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()
        self._heard: list[dict[str, Any]] = []
        self._changed = Condition()
        self._readers: list[Thread] = []

    @property
    def is_up(self) -> bool:
        """Whether its process runs."""
        return self._process is not None

    def start(self) -> float:
        """Switch the machine on; return when. It answers as soon as it can."""
        answers, answer = os.pipe()
        acks, ack = os.pipe()
        begun = monotonic()
        self._heard, self._answers = [], queue.SimpleQueue()
        program = [sys.executable, "-m", "kiosk.rehearsal.drill.seat_program"]
        self._process = subprocess.Popen(
            [*program, str(self._home.folder), self.name, str(answer), str(ack)],
            stdin=subprocess.PIPE,
            pass_fds=(answer, ack),
        )
        os.close(answer)
        os.close(ack)
        self._readers = [
            Thread(target=self._read, args=(os.fdopen(answers, "rb"), self._take_answer), daemon=True),
            Thread(target=self._read, args=(os.fdopen(acks, "rb"), self._take_ack), daemon=True),
        ]
        for reader in self._readers:
            reader.start()
        return begun

    def ask(self, do: str, **more: Any) -> dict[str, Any]:
        """Order something; return what is answered; raises Refused with why not, KioskError where nothing comes."""
        assert self._process is not None
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(json.dumps({"do": do, **more}).encode() + b"\n")
            self._process.stdin.flush()
            answer = self._answers.get(timeout=PATIENCE)
        except (queue.Empty, BrokenPipeError):
            raise KioskError(f"The seat {self.name} does not answer.") from None
        if "refused" in answer:
            raise Refused(str(answer["refused"]))
        return dict(answer["answer"])

    def open(self, candidate: Candidate, title: str) -> dict[str, Any]:
        """Sign a candidate in, and begin or go on."""
        self.candidate = candidate
        candidate.opened += 1  # what was written and never acknowledged may be there: no number is used twice
        first = candidate.opened * NUMBERS
        return self.ask("open", roll=candidate.roll, code=candidate.code, title=title, first=first)

    def work(self, on: bool) -> dict[str, Any]:
        """Let the candidate write, or stop."""
        return self.ask("work", on=on)

    def state(self) -> dict[str, Any]:
        """Return how the seat is."""
        return self.ask("state")

    def settle(self, seq: int, seconds: float = PATIENCE) -> None:
        """Wait until the hub has told the seat that it holds everything up to an entry; raises KioskError if never."""
        until(lambda: self.state()["held"] >= seq, f"entry {seq} of {self.name} at the hub", seconds)

    def write(self, count: int) -> None:
        """Wait until the candidate was told of so many acknowledged answers in all; raises KioskError if never."""
        until(lambda: self.acknowledged >= count, f"{self.name} has saved what its candidate writes")

    @property
    def acknowledged(self) -> int:
        """How many answers its candidate was told are saved, here and elsewhere."""
        return 0 if self.candidate is None else len(self.candidate.acks)

    def mark(self) -> int:
        """Return a place in what is heard from the seat, to wait from."""
        with self._changed:
            return len(self._heard)

    def hears(self, holds: Callable[[dict[str, Any]], bool], since: int, seconds: float = PATIENCE) -> dict[str, Any]:
        """Return the first thing the seat says by itself for which `holds`; raises KioskError when it never does."""

        def found() -> dict[str, Any] | None:
            return next((h for h in self._heard[since:] if holds(h)), None)

        with self._changed:
            self._changed.wait_for(lambda: found() is not None, seconds)
            said = found()
        if said is None:
            raise KioskError(f"The seat {self.name} did not do in {seconds:.0f} s what it was waited for.")
        return said

    def said(self, since: int, what: str) -> str:
        """Return the first words of a kind the seat has said by itself, empty where it has said none."""
        with self._changed:
            return next((str(h[what]) for h in self._heard[since:] if what in h), "")

    def kill(self) -> float:
        """Cut the machine's power; return when. What it had acknowledged by then counts."""
        assert self._process is not None
        at = monotonic()
        self._process.kill()
        self._end()
        return at

    def stop(self) -> None:
        """Switch the machine off in good order."""
        if self._process is None:
            return
        with suppress(KioskError):
            self.ask("stop")
        try:
            self._process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self._process.kill()
        self._end()

    def fill_disk(self) -> None:
        """Let no file of the machine grow any more, as on a disk that is full."""
        assert self._process is not None
        _, hard = resource.prlimit(self._process.pid, resource.RLIMIT_FSIZE)
        resource.prlimit(self._process.pid, resource.RLIMIT_FSIZE, (FULL_BYTES, hard))

    def _end(self) -> None:
        assert self._process is not None
        self._process.wait()
        for reader in self._readers:
            reader.join()
        assert self._process.stdin is not None
        with suppress(BrokenPipeError):
            self._process.stdin.close()
        self._process = None

    def _read(self, pipe: IO[bytes], take: Callable[[dict[str, Any]], None]) -> None:
        with pipe:
            for line in pipe:
                if line.endswith(b"\n"):
                    take(json.loads(line))

    def _take_answer(self, said: dict[str, Any]) -> None:
        if "answer" in said or "refused" in said:
            self._answers.put(said)
            return
        with self._changed:
            self._heard.append(said)
            self._changed.notify_all()

    def _take_ack(self, said: dict[str, Any]) -> None:
        assert self.candidate is not None
        self.candidate.acks.append(Ack(seat=self.name, **said))


def until(holds: Callable[[], Any], what: str, seconds: float = PATIENCE) -> Any:
    """Return what `holds` gives once that is something; raises KioskError with `what` when it never is."""
    end, tick = monotonic() + seconds, Condition()
    while not (found := holds()):
        if monotonic() > end:
            raise KioskError(f"It never came to be in {seconds:.0f} s: {what}.")
        with tick:
            tick.wait(LOOK_SECONDS)
    return found
