"""Real work of each place, done as a process of its own so that its calls to the disk can be recorded or spoilt.

Run with a file for acknowledgements and an order. Each acknowledgement is one line, written in one call, and only after
the store said that it is done.
"""

import errno
import hashlib
import json
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import event
from sqlalchemy.pool import Pool

from builders import a_clock
from house import CODE, ROLL, SEAT
from kiosk.central.intake import Intake
from kiosk.exam.error import KioskError
from kiosk.exam.page import Page
from kiosk.exam.sitting import Sitting
from kiosk.ground.home import Home
from kiosk.hall.hall import Hall
from kiosk.hall.place import open_hall
from kiosk.sealing import copy
from kiosk.sealing.copy import write_copy
from kiosk.sealing.key import SigningKey
from kiosk.sealing.receipt import ReceiptSigner
from kiosk.seat.desk import Desk
from kiosk.seat.place import BUILD, open_outbox, read_enrolment
from kiosk.seat.trust import Trust
from kiosk.views.desk import DeskEvent, Saved
from storage.central.intake import IntakeStore
from storage.engine import open_engine
from storage.seat.store import SeatStore

ASSIGNMENT = "assignment-1"
WORDS = ("mitosis", "meiosis", "cell", "twice", "chromosome", "é", "漢")


class Notes:
    """The pipe-less way out of a process that may die: one file, one call a line."""

    def __init__(self, path: str) -> None:
        self._file = os.open(path, os.O_WRONLY | os.O_APPEND)

    def say(self, **note: Any) -> None:
        """Acknowledge."""
        os.write(self._file, json.dumps(note).encode() + b"\n")


class WatchedStore(SeatStore):
    """A seat's store that remembers what it was handed last."""

    pages: Sequence[Page] = ()

    def append(self, pages: Sequence[Page]) -> None:
        """Append, as every seat's store does."""
        self.pages = pages
        super().append(pages)


def a_desk(home: Home, hall: Hall, clock: Any, notes: Notes) -> Desk:
    """Open the desk of a seat; what it is told is saved is acknowledged entry by entry."""
    place = home.seat(SEAT)
    enrolment = read_enrolment(place)
    store = WatchedStore.open(place.store, place.store_key())
    trust = Trust.from_chain(enrolment.seat, enrolment.chain, enrolment.root)
    desk = Desk(SEAT, hall, store, trust, clock, BUILD)

    def hear(event_: DeskEvent) -> None:
        if isinstance(event_, Saved):
            for entry in (e for p in store.pages for e in p.entries):
                notes.say(saved=entry.seq, submission=entry.submission_id, hash=entry.hash.hex())

    desk.listen(hear)
    return desk


def sit(order: dict[str, Any], notes: Notes) -> None:
    """Sit a test at a seat, leave the seat in the middle, go on, hand in, and be sealed."""
    home, clock = Home(Path(order["home"])), a_clock()
    for half in (1, 2):
        hall = open_hall(home.hall, clock)
        desk = a_desk(home, hall, clock, notes)
        desk.sign_in(ROLL, CODE)
        desk.begin(ASSIGNMENT)
        submission = desk._open().sitting.genesis.submission_id
        notes.say(leased=submission)
        answer(desk, clock.advance, range((half - 1) * order["answers"], half * order["answers"]))
        if half == 2:
            desk.hand_in()
        desk.close()
        hall.close()
    store = SeatStore.open(home.seat(SEAT).store, home.seat(SEAT).store_key())
    sealed = open_outbox(home.seat(SEAT), store, clock).seal(submission)
    notes.say(sealed=sealed.bundle_id, sha256=hashlib.sha256(sealed.body).hexdigest())
    store.close()


def answer(desk: Desk, advance: Callable[[int], Any], numbers: range) -> None:
    """Answer, type, clear and flag, each move saved before the next, as a person works."""
    questions = [q for s in desk.sheet().sections for q in s.questions]
    for number in numbers:
        question = questions[number % len(questions)]
        advance(700)
        desk.tick()
        desk.visit(question.question_id)
        if number % 11 == 10:
            desk.clear(question.question_id)
        if question.options:
            desk.choose(question.question_id, [question.options[number % len(question.options)].option_id])
        else:
            desk.type(question.question_id, grown(desk._open().sitting, question.question_id, number))
        if number % 9 == 8:
            desk.flag(question.question_id, on=True)
            desk.capture(f"┌ screen {number} ┐" * 40)
        desk._writer.drain()


def grown(sitting: Sitting, question: str, number: int) -> str:
    """Return what stands there and a word more."""
    text = sitting.answers[question].text
    return f"{text} {WORDS[number % len(WORDS)]}" if len(text) < 400 else "begun anew"


def take_in(order: dict[str, Any], notes: Notes) -> None:
    """Take bundles in at central and give out their receipts."""
    engine = open_engine(Path(order["store"]), bytes.fromhex(order["key"]))
    signer = ReceiptSigner(SigningKey.from_pem(Path(order["pem"]).read_bytes()), tuple(order["chain"]))
    intake = Intake(IntakeStore(engine), order["root"], signer, a_clock())
    for name in order["bundles"]:
        data = Path(name).read_bytes()
        taken = intake.take(data, Path(name).name)
        notes.say(taken=taken.digest, receipt=(taken.receipt or b"").decode(), sha256=hashlib.sha256(data).hexdigest())
    engine.dispose()


def copy_out(order: dict[str, Any], notes: Notes) -> None:
    """Copy files to a stick."""
    for name in order["files"]:
        data = Path(name).read_bytes()
        if order.get("interrupted"):
            stop_before_the_end(Path(order["stick"]), Path(name).name, data)
        write_copy(Path(order["stick"]), Path(name).name, data)
        notes.say(copied=Path(name).name, sha256=hashlib.sha256(data).hexdigest())


def stop_before_the_end(stick: Path, name: str, data: bytes) -> None:
    """Copy a file and fail just before its name is flushed, as a program does that is ended there."""
    real = copy.sync_folder

    def stop(folder: Path) -> None:
        raise OSError(errno.EINTR, "ended")

    copy.sync_folder = stop
    try:
        write_copy(stick, name, data)
    except OSError:
        copy.sync_folder = real


def loosen(order: dict[str, Any]) -> None:
    """Let checkpoints come often, so that there are many to cut; and, for the control, flush less than is promised."""

    @event.listens_for(Pool, "connect")
    def connect(connection: Any, _: Any) -> None:
        connection.execute(f"PRAGMA wal_autocheckpoint={order.get('checkpoint', 1_000)}")
        if order.get("synchronous"):
            connection.execute(f"PRAGMA synchronous={order['synchronous']}")

    if order.get("unflushed"):
        os.fsync = lambda file: None


WORK = {"sit": sit, "take in": take_in, "copy out": copy_out}


def main(notes_path: str, order: dict[str, Any]) -> int:
    """Do the work; a failure is said in its words, as the front door says it."""
    notes = Notes(notes_path)
    loosen(order)
    try:
        WORK[order["work"]](order, notes)
    except (KioskError, OSError) as error:
        notes.say(refused=getattr(error, "message", None) or str(error), kind=type(error).__name__)
        return 1
    return 0


if __name__ == "__main__":
    # ends like a front door that was told to go: threads that wait for a disk do not hold it
    code = main(sys.argv[1], json.loads(sys.argv[2]))
    sys.stdout.flush()
    os._exit(code)
