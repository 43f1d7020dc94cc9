"""Pictures of the main screens at 80x24; their baselines change only on purpose."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import pytest
from fake_desk import ANNA, CHALLENGE, PIN, FakeDesk, a_desk, a_desk_at_work, a_desk_with_files, at, sample_instructions
from small_app import SmallApp, parts, settle
from textual.pilot import Pilot

from kiosk.exam.grant import Act
from kiosk.views.desk import ActRequest, HallMessage
from screens.candidate.finished import FinishedScreen
from screens.candidate.instructions import InstructionsScreen
from screens.candidate.login import LoginScreen
from screens.candidate.moved import MovedScreen
from screens.candidate.question import QuestionScreen
from screens.candidate.review import ReviewScreen
from screens.candidate.told import ToldDialog
from screens.news import News
from screens.proctor.code import CodeScreen
from screens.proctor.overlay import OverlayScreen

SnapCompare = Callable[..., bool]
SIZE = (80, 24)


def question(desk: FakeDesk) -> SmallApp:
    return SmallApp(QuestionScreen(*parts(desk)), desk)


KEYS = {
    "one-choice": ("b",),
    "several-choices": ("pagedown", "a", "c"),
    "true-false": ("pagedown", "pagedown", "b"),
    "essay": ("f6", "f6"),
    "program": ("f6", "f6", "pagedown"),
    "long": ("f4", "1", "0", "enter"),
    "hint": ("f5",),
    "go-to": ("f4",),
    "help": ("f1",),
}


@pytest.mark.parametrize("name", KEYS)
def test_question(snap_compare: SnapCompare, name: str) -> None:
    assert snap_compare(question(a_desk_at_work()), press=KEYS[name], terminal_size=SIZE)


@pytest.mark.parametrize("size", [SIZE, (120, 40)], ids=["narrow", "wide"])
@pytest.mark.parametrize("keys", [(), ("f10",), ("f10", "tab")], ids=["told", "first", "second"])
def test_attachment(snap_compare: SnapCompare, keys: tuple[str, ...], size: tuple[int, int]) -> None:
    assert snap_compare(question(a_desk_with_files()), press=keys, terminal_size=size)


@pytest.mark.parametrize("theme", ["light", "contrast"])
def test_palette_states(snap_compare: SnapCompare, theme: str) -> None:
    async def dress(pilot: Pilot[Any]) -> None:
        pilot.app.theme = theme
        await settle(pilot)

    assert snap_compare(question(a_desk_at_work()), press=("f2", "b"), terminal_size=SIZE, run_before=dress)


def test_pause(snap_compare: SnapCompare) -> None:
    desk = a_desk_at_work()
    desk.act(PIN, ActRequest(act=Act.PAUSE, reason="power"))
    assert snap_compare(question(desk), terminal_size=SIZE)


def test_login(snap_compare: SnapCompare) -> None:
    samples = (("B-1042", "K7QF-2M9D", "Okafor, Anna"), ("B-1043", "TT4M-9QPL", "Sato, Ren"))
    assert snap_compare(SmallApp(LoginScreen("A12", samples)), terminal_size=SIZE)


def test_review(snap_compare: SnapCompare) -> None:
    desk = a_desk_at_work()
    assert snap_compare(SmallApp(ReviewScreen(*parts(desk)), desk), terminal_size=SIZE)


def test_hand_in(snap_compare: SnapCompare) -> None:
    desk = a_desk_at_work()
    assert snap_compare(SmallApp(ReviewScreen(*parts(desk)), desk), press=("tab", "enter"), terminal_size=SIZE)


def test_finished(snap_compare: SnapCompare) -> None:
    desk = a_desk()
    for number in range(1, 16):
        desk.choose(f"c{number}", [desk.paper.questions[f"c{number}"].options[0].option_id])
    desk.hand_in()
    assert snap_compare(SmallApp(FinishedScreen(*parts(desk)), desk), terminal_size=SIZE)


def _unlock(*keys: str) -> Callable[[Pilot[Any]], Awaitable[None]]:
    async def unlock(pilot: Pilot[Any]) -> None:
        await pilot.press(*PIN, "enter")
        await settle(pilot)
        pilot.app.first.show_unlocked("Mbeki, T.")
        await settle(pilot)
        await pilot.press(*keys)
        await settle(pilot)

    return unlock


def an_overlay() -> SmallApp:
    desk = a_desk_at_work()
    return SmallApp(OverlayScreen("A12", desk.overlay(), True, now=lambda: desk.clock.at), desk)


def test_overlay_door(snap_compare: SnapCompare) -> None:
    assert snap_compare(an_overlay(), terminal_size=SIZE)


@pytest.mark.parametrize("keys", [("f7", "f7"), ("e", "1", "0"), ("h",)], ids=["acts", "extend", "hand-in"])
def test_overlay(snap_compare: SnapCompare, keys: tuple[str, ...]) -> None:
    assert snap_compare(an_overlay(), terminal_size=SIZE, run_before=_unlock(*keys))


def a_told_desk() -> FakeDesk:
    desk = a_desk_at_work()
    desk.told = [
        HallMessage(
            message_id="m1", at=at(60_000), who="Mbeki, T.", text="The alarm was false. Stay seated.", is_read=True
        ),
        HallMessage(message_id="m2", at=at(90_000), who="Mbeki, T.", text="Read animal for plant.", question_id="c7"),
    ]
    return desk


@pytest.mark.parametrize("size", [SIZE, (120, 40)], ids=["narrow", "wide"])
def test_news(snap_compare: SnapCompare, size: tuple[int, int]) -> None:
    desk = a_told_desk()
    desk.lose_hall()
    screen = QuestionScreen(*parts(desk))
    screen.news = News(desk.messages(), True, replace(desk.link(), is_connected=False))
    assert snap_compare(SmallApp(screen, desk), terminal_size=size)


def test_told(snap_compare: SnapCompare) -> None:
    async def ask(pilot: Pilot[Any]) -> None:
        pilot.app.push_screen(ToldDialog(a_told_desk().messages(), {"c7": "question 7 of Cells"}))
        await settle(pilot)

    assert snap_compare(question(a_told_desk()), terminal_size=SIZE, run_before=ask)


@pytest.mark.parametrize("size", [SIZE, (120, 40)], ids=["narrow", "wide"])
def test_moved(snap_compare: SnapCompare, size: tuple[int, int]) -> None:
    desk = a_desk_at_work()
    assert snap_compare(SmallApp(MovedScreen(*parts(desk)), desk), terminal_size=size)


def test_waiting(snap_compare: SnapCompare) -> None:
    async def wait(pilot: Pilot[Any]) -> None:
        pilot.app.first.show_waiting("Please wait for the proctor to start.")
        await settle(pilot)

    app = SmallApp(InstructionsScreen(ANNA, sample_instructions()))
    assert snap_compare(app, terminal_size=SIZE, run_before=wait)


@pytest.mark.parametrize("size", [SIZE, (120, 40)], ids=["narrow", "wide"])
def test_code(snap_compare: SnapCompare, size: tuple[int, int]) -> None:
    desk = a_desk_at_work()
    request = ActRequest(act=Act.EXTEND, amount_ms=600_000, reason="power")
    assert snap_compare(SmallApp(CodeScreen("A12", desk.overlay(), request, CHALLENGE), desk), terminal_size=size)


def test_overlay_codes(snap_compare: SnapCompare) -> None:
    desk = a_desk_at_work()
    desk.lose_hall()
    screen = OverlayScreen("A12", desk.overlay(), now=lambda: desk.clock.at, link=desk.link())
    assert snap_compare(SmallApp(screen, desk), terminal_size=SIZE)
