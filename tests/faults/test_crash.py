"""A seat killed again and again: whatever was acknowledged is in its store, chained, folded and projected.

Acknowledgements leave the seat through a pipe of their own. A control acknowledges before its commit and must lose.
"""

import json
import os
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

import pytest
from seat_process import SEAT
from sqlalchemy import select

from kiosk.exam.attempt import Attempt
from kiosk.exam.page import answer_row
from storage.engine import open_engine
from storage.models import seat as rows
from storage.seat.store import SeatStore

KEY = bytes(range(32))
LONGEST_DELAY = 0.050
"""Seconds between an acknowledgement and the kill at most."""
LIVES_OF_A_SITTING = 20
PATIENCE = 60
"""Seconds a life may take to its first acknowledgement."""


@dataclass
class Count:
    """What a run of kills came to."""

    acknowledged: int = 0
    kills: int = 0
    lost: int = 0
    beyond: int = 0
    """Entries in the store after the last acknowledged one: committed in the last instant, or no answers."""
    sittings: int = 0
    started: float = field(default_factory=time.monotonic)

    def __str__(self) -> str:
        return (
            f"{self.acknowledged:,} acknowledged answers, {self.kills:,} kills in {self.sittings:,} sittings, "
            f"{self.lost:,} lost, {self.beyond:,} entries kept beyond them; chain and rows verified after "
            f"every kill; {time.monotonic() - self.started:.0f} s"
        )


class Nursery:
    """Starts lives of a seat, hears what they acknowledge, and kills them."""

    def __init__(self, program: "subprocess.Popen[str]", pipe: int) -> None:
        self._program = program
        self._pipe = pipe
        self._ready = selectors.DefaultSelector()
        self._ready.register(pipe, selectors.EVENT_READ)
        self._rest = b""

    def live_and_die(self, order: dict[str, Any], notes: int, delay: float) -> list[dict[str, Any]]:
        """Let one life acknowledge some answers, kill it `delay` seconds later; return all it acknowledged."""
        child = int(self._ask(json.dumps(order)))
        heard: list[dict[str, Any]] = []
        while len(heard) < notes:
            assert self._ready.select(PATIENCE), "a life that acknowledges nothing"
            heard += self._read()
        time.sleep(delay)
        os.kill(child, signal.SIGKILL)
        assert int(self._ask("")) == -signal.SIGKILL, "a life that ended by itself"
        while self._ready.select(0):
            heard += self._read()
        assert {note["life"] for note in heard} == {order["life"]}
        return heard

    def _ask(self, line: str) -> str:
        assert self._program.stdin is not None
        assert self._program.stdout is not None
        self._program.stdin.write(line + "\n")
        self._program.stdin.flush()
        return self._program.stdout.readline()

    def _read(self) -> list[dict[str, Any]]:
        *lines, self._rest = (self._rest + os.read(self._pipe, 65_536)).split(b"\n")
        return [json.loads(line) for line in lines]


@contextmanager
def a_nursery() -> Iterator[Nursery]:
    """Start the program that gives life to seats, and end it."""
    here = Path(__file__).parent
    pipe, into = os.pipe()
    with subprocess.Popen(
        [sys.executable, str(here / "seat_process.py"), str(into)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        pass_fds=(into,),
        env={**os.environ, "PYTHONPATH": str(here.parent)},
    ) as program:
        os.close(into)
        yield Nursery(program, pipe)
        assert program.stdin is not None
        program.stdin.close()
        assert program.wait(PATIENCE) == 0
    os.close(pipe)


def kill_until(folder: Path, *, acknowledged: int, honest: bool, seed: int, lost: int | None = None) -> Count:
    """Kill seats until so many answers were acknowledged, or so many lost."""
    random, count = Random(seed), Count()
    notes: dict[int, str] = {}
    with a_nursery() as nursery:
        while count.acknowledged < acknowledged and (lost is None or count.lost < lost):
            if count.kills % LIVES_OF_A_SITTING == 0:
                count.sittings += 1
                notes = {}
            order = {
                "path": str(folder / f"seat-{count.sittings}.db"),
                "key": KEY.hex(),
                "submission": f"submission-{count.sittings}",
                "life": count.kills,
                "seed": random.random(),
                "honest": honest,
            }
            heard = nursery.live_and_die(order, random.randrange(1, 6), random.random() * LONGEST_DELAY)
            count.kills += 1
            count.acknowledged += len(heard)
            notes.update({note["seq"]: note["hash"] for note in heard})
            kept = what_is_kept(Path(order["path"]), order["submission"])
            gone = {seq for seq, hash_ in notes.items() if kept.get(seq) != hash_}
            count.lost += len(gone)
            count.beyond += sum(seq > max(notes) for seq in kept)
            notes = {seq: hash_ for seq, hash_ in notes.items() if seq not in gone}
    return count


def what_is_kept(path: Path, submission: str) -> dict[int, str]:
    """Return the hash of every entry of a verified journal whose rows say what it says."""
    store = SeatStore.open(path, KEY)
    record = store.record(submission)
    store.close()
    if record is None:
        return {}
    record.verify()
    attempt = Attempt.fold(record.paper, record.genesis, record.entries, SEAT)
    expected = {q: _gist(answer_row(attempt, q)) for q, a in attempt.answers.items() if a.seen}
    assert _projected(path, submission) == expected
    return {e.seq: e.hash.hex() for e in record.entries}


def _projected(path: Path, submission: str) -> dict[str, tuple[Any, ...]]:
    engine = open_engine(path, KEY)
    with engine.connect() as connection:
        found = connection.execute(select(rows.Answer.__table__).where(rows.Answer.submission_id == submission)).all()
    engine.dispose()
    return {row.question_id: _gist(row) for row in found}


def _gist(row: Any) -> tuple[Any, ...]:
    options = row.selected_option_ids
    return (None if options is None else tuple(options), row.essay_answer, row.coding_answer, row.answered_seq)


def test_no_acknowledged_answer_is_lost_when_the_seat_is_killed(tmp_path: Path) -> None:
    count = kill_until(tmp_path, acknowledged=500, honest=True, seed=1)
    print(count)
    assert count.lost == 0
    assert count.acknowledged >= 500
    assert count.kills >= 30


def test_a_writer_that_acknowledges_before_its_commit_loses(tmp_path: Path) -> None:
    count = kill_until(tmp_path, acknowledged=3_000, honest=False, seed=2, lost=1)
    print(count)
    assert count.lost >= 1


@pytest.mark.slow
@pytest.mark.timeout(3_600)
def test_no_acknowledged_answer_is_lost_in_five_thousand(tmp_path: Path) -> None:
    count = kill_until(tmp_path, acknowledged=5_000, honest=True, seed=3)
    print(count)
    assert count.lost == 0
    assert count.acknowledged >= 5_000
    assert count.kills >= 300
