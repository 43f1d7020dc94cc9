"""The review, the two steps of handing in, and what is shown after it."""

import pytest
from fake_desk import FakeDesk, a_desk, a_desk_at_work
from small_app import on_stage, parts

from kiosk.exam.grant import Act
from kiosk.views.desk import ActRequest
from screens.candidate.finished import FinishedScreen
from screens.candidate.review import ReviewScreen
from screens.messages import HandInConfirmed, ReviewClosed, SignOutAsked

pytestmark = pytest.mark.asyncio


def a_finished_desk() -> FakeDesk:
    desk = a_desk_at_work()
    for number in range(5, 16):
        question = desk.paper.questions[f"c{number}"]
        desk.choose(question.question_id, [o.option_id for o in question.options[: 2 if number == 8 else 1]])
    return desk


async def test_each_section_is_counted_and_what_is_open_is_listed() -> None:
    desk = a_desk_at_work()
    async with on_stage(ReviewScreen(*parts(desk)), desk) as stage:
        assert "4 of 15 answered  11 empty, needed: 5 6 7 8 …  2 flagged: 3 6" in stage.text
        assert "0 of 10 answered  10 empty: 1 2 3 4 …" in stage.text
        assert "0 of  2 answered  2 empty: 1 2" in stage.text
        assert "Cells 3  answered  • flagged" in stage.text
        assert "Cells 6  empty  • flagged" in stage.text
        assert "▶ Go back to Cells 5, empty" in stage.text
        assert "1:42:07 left" in stage.text


async def test_going_back_has_the_focus_and_leads_to_the_first_empty_question() -> None:
    desk = a_desk_at_work()
    async with on_stage(ReviewScreen(*parts(desk)), desk) as stage:
        await stage.press("enter")
        assert [m.question_id for m in stage.sent(ReviewClosed)] == ["c5"]


@pytest.mark.parametrize("key", ["escape", "f9"])
async def test_the_review_can_be_left_where_one_was(key: str) -> None:
    desk = a_desk_at_work()
    async with on_stage(ReviewScreen(*parts(desk)), desk) as stage:
        await stage.press(key)
        assert [m.question_id for m in stage.sent(ReviewClosed)] == [None]


async def test_a_listed_question_is_jumped_to() -> None:
    desk = a_desk_at_work()
    async with on_stage(ReviewScreen(*parts(desk)), desk) as stage:
        await stage.press("shift+tab", "down", "down", "enter")
        assert [m.question_id for m in stage.sent(ReviewClosed)] == ["c6"]


async def test_handing_in_asks_once_more_and_the_safe_answer_has_the_focus() -> None:
    desk = a_finished_desk()
    async with on_stage(ReviewScreen(*parts(desk)), desk) as stage:
        await stage.press("tab", "enter")
        assert stage.words("#words") == (
            "You have answered 15 of 27 questions; 12 are empty. After that no answer can be changed."
        )
        assert "▶ Keep working" in stage.text
        await stage.press("enter")
        assert not stage.sent(HandInConfirmed)
        await stage.press("enter", "tab", "enter")
        assert len(stage.sent(HandInConfirmed)) == 1


async def test_escape_in_the_second_step_hands_nothing_in() -> None:
    desk = a_finished_desk()
    async with on_stage(ReviewScreen(*parts(desk)), desk) as stage:
        await stage.press("tab", "enter", "escape")
        assert not stage.sent(HandInConfirmed)
        assert "Before you hand in" in stage.text


async def test_a_refused_hand_in_must_be_read() -> None:
    desk = a_desk_at_work()
    screen = ReviewScreen(*parts(desk))
    async with on_stage(screen, desk) as stage:
        stage.app.move(FakeDesk.hand_in)
        await stage.press()
        assert "Not handed in" in stage.text
        assert "Cells must be completed. Still empty: 5, 6, 7, 8, 9, 10, 11, 12." in stage.words("#words")
        await stage.press("enter")
        assert "Before you hand in" in stage.text


async def test_when_everything_is_answered_nothing_is_listed() -> None:
    desk = a_finished_desk()
    for number in range(1, 11):
        desk.visit(f"g{number}")
        desk.choose(f"g{number}", [f"g{number}-1"])
    for question in ("w1", "w2"):
        desk.visit(question)
        desk.type(question, "words")
    async with on_stage(ReviewScreen(*parts(desk)), desk) as stage:
        assert "10 of 10 answered" in stage.text
        assert "empty" not in stage.text
        assert "Cells 3  answered  • flagged" in stage.text
        await stage.press("enter")
        assert [m.question_id for m in stage.sent(ReviewClosed)] == [None]


async def test_a_pause_covers_the_review_too() -> None:
    desk = a_desk_at_work()
    async with on_stage(ReviewScreen(*parts(desk)), desk) as stage:
        desk.act("4711", ActRequest(act=Act.PAUSE, reason="power"))
        stage.app.tell()
        await stage.press("enter")
        assert "The exam is paused" in stage.text
        assert "Before you hand in" not in stage.text
        assert not stage.sent(ReviewClosed)


async def test_a_shut_section_is_not_offered() -> None:
    desk = a_desk()
    desk.pass_time(40 * 60_000 + 5_000)
    async with on_stage(ReviewScreen(*parts(desk)), desk) as stage:
        assert "shut" in stage.text
        assert "Cells 1  empty" not in stage.text
        assert "Go back to Genetics 1, empty" in stage.text


async def test_the_receipt_is_shown_with_when_how_much_and_how_safe() -> None:
    desk = a_finished_desk()
    desk.hand_in()
    receipt = desk.state().receipt
    assert receipt is not None
    async with on_stage(FinishedScreen(*parts(desk)), desk) as stage:
        assert "Handed in at 12:17:53." in stage.text
        assert "15 of 27 questions answered." in stage.text
        assert f"Your receipt:  {receipt}" in stage.text
        assert "Write it down: it proves what you handed in." in stage.text
        assert "Saved: this seat, hall, central (waiting)." in stage.text
        assert "Please stay seated until the proctor says so." in stage.text
        await stage.press("enter")
        assert len(stage.sent(SignOutAsked)) == 1


@pytest.mark.parametrize(
    ("by", "words"),
    [("time", "The time was over: your answers were handed in at"), ("proctor", "The proctor handed in for you at")],
)
async def test_who_handed_in_is_said(by: str, words: str) -> None:
    from dataclasses import replace

    desk = a_finished_desk()
    desk.hand_in()
    sheet, state, time, saved = parts(desk)
    async with on_stage(FinishedScreen(sheet, replace(state, handed_in_by=by), time, saved)) as stage:
        assert words in stage.text
