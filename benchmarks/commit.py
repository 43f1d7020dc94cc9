"""From an answer put down at the desk to the writer's word that it is saved, against a bare durable commit.

The bare commit is one insert of a small row through the DB-API on a SQLCipher file of its own on the same disk, opened
by the same code and so with the same settings; both are made in turn.

python -m benchmarks.commit [--json]
"""

import secrets
import time
from collections.abc import Callable
from pathlib import Path
from queue import SimpleQueue
from typing import Any

from benchmarks.desk import SEAT, a_desk
from benchmarks.figure import Figure, Promise, Table, tell
from kiosk.cli.opening import DeskOpener
from kiosk.exam.draft import QuestionType
from kiosk.views.desk import Desk, DeskEvent, Saved
from storage.engine import open_engine

COMMITS = 3000
ANSWER, FLOOR = "answer, put down to saved", "bare SQLCipher commit"
BODY = '{"at":"2031-05-06T10:41:02.000Z","body":{"options":["0123456789abcdef"]},"kind":"answered"}'


class Floor:
    """A file with one table, into which small rows are committed."""

    def __init__(self, folder: Path) -> None:
        self._engine = open_engine(folder / "floor.db", secrets.token_bytes(32), create=True)
        self._connection: Any = self._engine.raw_connection().driver_connection
        self._connection.execute("CREATE TABLE entries (seq INTEGER PRIMARY KEY, body TEXT NOT NULL)")

    def commit(self) -> None:
        """Commit one row."""
        self._connection.execute("BEGIN IMMEDIATE")
        self._connection.execute("INSERT INTO entries (body) VALUES (?)", (BODY,))
        self._connection.execute("COMMIT")


class Answers:
    """A candidate who chooses two options of one question in turn."""

    def __init__(self, desk: Desk, roll: str, code: str) -> None:
        desk.sign_in(roll, code)
        sheet = desk.begin(desk.tests()[0].assignment_id)
        question = next(q for s in sheet.sections for q in s.questions if q.type is QuestionType.MCQ)
        desk.visit(question.question_id)
        self._desk, self._question = desk, question
        self._saved: SimpleQueue[DeskEvent] = SimpleQueue()
        self._turn = 0
        desk.listen(self._saved.put)
        while desk.saved().pending:
            self._saved.get()

    def answer(self) -> None:
        """Put one answer down and wait until it is saved."""
        self._turn = 1 - self._turn
        self._desk.choose(self._question.question_id, [self._question.options[self._turn].option_id])
        while True:
            event = self._saved.get()
            if not isinstance(event, Saved):
                raise RuntimeError(event.message)
            if not self._desk.saved().pending:
                return


def taken_ms(act: Callable[[], None]) -> float:
    """Return how long an act takes."""
    begun = time.perf_counter()
    act()
    return (time.perf_counter() - begun) * 1000


def measure() -> Table:
    """Commit here and there in turn, on one disk."""
    answers, floors = [], []
    with a_desk() as place:
        opener = DeskOpener(place.home, SEAT)
        desk = opener.open()
        roll, code, _ = place.candidates[0]
        candidate, floor = Answers(desk, roll, code), Floor(place.home)
        for _ in range(COMMITS):
            floors.append(taken_ms(floor.commit))
            answers.append(taken_ms(candidate.answer))
        desk.close()
        opener.close()
    figures = (Figure(FLOOR, tuple(floors)), Figure(ANSWER, tuple(answers)))
    return Table("Saving an answer", figures, FLOOR, 0.99, Promise(ANSWER, 0.99, 2.0))


if __name__ == "__main__":
    tell(measure())
