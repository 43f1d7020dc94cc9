"""The question screen: what a candidate does with keys, and what is asked of the desk."""

from dataclasses import replace

import pytest
from fake_desk import INJECTION, FakeDesk, a_desk, a_desk_at_work, cells, genetics, writing
from small_app import on_stage, parts

from kiosk.exam.attempt import Phase
from kiosk.exam.grant import Act
from kiosk.views.desk import ActRequest
from screens.candidate.question import QuestionScreen
from screens.messages import (
    ChoiceChanged,
    ClearAsked,
    FlagChanged,
    HintAsked,
    QuestionAsked,
    ReviewAsked,
    TextChanged,
)

pytestmark = pytest.mark.asyncio


def shown(desk: FakeDesk) -> QuestionScreen:
    return QuestionScreen(*parts(desk))


async def test_the_sketch_is_what_is_seen() -> None:
    desk = a_desk_at_work()
    async with on_stage(shown(desk), desk) as stage:
        lines = stage.text.splitlines()
        assert lines[0].split("  ")[0] == " Biology II · Paper A"
        assert "Okafor, Anna · seat A12" in lines[0]
        assert lines[0].endswith("1:42:07 left")
        assert "[1 Cells 4/15] 2 Genetics 0/10  3 Writing 0/2" in lines[1]
        assert lines[1].endswith("section 22:07")
        assert "Question 7 of 15" in stage.text
        assert "Which of these is not found in a plant cell?" in stage.text
        assert "Saved: this seat 12:17:53 · hall 12:17:53" in lines[22]
        assert lines[22].endswith("F1 Help")
        assert "A-D choose" in lines[23]
        assert "F9 review" in lines[23]


@pytest.mark.parametrize(
    ("keys", "option"), [(("b",), "o2"), (("B",), "o2"), (("3",), "o3"), (("down", "space"), "o2"), (("enter",), "o1")]
)
async def test_an_option_is_chosen_by_letter_number_or_arrows(keys: tuple[str, ...], option: str) -> None:
    desk = a_desk_at_work()
    async with on_stage(shown(desk), desk) as stage:
        await stage.press(*keys)
        [changed] = stage.sent(ChoiceChanged)
        assert (changed.question_id, changed.option_ids) == ("c7", (option,))
        assert stage.text.count("chosen") == 1
        assert desk.state().answers["c7"].option_ids == (option,)


async def test_another_letter_changes_a_single_choice() -> None:
    desk = a_desk_at_work()
    async with on_stage(shown(desk), desk) as stage:
        await stage.press("b", "d")
        assert desk.state().answers["c7"].option_ids == ("o4",)
        assert "(•) Vacuole" in stage.text
        assert "( ) Centriole" in stage.text


async def test_several_choices_have_boxes_and_limits() -> None:
    desk = a_desk_at_work()
    async with on_stage(shown(desk), desk) as stage:
        await stage.press("pagedown", "a", "c", "d")
        assert "choose 2 to 3" in stage.text
        assert desk.state().answers["c8"].option_ids == ("o1", "o3", "o4")
        await stage.press("e")
        assert "! Choose no more than 3. Take one away first." in stage.text
        assert stage.text.count("[x]") == 3
        await stage.press("a")
        assert desk.state().answers["c8"].option_ids == ("o3", "o4")


async def test_true_and_false_are_two_choices() -> None:
    desk = a_desk_at_work()
    async with on_stage(shown(desk), desk) as stage:
        await stage.press("pagedown", "pagedown", "b")
        assert "true or false" in stage.text
        assert "(•) True" in stage.text
        assert desk.state().answers["c9"].option_ids == ("o2",)


async def test_keys_that_come_in_a_burst_answer_the_questions_they_were_meant_for() -> None:
    desk = a_desk_at_work()
    async with on_stage(shown(desk), desk) as stage:
        await stage.burst("b", "pagedown", "a", "c", "pagedown", "a", "pageup", "c", "d")
        answers = desk.state().answers
        assert answers["c7"].option_ids == ("o2",)
        assert answers["c8"].option_ids == ("o1", "o4")
        assert answers["c9"].option_ids == ("o1",)
        assert "Question 8 of 15" in stage.text


async def test_letters_typed_in_a_burst_stay_with_their_text() -> None:
    desk = a_desk()
    async with on_stage(shown(desk), desk) as stage:
        await stage.press("f6", "f6")
        await stage.burst("a", "b", "left", "c", "pagedown", "x", "pageup", "end", "d")
        await stage.press("f9")
        assert desk.state().answers["w1"].text == "acbd"
        assert desk.state().answers["w2"].text == "def count(cells):\n    x"


async def test_moving_goes_through_the_sections_and_stops_at_the_ends() -> None:
    desk = a_desk()
    async with on_stage(shown(desk), desk) as stage:
        await stage.press("pageup")
        assert "This is the first question." in stage.text
        await stage.press("f6")
        assert "[2 Genetics 0/10]" in stage.text
        await stage.press("pageup")
        assert "Question 15 of 15" in stage.text
        await stage.press("f6", "f6", "pagedown", "pagedown")
        assert "This is the last question. F9 shows the review." in stage.text
        assert [m.question_id for m in stage.sent(QuestionAsked)] == ["g1", "c15", "g1", "w1", "w2"]


async def test_a_section_is_entered_where_it_was_left() -> None:
    desk = a_desk()
    async with on_stage(shown(desk), desk) as stage:
        await stage.press("pagedown", "pagedown", "f6", "pagedown", "f6", "f6")
        assert "Question 3 of 15" in stage.text
        assert desk.state().question_id == "c3"


async def test_go_to_a_number() -> None:
    desk = a_desk_at_work()
    async with on_stage(shown(desk), desk) as stage:
        await stage.press("f4")
        assert "Cells: type a number from 1 to 15" in stage.text
        await stage.press("4", "2", "enter")
        assert "There is no question 42. Type 1 to 15." in stage.text
        await stage.press("backspace", "backspace", "1", "3", "enter")
        assert "Question 13 of 15" in stage.text
        await stage.press("f4", "escape")
        assert "Question 13 of 15" in stage.text


async def test_the_palette_is_walked_with_arrows() -> None:
    desk = a_desk_at_work()
    async with on_stage(shown(desk), desk) as stage:
        await stage.press("tab", "down", "right", "enter")
        assert "Question 13 of 15" in stage.text
        await stage.press("a")
        assert desk.state().answers["c13"].is_answered


async def test_a_flag_is_put_up_and_taken_down() -> None:
    desk = a_desk_at_work()
    async with on_stage(shown(desk), desk) as stage:
        await stage.press("f2")
        assert "• flagged" in stage.text.splitlines()[3]
        assert desk.state().answers["c7"].flagged
        await stage.press("f2")
        assert [m.on for m in stage.sent(FlagChanged)] == [True, False]
        assert not desk.state().answers["c7"].flagged


async def test_a_choice_is_cleared_at_once() -> None:
    desk = a_desk_at_work()
    async with on_stage(shown(desk), desk) as stage:
        await stage.press("b", "f3")
        assert [m.question_id for m in stage.sent(ClearAsked)] == ["c7"]
        assert "chosen" not in stage.text
        assert not desk.state().answers["c7"].is_answered


async def test_a_text_is_cleared_only_after_a_question() -> None:
    desk = a_desk()
    async with on_stage(shown(desk), desk) as stage:
        await stage.press("f6", "f6", "o", "n", "e", "f3")
        assert "Clear this answer?" in stage.text
        await stage.press("enter")
        assert not stage.sent(ClearAsked)
        assert "one" in stage.text
        await stage.press("f3", "tab", "enter")
        assert desk.state().answers["w1"].text == ""
        assert "0 words of 300 to 500" in stage.text


async def test_a_hint_says_what_it_costs_and_then_stands_under_the_question() -> None:
    desk = a_desk_at_work()
    async with on_stage(shown(desk), desk) as stage:
        await stage.press("f5")
        assert "Hint 1 of 2 costs 0.5 points. Enter shows it, Esc keeps the points." in stage.words("#words")
        await stage.press("escape")
        assert not stage.sent(HintAsked)
        await stage.press("f5", "enter")
        assert "Hint 1: It helps a cell to divide." in stage.text
        await stage.press("f5", "enter", "f5")
        assert "There is no further hint." in stage.text
        assert desk.state().answers["c7"].hints_shown == 2


async def test_an_essay_counts_words_and_is_saved_while_it_is_written() -> None:
    desk = a_desk()
    async with on_stage(shown(desk), desk) as stage:
        await stage.press("f6", "f6", *"cells grow")
        assert "2 words of 300 to 500" in stage.text
        await stage.until(lambda: desk.state().answers["w1"].text == "cells grow")
        await stage.until(lambda: "Saved: this seat 12:00:00" in stage.text)
        assert all(m.question_id == "w1" for m in stage.sent(TextChanged))


async def test_a_program_has_line_numbers_colours_and_examples() -> None:
    desk = a_desk()
    async with on_stage(shown(desk), desk) as stage:
        await stage.press("f6", "f6", "pagedown")
        assert " 1  def count(cells):" in stage.text
        assert "2 lines · python" in stage.text
        assert "Input" in stage.text
        assert "AACG" in stage.text
        assert stage.app.screen.query_one("Editor").language == "python"
        await stage.press("enter", "tab", "x", "f9")
        assert desk.state().answers["w2"].text == "def count(cells):\n    \n        x"


async def test_a_text_cannot_grow_beyond_what_can_be_kept() -> None:
    desk = a_desk()
    screen = shown(desk)
    async with on_stage(screen, desk) as stage:
        await stage.press("f6", "f6")
        screen.pane.writing.load("x" * 100_000)
        await stage.press("y")
        assert "! An answer can have 100,000 characters." in stage.text
        assert screen.pane.writing.editor.text == "x" * 100_000


async def test_who_comes_back_finds_the_same_question_and_text() -> None:
    desk = a_desk_at_work()
    desk.visit("w1")
    desk.type("w1", "Cells divide")
    async with on_stage(shown(desk), desk) as stage:
        assert "Question 1 of 2" in stage.text
        assert "Cells divide" in stage.text
        await stage.press("!", "f9")
        assert desk.state().answers["w1"].text == "Cells divide!"


async def test_starter_code_alone_is_not_an_answer() -> None:
    desk = a_desk()
    async with on_stage(shown(desk), desk) as stage:
        await stage.press("f6", "f6", "pagedown", "pageup", "f9")
        assert not stage.sent(TextChanged)
        assert len(stage.sent(ReviewAsked)) == 1
        assert not desk.state().answers["w2"].is_answered


async def test_text_held_back_is_given_out_when_asked_for() -> None:
    desk = a_desk()
    screen = shown(desk)
    async with on_stage(screen, desk) as stage:
        await stage.press("f6", "f6", "a")
        (taken,) = screen.take_text()
        assert (taken.question_id, taken.text) == ("w1", "a")
        taken.is_down = True
        assert not screen.take_text()


async def test_a_long_question_scrolls_and_its_choices_stay() -> None:
    desk = a_desk()
    async with on_stage(shown(desk), desk) as stage:
        await stage.press("f4", "1", "0", "enter")
        assert "more ▼" in stage.text
        assert "D  ( ) Vacuole" in stage.text
        await stage.press("pagedown")
        assert "There is more of this question below" in stage.text
        assert "Question 10 of 15" in stage.text
        for _ in range(30):
            await stage.pilot.press("ctrl+down")
        await stage.press("ctrl+down")
        assert "What was seen?" in stage.text
        assert "end ▲ 100 %" in stage.text
        assert "D  ( ) Vacuole" in stage.text
        await stage.press("pagedown")
        assert "Question 11 of 15" in stage.text


async def test_going_on_from_an_unread_question_takes_two_keys_and_no_more() -> None:
    desk = a_desk()
    async with on_stage(shown(desk), desk) as stage:
        await stage.press("f4", "1", "0", "enter", "pagedown", "pagedown")
        assert "Question 11 of 15" in stage.text
        assert "There is more of this question below" not in stage.text


async def test_markup_in_a_question_is_only_text() -> None:
    desk = a_desk()
    async with on_stage(shown(desk), desk) as stage:
        await stage.press("f4", "1", "1", "enter")
        assert stage.text.count("[@click=app.quit]x[/] and [/x] and <b>y</b>") >= 1
        assert INJECTION[:20] in stage.text.splitlines()[7]
        await stage.press("a")
        assert stage.app.is_running


async def test_the_time_can_be_hidden_and_comes_back_in_the_last_minutes() -> None:
    desk = a_desk()
    async with on_stage(shown(desk), desk) as stage:
        await stage.press("f6", "f8")
        assert "time hidden" in stage.text
        stage.app.pass_time(116 * 60_000)
        await stage.press()
        assert "! 4:00 left" in stage.text
        assert "time hidden" not in stage.text


async def test_a_test_may_forbid_to_hide_the_time() -> None:
    desk = a_desk(settings={"allowHideTimer": "false"})
    async with on_stage(shown(desk), desk) as stage:
        await stage.press("f8")
        assert "time hidden" not in stage.text


async def test_warnings_come_once_and_take_no_key() -> None:
    desk = a_desk()
    async with on_stage(shown(desk), desk) as stage:
        stage.app.pass_time(25 * 60_000 - 1_000)
        await stage.press()
        assert "minutes left" not in stage.text
        stage.app.pass_time(1_000)
        await stage.press("b")
        assert "! 15 minutes left in Cells." in stage.text
        assert desk.state().answers["c1"].is_answered
        stage.app.pass_time(10 * 60_000)
        await stage.press()
        assert "! 5 minutes left in Cells." in stage.text


async def test_entering_a_short_section_is_no_warning() -> None:
    desk = a_desk(sections=(cells(), replace(genetics(), duration=10), writing()))
    async with on_stage(shown(desk), desk) as stage:
        stage.app.pass_time(60_000)
        await stage.press("f6")
        assert "section 10:00" in stage.text
        assert "minutes left" not in stage.text


async def test_a_long_refusal_is_shown_whole() -> None:
    desk = a_desk_at_work()
    screen = shown(desk)
    words = "This move was refused for a reason that takes more words than one line of a small screen can hold at once."
    async with on_stage(screen, desk) as stage:
        screen.show_refusal(words)
        await stage.press()
        assert stage.words("#lower").replace("─", "").replace("┴", "").split() == ["!", *words.split()]
        assert "F9 review" in stage.text.splitlines()[-1]


async def test_a_section_whose_time_is_over_is_left_and_cannot_be_entered() -> None:
    desk = a_desk()
    async with on_stage(shown(desk), desk) as stage:
        stage.app.pass_time(40 * 60_000 + 1_000)
        await stage.press()
        assert "[2 Genetics 0/10]" in stage.text
        assert "1 Cells shut" in stage.text
        await stage.press("pageup")
        assert "This is the first question." in stage.text
        assert desk.state().question_id == "g1"


async def test_a_pause_hides_the_question_and_no_key_gets_through() -> None:
    desk = a_desk_at_work()
    async with on_stage(shown(desk), desk) as stage:
        desk.act("4711", ActRequest(act=Act.PAUSE, reason="equipment"))
        stage.app.tell()
        await stage.press("b", "pagedown", "f2", "f9", "tab", "enter")
        assert "The exam is paused" in stage.text
        assert "plant cell" not in stage.text
        assert "Centriole" not in stage.text
        assert "clock stopped · 1:42:07 left" in stage.text
        assert "choose" not in stage.text.splitlines()[-1]
        assert not stage.sent(ChoiceChanged)
        assert not stage.sent(ReviewAsked)
        desk.act("4711", ActRequest(act=Act.RESUME))
        stage.app.tell()
        await stage.press("b")
        assert "plant cell" in stage.text
        assert desk.state().answers["c7"].option_ids == ("o2",)


async def test_a_lock_says_what_to_do() -> None:
    desk = a_desk_at_work()
    async with on_stage(shown(desk), desk) as stage:
        desk.act("4711", ActRequest(act=Act.LOCK, reason="disturbance"))
        stage.app.tell()
        await stage.press()
        assert "This seat is locked" in stage.text
        assert "Please raise your hand." in stage.text
        assert desk.state().phase is Phase.LOCKED


async def test_text_written_before_a_pause_is_offered_again_after_it() -> None:
    desk = a_desk()
    screen = shown(desk)
    async with on_stage(screen, desk) as stage:
        await stage.press("f6", "f6")
        desk.act("4711", ActRequest(act=Act.PAUSE, reason="equipment"))
        screen.pane.writing.editor.insert("cells")
        stage.app.tell()
        await stage.until(lambda: any(m.text == "cells" for m in stage.sent(TextChanged)))
        assert desk.state().answers["w1"].text != "cells"
        desk.act("4711", ActRequest(act=Act.RESUME))
        stage.app.tell()
        await stage.until(lambda: desk.state().answers["w1"].text == "cells")


async def test_a_store_that_cannot_write_stops_the_work() -> None:
    desk = a_desk_at_work()
    async with on_stage(shown(desk), desk) as stage:
        desk.fail()
        stage.app.tell()
        await stage.press("b")
        assert "Your answers can no longer be saved" in stage.text
        assert "The disk is full." in stage.text
        assert "plant cell" not in stage.text
        assert not stage.sent(ChoiceChanged)


async def test_nothing_is_called_saved_before_it_is() -> None:
    desk = a_desk_at_work()
    desk.saves_at_once = False
    async with on_stage(shown(desk), desk) as stage:
        await stage.press("b")
        assert "Saving …" in stage.text
        assert "Saved:" not in stage.text
        desk.commit()
        stage.app.tell()
        await stage.press()
        assert "Saved: this seat 12:17:53" in stage.text


async def test_sections_in_sequence_are_left_only_after_a_question() -> None:
    desk = a_desk(settings={"sectionOrder": "sequential"}, sections=(genetics(), writing()))
    async with on_stage(shown(desk), desk) as stage:
        await stage.press("f6")
        assert "Genetics cannot be entered again once you have left it." in stage.text
        await stage.press("enter")
        assert desk.state().section_id == "genetics"
        await stage.press("f6", "tab", "enter")
        assert desk.state().section_id == "writing"
        assert "1 Genetics shut" in stage.text


async def test_a_move_that_is_refused_is_taken_back_on_the_screen() -> None:
    desk = a_desk(settings={"sectionOrder": "sequential"})
    async with on_stage(shown(desk), desk) as stage:
        await stage.press("f6", "tab", "enter")
        assert "! Cells must be completed" in stage.text
        assert "[1 Cells 0/15]" in stage.text
        assert "Question 1 of 15" in stage.text
        await stage.press("b")
        assert desk.state().answers["c1"].is_answered


async def test_a_narrow_terminal_folds_the_palette_away_and_keeps_the_rest() -> None:
    desk = a_desk_at_work()
    async with on_stage(shown(desk), desk, size=(60, 20)) as stage:
        assert "answered+flag" not in stage.text
        assert "D  ( ) Vacuole" in stage.text
        assert "1:42:07 left" in stage.text
        assert "F9 review" in stage.text
        await stage.press("f4")
        assert "answered+flag" in stage.text


async def test_a_wide_terminal_has_everything() -> None:
    desk = a_desk_at_work()
    async with on_stage(shown(desk), desk, size=(120, 40)) as stage:
        assert "answered+flag" in stage.text
        assert "Which of these is not found in a plant cell?" in stage.text
        assert all(len(line) <= 120 for line in stage.text.splitlines())


async def test_help_lists_every_key_with_words() -> None:
    desk = a_desk_at_work()
    async with on_stage(shown(desk), desk, size=(80, 40)) as stage:
        await stage.press("f1")
        for words in ("PgDn", "Next question", "F9", "Review your answers and hand in", "Ctrl+Down or Ctrl+N"):
            assert words in stage.text
        assert "shut during an exam" not in stage.text
        await stage.press("f1")
        assert "Question 7 of 15" in stage.text


@pytest.mark.parametrize("size", [(60, 20), (80, 24), (120, 40)])
async def test_help_scrolls_where_it_is_too_long(size: tuple[int, int]) -> None:
    desk = a_desk_at_work()
    async with on_stage(shown(desk), desk, size=size) as stage:
        await stage.press("f1")
        assert "▶ Back" in stage.text
        assert "Show this help" in stage.text
        await stage.press(*["down"] * 30)
        assert "Scroll a long question up" in stage.words("#keys")
        await stage.press("enter")
        assert "Question 7 of 15" in stage.text


async def test_f7_goes_through_the_themes() -> None:
    desk = a_desk_at_work()
    async with on_stage(shown(desk), desk) as stage:
        seen = [stage.app.theme]
        for _ in range(3):
            await stage.press("f7")
            seen.append(stage.app.theme)
        assert seen == ["quiet", "light", "contrast", "quiet"]
