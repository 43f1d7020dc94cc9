"""`kiosk seat connect`, and what the seat's program opens from then on: its desk over the link, or alone."""

import json

import pytest
from typer.testing import CliRunner

from house import CODE, ROLL
from kiosk.cli.main import app
from kiosk.cli.opening import DeskOpener
from live_hub import until

PROGRAM = CliRunner()


@pytest.fixture
def carried(hub, tmp_path):
    """The address file as a technician carries it."""
    file = tmp_path / "address.json"
    file.write_bytes(hub.address)
    return file


def connect(home, file, *more, seat="B7"):
    return PROGRAM.invoke(app, ["seat", "connect", str(file), "--seat", seat, "--home", str(home), *more])


def test_a_new_machine_is_connected_and_its_desk_opens_over_the_link(hub, carried, tmp_path):
    home = tmp_path / "machine"
    done = connect(home, carried, "--json")
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    assert (told["seat"], told["hall"]) == ("B7", "Hall 2")
    kept = home / "seats" / "B7" / "hub.json"
    assert kept.stat().st_mode & 0o777 == 0o600
    assert not (home / "hall").exists()
    opener = DeskOpener(home, "B7")
    desk = opener.open()
    try:
        desk.sign_in(ROLL, CODE)
        desk.begin("assignment-1")
        until(lambda: desk.saved().hall_at is not None)
        assert desk.link().hall == "Hall 2"
    finally:
        desk.close()
        opener.close()


@pytest.mark.parametrize("spoil", ["token", "signature", "root", "shape"])
def test_an_address_that_does_not_hold_connects_nothing(hub, carried, tmp_path, spoil):
    home, more = tmp_path / "machine", []
    document = json.loads(carried.read_text())
    if spoil == "token":
        document["token"] = "x" * 43
    elif spoil == "signature":
        envelope = json.loads(document["envelope"])
        envelope["payload"] = envelope["payload"][:-8] + "AAAAAAA="
        document["envelope"] = json.dumps(envelope, sort_keys=True, separators=(",", ":"))
    elif spoil == "root":
        more = ["--root", "ab" * 32]
    else:
        document["more"] = 1
    carried.write_text(json.dumps(document))
    refused = connect(home, carried, *more)
    assert refused.exit_code == 1, refused.output
    assert document["token"] not in refused.output
    assert not (home / "seats" / "B7" / "hub.json").exists()


def test_a_name_another_machine_has_is_refused(hub, carried, tmp_path):
    assert connect(tmp_path / "one", carried).exit_code == 0
    assert connect(tmp_path / "two", carried).exit_code == 1
    assert connect(tmp_path / "one", carried).exit_code == 0


def test_a_seat_whose_hub_is_lost_at_the_start_opens_all_the_same(hub, carried, tmp_path, monkeypatch):
    home = tmp_path / "machine"
    assert connect(home, carried).exit_code == 0
    hub.stop()
    monkeypatch.setattr("kiosk.cli.opening.PATIENCE", 0.2)
    opener = DeskOpener(home, "B7")
    desk = opener.open()
    try:
        assert not desk.link().is_connected
        hub.start()
        until(lambda: desk.link().is_connected)
        assert desk.sign_in(ROLL, CODE).name == "Okafor, Anna"
    finally:
        desk.close()
        opener.close()
