"""From the start of a seat that was killed to the same question: start, sign in, go on.

The seat is killed with SIGKILL while a candidate is at a question in the middle of the paper; keys are pressed as soon
as the screen asks for them.

python -m benchmarks.back [--json]
"""

import signal
import time

from benchmarks.desk import Desk, a_desk
from benchmarks.figure import Figure, Promise, Table, tell
from benchmarks.stopwatch import TimedTerminal

RUNS = 7
BACK = "back on the same question"
PAGES = 5
"""Questions to go on between two kills."""


def kill_in_the_middle(seat: TimedTerminal) -> str:
    """Go on a few questions, answer there, see it saved, and kill the seat; return the question's caption."""
    for _ in range(PAGES):
        seat.delay_ms("pagedown", lambda text: "Question" in text)
    seat.press("a")
    seat.wait(lambda text: "A  (•)" in text and "Saved: this seat" in text)
    caption = _caption(seat.text)
    seat.signal(signal.SIGKILL)
    return caption


def back_seconds(desk: Desk) -> tuple[float, TimedTerminal]:
    """Return how long it takes until a question stands on the screen, and the seat."""
    begun = time.perf_counter()
    seat = desk.seat()
    desk.sign_in(seat)
    desk.go_on(seat)
    return seat.read_at - begun, seat


def measure() -> Table:
    """Kill and come back, again and again, each time from where the last run came to."""
    values = []
    with a_desk() as desk:
        seat = desk.seat()
        desk.sign_in(seat)
        desk.begin(seat)
        for _ in range(RUNS):
            caption = kill_in_the_middle(seat)
            seat.close()
            seconds, seat = back_seconds(desk)
            if _caption(seat.text) != caption or "(•)" not in seat.text:
                raise RuntimeError(f"came back to another place than {caption!r}:\n{seat.text}")
            values.append(seconds)
        seat.close()
    figures = (Figure(BACK, tuple(values), "s"),)
    return Table("Back after a kill", figures, promise=Promise(BACK, 0.95, 3.0))


def _caption(text: str) -> str:
    return next(line for line in text.splitlines() if line.startswith(" Question ")).split("│")[0].split("·")[0].strip()


if __name__ == "__main__":
    tell(measure())
