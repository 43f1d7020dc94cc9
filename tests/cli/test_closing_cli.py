"""The close-out by command: the roster explained and signed, held against the office's, and only then a seat wiped."""

import pytest

from closing_kit import PLANTED, an_ended_exam


@pytest.fixture(scope="module")
def sat(tmp_path_factory):
    return an_ended_exam(tmp_path_factory.mktemp("exam"))


@pytest.fixture
def ended(sat, tmp_path):
    return sat.copy(tmp_path / "exam")


@pytest.fixture(scope="module")
def settled_once(sat, tmp_path_factory):
    ended = sat.copy(tmp_path_factory.mktemp("settled") / "exam")
    ended.explain()
    ended.close()
    ended.settle()
    return ended


@pytest.fixture
def settled(settled_once, tmp_path):
    return settled_once.copy(tmp_path / "exam")


def test_who_logged_in_is_present_and_the_others_are_expected(ended):
    states = {m["rollNumber"]: m["state"] for m in ended.hall.facts("hall", "attendance")}
    assert states == {
        ended.rolls["present"]: "present",
        ended.rolls["unfinished"]: "present",
        ended.rolls["absent"]: "expected",
        ended.rolls["moved"]: "expected",
    }


def test_a_hall_does_not_close_while_a_row_is_not_explained(ended):
    result = ended.hall.run("hall", "close", ended.test, typed=ended.pin, status=1)
    assert f"{ended.rolls['absent']} (Cruz, Cara): expected, neither came nor marked absent" in result.stderr
    assert f"{ended.rolls['unfinished']} (Adeyemi, Ben): sat at A13, journal not sealed" in result.stderr
    assert "4 on the roster: 1 present, 0 unfinished, 0 absent, 0 moved, 3 not explained." in result.stdout
    assert max(map(len, result.stdout.splitlines())) <= 80


def test_the_whole_journey(ended):
    ended.explain()
    closing = ended.close()
    assert ended.close() == closing
    ended.office.run("central", "intake", str(ended.folder / "stick"), "--receipts", str(ended.folder / "back"))
    (told,) = ended.office.facts("central", "closings", "--write", str(ended.folder / "back"))["closings"]
    assert told["counts"] == {"present": 1, "unfinished": 1, "absent": 1, "moved": 1}
    assert (told["closing"], told["closedOut"], told["problem"]) == (closing, True, None)
    ended.hall.run("bundle", "receive", str(ended.folder / "back"))
    ended.hall.run("hall", "close", ended.test, "--receive", str(ended.folder / "back"))
    assert ended.hall.facts("seat", "wipe", "A12", "--yes", "--now", "end of the day", typed=ended.both)["bundles"]


def files_of(folder):
    return [p for p in folder.rglob("*") if p.is_file()]


def test_after_a_wipe_nothing_typed_is_found_and_no_key_is_left(settled):
    from kiosk.ground.home import Home
    from kiosk.seat.place import seat_store

    place = Home(settled.hall.home).seat("A12")
    store = seat_store(place)
    try:
        answers = [store.whole_record(line.submission_id).entries for line in store.sittings()]
    finally:
        store.close()
    assert PLANTED in repr(answers)
    key = (place.keys / "store.key").read_bytes()
    settled.hall.run("seat", "wipe", "A12", "--yes", "--now", "end of the day", typed=settled.both)
    left = files_of(place.folder)
    assert [p.name for p in left if p.name.startswith("wiped-")]
    assert not [p for p in left if p.name.startswith(("store.key", "seat.db"))]
    assert not [p for p in left if PLANTED.encode() in p.read_bytes() or key in p.read_bytes()]
    assert (place.keys / "enrolment.json").exists()


def test_a_seat_that_was_wiped_starts_fresh(settled):
    from kiosk.ground.home import Home
    from kiosk.seat.place import seat_store

    settled.hall.run("seat", "wipe", "A12", "--yes", "--now", "end of the day", typed=settled.both)
    store = seat_store(Home(settled.hall.home).seat("A12"))
    try:
        assert store.sittings() == ()
    finally:
        store.close()


@pytest.mark.parametrize(
    ("words", "typed", "reason"),
    [
        (("--yes",), "both", "is kept until"),
        (("--yes", "--now", "full"), "pin", "No PIN of the second person was given"),
        (("--yes", "--now", "full"), "same", "must be somebody else"),
        (("--yes", "--now", "full"), "wrong", "This PIN is not right"),
    ],
)
def test_a_settled_seat_is_wiped_by_two_proctors_in_its_time(settled, words, typed, reason):
    inputs = {"both": settled.both, "pin": settled.pin, "same": settled.pin * 2, "wrong": "000000\n111111\n"}
    result = settled.hall.run("seat", "wipe", "A12", *words, typed=inputs[typed], status=1)
    assert reason in result.stderr
    assert (settled.seat("A12") / "seat.db").exists()


def test_nothing_is_wiped_before_a_close_out(ended):
    words = ("seat", "wipe", "A12", "--yes", "--now", "full")
    assert "is not sealed" in ended.hall.run(*words, typed=ended.both, status=1).stderr
    ended.explain()
    assert "receipt" in ended.hall.run(*words, typed=ended.both, status=1).stderr
    back = str(ended.folder / "back")
    ended.office.run("central", "intake", str(ended.folder / "stick"), "--receipts", back)
    ended.hall.run("bundle", "receive", back)
    assert "No close-out names the bundle" in ended.hall.run(*words, typed=ended.both, status=1).stderr
    ended.close()
    assert "No close-out names the bundle" in ended.hall.run(*words, typed=ended.both, status=1).stderr
    assert (ended.seat("A12") / "seat.db").exists()
