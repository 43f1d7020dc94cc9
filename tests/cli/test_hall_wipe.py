"""Wiping a hall: after its seats, every test closed out and every bundle receipted, by two proctors, in its time."""

import pytest
from typer.testing import CliRunner

from closing_kit import an_ended_exam
from kiosk.cli.main import app
from kiosk.exam.error import Invalid, Tampered
from kiosk.ground.home import Home
from kiosk.ground.occupancy import occupied
from kiosk.hall.place import hall_store
from kiosk.sealing import erasure
from kiosk.sealing.key import KeyFolder

NOW = ("--yes", "--now", "the machine goes back")


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    ended = an_ended_exam(tmp_path_factory.mktemp("hall-wipe"))
    ended.explain()
    ended.close()
    return ended


@pytest.fixture(scope="module")
def settled_once(made, tmp_path_factory):
    settled = made.copy(tmp_path_factory.mktemp("hall-settled") / "exam")
    settled.settle()
    for seat in ("A12", "A13"):
        settled.hall.run("seat", "wipe", seat, *NOW, typed=settled.both)
    return settled


@pytest.fixture
def settled(settled_once, tmp_path):
    return settled_once.copy(tmp_path / "exam")


def place_of(ended):
    return Home(ended.hall.home).hall


def wiped(ended, *words, typed=None, status=0):
    return ended.hall.run("hall", "wipe", *(words or NOW), typed=ended.both if typed is None else typed, status=status)


def test_a_hall_is_wiped_and_its_tombstone_tells_of_it(settled):
    place = place_of(settled)
    key = (place.keys / "store.key").read_bytes()
    told = settled.hall.facts("hall", "wipe", *NOW, typed=settled.both)
    assert (told["seat"], len(told["bundles"]), told["reason"]) == (None, 2, "the machine goes back")
    assert told["who"] != told["second"]
    assert not list(place.folder.glob("hall.db*"))
    assert not list(place.keys.glob("store.key*"))
    assert not [p for p in place.folder.rglob("*") if p.is_file() and key in p.read_bytes()]
    (stone,) = erasure.tombstone_files(place.folder)
    root = KeyFolder(place.keys).public("root")
    assert erasure.read_tombstone(stone.read_bytes(), root).closings == tuple(told["closings"])
    with pytest.raises((Tampered, Invalid)):
        erasure.read_tombstone(stone.read_bytes()[:-1], root)
    assert KeyFolder(place.keys).has_signing("hall")
    store = hall_store(place)
    assert store.bundles.lines() == ()
    store.close()


@pytest.mark.parametrize(
    ("words", "typed", "reason"),
    [
        (("--yes",), None, "This hall is kept until"),
        (NOW, "000000\n111111\n", "This PIN is not right"),
        (("--now", "full"), "n\n", "Aborted"),
    ],
)
def test_a_hall_is_wiped_by_two_proctors_in_its_time(settled, words, typed, reason):
    assert reason in wiped(settled, *words, typed=typed, status=1).stderr
    assert place_of(settled).store.exists()


def test_one_proctor_alone_wipes_no_hall(settled):
    assert "No PIN of the second person was given" in wiped(settled, typed=settled.pin, status=1).stderr
    assert "must be somebody else" in wiped(settled, typed=settled.pin * 2, status=1).stderr
    assert place_of(settled).store.exists()


def test_a_hall_is_not_wiped_before_its_seats_or_while_one_is_open(made, tmp_path):
    closed = made.copy(tmp_path / "exam")
    closed.settle()
    assert "Wipe it first: kiosk seat wipe A12" in wiped(closed, status=1).stderr
    with occupied(Home(closed.hall.home).seat("A12")):
        assert "The seat A12 is open in another program" in wiped(closed, status=1).stderr


def test_a_hall_without_its_close_out_or_with_something_new_is_not_wiped(made, settled, tmp_path):
    closed = made.copy(tmp_path / "closed")
    (closed.hall.home / "seats").rename(tmp_path / "seats")
    assert f"close-out of the test {made.test} is not here" in wiped(closed, status=1).stderr
    settled.hall.run("hall", "attendance", "--absent", f"{settled.rolls['absent']}=ill", typed=settled.pin)
    assert "Something has come since" in wiped(settled, status=1).stderr
    settled.close()
    assert f"close-out of the test {made.test} is not here" in wiped(settled, status=1).stderr
    settled.settle()
    wiped(settled)


@pytest.mark.parametrize("stop", [1, 2, 3])
def test_a_wipe_that_was_interrupted_is_finished_by_doing_it_again(settled, monkeypatch, stop):
    place, left, shred = place_of(settled), [stop], erasure.shred

    def cut_off(path):
        left[0] -= 1
        if left[0] == 0:
            raise OSError(5, "Input/output error")
        shred(path)

    with monkeypatch.context() as patched:
        patched.setattr(erasure, "shred", cut_off)
        CliRunner().invoke(app, ["hall", "wipe", *NOW, "--home", str(settled.hall.home)], input=settled.both)
    if not erasure.tombstone_files(place.folder):
        wiped(settled)
    assert len(erasure.tombstone_files(place.folder)) == 1
    assert not place.store.exists()
    assert not list(place.keys.glob("store.key*"))


def test_a_store_that_does_not_open_is_not_taken_for_an_interrupted_wipe(settled):
    place = place_of(settled)
    (place.folder / erasure.PENDING).write_bytes(b"left by a wipe that was cut off before it destroyed anything")
    place.store.write_bytes(bytes(4096) + place.store.read_bytes()[4096:])
    assert "store.key is still here" in wiped(settled, status=1).stderr
    assert place.store.exists()
    assert (place.keys / "store.key").exists()
