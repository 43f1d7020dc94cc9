"""The front door: lists audiences without loading them, and never shows a traceback."""

import importlib
import subprocess
import sys
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

import kiosk.cli
from kiosk.cli import main
from kiosk.cli.main import AUDIENCES, app, words
from kiosk.exam.error import Denied, Refused

RUNNER = CliRunner()
KIOSK = [sys.executable, "-c", "from kiosk.cli.main import run; run()"]


def run(*args: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*KIOSK, *args], capture_output=True, text=True, timeout=60, check=False)


def test_every_audience_is_there_and_every_module_is_an_audience() -> None:
    folder = Path(kiosk.cli.__file__).parent
    fronts = {
        f"kiosk.cli.{p.parent.name}.{p.stem}"
        for p in folder.glob("*/*.py")
        if "\napp = typer.Typer(" in p.read_text("utf-8")
    }
    listed = {a.module for a in AUDIENCES.values()}
    assert listed <= fronts
    for module in listed:
        assert isinstance(importlib.import_module(module).app, typer.Typer)


def test_help_lists_all_without_loading_any() -> None:
    heavy = ("kiosk.cli.", "sqlalchemy", "textual", "pydantic", "cryptography")
    code = (
        "import sys\nfrom kiosk.cli.main import run\n"
        f"try:\n    run()\nfinally:\n    print(sorted(m for m in sys.modules if m.startswith({heavy})))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, "--help"], capture_output=True, text=True, timeout=60, check=True
    )
    for name, audience in AUDIENCES.items():
        assert name in done.stdout
        assert audience.help[:30] in done.stdout
    assert done.stdout.strip().endswith("['kiosk.cli.main']")


def test_no_audience_loads_a_store_or_a_screen_before_it_must() -> None:
    for audience in AUDIENCES.values():
        code = (
            f"import sys, {audience.module}\nprint(sorted({{'sqlalchemy', 'textual', 'alembic'}} & set(sys.modules)))"
        )
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
        assert done.stdout.strip() == "[]", audience.module


def test_a_wrong_name_is_a_usage_error_with_a_guess() -> None:
    done = run("reprot")
    assert done.returncode == 2
    assert "Did you mean 'report'" in done.stderr


def test_refusals_are_words_on_stderr_and_status_1(tmp_path: Path) -> None:
    done = run("report", "nowhere", "--home", str(tmp_path))
    assert (done.returncode, done.stdout) == (1, "")
    assert "There is no exam office here yet. Make one: kiosk central init." in done.stderr
    assert "Traceback" not in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_foreign_words_do_not_steer_the_terminal(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise Refused("no \x1b[2J such [red]thing[/]")

    monkeypatch.setattr("kiosk.cli.office.report.open_office", refuse)
    done = RUNNER.invoke(app, ["report", "t", "--home", str(tmp_path)])
    assert done.exit_code == 1
    assert done.stderr == "Not now: no [2J such [red]thing[/]\n"


def test_a_file_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "office").write_text("in the way")
    done = run("user", "add", "Anna", "--roll", "B-1", "--home", str(tmp_path))
    assert done.returncode == 1
    assert str(tmp_path / "office") in done.stderr
    assert "Traceback" not in done.stderr


def test_a_mistake_of_ours_shows_a_line_and_no_secret(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    def stumble(*_: object, **__: object) -> None:
        raise KeyError("ABC-DEF-GHJ")

    monkeypatch.setattr("kiosk.cli.office.report.open_office", stumble)
    monkeypatch.setattr(sys, "argv", ["kiosk", "report", "t", "--home", str(tmp_path)])
    with pytest.raises(SystemExit) as left:
        main.run()
    told = capsys.readouterr()
    assert left.value.code == 1
    assert "KeyError at report.py:" in told.err
    assert "ABC-DEF-GHJ" not in told.err + told.out
    assert "Traceback" not in told.err


def test_a_missing_extra_is_named():
    told = words(ModuleNotFoundError("No module named 'yaml'", name="yaml"))
    assert "yaml" in told
    assert "exam-kiosk[all]" in told


def test_how_long_to_wait_is_said_once():
    assert words(Denied("Not this PIN.", wait_seconds=5)) == "Not allowed: Not this PIN. Wait 5 s, then try again."
    assert words(Denied("Not this PIN.")) == "Not allowed: Not this PIN."


def test_a_missing_part_of_our_own_is_our_mistake():
    with pytest.raises(ModuleNotFoundError) as caught:
        importlib.import_module("kiosk.nowhere")
    assert "mistake in exam-kiosk" in words(caught.value)
