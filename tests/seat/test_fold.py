"""Whatever is done at a desk, its journal, its rows and its screen say the same."""

import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from house import PIN, SECOND_PIN, a_house
from kiosk.exam.attempt import Attempt, Phase
from kiosk.exam.entry import MONITORING
from kiosk.exam.error import Denied, Refused
from kiosk.exam.grant import Act
from kiosk.exam.moment import iso
from kiosk.exam.page import activity, answer_row, evidence_uri, page_of, standing_of
from kiosk.views.desk import ActRequest
from storage.models import seat as rows

QUESTIONS = (
    ("cells-1", 4),
    ("cells-2", 4),
    ("cells-3", 2),
    ("genetics-1", 4),
    ("genetics-2", 4),
    ("genetics-3", 2),
    ("writing-1", 0),
    ("writing-2", 0),
)
question = st.sampled_from(QUESTIONS)
text = st.text(st.sampled_from("abé \n\u0301漢🧬"), max_size=30)
acts = st.sampled_from([a for a in Act if a is not Act.CLOSE_SEAT])
steps = st.one_of(
    st.tuples(st.just("visit"), question),
    st.tuples(st.just("choose"), question, st.sets(st.integers(1, 4), max_size=3)),
    st.tuples(st.just("type"), st.sampled_from(["writing-1", "writing-2"]), text),
    st.tuples(st.just("clear"), question),
    st.tuples(st.just("flag"), question, st.booleans()),
    st.tuples(st.just("hint"), question),
    st.tuples(st.just("wait"), st.integers(0, 400_000)),
    st.tuples(st.just("work"), st.integers(1, 60)),
    st.tuples(st.just("step"), st.integers(-10_000, 10_000)),
    st.tuples(st.just("capture"), st.sampled_from(["┌ a ┐", "┌ b ┐"])),
    st.tuples(st.just("notice"), st.sampled_from(["focus", "paste", "overlay"])),
    st.tuples(st.just("act"), acts, st.integers(0, 600_000)),
    st.tuples(st.just("crash"), st.booleans()),
    st.tuples(st.just("hand_in")),
)


def do(house, desk, step):
    """Do one thing at a desk; a refusal is fine. Return the desk to go on with."""
    clock = house.clock
    try:
        match step:
            case ("visit", (question, _)):
                desk.visit(question)
            case ("choose", (question, count), places):
                desk.visit(question)
                desk.choose(question, [f"{question}-{p}" for p in places if p <= count])
            case ("type", question, words):
                desk.visit(question)
                desk.type(question, words)
            case ("clear", (question, _)):
                desk.clear(question)
            case ("flag", (question, _), on):
                desk.flag(question, on)
            case ("hint", (question, _)):
                desk.show_hint(question)
            case ("wait", ms):
                clock.advance(ms)
            case ("work", seconds):
                for _ in range(seconds):
                    clock.advance(1_000)
                    desk.tick()
            case ("step", ms):
                clock.step_wall(ms)
            case ("capture", screen):
                desk.capture(screen)
            case ("notice", what):
                {"focus": desk.note_focus_lost, "paste": lambda: desk.note_paste(9)}.get(
                    what, lambda: desk.note_overlay(True)
                )()
            case ("act", act, ms):
                gaps = [seq for seq, _ in desk.overlay().gaps]
                request = ActRequest(act=act, amount_ms=ms, reason="other", gap=gaps[0] if gaps else None)
                desk.act(PIN, request, SECOND_PIN)
            case ("crash", reboots):
                house.settle()
                house.desks.remove(desk)
                if reboots:
                    clock.reboot()
                return house.begun()
            case ("hand_in",):
                desk.hand_in()
    except (Refused, Denied):
        pass
    return desk


sequences = st.lists(steps, min_size=3, max_size=25)


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(sequences)
def test_journal_rows_and_screen_agree(tmp_path_factory, sequence):
    play(tmp_path_factory, sequence)


@pytest.mark.slow
@pytest.mark.timeout(1_800)
@settings(max_examples=400, deadline=None, suppress_health_check=list(HealthCheck))
@given(sequences)
def test_journal_rows_and_screen_agree_whatever_is_tried(tmp_path_factory, sequence):
    play(tmp_path_factory, sequence)


def play(tmp_path_factory, sequence):
    """Do a sequence of things at a desk and hold what is left of it together."""
    folder: Path = tmp_path_factory.mktemp("fold")
    house = a_house(folder)
    desk = house.begun()
    for step in sequence:
        if desk.state().phase.value == "handed_in" and step[0] == "crash":
            continue  # the hall gives no lease for a sitting that is over
        desk = do(house, desk, step)
    desk.tick()
    house.settle()
    store = house.store()
    (line,) = store.sittings()
    record = store.whole_record(line.submission_id)
    record.verify()
    folded = Attempt.fold(record.paper, record.genesis, record.entries)
    check_screen(house, desk, folded, is_moved=store.fences.of(line.submission_id) is not None)
    check_rows(store, record, folded)
    store.close()
    house.close()
    shutil.rmtree(folder)


def check_screen(house, desk, folded, *, is_moved):
    """Hold the screen against the journal; that a sitting goes on elsewhere stands beside it, in the seat's fence."""
    state, phase = desk.state(), Phase.MOVED if is_moved else folded.phase
    assert dict(state.answers) == folded.answers
    assert (state.phase, state.question_id, state.section_id) == (phase, folded.question, folded.section)
    assert desk.time_left().test_ms == folded.ledger.left_ms(house.clock.now())
    assert desk.saved().pending == 0


def check_rows(store, record, folded):
    page = page_of(folded, record.entries)
    with store._readers.connect() as connection:
        answers = connection.execute(select(rows.Answer.__table__)).mappings().all()
        (submission,) = connection.execute(select(rows.Submission.__table__)).mappings().all()
        (session,) = connection.execute(select(rows.Proctoring.__table__)).mappings().all()
    expected = {a.question_id: a for a in page.answers}
    assert {a["question_id"] for a in answers} == set(expected)
    for row in answers:
        told = answer_row(folded, row["question_id"])
        assert row["answer_id"] == told.answer_id
        assert row["selected_option_ids"] == (list(told.selected_option_ids) if told.selected_option_ids else None)
        assert (row["essay_answer"], row["coding_answer"]) == (told.essay_answer, told.coding_answer)
        assert (row["answered_at"] and iso(row["answered_at"])) == told.answered_at
        assert (row["answered_seq"], row["seen"]) == (told.answered_seq, told.seen)
        assert (row["flagged"], row["hints_shown"]) == (told.flagged, told.hints_shown)
    standing = standing_of(folded)
    assert (submission["status"], submission["receipt"]) == (standing.status, standing.receipt)
    assert (submission["submitted_at"] and iso(submission["submitted_at"])) == standing.submitted_at
    assert (submission["duration"], submission["handed_in_by"]) == (standing.duration, standing.handed_in_by)
    assert (submission["head_seq"], submission["head_hash"]) == (standing.head.seq, standing.head.hash)
    assert session["activities"] == [activity(e) for e in record.entries if e.kind in MONITORING]
    assert (session["ended_at"] and iso(session["ended_at"])) == standing.submitted_at
    assert session["proctor_id"] == "proctor-1"
    named = {a["metadata"]["imageUrl"] for a in session["activities"] if a["activityType"] == "screen_capture"}
    assert named == {evidence_uri(e.digest) for e in record.evidence}
    assert len(record.grants) == len(folded.grants)
