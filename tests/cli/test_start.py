"""A plain call of a seat goes straight to it, and means what the command line would have made of it."""

import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from kiosk.cli.main import app
from kiosk.cli.seat import seat
from kiosk.cli.start import SeatCall, seat_call

PLAIN = (
    ["seat"],
    ["seat", "--seat", "B7"],
    ["seat", "--home", "/srv/exam"],
    ["seat", "--home", "/srv/exam", "--seat", "B7"],
    ["seat", "--seat", "B7", "--home", "/srv/exam"],
    ["seat", "--home", ""],
)
NOT_PLAIN = (
    [],
    ["report"],
    ["seat", "--help"],
    ["seat", "--seat"],
    ["seat", "--seat=B7"],
    ["seat", "doctor"],
    ["seat", "doctor", "now"],
    ["seat", "--plain"],
    ["seat", "--seat", "--home"],
    ["seat", "--seat", "A1", "--seat", "A2"],
    ["seat", "--plain", "yes"],
    ["--help", "seat", "--seat", "A1"],
)


@pytest.mark.parametrize("arguments", PLAIN)
def test_a_plain_call_is_read_as_the_command_line_reads_it(
    arguments: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[SeatCall] = []

    def note(name: str, home: Path | None) -> int:
        read.append(SeatCall(name, home))
        return 0

    monkeypatch.setattr(seat, "open_seat", note)
    assert CliRunner().invoke(app, arguments).exit_code == 0
    assert [seat_call(arguments)] == read


@pytest.mark.parametrize("arguments", NOT_PLAIN)
def test_any_other_call_is_left_to_the_command_line(arguments: list[str]) -> None:
    assert seat_call(arguments) is None


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (["seat", "--seat", "no such name", "--home", "HOME"], 1, "cannot be a seat's name"),
        (["seat", "--home", "HOME/file"], 1, "The system says: "),
        (["seat", "--seat"], 2, "--seat"),
    ],
)
def test_what_cannot_be_opened_is_told_in_words(arguments: list[str], status: int, said: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    placed = [a.replace("HOME", str(tmp_path)) for a in arguments]
    done = subprocess.run(
        [sys.executable, "-m", "kiosk", *placed], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == status
    assert said in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("call", [("kiosk.cli.start", "seat"), ("kiosk.cli.main", "seat")])
def test_a_seat_without_a_terminal_says_so(call: tuple[str, str], tmp_path: Path) -> None:
    module, word = call
    program = f"import sys; sys.argv[1:] = [{word!r}, '--home', {str(tmp_path)!r}]; from {module} import run; run()"
    done = subprocess.run(
        [sys.executable, "-c", program],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1
    assert "terminal" in done.stderr
