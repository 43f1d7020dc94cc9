"""The proctor's overlay: the PIN, the acts, and what never shows."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from fake_desk import PIN, SECOND_PIN, FakeDesk, a_desk_at_work
from small_app import Stage, on_stage, parts

from kiosk.exam.grant import Act
from kiosk.views.desk import ActRequest
from screens.candidate.question import QuestionScreen
from screens.messages import ActAsked, OverlayClosed, PinEntered
from screens.proctor.overlay import OverlayScreen

pytestmark = pytest.mark.asyncio


def an_overlay(desk: FakeDesk, can_close_seat: bool = False) -> OverlayScreen:
    return OverlayScreen("A12", desk.overlay(), can_close_seat, now=lambda: desk.clock.at)


@asynccontextmanager
async def unlocked(desk: FakeDesk, can_close_seat: bool = False) -> AsyncIterator[Stage]:
    """Show an overlay that a proctor has opened."""
    screen = an_overlay(desk, can_close_seat)
    async with on_stage(screen, desk) as stage:
        await stage.press(*PIN, "enter")
        screen.show_unlocked("Mbeki, T.")
        await stage.press()
        yield stage


async def test_a_pin_is_asked_for_and_never_shown() -> None:
    desk = a_desk_at_work()
    async with on_stage(an_overlay(desk), desk) as stage:
        assert "PIN" in stage.text
        assert "Okafor" not in stage.text
        assert "P  Pause" not in stage.text
        await stage.press(*PIN, "enter")
        assert PIN not in stage.text
        [entered] = stage.sent(PinEntered)
        assert entered.pin == PIN
        assert PIN not in repr(entered)


async def test_no_act_is_possible_before_the_pin_is_known() -> None:
    desk = a_desk_at_work()
    async with on_stage(an_overlay(desk), desk) as stage:
        await stage.press("p", "e", "h", "enter")
        assert not stage.sent(ActAsked)
        assert "Pause: Okafor" not in stage.text


async def test_a_wrong_pin_says_how_long_to_wait() -> None:
    desk = a_desk_at_work()
    screen = an_overlay(desk)
    async with on_stage(screen, desk) as stage:
        await stage.press(*"0000", "enter")
        screen.show_refusal("That is not a proctor's PIN.", 3)
        await stage.press(*"12", "enter")
        assert "! That is not a proctor's PIN. Wait " in stage.words("WaitLine")
        assert len(stage.sent(PinEntered)) == 1
        await stage.until(lambda: not screen.pin.disabled)
        await stage.press(*PIN, "enter")
        assert len(stage.sent(PinEntered)) == 2


async def test_the_state_the_times_and_the_events_are_shown_and_no_question() -> None:
    async with unlocked(a_desk_at_work()) as stage:
        for words in (
            "Okafor, Anna · B-1042   running",
            "used 17:53 · left 1:42:07 · ends 14:00:00",
            "section Cells, 22:07 left · answered 4 of 27",
            "12:01:10  gap: restart",
            "▶ P  Pause",
        ):
            assert words in stage.text
        assert "plant cell" not in stage.text


async def test_nothing_of_the_question_shows_through_the_overlay() -> None:
    desk = a_desk_at_work()
    async with on_stage(QuestionScreen(*parts(desk)), desk) as stage:
        overlay = an_overlay(desk)
        await stage.app.push_screen(overlay)
        await stage.press(*PIN, "enter")
        overlay.show_unlocked("Mbeki, T.")
        for key in ("f1", "escape", "e", "escape", "b", "pagedown"):
            await stage.press(key)
            assert "Centriole" not in stage.text
            assert "plant cell" not in stage.text
        assert not desk.state().answers["c7"].is_answered


async def test_only_acts_that_make_sense_are_offered() -> None:
    desk = a_desk_at_work()
    async with unlocked(desk) as stage:
        assert "R  Resume" not in stage.text
        assert "U  Unlock" not in stage.text
        assert "Q  Close this seat" not in stage.text
        desk.act(PIN, ActRequest(act=Act.PAUSE, reason="power"))
        stage.app.screen.show_overlay(desk.overlay())
        await stage.press()
        assert "R  Resume" in stage.text
        assert "P  Pause" not in stage.text
        await stage.press("p")
        assert not stage.sent(ActAsked)
        await stage.press("r")
        assert [m.request.act for m in stage.sent(ActAsked)] == [Act.RESUME]


async def test_a_pause_needs_a_reason() -> None:
    async with unlocked(a_desk_at_work()) as stage:
        await stage.press("p", "tab", "tab", "enter")
        assert "! Choose a reason." in stage.text
        await stage.press("down", "enter")
        [asked] = stage.sent(ActAsked)
        assert asked.request == ActRequest(act=Act.PAUSE, reason="equipment")
        assert asked.pin == PIN
        assert PIN not in repr(asked)


async def test_an_extension_shows_old_and_new_end_and_is_confirmed_with_enter() -> None:
    async with unlocked(a_desk_at_work()) as stage:
        await stage.press("e", *"10")
        assert "Left 1:42:07 → 1:52:07, ends 14:00 → 14:10" in stage.text
        await stage.press("enter", "down", "down", "enter")
        [asked] = stage.sent(ActAsked)
        assert asked.request == ActRequest(act=Act.EXTEND, amount_ms=600_000, reason="power")


async def test_a_long_extension_asks_for_a_second_pin_and_a_short_one_may_have_it() -> None:
    async with unlocked(a_desk_at_work()) as stage:
        await stage.press("e", *"16", "enter", "down", "enter")
        assert "a chief needs none" in stage.text
        await stage.press(*SECOND_PIN, "enter")
        await stage.press("e", *"5", "enter", "down", "tab", *SECOND_PIN, "enter")
        amounts = [(m.request.amount_ms, m.second_pin) for m in stage.sent(ActAsked)]
        assert amounts == [(960_000, SECOND_PIN), (300_000, SECOND_PIN)]


@pytest.mark.parametrize("minutes", ["", "0", "1441", "-5"])
async def test_an_extension_without_sensible_minutes_is_not_asked_for(minutes: str) -> None:
    async with unlocked(a_desk_at_work()) as stage:
        await stage.press("e", *minutes, "enter", "down", "enter")
        assert "! Type the minutes: 1 to 1440." in stage.text
        assert not stage.sent(ActAsked)
        await stage.press("escape")
        assert "▶ " in stage.text
        assert not stage.sent(ActAsked)


async def test_an_incident_has_a_category_and_words() -> None:
    async with unlocked(a_desk_at_work()) as stage:
        await stage.press("i", "down", "down", "down", "enter", *"felt sick", "enter")
        [asked] = stage.sent(ActAsked)
        assert asked.request == ActRequest(act=Act.NOTE, reason="medical", note="felt sick")


async def test_handing_in_for_somebody_needs_a_second_pin() -> None:
    async with unlocked(a_desk_at_work()) as stage:
        await stage.press("h")
        assert "4 of 27 questions are answered." in stage.text
        await stage.press("down", "enter", "enter")
        assert "! A second person must type a PIN." in stage.text
        await stage.press(*SECOND_PIN, "enter")
        [asked] = stage.sent(ActAsked)
        assert asked.request.act is Act.END
        assert asked.second_pin == SECOND_PIN
        assert SECOND_PIN not in repr(asked)
        assert SECOND_PIN not in stage.text


async def test_a_gap_is_settled_by_minutes() -> None:
    from dataclasses import replace

    desk = a_desk_at_work()
    async with unlocked(desk) as stage:
        assert "G  Settle gap" not in stage.text
        stage.app.screen.show_overlay(replace(desk.overlay(), gaps=((57, 130_000),)))
        await stage.press("g")
        assert "before entry 57; it lasted 2:10." in stage.text
        await stage.press("0", "enter", "down", "enter")
        [asked] = stage.sent(ActAsked)
        assert asked.request == ActRequest(act=Act.CHARGE_GAP, gap=57, amount_ms=0, reason="equipment")


async def test_a_hand_in_is_taken_back_with_a_second_person() -> None:
    from dataclasses import replace

    desk = a_desk_at_work()
    async with unlocked(desk) as stage:
        stage.app.screen.show_overlay(replace(desk.overlay(), phase="handed_in"))
        await stage.press("o", "5", "enter", "down", "enter", *SECOND_PIN, "enter")
        [asked] = stage.sent(ActAsked)
        assert asked.request == ActRequest(act=Act.REOPEN, amount_ms=300_000, reason="equipment")
        assert asked.second_pin == SECOND_PIN


async def test_the_seat_is_closed_only_where_that_is_allowed() -> None:
    async with unlocked(a_desk_at_work(), can_close_seat=True) as stage:
        await stage.press("q")
        assert "The program ends on this machine." in stage.text
        await stage.press("enter")
        assert not stage.sent(ActAsked)
        await stage.press("q", "tab", "enter")
        assert [m.request.act for m in stage.sent(ActAsked)] == [Act.CLOSE_SEAT]
    async with unlocked(a_desk_at_work()) as stage:
        await stage.press("q")
        assert not stage.sent(ActAsked)


async def test_what_was_done_or_refused_is_said() -> None:
    async with unlocked(a_desk_at_work()) as stage:
        stage.app.screen.show_done(Act.PAUSE.value)
        await stage.press()
        assert "! The exam is paused." in stage.text
        stage.app.screen.show_refusal("That PIN is not known.")
        await stage.press()
        assert "That PIN is not known." in stage.text
        await stage.press("enter")
        assert "P  Pause" in stage.text


@pytest.mark.parametrize("key", ["escape", "x"])
async def test_closing_forgets_the_pin(key: str) -> None:
    async with unlocked(a_desk_at_work()) as stage:
        await stage.press(key)
        assert len(stage.sent(OverlayClosed)) == 1
        await stage.press("r", "p")
        assert not stage.sent(ActAsked)


async def test_a_forgotten_overlay_closes_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("screens.proctor.idle.IDLE_SECONDS", 0.05)
    desk = a_desk_at_work()
    async with on_stage(an_overlay(desk), desk) as stage:
        await stage.until(lambda: len(stage.sent(OverlayClosed)) == 1)


@pytest.mark.parametrize("size", [(60, 20), (120, 40)])
async def test_it_works_in_other_sizes(size: tuple[int, int]) -> None:
    desk = a_desk_at_work()
    screen = an_overlay(desk)
    async with on_stage(screen, desk, size=size) as stage:
        await stage.press(*PIN, "enter")
        screen.show_unlocked("Mbeki, T.")
        await stage.press()
        assert "E  Extend" in stage.text
        await stage.press("e", "5", "enter", "down", "enter")
        assert len(stage.sent(ActAsked)) == 1
