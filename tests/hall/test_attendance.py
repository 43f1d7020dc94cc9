"""Attendance where the hall has no session for a test: who did not come is said by a proctor, test by test."""

import json
from dataclasses import replace

import pytest
from typer.testing import CliRunner

from builders import a_paper, a_session
from house import CODE, HALL, OTHER_ROLL, PIN, ROLL, SEAT, a_hall_roster, a_house
from kiosk.cli.main import app
from kiosk.exam.closing import RowState
from kiosk.exam.error import Denied, Refused
from kiosk.exam.roster import Seating
from kiosk.exam.status import AttendanceState
from kiosk.hall import closing
from kiosk.hall.backroom import Backroom
from kiosk.hall.collection import Collection
from kiosk.hall.place import hall_keys
from kiosk.sealing import frame

TEST = a_paper().test_id
ABSENT, EXPECTED = AttendanceState.ABSENT, AttendanceState.EXPECTED


def back_room(house):
    return Backroom.open(house.home.hall, hall_keys(house.home.hall), house.hall._store, house.clock)


@pytest.fixture
def house(tmp_path):
    """A hall that was sent a test and no session for it; one of its two candidates sits."""
    house = a_house(tmp_path, a_paper(), replace(a_hall_roster(), sessions=(), seatings=()))
    house.begun()
    house.settle()
    yield house
    house.close()


def marks(room, **which):
    return {m.roll_number: m.state for m in room.attendances.marks(**which)}


def test_everybody_a_test_is_given_to_is_expected_for_it(house):
    room = back_room(house)
    assert marks(room) == {}
    assert marks(room, test_id=TEST) == {ROLL: EXPECTED, OTHER_ROLL: EXPECTED}


def test_an_absentee_without_a_session_is_explained_by_a_proctor(house):
    room = back_room(house)
    told = {u.candidate_id: u for u in room.closings.matrix(TEST).explanation.open}
    assert "--test TEST --absent" in told["candidate-2"].remedy
    pair = room.proctors(PIN)
    with pytest.raises(Refused, match="name the test: --test TEST"):
        room.attendances.say(pair, {OTHER_ROLL: (ABSENT, "")})
    assert room.attendances.say(pair, {OTHER_ROLL: (ABSENT, "ill")}, test_id=TEST) == 1
    assert room.attendances.say(pair, {OTHER_ROLL: (ABSENT, "ill")}, test_id=TEST) == 0
    explanation = room.closings.matrix(TEST).explanation
    assert [(r.candidate_id, r.state, r.note) for r in explanation.rows] == [("candidate-2", RowState.ABSENT, "ill")]
    act = house.hall._store.permits.acts()[-1]
    assert (act.who, act.subject_type, act.subject_id) == ("proctor-1", "attendance", TEST)
    assert act.details == {"candidate": "candidate-2", "state": "absent", "note": "ill"}


def test_who_sat_is_not_explained_by_a_mark(house):
    room = back_room(house)
    room.attendances.say(room.proctors(PIN), {ROLL: (ABSENT, "")}, test_id=TEST)
    (row,) = (u for u in room.closings.matrix(TEST).explanation.open if u.candidate_id == "candidate-1")
    assert row.reason == "marked absent, but a sitting is here"


def test_nothing_is_said_without_a_pin_of_a_test_not_here_or_of_a_stranger(house):
    room = back_room(house)
    with pytest.raises(Denied, match="This PIN is not right"):
        room.proctors("000000")
    pair = room.proctors(PIN)
    for said, which, words in (
        ({ROLL: (ABSENT, "")}, {"test_id": "nothing"}, "No package of the test nothing"),
        ({ROLL: (ABSENT, "")}, {"test_id": TEST, "session_id": "s"}, "not both"),
        ({OTHER_ROLL: (ABSENT, ""), "NOBODY": (ABSENT, "")}, {"test_id": TEST}, "NOBODY is expected here"),
    ):
        with pytest.raises(Refused, match=words):
            room.attendances.say(pair, said, **which)
    assert set(marks(room, test_id=TEST).values()) == {EXPECTED}


def test_whom_a_session_expects_is_marked_in_the_session(tmp_path):
    session = a_session(hall=HALL, test_ids=(TEST,))
    named = (Seating(session.session_id, "candidate-1", SEAT),)
    house = a_house(tmp_path, a_paper(), replace(a_hall_roster(), sessions=(session,), seatings=named))
    room = back_room(house)
    said = {ROLL: (ABSENT, ""), OTHER_ROLL: (ABSENT, "")}
    assert room.attendances.say(room.proctors(PIN), said, test_id=TEST) == 2
    found = {m.roll_number: (m.session_id, m.test_id, m.state) for m in room.attendances.marks(test_id=TEST)}
    assert found == {ROLL: (session.session_id, "", ABSENT), OTHER_ROLL: ("", TEST, ABSENT)}
    house.hall.admit(ROLL, CODE, SEAT)
    assert marks(room, test_id=TEST) == {ROLL: AttendanceState.PRESENT, OTHER_ROLL: ABSENT}
    house.close()


def test_a_roster_of_more_rows_than_a_closing_takes_is_refused_in_words(house, monkeypatch):
    room = back_room(house)
    room.attendances.say(room.proctors(PIN), {OTHER_ROLL: (ABSENT, "")}, test_id=TEST)
    (sealed,) = house.outbox().recover_all("proctor-1", "the hall closes").bundles
    collection = Collection.open(house.home.hall, hall_keys(house.home.hall), house.hall._store, house.clock)
    collection.take(frame.join(sealed.envelope, sealed.body), "seat")
    monkeypatch.setattr(closing, "MOST_ROWS", 1)
    with pytest.raises(Refused, match="has 2 rows, and a closing takes 1: the office has to part"):
        room.closings.close(TEST, room.proctors(PIN))
    monkeypatch.undo()
    assert room.closings.close(TEST, room.proctors(PIN))[1]


def test_by_command(house):
    home = ("--test", TEST, "--home", str(house.home.folder), "--json")
    house.hall.close()
    wrong = CliRunner().invoke(app, ["hall", "attendance", "--absent", OTHER_ROLL, *home], input="000000\n")
    assert (wrong.exit_code, "This PIN is not right" in wrong.stderr) == (1, True)
    done = CliRunner().invoke(app, ["hall", "attendance", "--absent", OTHER_ROLL, *home], input=f"{PIN}\n")
    told = {m["rollNumber"]: (m["session"], m["state"]) for m in json.loads(done.stdout)}
    assert told == {ROLL: (None, "expected"), OTHER_ROLL: (None, "absent")}
