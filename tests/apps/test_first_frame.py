"""What a seat has loaded when its login screen is painted, and what it never loads."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from terminal import Terminal

pytestmark = [pytest.mark.terminal, pytest.mark.timeout(180)]
WATCHED = str(Path(__file__).with_name("watched_seat.py"))
AFTER_THE_FRAME = ("sqlalchemy", "sqlcipher3", "pydantic", "cryptography", "pyrage", "securesystemslib", "typer")
NOT_AT_LOGIN = ("kiosk.views", "kiosk.hall", "kiosk.seat", "kiosk.wire", "kiosk.sealing", "storage", "screens.sitting")
NEVER = (
    "screens.office",
    "kiosk.office",
    "kiosk.central",
    "kiosk.reports",
    "kiosk.exam.key",
    "kiosk.exam.marking",
    "kiosk.exam.grading",
    "kiosk.rehearsal",
)


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> dict:
    home = tmp_path_factory.mktemp("demo") / "home"
    command = [sys.executable, "-m", "kiosk", "demo", "--prepare", "--json", "--home", str(home)]
    return json.loads(subprocess.run(command, capture_output=True, check=True, timeout=120).stdout)


@pytest.fixture
def pipe(tmp_path: Path) -> Path:
    os.mkfifo(tmp_path / "modules")
    return tmp_path / "modules"


@pytest.fixture
def seat(demo: dict, pipe: Path, request: pytest.FixtureRequest) -> Iterator[Terminal]:
    argv = [sys.executable, WATCHED, demo["home"], str(pipe), request.param]
    with Terminal(argv) as terminal:
        terminal.wait("Sign in to your exam")
        yield terminal


def modules(pipe: Path) -> set[str]:
    return set(pipe.read_text().split())


def among(loaded: set[str], names: tuple[str, ...]) -> list[str]:
    return sorted(m for m in loaded if any(m == n or m.startswith(f"{n}.") for n in names))


@pytest.mark.parametrize("seat", ["held"], indirect=True)
def test_the_login_screen_stands_before_anything_slow_is_loaded(seat: Terminal, pipe: Path) -> None:
    loaded = modules(pipe)
    assert "screens.candidate.login" in loaded
    assert among(loaded, AFTER_THE_FRAME) == []
    assert among(loaded, NOT_AT_LOGIN) == []
    assert among(loaded, NEVER) == []


@pytest.mark.parametrize("seat", ["free"], indirect=True)
def test_a_seat_with_an_open_sitting_has_no_key_and_no_office(seat: Terminal, demo: dict, pipe: Path) -> None:
    candidate = demo["candidates"][0]
    seat.press(candidate["rollNumber"], "tab", candidate["code"], "enter")
    seat.wait("Is this you?")
    seat.wait("▶")
    seat.press("enter")
    seat.wait("My tests")
    seat.wait("▶")
    seat.press("enter")
    seat.wait("Not yet: back to my tests")
    seat.press("left")
    seat.wait("▶")
    seat.press("enter")
    seat.wait("Question 1 of")
    seat.signal(signal.SIGUSR1)
    loaded = modules(pipe)
    assert "storage.seat.store" in loaded
    assert among(loaded, NEVER) == []
