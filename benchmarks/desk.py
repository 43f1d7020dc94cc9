"""What is measured: a seat with the sample exam in a throw-away home, and the bare App beside it, in a terminal."""

import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.stopwatch import TimedTerminal

BARE = (sys.executable, "-m", "benchmarks.bare")
SEAT = "A1"


@dataclass(frozen=True, slots=True)
class Desk:
    """One seat, the candidates who may sit at it (roll number, code and name), and the PINs of two proctors."""

    home: Path
    candidates: tuple[tuple[str, str, str], ...]
    pins: tuple[str, str]

    def seat(self) -> TimedTerminal:
        """Start the seat in a terminal."""
        return TimedTerminal((sys.executable, "-m", "kiosk", "seat", "--seat", SEAT, "--home", str(self.home)))

    def sign_in(self, seat: TimedTerminal, candidate: int = 0) -> None:
        """Go from the login screen to the list of tests."""
        roll, code, name = self.candidates[candidate]
        seat.wait("Access code")
        seat.press(roll, "tab", code, "enter")
        seat.wait(lambda text: name in text and "▶" in text)
        seat.press("enter")
        seat.wait(lambda text: "My tests" in text and "▶" in text)

    def begin(self, seat: TimedTerminal) -> None:
        """Go from the list of tests to the first question."""
        seat.press("enter")
        seat.wait("Not yet: back to my tests")
        seat.press("left")
        seat.wait("▶")
        seat.press("enter")
        seat.wait("Question 1 of")

    def go_on(self, seat: TimedTerminal) -> None:
        """Go from the list of tests to the question of the open sitting."""
        seat.press("enter")
        seat.wait(lambda text: re.search(r"▶ (\[ )?Go on", text) is not None)
        seat.press("enter")
        seat.wait(lambda text: " Question " in text and "Go on with the test" not in text)


@contextmanager
def a_desk() -> Iterator[Desk]:
    """Make the sample exam and a seat for it; all programs run from bytecode, as they do when installed."""
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    with tempfile.TemporaryDirectory(prefix="kiosk-benchmark-") as folder:
        home = Path(folder) / "home"
        command = [sys.executable, "-m", "kiosk", "demo", "--prepare", "--json", "--home", str(home)]
        facts = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
        candidates = tuple((c["rollNumber"], c["code"], c["name"]) for c in facts["candidates"])
        yield Desk(home, candidates, tuple(facts["pins"]))
