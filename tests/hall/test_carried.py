"""A sitting whose seat reaches no hall goes on elsewhere by a stick."""

import json

import pytest
from typer.testing import CliRunner
from virtual_seat import World

from builders import a_paper
from house import CODE, ROLL, a_house
from kiosk.cli.main import app
from kiosk.hall.carried import CarriedJournals
from kiosk.hall.place import hall_keys
from kiosk.sealing.carried import SUFFIX
from kiosk.seat.carrying import carry_journals


@pytest.fixture
def house(tmp_path):
    house = a_house(tmp_path)
    desk = house.begun()
    desk.choose("cells-1", ["cells-1-2"])
    house.settle()
    yield house
    house.close()


def carried(house, folder):
    (written,) = carry_journals(house.home.seat("A12"), house.store(), house.hall.name, folder)
    return written


def journals(house):
    return CarriedJournals(house.hall._store, hall_keys(house.home.hall), house.clock)


def test_a_sitting_goes_on_from_the_stick(house, tmp_path):
    written = carried(house, tmp_path / "stick")
    for _ in range(2):
        taken = journals(house).take(written.path)
        assert (taken.problem, taken.kept, taken.seat) == (None, written.entries, "A12")
    world = World(house)
    world.hub.moves.order(written.submission_id, "A13", world.pair())
    offer = house.hall.lease(house.hall.admit(ROLL, CODE, "A13").token, "assignment-1", "A13")
    held = house.store().whole_record(written.submission_id)
    assert [json.loads(text)["seq"] for text in offer.journal.entries] == [e.seq for e in held.entries]
    assert json.loads(offer.journal.entries[-1])["body"] == held.entries[-1].body


def test_a_stick_shows_no_answer(house, tmp_path):
    data = carried(house, tmp_path / "stick").path.read_bytes()
    assert b"cells-1-2" not in data


@pytest.mark.parametrize("place", [0.02, 0.3, 0.6, 0.99])
def test_a_damaged_journal_changes_nothing(house, tmp_path, place):
    written = carried(house, tmp_path / "stick")
    data = bytearray(written.path.read_bytes())
    data[int(len(data) * place)] ^= 1
    written.path.write_bytes(bytes(data))
    assert journals(house).take(written.path).problem
    assert house.hall._store.tails.holding(written.submission_id, "2031-05-06") is None


def test_a_journal_of_another_hall_is_refused(house, tmp_path):
    written = carried(house, tmp_path / "stick")
    other = a_house(tmp_path / "other", a_paper())
    assert journals(other).take(written.path).problem
    other.close()


def test_both_commands(house, tmp_path):
    house.desks[0].close()
    home, stick = ["--home", str(house.home.folder), "--json"], tmp_path / "stick"
    wrote = CliRunner().invoke(app, ["seat", "journal", "--to", str(stick), "--seat", "A12", *home])
    assert wrote.exit_code == 0, wrote.output
    (one,) = json.loads(wrote.stdout)
    assert one["file"].endswith(SUFFIX)
    took = CliRunner().invoke(app, ["hall", "journal", str(stick), *home])
    assert took.exit_code == 0, took.output
    assert json.loads(took.stdout)[0]["kept"] == one["entries"]
    (stick / "0.exkj").write_bytes(b"nothing")
    assert CliRunner().invoke(app, ["hall", "journal", str(stick), *home]).exit_code == 1
    assert CliRunner().invoke(app, ["hall", "journal", str(tmp_path / "empty"), *home]).exit_code == 1
