"""A seat that answers without end until it is killed, started by a process that has everything imported already.

Run as a program with the number of the pipe for acknowledgements. Each line on its standard input asks for one life:
the process forks, the fork opens the store and works, and its process id comes back. An empty line asks it to wait
until that life has ended. What a life was told is saved goes down the pipe, one line an answer.
"""

import json
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from random import Random
from typing import Any

from builders import a_lease, a_paper, a_person
from kiosk.exam.entry import Kind
from kiosk.exam.page import Opening, Page, SignedLease
from kiosk.exam.sitting import Sitting
from kiosk.ground.clock import SystemClock
from kiosk.seat.scribe import Scribe
from kiosk.seat.writer import Writer
from kiosk.views.desk import DeskEvent, Saved
from storage.seat.store import SeatStore

SEAT = "A12"
ANSWERS = frozenset({Kind.ANSWERED, Kind.TYPED, Kind.CLEARED})
LONGEST_THOUGHT = 0.020
"""Seconds between two answers at most."""


class Notary:
    """Writes down outside the process what the writer says is saved; a dishonest one writes it down too early."""

    def __init__(self, store: SeatStore, pipe: int, life: int, honest: bool) -> None:
        self._store = store
        self._pipe = pipe
        self._life = life
        self._honest = honest
        self._pages: Sequence[Page] = ()

    def commit(self, pages: Sequence[Page]) -> None:
        """Commit pages."""
        self._pages = pages
        if not self._honest:
            self._note()
        self._store.append(pages)

    def tell(self, event: DeskEvent) -> None:
        """Hear what became of the pages committed last."""
        assert isinstance(event, Saved), event
        if self._honest:
            self._note()

    def _note(self) -> None:
        for entry in (e for p in self._pages for e in p.entries if e.kind in ANSWERS):
            note = {"life": self._life, "seq": entry.seq, "hash": entry.hash.hex()}
            os.write(self._pipe, json.dumps(note).encode() + b"\n")


def live(order: dict[str, Any], pipe: int) -> None:
    """Open the sitting, or go on with it, and answer until killed."""
    store = SeatStore.open(Path(order["path"]), bytes.fromhex(order["key"]), create=True)
    notary = Notary(store, pipe, order["life"], order["honest"])
    writer = Writer(notary.commit, notary.tell)
    record = store.record(order["submission"])
    if record is None:
        paper = a_paper()
        lease = SignedLease(lease=a_lease(paper, submission_id=order["submission"], seat=SEAT), envelope=b"")
        opening = Opening(paper=paper, candidate=a_person(), lease=lease)
        scribe = Scribe.open(opening, "test", SystemClock(), writer)
    else:
        scribe = Scribe.resume(record, SEAT, "test", SystemClock(), writer)
    random = Random(order["seed"])
    while True:
        answer(scribe, random)
        scribe.tick()
        time.sleep(random.random() * LONGEST_THOUGHT)


def answer(scribe: Scribe, random: Random) -> None:
    """Go to some question and put something down."""
    question = random.choice(list(scribe.sitting.paper.questions.values()))
    name = question.question_id
    scribe.move(lambda s, now: s.visit(name, now))
    if random.random() < 0.1:
        scribe.move(lambda s, now: s.clear(name, now))
    elif question.options:
        chosen = [random.choice(question.options).option_id]
        scribe.move(lambda s, now: s.choose(name, chosen, now))
    else:
        for _ in range(random.randrange(1, 4)):
            scribe.move(lambda s, now: s.type(name, grown(s, name, random), now))


def grown(sitting: Sitting, question: str, random: Random) -> str:
    """Return a text with a few words more, or begun anew when it has grown long."""
    text = sitting.answers[question].text
    place = random.randrange(len(text) + 1)
    return text[:place] + random.choice(["mitosis ", "é", "\n", "漢"]) + text[place:] if len(text) < 500 else "begun "


def main(pipe: int) -> None:
    """Give life after life until the standard input ends."""
    child = 0
    for line in sys.stdin:
        if line.strip():
            child = os.fork()
            if child == 0:
                try:
                    live(json.loads(line), pipe)
                finally:
                    os._exit(3)
            print(child, flush=True)
        else:
            print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]))
