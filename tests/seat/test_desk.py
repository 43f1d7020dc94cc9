import sqlite3
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from builders import a_paper, a_test, without_clocks
from house import CODE, OTHER_CODE, OTHER_ROLL, PIN, ROLL, SEAT, SECOND_PIN, a_hall_roster, a_house
from kiosk.exam.attempt import Phase
from kiosk.exam.entry import Kind
from kiosk.exam.error import Denied, KioskError, Refused, Tampered
from kiosk.exam.grant import Act
from kiosk.exam.press import print_test
from kiosk.exam.timing import TICK_MS
from kiosk.views.desk import ActRequest, Saved


@pytest.fixture
def house(tmp_path):
    house = a_house(tmp_path)
    yield house
    house.close()


def entries_of(house, seat=SEAT):
    """Return the stored journal of the only sitting of a seat."""
    house.settle()
    store = house.store(seat)
    (line,) = store.sittings()
    entries = store.record(line.submission_id).entries
    store.close()
    return entries


def kinds(entries):
    return [e.kind for e in entries]


def answer_all(desk, house):
    for section in desk.sheet().sections:
        for question in section.questions:
            desk.visit(question.question_id)
            if question.options:
                desk.choose(question.question_id, [question.options[0].option_id])
            else:
                desk.type(question.question_id, "Mitosis, twice")
            house.clock.advance(2_000)
            desk.tick()


def test_a_test_is_opened_on_disk_before_the_screen_sees_it(house):
    desk = house.begun()
    assert kinds(entries_of(house)) == [Kind.OPENED, Kind.SECTION_ENTERED, Kind.VISITED]
    assert desk.state().phase is Phase.RUNNING
    assert desk.saved().pending == 0
    assert desk.saved().seat_at == house.clock.now().at


def test_the_sheet_is_in_the_order_that_was_drawn(house):
    desk = house.begun()
    (opened, *_) = entries_of(house)
    drawn = [[q["question"] for q in s["questions"]] for s in opened.body["order"]]
    assert [[q.question_id for q in s.questions] for s in desk.sheet().sections] == drawn
    options = {q["question"]: q["options"] for s in opened.body["order"] for q in s["questions"]}
    for question in (q for s in desk.sheet().sections for q in s.questions):
        assert [o.option_id for o in question.options] == options[question.question_id]
        assert [o.letter for o in question.options] == list("ABCD")[: len(question.options)]


def test_a_move_is_shown_at_once_and_saved_behind_it(house):
    heard = []
    desk = house.begun()
    desk.listen(heard.append)
    house.clock.advance(1_000)
    desk.flag(desk.state().question_id, True)
    assert desk.state().answers[desk.state().question_id].flagged
    desk.act(PIN, ActRequest(act=Act.NOTE, reason="other", note="a cough"))
    assert heard == [Saved(3, house.clock.now().at), Saved(4, house.clock.now().at)]


def test_a_refused_move_changes_nothing(house):
    desk = house.begun()
    before = desk.state()
    with pytest.raises(Refused, match="Go to"):
        desk.choose("genetics-1", ["genetics-1-1"])
    assert desk.state() == before
    assert len(entries_of(house)) == 3


def test_after_a_crash_the_candidate_is_at_the_same_question_and_nothing_is_lost(house):
    desk = house.begun()
    answer_all(desk, house)
    before, left = desk.state(), desk.time_left()
    desk.close()
    house.clock.advance(120_000)
    desk = house.begun()
    assert desk.state() == before
    assert 0 <= desk.time_left().test_ms - left.test_ms <= TICK_MS
    gap, restarted = entries_of(house)[-2:]
    assert (gap.kind, gap.body) == (Kind.GAP, {"cause": "restart", "ms": 122_000})
    assert restarted.kind is Kind.RESTARTED


def test_a_reboot_costs_no_time_and_is_not_measured(house):
    desk = house.begun()
    house.clock.advance(5_000)
    desk.tick()
    left = desk.time_left()
    desk.close()
    house.clock.reboot(600_000)
    desk = house.begun()
    assert desk.time_left().test_ms == left.test_ms
    assert entries_of(house)[-2].body == {"cause": "reboot", "ms": None}
    assert [g for _, g in desk.overlay().gaps] == [None]


def test_a_crash_in_a_pause_is_no_gap(house):
    desk = house.begun()
    desk.act(PIN, ActRequest(act=Act.PAUSE, reason="power"))
    desk.close()
    house.clock.advance(60_000)
    desk = house.begun()
    assert kinds(entries_of(house))[-2:] == [Kind.PAUSED, Kind.RESTARTED]
    assert desk.state().phase is Phase.PAUSED


def test_while_it_runs_there_is_an_entry_every_five_seconds(house):
    desk = house.begun()
    for _ in range(60):
        house.clock.advance(1_000)
        assert not desk.tick()
    ticks = [e for e in entries_of(house) if e.kind is Kind.TICK]
    assert len(ticks) == 12
    assert desk.time_left().test_ms == 59 * 60_000


def test_a_sleep_of_the_machine_is_written_down_before_the_next_move(house):
    desk = house.begun()
    house.clock.advance(3_600_000)
    desk.flag(desk.state().question_id, True)
    assert kinds(entries_of(house))[-2:] == [Kind.GAP, Kind.FLAGGED]
    assert desk.time_left().test_ms == 60 * 60_000


def test_a_set_clock_is_written_down_and_changes_no_time(house):
    desk = house.begun()
    house.clock.step_wall(7_200_000)
    house.clock.advance(1_000)
    desk.tick()
    assert entries_of(house)[-1].body == {"ms": 7_200_000}
    assert desk.time_left().test_ms == 60 * 60_000 - 1_000


def test_a_paused_clock_stands_still(house):
    desk = house.begun()
    desk.act(PIN, ActRequest(act=Act.PAUSE, reason="power"))
    for _ in range(100):
        house.clock.advance(1_000)
        desk.tick()
    assert not desk.time_left().running
    assert desk.time_left().test_ms == 60 * 60_000
    assert Kind.TICK not in kinds(entries_of(house))
    with pytest.raises(Refused, match="paused"):
        desk.flag("cells-1", True)
    desk.act(PIN, ActRequest(act=Act.RESUME))
    assert desk.time_left().running


def test_handing_in_gives_a_receipt_and_tells_the_hall(house):
    desk = house.begun()
    answer_all(desk, house)
    desk.hand_in()
    state = desk.state()
    assert (state.phase, state.handed_in_by) == (Phase.HANDED_IN, "candidate")
    assert len(state.receipt) == 12
    desk.close()
    (progress,) = house.hall.progress()
    assert (progress.phase, progress.answered, progress.questions) == (Phase.HANDED_IN, 8, 8)
    with pytest.raises(Refused, match="handed in"):
        desk.flag("cells-1", True)


def test_a_receipt_missed_on_the_screen_is_in_the_list_after_a_restart(house):
    desk = house.begun()
    answer_all(desk, house)
    desk.hand_in()
    receipt = desk.state().receipt
    desk.close()
    again = house.desk()
    again.sign_in(ROLL, CODE)
    assert again.tests()[0].receipt == receipt is not None


@pytest.mark.parametrize("resumes", [False, True])
def test_a_start_asked_twice_at_once_opens_one_sitting(house, resumes):
    if resumes:
        house.begun().close()
    desk = house.desk()
    desk.sign_in(ROLL, CODE)
    with ThreadPoolExecutor(4) as pool:
        sheets = list(pool.map(desk.begin, ["assignment-1"] * 4))
    desk.flag(desk.state().question_id, True)
    house.settle()
    assert desk.saved().failure is None
    assert len({id(sheet) for sheet in sheets}) == 1
    assert kinds(entries_of(house)).count(Kind.RESTARTED) == int(resumes)


def test_a_mandatory_section_must_be_complete(house):
    desk = house.begun()
    with pytest.raises(Refused, match="Cells must be completed"):
        desk.hand_in()


@pytest.mark.parametrize("behind_overlay", [False, True])
def test_at_zero_it_is_handed_in_without_anybody(tmp_path, behind_overlay):
    paper = print_test(without_clocks(a_test(duration=1)))[0]
    house = a_house(tmp_path, paper)
    desk = house.begun()
    if behind_overlay:
        desk.note_overlay(True)
    changed = []
    for _ in range(61):
        house.clock.advance(1_000)
        changed.append(desk.tick())
    assert changed == [False] * 59 + [True, False]
    assert desk.state().handed_in_by == "time"
    assert desk.time_left().test_ms == 0
    house.close()


def test_a_section_whose_time_is_over_is_left(house):
    desk = house.begun()
    assert desk.state().section_id == "cells"
    changed = False
    for _ in range(20 * 60):
        house.clock.advance(1_000)
        changed = desk.tick()
    assert changed
    assert desk.state().section_id == "genetics"
    assert desk.state().shut_sections == {"cells"}


def test_time_added_reaches_the_clocks(house):
    desk = house.begun()
    desk.act(PIN, ActRequest(act=Act.EXTEND, amount_ms=600_000, reason="power"))
    assert desk.time_left().test_ms == 70 * 60_000
    assert desk.time_left().section_ms == 30 * 60_000
    assert entries_of(house)[-1].body["who"] == "proctor-1"


def test_ending_and_reopening_need_two_people(house):
    desk = house.begun()
    for wrong in (None, PIN):
        with pytest.raises(Denied, match="second person"):
            desk.act(PIN, ActRequest(act=Act.END, reason="disturbance"), wrong)
    desk.act(PIN, ActRequest(act=Act.END, reason="disturbance"), SECOND_PIN)
    first = desk.state().receipt
    assert desk.state().handed_in_by == "proctor"
    desk.act(PIN, ActRequest(act=Act.REOPEN, reason="other"), SECOND_PIN)
    assert (desk.state().phase, desk.state().receipt) == (Phase.RUNNING, None)
    desk.act(PIN, ActRequest(act=Act.END, reason="disturbance"), SECOND_PIN)
    assert desk.state().receipt not in (None, first)


def test_an_act_out_of_place_is_refused_and_writes_nothing(house):
    desk = house.begun()
    with pytest.raises(Refused, match="not possible now"):
        desk.act(PIN, ActRequest(act=Act.RESUME))
    assert len(entries_of(house)) == 3


def test_a_gap_is_charged_once(house):
    desk = house.begun()
    house.clock.advance(300_000)
    desk.tick()
    ((gap, ms),) = desk.overlay().gaps
    desk.act(PIN, ActRequest(act=Act.CHARGE_GAP, gap=gap, amount_ms=ms, reason="other"))
    assert desk.overlay().gaps == ()
    assert desk.time_left().test_ms == 55 * 60_000
    with pytest.raises(Refused, match="settled"):
        desk.act(PIN, ActRequest(act=Act.CHARGE_GAP, gap=gap, amount_ms=ms))


def test_a_grant_for_something_else_is_not_carried_out(house):
    desk = house.begun()

    class Swapped:
        """A hall that answers with more than was asked."""

        def __getattr__(self, name):
            return getattr(house.hall, name)

        def grant(self, request):
            return house.hall.grant(replace(request, amount_ms=request.amount_ms + 1))

    desk._authority = Swapped()
    with pytest.raises(Denied, match="something else"):
        desk.act(PIN, ActRequest(act=Act.EXTEND, amount_ms=60_000))
    assert len(entries_of(house)) == 3


def test_a_grant_nobody_signed_is_not_carried_out(house):
    desk = house.begun()
    envelope = house.hall.grant
    house.hall.grant = lambda request: envelope(request).replace(b'"sig":"', b'"sig":"AAAA')
    with pytest.raises(Tampered):
        desk.act(PIN, ActRequest(act=Act.PAUSE))
    assert desk.state().phase is Phase.RUNNING


def test_a_lease_another_hall_signed_opens_nothing(house, tmp_path):
    other = a_house(tmp_path / "other", house.paper)
    desk = house.desk(authority=other.hall)
    desk.sign_in(ROLL, CODE)
    with pytest.raises(Tampered, match="signature"):
        desk.begin("assignment-1")
    other.close()


def test_the_overlay_shows_no_question_and_no_answer(house):
    desk = house.begun()
    answer_all(desk, house)
    desk.capture("┌ What is asked in cells-1? ┐")
    desk.note_focus_lost()
    desk.note_paste(300)
    shown = repr(desk.overlay())
    for question in (q for s in desk.sheet().sections for q in s.questions):
        assert question.text not in shown
        assert question.question_id not in shown
        assert not any(o.text in shown or o.option_id in shown for o in question.options)
    assert "Mitosis" not in shown
    assert [words for _, words in desk.overlay().events][-2:] == [
        "another window took the focus",
        "paste of 300 characters refused",
    ]


def test_a_capture_is_kept_once_and_named(house):
    desk = house.begun()
    desk.capture("┌ screen ┐")
    house.clock.advance(3_000)
    desk.capture("┌ screen ┐")
    desk.close()
    store = house.store()
    record = store.whole_record(store.sittings()[0].submission_id)
    store.close()
    (evidence,) = record.evidence
    assert evidence.content.decode() == "┌ screen ┐"
    captured = [e.body["evidence"] for e in record.entries if e.kind is Kind.CAPTURED]
    assert captured == [evidence.digest] * 2


def test_what_is_typed_comes_back_whole_after_a_crash(house):
    desk = house.begun()
    desk.visit("writing-1")
    text = ""
    for word in ("Cells ", "divide ", "twice, ", "é", "\u0301", "mitosis."):
        text += word
        desk.type("writing-1", text)
        house.clock.advance(900)
    shown = desk.state().answers["writing-1"].text
    desk.close()
    desk = house.begun()
    assert desk.state().answers["writing-1"].text == shown
    assert kinds(entries_of(house)).count(Kind.TYPED) == 6


def test_nobody_signs_out_of_an_open_test(house):
    desk = house.begun()
    with pytest.raises(Refused, match="handed in first"):
        desk.sign_out()
    with pytest.raises(Refused, match="handed in first"):
        desk.sign_in(OTHER_ROLL, OTHER_CODE)


def test_the_next_candidate_sits_at_the_same_desk(house):
    desk = house.begun()
    answer_all(desk, house)
    desk.hand_in()
    desk.sign_out()
    with pytest.raises(KioskError, match="No test is open"):
        desk.sheet()
    with pytest.raises(KioskError, match="Nobody is signed in"):
        desk.tests()
    desk.sign_in(OTHER_ROLL, OTHER_CODE)
    desk.begin("assignment-2")
    store = house.store()
    assert [line.candidate for line in store.sittings()] == ["Okafor, Anna", "Adeyemi, Ben"]
    store.close()


def test_a_seat_can_be_closed_with_and_without_a_test(house):
    desk = house.desk()
    desk.act(PIN, ActRequest(act=Act.CLOSE_SEAT, reason="equipment"))
    desk.sign_in(ROLL, CODE)
    desk.begin("assignment-1")
    desk.act(PIN, ActRequest(act=Act.CLOSE_SEAT, reason="equipment"))
    last = entries_of(house)[-1]
    assert (last.kind, last.body["category"]) == (Kind.NOTED, "close_seat")
    assert desk.state().phase is Phase.RUNNING


def test_two_attempts_are_two_sittings(tmp_path):
    paper = a_paper(max_attempts=2)
    house = a_house(tmp_path, paper, a_hall_roster(paper))
    for attempt in (1, 2):
        desk = house.begun()
        answer_all(desk, house)
        desk.hand_in()
        desk.close()
        store = house.store()
        assert len(store.sittings()) == attempt
        store.close()
    desk = house.desk()
    desk.sign_in(ROLL, CODE)
    with pytest.raises(Refused, match="2 times"):
        desk.begin("assignment-1")
    house.close()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ("UPDATE journal SET body = replace(body, 'cells', 'cellx') WHERE seq = 2", "entry 2"),
        ("DELETE FROM journal WHERE seq = 3", "ends at entry 2"),
        ("DELETE FROM journal WHERE seq = 1", "entry 1 is missing"),
        ("UPDATE journal SET at = '2031-05-06T11:00:00.000Z' WHERE seq = 3", "entry 3"),
        ("UPDATE test_submissions SET head_hash = x'00' WHERE 1", "journal ends"),
        ("UPDATE papers SET body = replace(body, 'What', 'Who') WHERE 1", "paper"),
    ],
)
def test_a_journal_that_does_not_hold_is_not_gone_on_with(house, change, words):
    desk = house.begun()
    desk.flag(desk.state().question_id, True)
    desk.close()
    tamper(house, change)
    desk = house.desk()
    desk.sign_in(ROLL, CODE)
    with pytest.raises(Tampered, match=words):
        desk.begin("assignment-1")


def tamper(house, statement: str) -> None:
    """Change a seat's file behind its back, as somebody with its key could."""
    from sqlcipher3 import dbapi2

    place = house.home.seat(SEAT)
    connection = dbapi2.connect(str(place.store))
    connection.execute(f"PRAGMA key = \"x'{place.store_key().hex()}'\"")
    for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        connection.execute(f"DROP TRIGGER {name}")
    connection.execute(statement)
    connection.commit()
    connection.close()


def test_the_seat_file_is_not_plain_and_its_journal_cannot_be_changed_by_the_program(house):
    desk = house.begun()
    desk.close()
    place = house.home.seat(SEAT)
    assert not place.store.read_bytes().startswith(b"SQLite format 3")
    with pytest.raises(sqlite3.DatabaseError):
        sqlite3.connect(place.store).execute("SELECT * FROM journal")
