"""`kiosk hall console` and `kiosk hall board`: the hall of an address that was carried here, and of no other."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from fake_board import PIN, FakeBoard
from typer.testing import CliRunner

from builders import a_clock
from console_hub import ConsoleHub
from keyring import a_keyring
from kiosk.cli.main import app
from kiosk.exam.error import Denied, Invalid, KioskError
from kiosk.ground.home import Home
from kiosk.hall.console.opening import ADDRESS, open_board
from kiosk.hall.hub import site
from kiosk.sealing.key import KeyFolder
from kiosk.views.order import Verb
from terminal import Terminal

KIOSK = (sys.executable, "-m", "kiosk")


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ConsoleHub]:
    monkeypatch.setattr("kiosk.hall.hub.console.PUSH_SECONDS", 0.05)
    hub = ConsoleHub(tmp_path / "keys", FakeBoard(5, 9).trouble(), a_clock()).start()
    yield hub
    hub.stop()


def the_board(tmp_path: Path, *more: str, pin: str = PIN) -> tuple[int, str, str]:
    run = CliRunner().invoke(app, ["hall", "board", "--home", str(tmp_path / "home"), *more], input=f"{pin}\n")
    said = run.stderr if run.exception is None else f"{run.stderr}{run.exception}"
    return run.exit_code, run.stdout, said


def test_the_board_is_printed_for_machines(hub: ConsoleHub, tmp_path: Path) -> None:
    file = hub.write_address(tmp_path / "hub.json")
    status, out, _ = the_board(tmp_path, "--hub", str(file), "--json")
    assert status == 0
    facts = json.loads(out)
    assert facts.keys() == {"hall", "title", "clock", "rows", "columns", "seats", "attention", "counts", "paused"}
    assert facts["counts"]["handedIn"] == 1
    assert len(facts["seats"]) == 45
    assert facts["seats"][0]["rollNumber"] == "B-1042"
    assert facts["seats"][0]["state"] == "W"
    assert facts["attention"][1]["proposalMs"] >= 130_000
    assert PIN not in out


def test_the_board_is_printed_for_people(hub: ConsoleHub, tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    home.hall.folder.mkdir(parents=True)
    hub.write_address(home.hall.folder / ADDRESS)
    status, out, _ = the_board(tmp_path)
    assert status == 0
    assert "Hall 2 · Biology II" in out
    assert "alarm A7    lost: no word from the seat" in out


def test_a_wrong_pin_prints_nothing(hub: ConsoleHub, tmp_path: Path) -> None:
    file = hub.write_address(tmp_path / "hub.json")
    status, out, said = the_board(tmp_path, "--hub", str(file), pin="0000")
    assert status == 1
    assert "Okafor" not in out
    assert "not a proctor's PIN" in said


def test_a_hub_that_does_not_answer_is_said_in_words(
    hub: ConsoleHub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kiosk.cli.hall.console.ANSWER_SECONDS", 0.5)
    file = hub.write_address(tmp_path / "hub.json")
    hub.stop()
    status, _, said = the_board(tmp_path, "--hub", str(file))
    hub.start()
    assert status == 1
    assert "The hub cannot be reached" in said


def test_the_console_and_the_hub_agree_where_the_address_lies() -> None:
    assert ADDRESS == site.ADDRESS


def test_without_an_address_there_is_advice(tmp_path: Path) -> None:
    place = Home(tmp_path).hall
    with pytest.raises(KioskError, match="kiosk hall serve"):
        open_board(place)
    with pytest.raises(KioskError, match="There is no file"):
        open_board(place, tmp_path / "none.json")
    (tmp_path / "bad.json").write_text("{}")
    with pytest.raises(Invalid, match="not the address file"):
        open_board(place, tmp_path / "bad.json")


def test_a_machine_of_another_central_office_believes_no_such_hub(hub: ConsoleHub, tmp_path: Path) -> None:
    place = Home(tmp_path).hall
    place.make()
    KeyFolder(place.keys).keep_public("root", a_keyring().root.public)
    with pytest.raises(Denied, match="another central office"):
        open_board(place, hub.write_address(tmp_path / "hub.json"))


@pytest.mark.terminal
def test_the_console_opens_in_a_terminal_and_outlives_its_hub(hub: ConsoleHub, tmp_path: Path) -> None:
    file = hub.write_address(tmp_path / "hub.json")
    call = (*KIOSK, "hall", "console", "--hub", str(file), "--home", str(tmp_path / "home"))
    with Terminal(call, columns=132, rows=50) as screen:
        screen.wait("Biology II")
        screen.press(PIN, "enter")
        screen.wait("Okafor, Anna")
        hub.stop()
        screen.wait("hub lost")
        hub.start()
        screen.wait(lambda text: "hub lost" not in text)
        screen.press("f10")
        screen.wait("Leave the console?")
        screen.press("tab", "enter")
        screen.wait_gone()
    assert screen.status == 0


@pytest.mark.terminal
def test_keys_typed_faster_than_any_hand_count_where_they_were_meant_to(hub: ConsoleHub, tmp_path: Path) -> None:
    file = hub.write_address(tmp_path / "hub.json")
    call = (*KIOSK, "hall", "console", "--hub", str(file), "--home", str(tmp_path / "home"))
    with Terminal(call, columns=132, rows=50) as screen:
        screen.wait("Your PIN")
        screen.press(f"{PIN}\r")
        screen.wait("Okafor, Anna")
        screen.press("/A1-A3\re10\r\x1b[B\r")
        screen.wait("3 seats (A1-A3): extended.")
        assert [(o.verb, o.seats, o.amount_ms) for o in hub.board.orders] == [
            (Verb.EXTEND, ("A1", "A2", "A3"), 600_000)
        ]
        screen.press("\x1b/A2\r")
        screen.wait("1 selected")
        screen.press("\x1bl")
        screen.wait("Lock: A1")


@pytest.mark.terminal
def test_an_address_that_is_not_there_is_said_in_words_behind_the_door(tmp_path: Path) -> None:
    call = (*KIOSK, "hall", "console", "--home", str(tmp_path / "home"))
    with Terminal(call) as screen:
        screen.wait("No hub has been opened in this hall.")
        assert screen.wait_gone() == 1


def test_the_console_needs_a_terminal(hub: ConsoleHub, tmp_path: Path) -> None:
    file = hub.write_address(tmp_path / "hub.json")
    run = CliRunner().invoke(app, ["hall", "console", "--hub", str(file)], input="")
    assert run.exit_code == 1
