"""Login, "is this you?", the tests, the instructions and the result."""

import pytest
from fake_desk import ANNA, CODE, a_desk, sample_instructions, sample_result, sample_tests
from small_app import on_stage

from kiosk.views.candidate import TestCard
from screens.candidate.instructions import InstructionsScreen
from screens.candidate.login import LoginScreen
from screens.candidate.result import ResultScreen
from screens.candidate.tests import TestsScreen
from screens.candidate.who import WhoScreen
from screens.messages import (
    IdentityAnswered,
    InstructionsAsked,
    ResultAsked,
    SignInAsked,
    SignOutAsked,
    StartAsked,
    TestsAsked,
)

pytestmark = pytest.mark.asyncio
SAMPLES = (("B-1042", CODE, "Okafor, Anna"), ("B-1043", "TT4M-9QPL", "Sato, Ren"))


def a_list(*changes: TestCard) -> TestsScreen:
    return TestsScreen(ANNA, changes or sample_tests(), a_desk(opened=False).notices())


async def test_roll_number_and_code_are_sent_together() -> None:
    async with on_stage(LoginScreen("A12")) as stage:
        await stage.press(*"B-1042", "enter", *"K7QF", "enter")
        [asked] = stage.sent(SignInAsked)
        assert (asked.roll_number, asked.code) == ("B-1042", "K7QF")
        assert "K7QF" not in repr(asked)


async def test_the_code_is_masked_until_it_is_asked_for() -> None:
    async with on_stage(LoginScreen("A12")) as stage:
        await stage.press("tab", *"K7QF")
        assert "K7QF" not in stage.text
        assert "••••" in stage.text
        await stage.press("f2")
        assert "K7QF" in stage.text


async def test_an_empty_field_is_pointed_at() -> None:
    async with on_stage(LoginScreen("A12")) as stage:
        await stage.press("enter", "enter")
        assert "! Type both the roll number and the access code." in stage.text
        assert not stage.sent(SignInAsked)


async def test_a_refusal_says_how_long_to_wait_and_opens_again() -> None:
    screen = LoginScreen("A12")
    async with on_stage(screen) as stage:
        await stage.press(*"B-1", "enter", *"x", "enter")
        screen.show_refusal("They do not go together.", 2)
        assert screen.code.disabled
        await stage.press("y")
        assert "! They do not go together. Wait " in stage.words("WaitLine")
        await stage.until(lambda: not screen.code.disabled)
        assert screen.code.has_focus
        assert screen.roll_number.value == "B-1"
        assert screen.code.value == ""


async def test_a_refusal_without_a_wait_lets_try_at_once() -> None:
    screen = LoginScreen("A12")
    async with on_stage(screen) as stage:
        await stage.press(*"B-1", "enter", *"x", "enter")
        screen.show_refusal("The hall does not answer.")
        await stage.press(*"z", "enter")
        assert len(stage.sent(SignInAsked)) == 2


async def test_sample_codes_are_shown_only_where_they_are_given() -> None:
    async with on_stage(LoginScreen("A12", SAMPLES)) as stage:
        assert "B-1043     TT4M-9QPL      Sato, Ren" in stage.text
        assert "Staff sign in elsewhere" in stage.text
    async with on_stage(LoginScreen("A12")) as stage:
        assert "Demo" not in stage.text


@pytest.mark.parametrize(("keys", "is_me"), [(("enter",), True), (("tab", "enter"), False), (("escape",), False)])
async def test_is_this_you(keys: tuple[str, ...], is_me: bool) -> None:
    async with on_stage(WhoScreen(ANNA)) as stage:
        for words in ("Is this you?", "Okafor, Anna", "B-1042", "A12"):
            assert words in stage.text
        await stage.press(*keys)
        assert [m.is_me for m in stage.sent(IdentityAnswered)] == [is_me]


async def test_tests_are_listed_by_what_can_be_done_with_them() -> None:
    async with on_stage(a_list()) as stage:
        lines = [line for line in stage.text.splitlines() if "120 min" in line]
        states = ("▶ → in progress", "• assigned", "! overdue", "■ completed")
        assert all(line.strip().startswith(state) for line, state in zip(lines, states, strict=True))
        assert "Biology II has been assigned to you." in stage.text
        assert "Enter goes on where you left it." in stage.text


@pytest.mark.parametrize(
    ("downs", "expected"),
    [(0, InstructionsAsked("assignment-2")), (1, InstructionsAsked("assignment-1")), (3, ResultAsked("assignment-4"))],
)
async def test_enter_opens_what_stands_at_the_cursor(downs: int, expected: InstructionsAsked | ResultAsked) -> None:
    async with on_stage(a_list()) as stage:
        await stage.press(*["down"] * downs, "enter")
        kind, assignment = type(expected), expected.assignment_id
        assert [m.assignment_id for m in stage.sent(kind)] == [assignment]


async def test_a_test_that_cannot_start_says_why() -> None:
    async with on_stage(a_list()) as stage:
        await stage.press("down", "down", "enter")
        assert "! The due date of this test has passed." in stage.text
        assert not stage.sent(InstructionsAsked)
        await stage.press("f6")
        assert "There is no result to show for this test." in stage.text


async def test_the_list_can_be_asked_for_afresh_and_left() -> None:
    async with on_stage(a_list()) as stage:
        await stage.press("f5", "f10")
        assert len(stage.sent(TestsAsked)) == 1
        assert len(stage.sent(SignOutAsked)) == 1


async def test_without_a_test_there_is_advice() -> None:
    async with on_stage(TestsScreen(ANNA, (), ())) as stage:
        assert "There is no test for you at present." in stage.text
        await stage.press("enter", "f6")
        assert not stage.sent(InstructionsAsked)


async def test_a_test_starts_only_when_start_is_pressed() -> None:
    async with on_stage(InstructionsScreen(ANNA, sample_instructions())) as stage:
        assert "27 questions · 120 minutes · attempt 1 of 1" in stage.text
        assert "Calculators are not allowed." in stage.text
        assert "must be completed" in stage.text
        await stage.press("enter")
        assert len(stage.sent(TestsAsked)) == 1
        assert not stage.sent(StartAsked)
        await stage.press("left", "enter", "enter")
        assert [m.assignment_id for m in stage.sent(StartAsked)] == ["assignment-1"]


async def test_a_refused_start_can_be_tried_again() -> None:
    screen = InstructionsScreen(ANNA, sample_instructions())
    async with on_stage(screen) as stage:
        await stage.press("left", "enter")
        screen.show_refusal("This session starts at 13:00.")
        await stage.press()
        assert "! This session starts at 13:00." in stage.text
        screen.query_one("#start").focus()
        await stage.press("enter")
        assert len(stage.sent(StartAsked)) == 2


async def test_a_result_shows_score_and_questions() -> None:
    async with on_stage(ResultScreen(ANNA, sample_result())) as stage:
        assert "21.5 of 60 points   ■ passed" in stage.text
        assert "See page 4." in stage.text
        assert "more ▼" in stage.text
        await stage.press("down", "down", "down")
        assert "not marked" in stage.text
        assert "more ▼" not in stage.text
        await stage.press("enter")
        assert len(stage.sent(TestsAsked)) == 1


@pytest.mark.parametrize("size", [(60, 20), (80, 24), (120, 40)])
async def test_every_screen_fits(size: tuple[int, int]) -> None:
    screens = (
        (LoginScreen("A12", SAMPLES), "Sign in"),
        (WhoScreen(ANNA), "Yes, this is me"),
        (a_list(), "Physics I"),
        (InstructionsScreen(ANNA, sample_instructions()), "Start the test"),
        (ResultScreen(ANNA, sample_result()), "Back to my tests"),
    )
    for screen, words in screens:
        async with on_stage(screen, size=size) as stage:
            assert words in stage.text
            assert len(stage.text.splitlines()) == size[1]


async def test_nothing_leaves_the_instructions_while_a_start_is_under_way() -> None:
    screen = InstructionsScreen(ANNA, sample_instructions())
    async with on_stage(screen) as stage:
        await stage.press("tab", "enter", "enter", "space", "escape")
        assert len(stage.sent(StartAsked)) == 1
        assert not stage.sent(TestsAsked)
        screen.show_refusal("Not now.")
        await stage.press("escape")
        assert len(stage.sent(TestsAsked)) == 1
