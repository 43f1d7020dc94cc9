"""From the start of the process to a login screen that can be read, against a bare Textual App.

python -m benchmarks.start [--json]
"""

import time
from collections.abc import Callable

from benchmarks.desk import BARE, a_desk
from benchmarks.figure import Figure, Promise, Table, tell
from terminal import Terminal

RUNS = 15
LOGIN, FLOOR = "seat, login screen", "bare App"


def start_ms(start: Callable[[], Terminal], shown: str) -> float:
    """Return how long it takes from the start of the process until `shown` is on the terminal."""
    begun = time.perf_counter()
    with start() as terminal:
        terminal.wait(shown)
        return (terminal.read_at - begun) * 1000


def measure() -> Table:
    """Start both in turn, after one start of each that warms the disk's cache."""
    seats, bares = [], []
    with a_desk() as desk:
        for _ in range(RUNS + 1):
            bares.append(start_ms(lambda: Terminal(BARE), "ready"))
            seats.append(start_ms(desk.seat, "Access code"))
    figures = (Figure(FLOOR, tuple(bares[1:])), Figure(LOGIN, tuple(seats[1:])))
    return Table("Start to login screen", figures, FLOOR, promise=Promise(LOGIN, 0.5, 1.3))


if __name__ == "__main__":
    tell(measure())
