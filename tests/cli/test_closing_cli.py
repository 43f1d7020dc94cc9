"""The close-out by command: the roster explained and signed, held against the office's, and only then a seat wiped."""

import pytest
from sqlalchemy import select

from closing_kit import PLANTED, an_ended_exam, served
from kiosk.exam.status import AttendanceState
from kiosk.ground.home import Home
from kiosk.hall.place import hall_store
from kiosk.office.office import Office
from kiosk.seat.place import seat_store
from storage.models import office as rows


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


def test_the_office_knows_afterwards_who_was_absent(settled):
    office = Office.open(Home(settled.office.home).office)
    try:
        assignments = office.assignments.of_tests([settled.test])
        names = {p.user_id: p.roll_number for p in office.people.people()}
        absent = {names[a.candidate_id]: a.absent for a in assignments}
        with office.engine.connect() as connection:
            acts = connection.execute(
                select(rows.Audit.who, rows.Audit.details).where(rows.Audit.subject_type == "closings")
            ).all()
    finally:
        office.close()
    assert [roll for roll, is_absent in absent.items() if is_absent] == [settled.rolls["absent"]]
    assert [(who, details["bundles"]) for who, details in acts] == [("system", 2)]


def test_who_logs_in_after_being_marked_absent_is_present(ended):
    roll = ended.rolls["present"]
    ended.hall.run("hall", "attendance", "--absent", roll, typed=ended.pin)
    result = ended.hall.run("hall", "close", ended.test, "--look", status=1)
    assert f"{roll} (Okafor, Anna): marked absent, but" in result.stderr
    store = hall_store(Home(ended.hall.home).hall)
    (session,) = store.roster.all_sessions()
    mark = next(m for m in store.attendance.marks([session.session_id]) if m.roll_number == roll)
    act = [a for a in store.permits.acts() if a.subject_type == "attendance"][-1]
    assert (mark.state, act.details["state"]) == (AttendanceState.ABSENT, "absent")
    store.attendance.arrive([session.session_id], mark.candidate_id, "A12", session.starts_at, act)
    mark = next(m for m in store.attendance.marks([session.session_id]) if m.roll_number == roll)
    store.close()
    assert mark.state is AttendanceState.PRESENT


def test_nobody_says_anything_of_attendance_without_a_pin_or_of_a_stranger(ended):
    roll = ended.rolls["absent"]
    refused = ended.hall.run("hall", "attendance", "--absent", roll, typed="000000\n", status=1)
    assert "This PIN is not right" in refused.stderr
    words = ("--absent", roll, "--absent", "NOBODY")
    refused = ended.hall.run("hall", "attendance", *words, typed=ended.pin, status=1)
    assert "NOBODY" in refused.stderr
    ended.hall.run("hall", "attendance", "--moved", roll, typed=ended.pin, status=2)
    states = {m["rollNumber"]: m["state"] for m in ended.hall.facts("hall", "attendance")}
    assert states[roll] == "expected"


def test_a_close_out_comes_back_over_https(ended, tmp_path):
    ended.explain()
    closing = ended.close()
    with served(ended.office.home) as url:
        connection = str(tmp_path / "connection.json")
        ended.office.run("central", "token", "Hall 2", "--to", connection, "--url", url)
        ended.hall.run("hall", "connect", connection)
        ended.hall.run("bundle", "upload", "--once")
        waiting = ended.hall.run("hall", "close", ended.test, "--online", status=1)
        assert "Central has not looked at this closing yet" in waiting.stderr
        ended.office.run("central", "work", "--once")
        assert ended.hall.facts("hall", "close", ended.test, "--online") == {"closedOut": [ended.test]}
    (told,) = ended.office.facts("central", "closings")["closings"]
    assert (told["closing"], told["closedOut"]) == (closing, True)
    ended.hall.run("seat", "wipe", "A13", "--yes", "--now", "end of the day", typed=ended.both)
