"""From a key to the changed cell, on the question screen, against a bare Textual App in a terminal beside it.

python -m benchmarks.key [--json]
"""

import re
import string
from collections.abc import Iterator
from itertools import cycle

from benchmarks.desk import BARE, a_desk
from benchmarks.figure import Figure, Promise, Table, tell
from benchmarks.stopwatch import TimedTerminal

CHOICES, QUESTIONS, LETTERS = 120, 40, 80
STEPS = 20
"""Keys from the first question to an essay at most."""
CHOICE, NEXT, TYPING, FLOOR = "choose an option", "next question", "type in the essay", "bare App"


def choices(seat: TimedTerminal) -> Iterator[float]:
    """Choose two options in turn, by letter; shown is the mark in the option's box."""
    for letter in cycle("ab"):
        marked = re.compile(rf"{letter.upper()} +\(•\)")
        yield seat.delay_ms(letter, lambda text, marked=marked: marked.search(text) is not None)


def questions(seat: TimedTerminal) -> Iterator[float]:
    """Go through the first section and back."""
    last = 14
    for number in cycle([*range(2, last + 1), *range(last - 1, 0, -1)]):
        here = int(re.search(r"Question (\d+) of", seat.text)[1])
        yield seat.delay_ms("pagedown" if number > here else "pageup", f"Question {number} of {last}")


def letters(seat: TimedTerminal) -> Iterator[float]:
    """Type words into the first essay; shown is the whole of what was typed on the line."""
    line = ""
    for place, letter in enumerate(cycle(string.ascii_lowercase)):
        if place % 32 == 0:
            line = "qxj"
            seat.press("enter", line)
            seat.settle(0.1)
        line += letter
        yield seat.delay_ms(letter, line)


def bare_keys(bare: TimedTerminal) -> Iterator[float]:
    """Press letters; shown is the line that names the letter."""
    for letter in cycle(string.ascii_lowercase):
        yield bare.delay_ms(letter, f"key {letter}")


def to_the_essay(seat: TimedTerminal) -> None:
    """Go to the first question that counts words, wherever the candidate's own order put it."""
    for _ in range(STEPS):
        if "words" in seat.text:
            return
        seat.press("pagedown" if "[5 " in seat.text else "f6")
        seat.settle(0.3)
    raise RuntimeError(f"no essay in sight:\n{seat.text}")


def measure() -> Table:
    """Press a key here and a key there in turn, so that both meet the same load."""
    found: dict[str, list[float]] = {CHOICE: [], NEXT: [], TYPING: [], FLOOR: []}
    with a_desk() as desk, desk.seat() as seat, TimedTerminal(BARE) as bare:
        bare.wait("ready")
        floor = bare_keys(bare)
        desk.sign_in(seat)
        desk.begin(seat)
        for name, keys, count in ((CHOICE, choices, CHOICES), (NEXT, questions, QUESTIONS), (TYPING, letters, LETTERS)):
            if name == TYPING:
                to_the_essay(seat)
            for _, here, there in zip(range(count), keys(seat), floor, strict=False):
                found[name].append(here)
                found[FLOOR].append(there)
    figures = tuple(Figure(name, tuple(values)) for name, values in found.items())
    return Table("Key to changed cell", figures, FLOOR, promise=Promise(CHOICE, 0.95, 1.5))


if __name__ == "__main__":
    tell(measure())
