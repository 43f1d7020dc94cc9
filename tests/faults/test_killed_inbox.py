"""A seat is killed while it is told something: what the hall counts as delivered is in the seat's inbox, once."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from typing import Any

import pytest
from listening_seat import STEPS

from house import CODE, ROLL, SEAT, a_house
from kiosk.exam.person import Person, Role
from kiosk.hall.hub import announcements
from kiosk.seat.place import seat_store
from live_hub import LiveHub, a_live_hub, until

PROCTOR = Person(user_id="proctor-1", name="Mbeki, Thandi", role=Role.PROCTOR)
LONGEST_LIFE = 0.060
"""Seconds from the first word to the end."""


class Lives:
    """One life of the seat after another, each in a process of its own."""

    def __init__(self, program: "subprocess.Popen[str]", hub: LiveHub) -> None:
        self._program = program
        self._hub = hub
        self._pid = 0
        self._count = 0

    def begin(self, step: str = "", *, honest: bool = True) -> None:
        """Let the seat be switched on, and the candidate sign in."""
        self._count += 1
        home = str(self._hub.house.home.folder)
        order = {"home": home, "boot": f"boot-{self._count}", "step": step, "honest": honest}
        self._pid = self._ask(json.dumps(order))["pid"]

    def reached(self) -> str:
        """Wait for the step the life was to stay at."""
        return str(self._heard()["at"])

    def kill(self) -> None:
        """End the life, and wait until the hub has taken all that it said."""
        os.kill(self._pid, signal.SIGKILL)
        assert self._ask("")["ended"] == -signal.SIGKILL, "a life that ended by itself"
        until(lambda: self._hub.hub.presence.post(SEAT) is None)

    def _ask(self, line: str) -> dict[str, Any]:
        assert self._program.stdin is not None
        self._program.stdin.write(line + "\n")
        self._program.stdin.flush()
        return self._heard()

    def _heard(self) -> dict[str, Any]:
        assert self._program.stdout is not None
        return json.loads(self._program.stdout.readline())


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[LiveHub]:
    monkeypatch.setattr(announcements, "NO_ANSWER_MS", 200)
    with a_live_hub(a_house(tmp_path)) as hub:
        hub.connect(SEAT)
        yield hub


@pytest.fixture
def lives(hub: LiveHub) -> Iterator[Lives]:
    with a_program() as program:
        yield Lives(program, hub)


@contextmanager
def a_program() -> Iterator["subprocess.Popen[str]"]:
    """Start the program that gives life to seats, and end it."""
    here = Path(__file__).parent
    with subprocess.Popen(
        [sys.executable, str(here / "listening_seat.py")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": f"{here.parent}:{here.parents[1]}"},
    ) as program:
        yield program
        assert program.stdin is not None
        program.stdin.close()
        assert program.wait(20) == 0


def announce(hub: LiveHub, words: str) -> None:
    hub.hub.announcements.give(words, PROCTOR, [SEAT])


def delivered(hub: LiveHub) -> list[str]:
    """Return what the hall counts as delivered."""
    return sorted(one.text for one in hub.hub.announcements.given() if one.delivered)


def kept(hub: LiveHub) -> list[str]:
    """Return what is in the inbox of the seat, which is off."""
    store = seat_store(hub.house.home.seat(SEAT))
    found = sorted(message.text for message in store.messages.of("candidate-1"))
    store.close()
    return found


def lost(hub: LiveHub) -> set[str]:
    """Return what the hall believes was told, and the seat knows nothing of."""
    return set(delivered(hub)) - set(kept(hub))


def after_a_restart(hub: LiveHub, *words: str) -> list[str]:
    """Return what the candidate finds who signs in again, once the hall has said these words anew where it must."""
    seat = hub.seat(SEAT)
    seat.desk.sign_in(ROLL, CODE)
    found = sorted(message.text for message in seat.desk.messages())
    assert set(delivered(hub)) <= set(found)
    until(lambda: delivered(hub) == sorted(words))
    return sorted(message.text for message in seat.desk.messages())


@pytest.mark.parametrize("step", STEPS)
def test_killed_at_each_step_of_a_word_it_is_told_once(hub: LiveHub, lives: Lives, step: str) -> None:
    place = STEPS.index(step)
    lives.begin(step)
    announce(hub, "Read page 3.")
    assert lives.reached() == step
    if step == "told":
        until(lambda: delivered(hub))
    lives.kill()
    assert kept(hub) == (["Read page 3."] if place >= STEPS.index("kept") else [])
    assert delivered(hub) == (["Read page 3."] if step == "told" else [])
    assert after_a_restart(hub, "Read page 3.") == ["Read page 3."]


def test_killed_at_any_moment_it_has_all_that_was_delivered_and_nothing_twice(hub: LiveHub, lives: Lives) -> None:
    _live_and_die(hub, lives, lives_to_live=6)


@pytest.mark.slow
def test_killed_often_at_any_moment_it_has_all_that_was_delivered_and_nothing_twice(hub: LiveHub, lives: Lives) -> None:
    _live_and_die(hub, lives, lives_to_live=100)


def test_a_seat_that_tells_the_hall_before_it_has_kept_a_word_is_found(hub: LiveHub, lives: Lives) -> None:
    lives.begin("to be kept", honest=False)
    announce(hub, "Read page 3.")
    assert lives.reached() == "to be kept"
    until(lambda: delivered(hub))
    lives.kill()
    assert lost(hub) == {"Read page 3."}


def _live_and_die(hub: LiveHub, lives: Lives, lives_to_live: int) -> None:
    random, said, at_death = Random(4), [], []
    for life in range(lives_to_live):
        lives.begin()
        ends = time.monotonic() + random.random() * LONGEST_LIFE
        while time.monotonic() < ends or not said:
            said.append(f"Word {len(said)} of life {life}.")
            announce(hub, said[-1])
        lives.kill()
        assert not lost(hub)
        at_death.append(len(said) - len(delivered(hub)))
    assert any(at_death), "no life was killed with a word under way"
    assert after_a_restart(hub, *said) == sorted(said)
