"""Memory of a seat at the login screen and at a question, against a bare Textual App.

PSS counts a page shared with other programs by its share; RSS counts it whole.

python -m benchmarks.memory [--json]
"""

import time
from pathlib import Path

from benchmarks.desk import BARE, a_desk
from benchmarks.figure import Figure, Table, tell
from terminal import Terminal

RUNS = 5
FLOOR, LOGIN, QUESTION = "bare App", "seat, login screen", "seat, question"
LOADED_SECONDS = 0.5
"""A seat that has used no processor for so long has loaded what it loads behind its login screen."""


def memory_mib(terminal: Terminal, kind: str) -> float:
    """Return the memory of a program in a terminal; `kind` is Pss or Rss."""
    lines = Path(f"/proc/{terminal.pid}/smaps_rollup").read_text().splitlines()
    return int(next(line for line in lines if line.startswith(f"{kind}:")).split()[1]) / 1024


def wait_until_loaded(terminal: Terminal) -> None:
    """Wait until a program rests."""
    used = -1.0
    while (now := _processor_seconds(terminal.pid)) - used > LOADED_SECONDS / 10:
        used = now
        begun = time.monotonic()
        while time.monotonic() - begun < LOADED_SECONDS:
            terminal.settle(LOADED_SECONDS / 5)


def _processor_seconds(pid: int) -> float:
    tasks = Path(f"/proc/{pid}/task").glob("*/schedstat")
    return sum(int(task.read_text().split()[0]) for task in tasks) / 1e9


def measure() -> tuple[Table, Table]:
    """Start both anew for every run."""
    found: dict[tuple[str, str], list[float]] = {}

    def note(name: str, terminal: Terminal) -> None:
        for kind in ("Pss", "Rss"):
            found.setdefault((kind, name), []).append(memory_mib(terminal, kind))

    with a_desk() as desk:
        for run in range(RUNS):
            with Terminal(BARE) as bare:
                bare.wait("ready")
                wait_until_loaded(bare)
                note(FLOOR, bare)
            with desk.seat() as seat:
                seat.wait("Access code")
                wait_until_loaded(seat)
                note(LOGIN, seat)
                desk.sign_in(seat)
                desk.begin(seat) if run == 0 else desk.go_on(seat)
                wait_until_loaded(seat)
                note(QUESTION, seat)
    tables = [
        Table(
            f"Memory, {kind.upper()}",
            tuple(Figure(name, tuple(found[kind, name]), "MiB") for name in (FLOOR, LOGIN, QUESTION)),
            FLOOR,
        )
        for kind in ("Pss", "Rss")
    ]
    return tables[0], tables[1]


if __name__ == "__main__":
    tell(*measure())
