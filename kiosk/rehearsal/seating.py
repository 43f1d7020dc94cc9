"""A seat's run of candidates: its process started, killed now and then, and what it acknowledged written down."""

import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from threading import Thread
from typing import IO, Any

from kiosk.exam.error import KioskError
from kiosk.hall.line import serve
from kiosk.rehearsal.script import Action
from kiosk.rehearsal.stage import Stage

LONGEST_LIFE = 60
"""Times a seat is started for one candidate at most: a seat that cannot go on must not go on for ever."""


@dataclass(slots=True)
class Played:
    """One candidate's exam as seen from outside the seat."""

    user_id: str
    roll: str
    actions: Sequence[Action]
    kill_after: frozenset[int]
    """Numbers of acknowledged actions after which the seat is killed."""
    acknowledged: dict[int, int] = field(default_factory=dict)
    """Action number to the entry by which it was saved."""
    kills: int = 0
    handed_in: bool = False
    receipt: str | None = None
    """The code the candidate saw, unless the seat was killed in the moment of showing it."""
    trouble: str | None = None


class Seating:
    """Runs candidates one after the other on one seat."""

    def __init__(self, stage: Stage, seat: str, dice: random.Random, tell: Callable[[Played], None]) -> None:
        self._stage = stage
        self._seat = seat
        self._dice = dice
        self._tell = tell
        self._process: subprocess.Popen[bytes] | None = None
        self._said: IO[bytes] | None = None

    def run(self, parts: Sequence[tuple[Played, str]]) -> None:
        """Play every part, given with the candidate's access code, to its end."""
        for played, code in parts:
            for _ in range(LONGEST_LIFE):
                if self._live(played, code):
                    break
            self._tell(played)
        self._stop()

    def _live(self, played: Played, code: str) -> bool:
        """Let the seat live until the hand-in or the next kill; return whether the candidate is done."""
        process, said = self._started()
        assert process.stdin is not None
        process.stdin.write(json.dumps(self._order(played, code)).encode() + b"\n")
        process.stdin.flush()
        for line in said:
            if self._take(played, json.loads(line)):
                return True
            due = played.kill_after & set(played.acknowledged)
            if len(due) > played.kills:
                self._kill(played, process, said)
                return False
        played.trouble = f"the seat ended by itself with status {process.wait()}"
        self._process = None
        return True

    def _take(self, played: Played, document: dict[str, Any]) -> bool:
        if "index" in document:
            played.acknowledged.setdefault(document["index"], document["seq"])
            return False
        played.receipt, played.trouble = document.get("receipt"), document.get("refused")
        played.handed_in = played.trouble is None
        return True

    def _kill(self, played: Played, process: "subprocess.Popen[bytes]", said: IO[bytes]) -> None:
        time.sleep(self._dice.uniform(0, 0.05))
        process.kill()
        process.wait()
        played.kills += 1
        for line in said:  # what was acknowledged before the kill counts
            if line.endswith(b"\n"):
                self._take(played, json.loads(line))
        self._process = None

    def _order(self, played: Played, code: str) -> dict[str, Any]:
        return {
            "roll": played.roll,
            "code": code,
            "title": self._stage.paper.title,
            "pins": [self._stage.pins.first, self._stage.pins.second],
            "actions": [a.document() for a in played.actions],
            "first": next((i for i in range(len(played.actions)) if i not in played.acknowledged), 0),
        }

    def _started(self) -> "tuple[subprocess.Popen[bytes], IO[bytes]]":
        if self._process is not None and self._said is not None:
            return self._process, self._said
        calls, call = os.pipe()
        answers, answer = os.pipe()
        said, say = os.pipe()
        home = str(self._stage.home.folder)
        self._process = subprocess.Popen(
            [sys.executable, "-m", "kiosk.rehearsal.child", home, self._seat, str(answers), str(call), str(say)],
            stdin=subprocess.PIPE,
            pass_fds=(answers, call, say),
        )
        for fd in (answers, call, say):
            os.close(fd)
        self._said = os.fdopen(said, "rb")
        Thread(target=self._serve, args=(calls, answer), daemon=True, name=f"line to {self._seat}").start()
        return self._process, self._said

    def _serve(self, calls: int, answers: int) -> None:
        try:
            with os.fdopen(calls, "rb") as reader, os.fdopen(answers, "wb") as writer:
                serve(self._stage.hall, self._stage.hall.name, self._seat, reader, writer)
        except BrokenPipeError:
            return  # the seat was killed while an answer was on its way to it

    def _stop(self) -> None:
        if self._process is not None:
            assert self._process.stdin is not None
            self._process.stdin.close()
            if self._process.wait(timeout=60):
                raise KioskError(f"The seat {self._seat} did not end well.")
            self._process = None
