"""Sealed seats by command: decided, coded, opened, exported, looked into and wiped; no secret is shown but the code."""

import os
import shutil
import subprocess
import sys

import pytest

from closing_kit import an_ended_exam
from kiosk.cli.opening import DeskOpener
from kiosk.ground.home import Home
from kiosk.sealing import erasure
from kiosk.sealing.age import AgeIdentity
from kiosk.sealing.store_key import unwrap_key
from kiosk.seat import wipe
from kiosk.seat.custody import is_sealed
from kiosk.seat.unlocking import WRAPPED
from terminal import Terminal

KIOSK = (sys.executable, "-m", "kiosk")
ON = ("hall", "policy", "--seal-stores", "on")
OFF = ("hall", "policy", "--seal-stores", "off")
NOW = ("--yes", "--now", "end of the day")


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """An exam that was sat at two seats, which were then sealed."""
    ended = an_ended_exam(tmp_path_factory.mktemp("sealed"))
    ended.hall.run(*ON, typed=ended.both)
    for seat in ("A12", "A13"):
        start(ended, seat)
        assert is_sealed(place_of(ended, seat))
    return ended


@pytest.fixture
def ended(made, tmp_path):
    return made.copy(tmp_path / "ended")


def place_of(ended, seat="A12"):
    return Home(ended.hall.home).seat(seat)


def start(ended, seat):
    """Open a seat as `kiosk seat` does behind its first screen, and close it again."""
    opener = DeskOpener(ended.hall.home, seat)
    try:
        opener.open().close()
    finally:
        opener.close()


def watched(ended, seat, *words, typed=(), shows="Sign in to your exam"):
    """Open a seat in a terminal until it shows some words, and kill it; return what the screen showed."""
    argv = [*KIOSK, "seat", "--seat", seat, *words, "--home", str(ended.hall.home)]
    with Terminal(argv) as screen:
        for asked, answer in typed:
            screen.wait(asked)
            screen.press(answer, "enter")
        screen.wait(shows)
        return screen.text


def asked_again(text):
    """Whether the second prompt stands: what is typed before a prompt that hides it is thrown away with the echo."""
    return "slip in group 1" in text and text.count("Code of the seat A12:") == 2


def code_of(ended, seat="A12"):
    printed = ended.hall.run("hall", "codes", "--seat", seat, typed=ended.both).stdout
    (groups,) = (line.split() for line in printed.splitlines() if [len(w) for w in line.split()] == [5] * 7)
    return "-".join(groups)


def raw_key(ended, seat="A12"):
    identity = AgeIdentity((ended.hall.home / "hall" / "keys" / "hall.age").read_text())
    return unwrap_key((place_of(ended, seat).keys / WRAPPED).read_bytes(), identity, seat)


def test_two_proctors_decide(ended):
    assert ended.hall.facts("hall", "policy") == {"sealStores": True, "start": "own"}
    refused = ended.hall.run(*OFF, typed=f"{ended.pins[0]}\n{ended.pins[0]}\n", status=1)
    assert "somebody else" in refused.stderr
    assert ended.hall.facts(*OFF, typed=ended.both) == {"sealStores": False, "start": "own"}
    ended.hall.run("hall", "policy", "--seal-stores", "perhaps", status=2)


def test_the_slip_says_what_to_do_with_it(ended):
    printed = ended.hall.run("hall", "codes", "--seat", "A12", typed=ended.both).stdout
    assert "Seat   A12" in printed
    assert "kiosk seat --seat A12 --code" in printed
    assert not any(pin in printed for pin in ended.pins)
    assert code_of(ended) == code_of(ended) != code_of(ended, "A13")
    assert "has no code" in ended.hall.run("hall", "codes", "--seat", "Z9", typed=ended.both, status=1).stderr


@pytest.mark.terminal
def test_a_seat_whose_hall_is_gone_opens_with_its_code(ended, tmp_path):
    code, raw = code_of(ended), raw_key(ended)
    wrong = ("2" if code[0] != "2" else "3") + code[1:]
    shutil.move(ended.hall.home / "hall", tmp_path / "hall")
    watched(ended, "A12", shows="--code")
    typed = (
        ("Code of the seat A12", wrong),
        (asked_again, code),
        ("Sign in to your exam", ended.rolls["present"]),
        (ended.rolls["present"], "K7QF2MXA"),
    )
    screen = watched(ended, "A12", "--code", typed=typed, shows="do not go together")
    assert code not in screen
    assert raw.hex() not in screen
    log = place_of(ended).folder / "seat.log"
    assert not log.exists() or code not in log.read_text()


def test_a_seat_that_is_not_sealed_needs_no_code(ended):
    ended.hall.run(*OFF, typed=ended.both)
    start(ended, "A12")
    assert not is_sealed(place_of(ended))
    assert "is not sealed" in ended.hall.run("seat", "--seat", "A12", "--code", status=1).stderr


def test_five_wrong_codes_end_it(ended):
    typed = f"{code_of(ended, 'A13')}\n" * 5
    said = ended.hall.run("seat", "--seat", "A12", "--code", typed=typed, status=1)
    assert said.stderr.count("does not open this seat") == 5
    assert "No code that was typed" in said.stderr


def test_commands_open_sealed_seats_by_the_hall_of_the_home(ended):
    ended.explain()
    assert ended.close()
    ended.settle()
    (sitting, *_) = ended.hall.facts("bundle", "list")
    assert ended.hall.facts("journal", "verify", sitting["submission"])["verified"]
    raw = raw_key(ended)
    said = ended.hall.run("seat", "wipe", "A12", *NOW, typed=ended.both)
    place = place_of(ended)
    assert not list(place.keys.glob("store.key*"))
    assert not place.store.exists()
    assert raw.hex() not in said.output
    start(ended, "A12")
    assert is_sealed(place)
    assert raw_key(ended) != raw


def test_a_wipe_of_a_sealed_seat_that_was_cut_off_is_finished(ended, monkeypatch):
    ended.explain()
    ended.close()
    ended.settle()
    place, shred = place_of(ended), erasure.shred
    files = len(list(place.keys.glob("store.key*")))
    for stop in range(1, files + 2):
        copy = ended.copy(ended.folder.parent / f"cut-{stop}")
        left = [stop]

        def cut_off(path, left=left):
            left[0] -= 1
            if left[0] == 0:
                path.write_bytes(os.urandom(path.stat().st_size))  # overwritten, and its name still there
                raise OSError(5, "Input/output error")
            shred(path)

        with monkeypatch.context() as patch:
            patch.setattr(erasure, "shred", cut_off)
            copy.hall.run("seat", "wipe", "A12", *NOW, typed=copy.both, status=1)
        copy.hall.run("seat", "wipe", "A12", *NOW, typed=copy.both)
        here = place_of(copy)
        assert (list(here.keys.glob("store.key*")), here.store.exists(), len(wipe.tombstones(here))) == ([], False, 1)


def test_bundles_of_a_seat_whose_hall_is_elsewhere_are_exported_by_code(ended, tmp_path):
    code = code_of(ended)
    shutil.rmtree(ended.hall.home / "seats" / "A13")
    shutil.move(ended.hall.home / "hall", tmp_path / "hall")
    argv = [*KIOSK, "bundle", "export", str(tmp_path / "stick"), "--home", str(ended.hall.home)]
    for typed, status in (("", 1), (f"{code}\n", 0)):
        done = subprocess.run(argv, input=typed, capture_output=True, text=True, timeout=120, check=False)
        assert done.returncode == status, done.stderr
        assert code not in done.stdout + done.stderr
    assert list((tmp_path / "stick").glob("*.bundle")) or list((tmp_path / "stick").iterdir())
