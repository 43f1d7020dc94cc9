"""What a seat shows of its hall: messages, remote changes, a called proctor, the start, and acts by code."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest
from fake_desk import ACT_CODE, ANNA, CODE, PIN, FakeDesk, a_desk_at_work, sample_paper
from small_app import Stage, settle
from textual.css.query import NoMatches
from textual.widgets import OptionList

from builders import a_clock
from kiosk.apps.seat import SeatApp
from kiosk.exam.attempt import Phase
from kiosk.exam.grant import Act
from kiosk.views.candidate import CandidateCard
from kiosk.views.desk import ActRequest, HallMessage, OverlayState
from screens.widgets.saveline import SaveLine

pytestmark = pytest.mark.asyncio
SIZES = [(80, 24), (120, 40)]


def a_message(number: int = 1, text: str = "The alarm was false. Stay seated.", **changes: object) -> HallMessage:
    return HallMessage(message_id=f"m{number}", at="2031-05-06T11:02:10.000Z", who="Mbeki, T.", text=text, **changes)


@asynccontextmanager
async def a_seat(desk: FakeDesk, size: tuple[int, int] = (80, 24), *, starts: bool = True) -> AsyncIterator[Stage]:
    """Run the seat's own App, signed in, with Start pressed."""
    app = SeatApp("A12", lambda: desk)
    posted: list = []
    async with app.run_test(size=size, message_hook=posted.append) as pilot:
        stage = Stage(app, pilot, posted)
        await stage.until(lambda: app.desk is not None)
        await stage.press(*ANNA.roll_number, "tab", *CODE, "enter")
        await stage.until(lambda: "Is this you?" in stage.text)
        await stage.press("enter")
        await stage.until(lambda: "My tests" in stage.text)
        await stage.until(lambda: isinstance(app.focused, OptionList) and app.focused.option_count > 0)
        await stage.press("down", "enter")
        await stage.until(lambda: "Start the test" in stage.text)
        if starts:
            await stage.press("left", "enter")
        yield stage


@asynccontextmanager
async def at_work(desk: FakeDesk | None = None, size: tuple[int, int] = (80, 24)) -> AsyncIterator[Stage]:
    async with a_seat(desk or a_desk_at_work(), size) as stage:
        await stage.until(lambda: "Question" in stage.text)
        yield stage


def desk_of(stage: Stage) -> FakeDesk:
    assert isinstance(stage.app.desk, FakeDesk)
    return stage.app.desk


async def order(stage: Stage, act: Act, **changes: object) -> None:
    desk_of(stage).order(ActRequest(act=act, **changes))
    await stage.until(lambda: not desk_of(stage).ordered)
    await settle(stage.pilot)


@pytest.mark.parametrize("size", [(60, 20), *SIZES])
async def test_a_message_covers_nothing_and_takes_no_key(size: tuple[int, int]) -> None:
    async with at_work(size=size) as stage:
        before = stage.words("Pane")
        desk_of(stage).tell(a_message())
        await settle(stage.pilot)
        assert "F12 reads 1 message from the hall: " in stage.text
        assert stage.words("Pane") == before
        await stage.press("b")
        assert desk_of(stage).state().answers["c7"].option_ids == ("o2",)


async def test_reading_marks_as_read() -> None:
    async with at_work() as stage:
        desk = desk_of(stage)
        desk.tell(a_message())
        await stage.press("f12")
        assert "11:02:10  Mbeki, T.   • new" in stage.text
        assert "The alarm was false. Stay seated." in stage.text
        assert [m.is_read for m in desk.messages()] == [True]
        await stage.press("escape")
        assert "F12 reads" not in stage.text


async def test_a_long_message_is_read_when_its_end_has_been_seen() -> None:
    async with at_work() as stage:
        desk = desk_of(stage)
        desk.tell(a_message(text="A line of it.\n" * 60))
        await stage.press("f12")
        assert [m.is_read for m in desk.messages()] == [False]
        await stage.press(*["pagedown"] * 6)
        assert [m.is_read for m in desk.messages()] == [True]


async def test_a_message_that_comes_while_reading_is_added_below() -> None:
    async with at_work() as stage:
        desk_of(stage).tell(a_message())
        await stage.press("f12")
        desk_of(stage).tell(a_message(2, "Ten minutes more for all."))
        await stage.until(lambda: all(m.is_read for m in desk_of(stage).messages()))
        assert "Ten minutes more for all." in stage.text


@pytest.mark.parametrize("size", SIZES)
async def test_a_correction_stands_on_its_question_too(size: tuple[int, int]) -> None:
    async with at_work(size=size) as stage:
        words = "Read 'animal' for 'plant' [/x] *here*."
        desk_of(stage).tell(a_message(text=words, question_id="c7"))
        await stage.press()
        assert f"Correction: {words}" in stage.words("Stem")
        assert "! corrected" in stage.words("#caption")
        await stage.press("pagedown")
        assert "Correction" not in stage.words("Pane")
        await stage.press("f12")
        assert "Correction to question 7 of Cells:" in stage.text


async def test_a_correction_is_not_told_while_its_question_is_hidden() -> None:
    async with at_work() as stage:
        await order(stage, Act.PAUSE, reason="power")
        desk_of(stage).tell(a_message(text="Read 'animal'.", question_id="c7"))
        await stage.press("f12")
        assert "animal" not in stage.text
        assert [m.is_read for m in desk_of(stage).messages()] == [False]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(
    ("act", "back", "title"),
    [(Act.PAUSE, Act.RESUME, "The exam is paused"), (Act.LOCK, Act.UNLOCK, "This seat is locked")],
)
async def test_the_hall_stops_a_seat_and_lets_it_go_on(size: tuple[int, int], act: Act, back: Act, title: str) -> None:
    async with at_work(size=size) as stage:
        await order(stage, act, reason="power")
        assert title in stage.text
        assert "! The proctor has" in stage.text
        assert "plant cell" not in stage.text
        await stage.press("b")
        assert not desk_of(stage).state().answers["c7"].is_answered
        await order(stage, back)
        assert title not in stage.text
        assert "plant cell" in stage.text
        await stage.press("b")
        assert desk_of(stage).state().answers["c7"].is_answered


@pytest.mark.parametrize("act", [Act.PAUSE, Act.LOCK, Act.MOVE, Act.END])
async def test_what_is_being_typed_goes_down_before_the_hall_s_act(act: Act) -> None:
    async with at_work() as stage:
        desk = desk_of(stage)
        await stage.press("f6", "f6")
        await stage.pilot.press(*"cells grow")
        await order(stage, act, reason="power", note="B3" if act is Act.MOVE else "")
        assert desk.state().phase is not Phase.RUNNING
        assert desk.state().answers["w1"].text == "cells grow"


@pytest.mark.parametrize("act", [Act.PAUSE, Act.LOCK, Act.MOVE, Act.END])
async def test_text_that_is_under_way_goes_down_before_the_hall_s_act(act: Act) -> None:
    """The screen has handed it over, and the message still waits in a queue when the order is carried out."""
    async with at_work() as stage:
        desk, screen = desk_of(stage), stage.app.screen
        await stage.press("f6", "f6")
        screen.pane.writing.editor.insert("cells grow")
        screen._send_text()
        desk.ordered.append(ActRequest(act=act, reason="power", note="B3" if act is Act.MOVE else ""))
        await stage.app.obey()
        assert desk.state().answers["w1"].text == "cells grow"
        await settle(stage.pilot)
        assert desk.state().phase is not Phase.RUNNING
        assert desk.state().answers["w1"].text == "cells grow"


async def test_a_text_under_way_never_overtakes_a_later_one() -> None:
    async with at_work() as stage:
        desk, screen = desk_of(stage), stage.app.screen
        await stage.press("f6", "f6")
        screen.pane.writing.editor.insert("cells")
        screen._send_text()
        screen.pane.writing.editor.insert(" grow")
        await stage.app.obey()
        await settle(stage.pilot)
        assert desk.state().answers["w1"].text == "cells grow"
        assert [c.text for c in screen.take_text()] == []


async def test_an_open_question_about_the_work_goes_away_unanswered() -> None:
    async with at_work() as stage:
        await stage.press("f5")
        assert "Hint 1 of 2 costs" in stage.text
        await order(stage, Act.PAUSE, reason="power")
        assert "Hint 1 of 2 costs" not in stage.text
        assert "The exam is paused" in stage.text
        assert not desk_of(stage).state().answers["c7"].hints_shown


async def test_more_time_is_shown_and_said() -> None:
    async with at_work() as stage:
        before = desk_of(stage).time_left().test_ms
        await order(stage, Act.EXTEND, amount_ms=600_000, reason="power")
        assert "! You have been given more time." in stage.text
        assert desk_of(stage).time_left().test_ms == before + 600_000
        assert "1:52:07 left" in stage.text


@pytest.mark.parametrize("size", SIZES)
async def test_a_moved_sitting_can_only_be_left(size: tuple[int, int]) -> None:
    async with at_work(size=size) as stage:
        desk = desk_of(stage)
        entries = desk.sitting.head.seq
        await order(stage, Act.MOVE, note="B3")
        assert "This sitting goes on at another seat" in stage.text
        assert "plant cell" not in stage.text
        await stage.press("b", "f9", "f2", "pagedown", "f4", "escape")
        assert "This sitting goes on at another seat" in stage.text
        assert desk.sitting.head.seq == entries + 1
        await stage.press("enter")
        await stage.until(lambda: "Sign in to your exam" in stage.text)


async def test_the_hall_ends_a_sitting_and_opens_it_again() -> None:
    async with at_work() as stage:
        await order(stage, Act.END, reason="other")
        assert "Your receipt:" in stage.text
        assert "! The proctor has handed in for you." in stage.text
        await order(stage, Act.REOPEN, reason="other")
        assert "Question 7 of 15" in stage.text
        assert "! Your exam is open again." in stage.text


async def test_a_start_that_waits_for_the_proctor_begins_by_itself() -> None:
    desk = FakeDesk(sample_paper(), a_clock(), waits_for_start=True)
    async with a_seat(desk) as stage:
        await stage.until(lambda: "Waiting: Please wait for the proctor to start." in stage.text)
        assert "it begins by itself" in stage.words("#waiting")
        assert desk.sitting.phase is Phase.NEW
        await order(stage, Act.START)
        await stage.until(lambda: "Question 1 of 15" in stage.text)


async def test_a_start_nobody_asked_for_is_only_told() -> None:
    desk = FakeDesk(sample_paper(), a_clock(), waits_for_start=True)
    async with a_seat(desk, starts=False) as stage:
        await order(stage, Act.START)
        assert "! The proctor has started the exam." in stage.text
        assert desk.sitting.phase is Phase.NEW


async def test_a_tick_while_the_app_closes_asks_nothing_of_pages_that_are_gone() -> None:
    async with at_work() as stage:
        line = stage.app.screen.query_one(SaveLine)
        await line.remove()
        stage.app._running = False
        await stage.app.tick()
        await stage.app.refresh_sitting()
        stage.app._running = True
        with pytest.raises(NoMatches):
            await stage.app.tick()


async def test_a_proctor_is_called_and_called_no_more() -> None:
    async with at_work() as stage:
        desk = desk_of(stage)
        await stage.press("f11")
        assert "▲ a proctor is called" in stage.text
        assert desk.time_left().running
        await stage.press("ctrl+r")
        assert "a proctor is called" not in stage.text
        assert desk.hands == [True, False]


async def test_a_call_the_hall_cannot_hear_says_so() -> None:
    async with at_work() as stage:
        desk_of(stage).lose_hall()
        await stage.press("f11")
        assert "the hall does not answer: raise your hand" in stage.text


async def test_a_seat_without_a_line_calls_nobody() -> None:
    from dataclasses import replace

    async with at_work() as stage:
        desk = desk_of(stage)
        desk.line = replace(desk.line, hall=None)
        await stage.press("f11")
        assert "! Nobody can be called from this seat. Please raise your hand." in stage.text
        assert desk.hands == []


async def test_the_proctor_who_comes_ends_the_call() -> None:
    async with at_work() as stage:
        await stage.press("f11", "ctrl+o", *PIN, "enter")
        await stage.until(lambda: "P  Pause" in stage.text)
        assert desk_of(stage).hands == [True, False]


async def test_a_lost_hall_is_told_in_the_footer_and_comes_back() -> None:
    async with at_work() as stage:
        desk = desk_of(stage)
        desk.lose_hall()
        await stage.until(lambda: "hall lost since 12:17; your work is safe" in stage.text)
        await stage.press("b")
        assert desk.state().answers["c7"].is_answered
        desk.find_hall()
        await stage.until(lambda: "hall lost" not in stage.text)


async def by_code(stage: Stage, *keys: str) -> None:
    desk_of(stage).lose_hall()
    await stage.press("ctrl+o")
    await stage.until(lambda: "The hall does not answer. Acts need a code" in stage.text)
    await stage.press(*keys)


@pytest.mark.parametrize("size", [(60, 20), *SIZES])
async def test_without_a_hall_only_codes_open_acts(size: tuple[int, int]) -> None:
    async with at_work(size=size) as stage:
        await by_code(stage)
        assert "E  Extend" in stage.text
        assert "I  Incident" not in stage.text
        assert "H  Hand in for" not in stage.text
        assert "plant cell" not in stage.text
        await stage.press("e", *"10", "enter", "down", "enter")
        await stage.until(lambda: "4 F 7     K X 2" in stage.text)
        for words in ("A12", "Okafor, Anna · B-1042", "Extend (extend)", "10", "equipment"):
            assert words in stage.words("#told")
        before = desk_of(stage).time_left().test_ms
        await stage.press(*ACT_CODE.lower(), "enter")
        await stage.until(lambda: "! The time has been extended." in stage.text)
        assert desk_of(stage).time_left().test_ms == before + 600_000
        assert desk_of(stage).challenges == [ActRequest(act=Act.EXTEND, amount_ms=600_000, reason="equipment")]


async def test_a_wrong_code_says_how_long_to_wait_and_can_be_mended() -> None:
    async with at_work() as stage:
        await by_code(stage, "p", "down", "enter")
        await stage.until(lambda: "Code from the console" in stage.text)
        await stage.press(*ACT_CODE[:-1], "x", "enter")
        await stage.until(lambda: "! This code is not for this act. Wait 2 seconds" in stage.text)
        assert stage.app.screen.code.disabled
        await stage.until(lambda: not stage.app.screen.code.disabled)
        await stage.press("backspace", ACT_CODE[-1], "enter")
        await stage.until(lambda: "The exam is paused." in stage.text)
        assert desk_of(stage).state().phase is Phase.PAUSED


async def test_a_hall_lost_at_the_pin_leaves_codes_and_a_hall_that_is_back_the_pin() -> None:
    from dataclasses import replace

    async with at_work() as stage:
        desk = desk_of(stage)
        await stage.press("ctrl+o")
        desk.line = replace(desk.line, is_connected=False)
        await stage.press(*PIN, "enter")
        await stage.until(lambda: "Acts need a code" in stage.text)
        desk.find_hall()
        await stage.until(lambda: "C  By PIN" in stage.text)
        await stage.press("c", *PIN, "enter")
        await stage.until(lambda: "I  Incident" in stage.text)


async def test_a_hall_lost_after_the_pin_is_said_and_codes_are_offered() -> None:
    async with at_work() as stage:
        await stage.press("ctrl+o", *PIN, "enter")
        await stage.until(lambda: "I  Incident" in stage.text)
        desk_of(stage).lose_hall()
        await stage.press("p", "down", "enter")
        await stage.until(lambda: "C: by a code from a console." in stage.text)
        await stage.press("enter", "c")
        await stage.until(lambda: "I  Incident" not in stage.text)
        assert "E  Extend" in stage.text
        assert desk_of(stage).state().phase is Phase.RUNNING


async def test_a_move_at_the_seat_is_looked_at_twice() -> None:
    async with at_work() as stage:
        await stage.press("ctrl+o", *PIN, "enter")
        await stage.until(lambda: "M  Move" in stage.text)
        await stage.press("m", "down", "enter", "enter")
        assert "! Type it: seat it goes to." in stage.text
        await stage.press(*"B3", "enter")
        assert "Move Okafor, Anna to seat B3?" in stage.text
        await stage.press("enter")
        assert desk_of(stage).state().phase is Phase.RUNNING
        await stage.press("tab", "shift+tab", "enter", "tab", "enter")
        await stage.until(lambda: "! The sitting goes on at the other seat." in stage.text)
        await stage.press("x")
        await stage.until(lambda: "This sitting goes on at another seat" in stage.text)


async def test_a_proctor_starts_who_waits_and_the_clock_runs_when_the_overlay_is_gone() -> None:
    desk = FakeDesk(sample_paper(), a_clock(), waits_for_start=True)
    async with a_seat(desk) as stage:
        await stage.until(lambda: "Waiting:" in stage.text)
        await stage.press("ctrl+o", *PIN, "enter")
        await stage.until(lambda: "S  Start" in stage.text)
        await stage.press("s", "tab", "enter")
        await stage.until(lambda: "! The candidate may begin." in stage.text)
        assert desk.sitting.phase is Phase.NEW
        await stage.press("x")
        await stage.until(lambda: "Question 1 of 15" in stage.text)


BEN = replace(ANNA, user_id="candidate-2", name="Adeyemi, Ben", roll_number="B-1043")


@pytest.mark.parametrize(
    ("expected", "keys", "words", "note"),
    [
        ((ANNA,), (), "Okafor, Anna · B-1042 may begin. Look at the face first.", ""),
        ((ANNA, BEN), tuple("B-1043"), "Expected here: Okafor, Anna · B-1042; Adeyemi, Ben · B-1043.", "B-1043"),
    ],
)
async def test_a_code_starts_who_is_expected_at_an_empty_seat(
    expected: tuple[CandidateCard, ...], keys: tuple[str, ...], words: str, note: str
) -> None:
    async with at_work() as stage:
        empty = OverlayState(None, None, "no test open", 0, 0, None, None, 0, 0, (), expected=expected)
        desk_of(stage).overlay = lambda: empty
        await by_code(stage, "s")
        await stage.until(lambda: " ".join(words.split()) in " ".join(stage.text.replace("│", " ").split()))
        await stage.press(*keys, "enter") if keys else await stage.press("tab", "enter")
        await stage.until(lambda: "Code from the console" in stage.text)
        assert expected[-1].name in stage.words("#told")
        assert desk_of(stage).challenges == [ActRequest(act=Act.START, note=note)]


async def test_nobody_can_be_started_where_nobody_is_expected() -> None:
    async with at_work() as stage:
        desk_of(stage).overlay = lambda: OverlayState(None, None, "no test open", 0, 0, None, None, 0, 0, ())
        await by_code(stage)
        assert "S  Start" not in stage.text
