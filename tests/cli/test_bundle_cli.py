"""The way up by command: collected, exported, uploaded over TLS, received; and what is said when it goes wrong."""

import json
import os
import shutil
import subprocess
import sys
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text
from typer.testing import CliRunner

from builders import a_clock
from campus import SEAT, a_campus
from house import PIN, a_house
from kiosk.cli.main import app
from kiosk.ground.home import Home
from kiosk.ground.occupancy import occupied
from kiosk.hall.place import hall_store
from kiosk.seat.place import seat_store
from storage.engine import StoreError


class Shell:
    """Runs commands against one home."""

    def __init__(self, home: Path) -> None:
        self.home = home

    def run(self, *words, status=0, typed=None):
        result = CliRunner().invoke(app, [*words, "--home", str(self.home)], input=typed)
        assert result.exit_code == status, result.output
        return result

    def facts(self, *words, status=0, typed=None):
        return json.loads(self.run(*words, "--json", status=status, typed=typed).stdout)


@pytest.fixture(scope="module")
def sat(tmp_path_factory):
    """A home with a central office, a hall, and a seat at which a candidate has handed in."""
    folder = tmp_path_factory.mktemp("bundle-campus")
    campus = a_campus(folder, clock=a_clock(datetime.now(UTC)))
    campus.send()
    campus.sit()
    campus.central.close()
    return folder / "home"


@pytest.fixture
def shell(sat, tmp_path):
    shutil.copytree(sat, tmp_path / "home")
    return Shell(tmp_path / "home")


@pytest.fixture
def begun(tmp_path):
    """A home at whose seat somebody has begun and gone away."""
    house = a_house(tmp_path, clock=a_clock())
    desk = house.begun()
    question = desk.sheet().sections[0].questions[0]
    desk.choose(question.question_id, [question.options[0].option_id])
    house.settle()
    house.close()
    return Shell(house.home.folder)


@contextmanager
def served(home):
    """Run `kiosk central serve` on a free port until the block ends; give its address."""
    argv = [sys.executable, "-m", "kiosk", "central", "serve", "--host", "127.0.0.1", "--port", "0", "--json"]
    with subprocess.Popen([*argv, "--home", str(home)], stdout=subprocess.PIPE, env=dict(os.environ)) as process:
        try:
            assert process.stdout is not None
            yield json.loads(process.stdout.readline())["url"]
        finally:
            process.terminate()
            process.wait(20)


def test_the_hall_collects_and_shows_where_every_sitting_stands(shell):
    (row,) = shell.facts("bundle", "list")
    assert (row["atSeat"], row["inHall"], row["atCentral"]) == ("handed in", "waiting", "waiting")
    (taken,) = shell.facts("hall", "collect")["taken"]
    assert (taken["source"], taken["outcome"], taken["flags"]) == (f"seat {SEAT}", "kept", [])
    assert [t["outcome"] for t in shell.facts("hall", "collect")["taken"]] == ["known"]
    (row,) = shell.facts("bundle", "list")
    assert (row["atSeat"], row["inHall"], row["atCentral"]) == ("sealed", "held", "waiting")
    shown = shell.run("bundle", "list").stdout
    assert "■ sealed" in shown
    assert "· waiting" in shown
    assert "1 sitting: 0 in progress, 0 handed in, 1 sealed; hall 1; central 0." in shown
    assert all(len(line) <= 80 for line in shown.splitlines())


def test_the_list_works_with_a_hall_alone_and_with_seats_alone(shell):
    shell.run("hall", "collect")
    shutil.move(shell.home / "seats", shell.home / "elsewhere")
    (row,) = shell.facts("bundle", "list")
    assert (row["atSeat"], row["inHall"], row["status"]) == ("sealed", "held", None)
    assert row["candidate"] == "Okafor, Anna"
    shutil.move(shell.home / "elsewhere", shell.home / "seats")
    shutil.rmtree(shell.home / "hall")
    (row,) = shell.facts("bundle", "list")
    assert (row["atSeat"], row["inHall"], row["status"]) == ("sealed", "not here", "submitted")


def test_an_export_without_a_hall_is_signed_by_the_seat(shell, tmp_path):
    shutil.rmtree(shell.home / "hall")
    exported = shell.facts("bundle", "export", str(tmp_path / "stick"))
    assert exported["signedBy"] == [SEAT]
    (fact,) = shell.facts("bundle", "verify", str(tmp_path / "stick"))["folders"]
    assert (fact["ok"], [i["signedBy"] for i in fact["indices"]]) == (True, [SEAT])


def test_a_stick_that_lost_a_file_is_told_by_name_and_repaired_by_another_export(shell, tmp_path):
    stick = tmp_path / "stick"
    exported = shell.facts("bundle", "export", str(stick))
    (file,) = stick.glob("*.exkb")
    assert "whole" in shell.run("bundle", "verify", str(stick)).stdout
    assert shell.facts("bundle", "verify", str(next(stick.glob("index-*"))))["files"][0]["signedBy"] == "Hall 2"
    file.unlink()
    words = shell.run("bundle", "verify", str(stick), status=1).stderr
    assert f"missing: {file.name}" in words
    assert shell.facts("bundle", "export", str(stick)) == exported
    assert shell.facts("bundle", "verify", str(stick))["folders"][0]["ok"]
    file.write_bytes(b"another")
    assert f"does not verify: {file.name}" in shell.run("bundle", "verify", str(stick), status=1).stderr
    refused = shell.run("bundle", "export", str(stick), status=1)
    assert "Not copied" in refused.stderr
    assert file.read_bytes() == b"another"


def test_a_hall_collects_from_the_stick_of_an_emergency_export(shell, tmp_path):
    stick, hall = tmp_path / "stick", tmp_path / "hall"
    shutil.move(shell.home / "hall", hall)
    shell.run("bundle", "export", str(stick))
    shutil.move(hall, shell.home / "hall")
    (stick / "spoilt.exkb").write_bytes(b"spoilt")
    result = shell.facts("hall", "collect", str(stick), status=1)
    assert sorted(t["outcome"] for t in result["taken"]) == ["kept", "refused"]
    assert "spoilt.exkb: not taken" in shell.run("hall", "collect", str(stick), status=1).stderr


def spoil_store(seat):
    with (seat / "seat.db").open("r+b") as file:
        file.write(bytes(8192))


def lose_enrolment(seat):
    (seat / "keys" / "enrolment.json").unlink()


def lose_key(seat):
    for key in (seat / "keys").glob("store.key*"):
        key.unlink()


def name_it_like_a_copy(seat):
    seat.rename(seat.with_name(f"{seat.name} (copy)"))


@pytest.mark.parametrize("spoil", [spoil_store, lose_enrolment, lose_key, name_it_like_a_copy])
def test_a_seat_that_cannot_be_opened_is_named_and_keeps_no_other_back(shell, tmp_path, spoil):
    shutil.copytree(shell.home / "seats" / SEAT, shell.home / "seats" / "B1")
    spoil(shell.home / "seats" / "B1")
    stick = tmp_path / "stick"
    exported = shell.facts("bundle", "export", str(stick), status=1)
    assert [b["seat"] for b in exported["bundles"]] == [SEAT]
    assert [t["seat"][:2] for t in exported["notSealed"]] == ["B1"]
    assert "Not sealed: B1" in shell.run("hall", "collect", status=1).stderr
    assert shell.facts("hall", "collect", str(stick))["taken"][0]["outcome"] == "known"
    listed = shell.run("bundle", "list", status=1)
    assert "■ sealed" in listed.stdout
    assert "The seat B1" in listed.stderr
    shell.run("central", "intake", str(stick), "--receipts", str(tmp_path / "back"))
    received = shell.facts("bundle", "receive", str(tmp_path / "back"), status=1)
    assert (len(received["inHall"]), len(received["receipts"]), len(received["refused"])) == (1, 1, 1)
    (test,) = {row["testId"] for row in shell.facts("exam", "list")}
    assert "what that seat holds is not known" in shell.run("hall", "close", test, typed=f"{PIN}\n", status=1).stderr
    assert "Okafor" in shell.run("hall", "close", test, "--look").stdout


def spoil_a_page_of_a_bundle(place):
    """Spoil the first page without which the store still opens, and its bundles cannot be read."""
    whole = place.store.read_bytes()
    for start in range(4096, len(whole), 4096):
        place.store.write_bytes(whole[: start + 100] + bytes([whole[start + 100] ^ 1]) + whole[start + 101 :])
        try:
            store = seat_store(place)
        except StoreError:
            continue
        try:
            store.bundles()
        except StoreError:
            return
        finally:
            store.close()
    pytest.fail("no page of the store holds a bundle alone")


def test_a_seat_damaged_at_some_place_is_named_in_words_and_keeps_no_other_back(shell, tmp_path):
    shutil.copytree(shell.home / "seats" / SEAT, shell.home / "seats" / "A1")
    spoil_a_page_of_a_bundle(Home(shell.home).seat("A1"))
    for words in (("bundle", "export", str(tmp_path / "stick")), ("hall", "collect")):
        told = shell.run(*words, status=1).stderr
        assert "A1" in told
        assert "is damaged. Copy its folder away" in told
        assert "mistake in exam-kiosk" not in told
    assert len(list((tmp_path / "stick").glob("*.exkb"))) == 1


def test_a_folder_among_the_seats_that_is_none_stops_nothing(shell, tmp_path):
    (shell.home / "seats" / "lost+found").mkdir()
    assert len(shell.facts("bundle", "export", str(tmp_path / "stick"))["bundles"]) == 1
    assert [row["seat"] for row in shell.facts("bundle", "list")] == [SEAT]


def test_what_nobody_handed_in_is_sealed_only_when_somebody_says_so(begun, tmp_path):
    stick = str(tmp_path / "stick")
    exported = begun.facts("bundle", "export", stick)
    assert (exported["bundles"], exported["unfinished"]) == ([], 1)
    refused = begun.run("bundle", "export", stick, "--unfinished", typed="n\n", status=1)
    assert "1 sitting was never handed in. Sealing cannot be undone" in refused.stderr
    assert begun.facts("bundle", "list")[0]["atSeat"] == "in progress"
    wrong = begun.run("bundle", "export", stick, "--unfinished", "--yes", typed="000000\n", status=1)
    assert "This PIN is not right" in wrong.stderr
    assert "No PIN was given" in begun.run("bundle", "export", stick, "--unfinished", "--yes", status=1).stderr
    assert begun.facts("bundle", "list")[0]["atSeat"] == "in progress"
    begun.run("bundle", "export", stick, "--unfinished", "--reason", "went home", typed=f"y\n{PIN}\n")
    (row,) = begun.facts("bundle", "list")
    assert (row["atSeat"], row["inHall"], row["lookAt"][0]) == ("sealed", "held", "it was not handed in")
    (file,) = Path(stick).glob("*.exkb")
    assert begun.facts("bundle", "verify", str(file))["files"][0]["reason"] == "recovered"
    store = seat_store(Home(begun.home).seat(SEAT))
    last = store.whole_record(row["submission"]).entries[-1]
    store.close()
    assert (last.body["who"], last.body["why"]) == ("proctor-1", "went home")
    hall = hall_store(Home(begun.home).hall)
    (act,) = [a for a in hall.permits.acts() if a.details.get("act") == "seal unfinished"]
    hall.close()
    assert (act.who, act.details["sittings"], act.details["reason"]) == ("proctor-1", 1, "went home")


def test_without_a_hall_a_technician_types_a_word_and_the_journal_names_no_proctor(begun, tmp_path):
    shutil.rmtree(begun.home / "hall")
    words = ("bundle", "export", str(tmp_path / "stick"), "--unfinished", "--yes")
    assert "not the word seal" in begun.run(*words, typed="y\n", status=1).stderr
    assert begun.facts("bundle", "list")[0]["atSeat"] == "in progress"
    begun.run(*words, "--reason", "the power went", typed="seal\n")
    store = seat_store(Home(begun.home).seat(SEAT))
    last = store.whole_record(store.sittings()[0].submission_id).entries[-1]
    store.close()
    assert last.body["who"] == "technician"
    assert last.body["why"] == "the power went (confirmed by typing, at a machine without its hall)"


def test_wrong_pins_at_the_export_make_the_next_one_wait(begun, tmp_path):
    words = ("bundle", "export", str(tmp_path / "stick"), "--unfinished", "--yes")
    for _ in range(3):
        begun.run(*words, typed="000000\n", status=1)
    assert "Too many wrong tries" in begun.run(*words, typed=f"{PIN}\n", status=1).stderr
    assert begun.facts("bundle", "list")[0]["atSeat"] == "in progress"


def test_where_nothing_is_unfinished_nobody_is_asked(shell, tmp_path):
    assert shell.facts("bundle", "export", str(tmp_path / "stick"), "--unfinished")["unfinished"] == 0


def test_central_counts_a_sitting_nobody_handed_in_and_says_so(tmp_path):
    campus = a_campus(tmp_path, clock=a_clock(datetime.now(UTC)))
    campus.send()
    campus.open_hall()
    desk = campus.desk()
    desk.sign_in(campus.candidate.person.roll_number, campus.candidate.secret)
    question = desk.begin(desk.tests()[0].assignment_id).sections[0].questions[0]
    campus.clock.advance(3_000)
    desk.choose(question.question_id, [question.options[0].option_id])
    desk.close()
    campus.hall.close()
    campus.central.close()
    shell, stick = Shell(campus.home.folder), str(tmp_path / "stick")
    typed = f"{campus.proctor.secret}\n"
    exported = shell.facts("bundle", "export", stick, "--unfinished", "--yes", typed=typed)
    assert (len(exported["bundles"]), exported["unfinished"]) == (1, 0)
    taken = shell.facts("central", "intake", stick)
    assert [(c["state"], c["flags"]) for c in taken["counted"]] == [("counted", ["the sitting was not handed in"])]
    assert shell.facts("journal", "verify", exported["bundles"][0]["submission"])["verified"]


def test_a_seat_that_is_open_keeps_its_sitting_and_says_so(begun, tmp_path):
    with occupied(Home(begun.home).seat(SEAT)):
        words = ("bundle", "export", str(tmp_path / "stick"), "--unfinished", "--yes")
        result = begun.run(*words, typed=f"{PIN}\n", status=1)
    assert f"The seat {SEAT} is open in another program" in result.stderr
    assert begun.facts("bundle", "list")[0]["atSeat"] == "in progress"


def test_a_journal_that_does_not_hold_is_named_and_kept(shell, tmp_path):
    store = seat_store(Home(shell.home).seat(SEAT))
    with store._engine.begin() as connection:
        connection.execute(text("UPDATE test_submissions SET head_seq = head_seq + 1"))
    store.close()
    result = shell.run("bundle", "export", str(tmp_path / "stick"), status=1)
    assert "Not sealed: A12" in result.stderr
    assert shell.facts("bundle", "list")[0]["atSeat"] == "handed in"


def test_a_receipt_comes_back_on_a_stick_to_hall_and_seat_and_a_false_one_is_named(shell, tmp_path):
    stick, back = tmp_path / "stick", tmp_path / "back"
    shell.run("bundle", "export", str(stick))
    shell.run("central", "intake", str(stick), "--receipts", str(back))
    (receipt,) = back.iterdir()
    good = receipt.read_bytes()
    receipt.write_bytes(good[:-2])
    assert f"{receipt.name}: not taken" in shell.run("bundle", "receive", str(back), status=1).stderr
    assert shell.facts("bundle", "list")[0]["atCentral"] == "waiting"
    receipt.write_bytes(good)
    (back / f"{'0' * 64}.receipt").write_bytes(good)
    told = shell.facts("bundle", "receive", str(back))
    assert (len(told["receipts"]), len(told["inHall"]), told["passedOver"]) == (1, 1, 1)
    again = shell.facts("bundle", "receive", str(back))
    assert (again["receipts"], again["inHall"], again["refused"]) == ([], [], [])
    assert shell.facts("bundle", "list")[0]["atCentral"] == "received"


def test_an_upload_over_tls_brings_the_receipt_to_hall_and_seat(shell, tmp_path):
    shell.run("hall", "collect")
    assert "kiosk hall connect" in shell.run("bundle", "upload", status=1).stderr
    with served(shell.home) as url:
        connection = tmp_path / "connection.json"
        shell.run("central", "token", "Hall 2", "--to", str(connection), "--url", url)
        shell.run("hall", "connect", str(connection))
        done = shell.facts("bundle", "upload", "--once")
        assert (len(done["received"]), done["left"], done["declined"]) == (1, 0, [])
        assert [line["seat"] for line in done["atSeats"]] == [SEAT]
        assert shell.facts("bundle", "upload", "--once")["received"] == []
        shown = shell.run("bundle", "upload").stdout
    assert "✓ received" in shown
    store, hall = seat_store(Home(shell.home).seat(SEAT)), hall_store(Home(shell.home).hall)
    assert store.bundles()[0].receipt == hall.bundles.bundle(done["received"][0]).receipt
    store.close()
    hall.close()
    assert shell.facts("central", "status")["counts"]["received"] == 1


def test_another_certificate_than_the_pinned_one_is_not_spoken_to(shell, tmp_path):
    shell.run("hall", "collect")
    connection = tmp_path / "connection.json"
    with served(shell.home) as url:
        shell.run("central", "token", "Hall 2", "--to", str(connection), "--url", url)
    for file in (shell.home / "office" / "keys").glob("door*"):
        file.unlink()
    shell.run("hall", "connect", str(connection))
    with served(shell.home) as url:
        done = shell.facts("bundle", "upload", url, "--once", status=1)
    assert (done["received"], done["left"]) == ([], 1)
    assert "another certificate" in done["problem"]
