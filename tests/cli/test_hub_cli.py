"""`kiosk hall serve` and `kiosk hall seats`: the real program, its files, its end, and what it never says."""

import json
import os
import signal
import socket
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import pytest
from typer.testing import CliRunner

from house import PIN, a_house
from kiosk.cli.main import app
from kiosk.ground.certificate import DoorCertificate
from kiosk.ground.dialling import Dialler
from kiosk.sealing.address import parse_address, read_address
from kiosk.sealing.key import SigningKey
from kiosk.wire.hub import ENROL_PATH

PATIENCE = 60


@pytest.fixture
def house(tmp_path):
    made = a_house(tmp_path)
    yield made
    made.close()


@contextmanager
def serving(house, *options):
    """Start the hub of a house on a free port, or on a given one."""
    words = [sys.executable, "-m", "kiosk", "hall", "serve", "--json", "--home", str(house.home.folder), *options]
    words += [] if "--port" in options else ["--port", "0"]
    child = subprocess.Popen(words, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2])
    try:
        yield child, json.loads(child.stdout.readline())
    finally:
        child.kill()
        child.wait(PATIENCE)
        child.stdout.close()


def run(*words, status=0, typed=None):
    """Run a command here and return what it says."""
    result = CliRunner().invoke(app, words, input=typed)
    assert result.exit_code == status, result.output
    return result.output


def address_of(facts):
    """Return the address file as it is carried, and what the hall signed in it."""
    file = parse_address(Path(facts["address"]).read_bytes())
    return file, read_address(file)


def enrol(facts, seat, public):
    """Enrol a seat as a technician's machine does."""
    file, address = address_of(facts)
    with Dialler(address.urls, address.certificate, ENROL_PATH, file.token).dial() as line:
        line.send(json.dumps({"type": "enrol", "seat": seat, "public": public}))
        return json.loads(line.recv(PATIENCE))


def end(child, number=signal.SIGTERM):
    """Tell the program to end, and return its exit status."""
    child.send_signal(number)
    return child.wait(PATIENCE)


def test_the_hub_lets_a_seat_in_by_its_address_file_and_ends_cleanly(house):
    hall = house.home.hall
    with serving(house) as (child, facts):
        file, address = address_of(facts)
        assert address.hall == house.hall.name
        assert address.root == house.keyring.root.public
        assert list(address.urls) == facts["urls"]
        assert DoorCertificate.own(hall.keys, "hub").fingerprint() == facts["fingerprint"]
        secret = (Path(facts["address"]), hall.keys / "hub.token", hall.keys / "hub.key.pem", hall.folder / "hub.log")
        assert [p.stat().st_mode & 0o777 for p in secret] == [0o600] * 4
        answer = enrol(facts, "B1", SigningKey.generate().public)
        assert answer["seat"] == "B1"
        assert end(child) == 0
        assert child.stdout.read() == ""
    log = (hall.folder / "hub.log").read_text(encoding="utf-8")
    assert "seat B1 is enrolled from 127.0.0.1" in log
    assert file.token not in log + json.dumps(facts)


def test_a_hub_serves_once_and_is_back_at_once_on_its_port_with_the_same_certificate_and_token(house):
    with serving(house) as (child, facts):
        port = facts["urls"][0].rpartition(":")[2]
        second = run("hall", "serve", "--port", "0", "--home", str(house.home.folder), status=1)
        assert "runs already" in second
        before, _ = address_of(facts)
        child.kill()
        child.wait(PATIENCE)
        with serving(house, "--port", port) as (again, after):
            assert (after["urls"], after["fingerprint"]) == (facts["urls"], facts["fingerprint"])
            assert address_of(after)[0].token == before.token
            assert enrol(after, "B1", SigningKey.generate().public)["seat"] == "B1"
            assert end(again, signal.SIGINT) == 0


def test_urls_are_as_the_technician_says(house):
    with serving(house, "--url", "wss://hall.example:8444", "--url", "wss://192.0.2.7:8444") as (child, facts):
        assert list(address_of(facts)[1].urls) == ["wss://hall.example:8444", "wss://192.0.2.7:8444"]
        assert end(child) == 0
    home = str(house.home.folder)
    assert "address of a hub" in run("hall", "serve", "--port", "0", "--url", "ws://a", "--home", home, status=1)


def test_a_port_that_is_taken_and_a_hall_that_is_not_there_are_said_in_words(house, tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        words = [sys.executable, "-m", "kiosk", "hall", "serve", "--port", port, "--home", str(house.home.folder)]
        done = subprocess.run(words, capture_output=True, text=True, timeout=PATIENCE, env={**os.environ})
        assert done.returncode == 1
        assert "Traceback" not in done.stderr
        assert "in use" in done.stderr
    assert "no hall here" in run("hall", "serve", "--home", str(tmp_path / "nowhere"), status=1)


def test_a_name_is_given_free_with_a_pin(house):
    home = str(house.home.folder)
    first, second = SigningKey.generate().public, SigningKey.generate().public
    assert "No seat is enrolled" in run("hall", "seats", "--home", home)
    with serving(house) as (child, facts):
        enrol(facts, "B1", first)
        assert enrol(facts, "B1", second)["type"] == "farewell"
        run("hall", "seats", "--forget", "B1", "--home", home, status=1, typed="000000\n")
        assert enrol(facts, "B1", second)["type"] == "farewell"
        assert (
            "no seat b2" in run("hall", "seats", "--forget", "B2", "--home", home, status=1, typed=f"{PIN}\n").lower()
        )
        assert "free" in run("hall", "seats", "--forget", "B1", "--home", home, typed=f"{PIN}\n")
        assert enrol(facts, "B1", second)["seat"] == "B1"
        assert end(child) == 0
    (row,) = json.loads(run("hall", "seats", "--json", "--home", home))
    assert (row["seat"], row["key"], row["letGoAt"]) == ("B1", second, None)
    acts = [(a.action, a.who) for a in house.hall.acts() if a.subject_type == "seats"]
    assert [action for action, _ in acts] == ["seat.enrol", "assignment.reseat", "seat.enrol"]
    assert acts[1][1] != "system"


def test_a_console_is_told_how_the_hall_stands(house):
    with serving(house) as (child, facts):
        home = str(house.home.folder)
        board = json.loads(run("hall", "board", "--json", "--home", home, typed=f"{PIN}\n"))
        assert board["hall"] == house.hall.name
        assert "not right" in run(
            "hall", "board", "--hub", facts["address"], "--home", home, status=1, typed="000000\n"
        )
        assert end(child) == 0
