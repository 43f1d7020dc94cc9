"""A sitting is moved with no hub at all: by codes and two walks with a stick. Same question, same time left."""

import json
import shutil
from dataclasses import replace

import pytest
from typer.testing import CliRunner

from house import CODE, OTHER_CODE, OTHER_ROLL, PIN, ROLL, a_house
from kiosk.cli.main import app
from kiosk.exam.attempt import Phase
from kiosk.exam.entry import Kind
from kiosk.exam.error import KioskError, Refused
from kiosk.exam.grant import Act
from kiosk.ground.clock import SystemClock
from kiosk.ground.home import Home
from kiosk.hall.place import hall_keys
from kiosk.sealing.coded_grant import is_coded
from kiosk.sealing.envelope import PayloadType, sign
from kiosk.seat.alone import NOT_BROUGHT
from kiosk.seat.expectation import Expectations
from kiosk.seat.handed import PREFIX
from kiosk.seat.wipe import _data_files, _must_know_everything
from kiosk.views.desk import ActRequest
from kiosk.wire.hub import AdvanceMessage
from live_hub import a_live_hub, until

OLD, NEW = "A12", "A14"
MOVE = ActRequest(act=Act.MOVE, reason="equipment", note=NEW)
START = ActRequest(act=Act.START)
ANSWER, ASKED = "cells-1-2", "cells-1"


@pytest.fixture
def hub(tmp_path):
    """A hub with a sitting at A12 and an empty seat A14, which is gone since."""
    house = a_house(tmp_path)
    with a_live_hub(house) as hub:
        hub.begun(OLD, ROLL, CODE)
        hub.seat(NEW)
        hub.stop()
        until(lambda: not any(seat.desk.link().is_connected for seat in hub.seats))
        yield hub


def run(hub, *argv, typed="", status=0, home=None):
    """Run a command of the hall or of a seat; return what it says."""
    folder = (home or hub.house.home).folder
    result = CliRunner().invoke(app, [*map(str, argv), "--home", str(folder)], input=typed)
    told = result.output + str(result.exception or "")
    assert (result.exit_code != 0) == (status != 0), told
    return told


def code_for(hub, seat, desk, request, home=None):
    """Ask a machine of the hall for a code, as a proctor does who reads the challenge to it."""
    words, typed = ("--act", request.act.value, "--reason", request.reason), f"{desk.challenge(request)}\n{PIN}\n"
    told = run(hub, "hall", "code", "--seat", seat, *words, "--json", typed=typed, home=home)
    return json.loads(told)["code"]


def carried(hub, stick, *, target=NEW):
    """Carry the journal of the old seat to the hall, and from there the sitting to the new one."""
    run(hub, "seat", "journal", "--to", stick, "--seat", OLD)
    run(hub, "hall", "journal", stick)
    run(hub, "hall", "handover", OLD, target, "--to", stick, typed=f"{PIN}\n")
    return run(hub, "seat", "take", stick, "--seat", target)


def stopped(hub):
    """Answer a question without the hub, and let a code move the sitting away; return the desks."""
    old, new = (seat.desk for seat in hub.seats)
    old.visit(ASKED)
    old.choose(ASKED, [ANSWER])
    old.act_by_code(MOVE, code_for(hub, OLD, old, MOVE))
    return old, new


def went_on(hub, tmp_path):
    """Let the candidate go on at the new seat; return both desks and what was left at the old one."""
    old, new = stopped(hub)
    left = old.time_left().test_ms
    carried(hub, tmp_path / "stick")
    code = code_for(hub, NEW, new, START)
    new.act_by_code(START, code)
    new.sign_in(ROLL, code)
    new.begin("assignment-1")
    return old, new, left


def test_the_candidate_goes_on_at_the_new_seat_as_if_nothing_had_been(hub, tmp_path):
    old, new, left = went_on(hub, tmp_path)
    assert (old.state().phase, new.state().phase) == (Phase.MOVED, Phase.RUNNING)
    assert new.state().question_id == ASKED
    assert new.state().answers[ASKED].option_ids == (ANSWER,)
    assert left - 3_000 < new.time_left().test_ms <= left
    with pytest.raises(Refused):
        old.choose(ASKED, [])


def test_when_the_hub_is_back_one_sitting_counts_and_every_act_is_confirmed(hub, tmp_path):
    old, new, _ = went_on(hub, tmp_path)
    new.choose(ASKED, ["cells-1-1"])
    hub.start()
    until(lambda: all(desk.link().is_connected and desk.link().behind == 0 for desk in (old, new)))
    for question in (q for section in new.sheet().sections for q in section.questions if q.options):
        new.visit(question.question_id)
        new.choose(question.question_id, [question.options[0].option_id])
    new.hand_in()
    new._writer.drain()
    (line,) = new._store.sittings()
    record = new._store.whole_record(line.submission_id)
    record.verify()
    place = (line.submission_id, record.genesis.opened_on)
    until(lambda: hub.site.store.tails.holding(*place).tail.newest.head == record.head)
    assert hub.site.store.tails.strays(line.submission_id) == 0
    assert hub.site.store.tails.orphans(*place) == 0
    acts = {g.grant.act: g for g in record.grants}
    assert set(acts) == {Act.MOVE, Act.START}
    assert all(is_coded(signed.envelope) for signed in acts.values())
    known = hub.site.store.confirmations.is_known
    until(lambda: all(known(signed.grant.grant_id) for signed in acts.values()))
    until(lambda: all(desk.link().behind == 0 for desk in (old, new)))
    assert [e.body["lease"]["seat"] for e in record.entries if e.kind is Kind.MOVED] == [NEW]


def test_a_new_seat_that_is_killed_comes_back_on_its_question_with_the_code_that_started_it(hub, tmp_path):
    _, new = stopped(hub)
    carried(hub, tmp_path / "stick")
    code = code_for(hub, NEW, new, START)
    new.act_by_code(START, code)
    for _ in range(2):
        new.sign_in(ROLL, code)
        new.begin("assignment-1")
        hub.seats.pop().close()
        new = hub.seat(NEW).desk
    new.sign_in(ROLL, code)
    new.begin("assignment-1")
    assert new.state().question_id == ASKED
    assert new.state().answers[ASKED].option_ids == (ANSWER,)


def move_on(hub, old, new, stick):
    """Move what went on at one seat to another, by stick; the candidate goes on there."""
    target = new.seat
    request = ActRequest(act=Act.MOVE, reason="equipment", note=target)
    old.act_by_code(request, code_for(hub, old.seat, old, request))
    run(hub, "seat", "journal", "--to", stick, "--seat", old.seat)
    run(hub, "hall", "journal", stick)
    run(hub, "hall", "handover", old.seat, target, "--to", stick, typed=f"{PIN}\n")
    run(hub, "seat", "take", stick, "--seat", target)


def go_on(hub, desk):
    code = code_for(hub, desk.seat, desk, START)
    desk.act_by_code(START, code)
    desk.sign_in(ROLL, code)
    desk.begin("assignment-1")


def test_what_lies_on_a_stick_from_earlier_keeps_back_nothing_newer(hub, tmp_path):
    stick = tmp_path / "stick"
    (stick / "0.exkh").mkdir(parents=True)
    old, new, _ = went_on(hub, tmp_path)
    old.sign_out()
    move_on(hub, new, old, stick)
    go_on(hub, old)
    new.sign_out()
    move_on(hub, old, new, stick)
    go_on(hub, new)
    assert new.state().answers[ASKED].option_ids == (ANSWER,)


def test_an_older_permission_takes_the_place_of_no_newer_one(hub, tmp_path):
    _, new = stopped(hub)
    carried(hub, tmp_path / "stick")
    (kept,) = new._store.advances.all()
    key = hall_keys(hub.house.home.hall).signing
    lease = new._trust.lease(kept.lease).lease
    older = sign(PayloadType.LEASE, replace(lease, epoch=1, fork_seq=None, fork_hash=None).document(), key)
    expectations = Expectations(new._store, new._trust, SystemClock())
    with pytest.raises(Refused, match="newer"):
        expectations.take(AdvanceMessage(lease=older.decode(), candidate=kept.expected.decode()))
    assert new._store.advances.all() == (kept,)


def test_nobody_goes_on_before_the_code_nor_without_the_stick(hub, tmp_path):
    _, new = stopped(hub)
    carried(hub, tmp_path / "stick")
    with pytest.raises(KioskError):
        new.sign_in(ROLL, CODE)
    code = code_for(hub, NEW, new, START)
    new.act_by_code(START, code)
    new.sign_in(ROLL, code)
    for file in hub.house.home.seat(NEW).folder.glob(f"{PREFIX}*"):
        file.unlink()
    assert [test.refusal for test in new.tests()] == [NOT_BROUGHT]
    with pytest.raises(Refused):
        new.begin("assignment-1")


def test_the_stick_is_for_one_seat_and_shows_nothing(hub, tmp_path):
    stopped(hub)
    stick = tmp_path / "stick"
    carried(hub, stick)
    (file,) = stick.glob("*.exkh")
    assert ANSWER.encode() not in file.read_bytes()
    assert "for the seat A14" in run(hub, "seat", "take", stick, "--seat", OLD, status=1)
    data = bytearray(file.read_bytes())
    for place in (0.05, 0.5, 0.99):
        bad = bytearray(data)
        bad[int(len(data) * place)] ^= 1
        file.write_bytes(bytes(bad))
        run(hub, "seat", "take", stick, "--seat", NEW, status=1)


def test_a_handover_is_written_again_with_the_same_permission(hub, tmp_path):
    stopped(hub)
    carried(hub, tmp_path / "stick")
    first, second = (
        json.loads(run(hub, "hall", "handover", OLD, NEW, "--to", tmp_path / place, "--json", typed=f"{PIN}\n"))
        for place in ("stick", "other")
    )
    assert first["stopped"]
    assert (first["submission"], first["entries"]) == (second["submission"], second["entries"])
    assert first["file"].rpartition("/")[2] == second["file"].rpartition("/")[2]
    run(hub, "seat", "take", tmp_path / "other", "--seat", NEW)


@pytest.mark.parametrize(
    ("argv", "typed", "words"),
    [
        ((OLD, NEW), "000000\n", "PIN is not right"),
        ((OLD, OLD), f"{PIN}\n", "Name another one"),
        ((OLD, "A99"), f"{PIN}\n", "was ever enrolled"),
        ((OLD, "../x"), f"{PIN}\n", "cannot be a seat's name"),
        (("A13", NEW), f"{PIN}\n", "kiosk seat journal"),
    ],
)
def test_what_is_refused(hub, tmp_path, argv, typed, words):
    stopped(hub)
    run(hub, "seat", "journal", "--to", tmp_path / "stick", "--seat", OLD)
    run(hub, "hall", "journal", tmp_path / "stick")
    assert words in run(hub, "hall", "handover", *argv, "--to", tmp_path / "stick", typed=typed, status=1)
    assert not list((tmp_path / "stick").glob("*.exkh"))


def test_a_seat_where_somebody_sits_is_given_nobody(hub, tmp_path):
    hub.start()
    other = hub.begun("A13", OTHER_ROLL, OTHER_CODE, "assignment-2")
    until(lambda: other.desk.link().behind == 0)
    hub.stop()
    until(lambda: not other.desk.link().is_connected)
    assert "Somebody is at A13" in run(
        hub, "hall", "handover", OLD, "A13", "--to", tmp_path / "stick", typed=f"{PIN}\n", status=1
    )


def test_a_seat_that_was_not_told_to_stop_is_named(hub, tmp_path):
    hub.seats[0].desk.choose(ASKED, [ANSWER])
    hub.seats[0].desk._writer.drain()
    stick = tmp_path / "stick"
    run(hub, "seat", "journal", "--to", stick, "--seat", OLD)
    run(hub, "hall", "journal", stick)
    told = run(hub, "hall", "handover", OLD, NEW, "--to", stick, typed=f"{PIN}\n")
    assert "See that nobody goes on there" in told


def test_another_machine_of_the_hall_hands_over_from_the_stick_alone(hub, tmp_path):
    _, new = stopped(hub)
    stick, laptop, token = tmp_path / "stick", Home(tmp_path / "laptop"), tmp_path / "token"
    shutil.copytree(hub.house.home.hall.keys, laptop.hall.keys)
    token.write_bytes(hub.house.token())
    run(hub, "seat", "journal", "--to", stick, "--seat", OLD)
    run(hub, "hall", "load", hub.house.home.folder / "package-1", home=laptop)
    assert "another machine" in run(hub, "hall", "journal", stick, home=laptop)
    moved = ("hall", "handover", OLD, NEW, "--to", stick)
    assert "not been released" in run(hub, *moved, typed=f"{PIN}\n", status=1, home=laptop)
    run(hub, "hall", "release", hub.house.paper.test_id, "--token", token, typed=f"{PIN}\n", home=laptop)
    run(hub, *moved, typed=f"{PIN}\n", home=laptop)
    run(hub, "seat", "take", stick, "--seat", NEW)
    code = code_for(hub, NEW, new, START, home=laptop)
    new.act_by_code(START, code)
    new.sign_in(ROLL, code)
    new.begin("assignment-1")
    assert new.state().answers[ASKED].option_ids == (ANSWER,)


def test_what_was_brought_goes_with_the_seat_when_it_is_wiped(hub, tmp_path):
    stopped(hub)
    carried(hub, tmp_path / "stick")
    place = hub.house.home.seat(NEW)
    (file,) = place.folder.glob(f"{PREFIX}*")
    assert file.stat().st_mode & 0o777 == 0o600
    assert file in _data_files(place)
    _must_know_everything(place)
