"""A page of a long text is what the screen shows of it: PgDn and PgUp go on by that, a line staying."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from fake_board import FakeBoard
from fake_desk import ANNA, sample_instructions, sample_result
from small_app import on_stage
from textual.screen import Screen

from kiosk.views.order import Order, Outcome, Verb
from screens.candidate.instructions import InstructionsScreen
from screens.candidate.result import ResultScreen
from screens.help import HelpDialog
from screens.proctor.console.card import CardScreen
from screens.proctor.console.outcome import OutcomeDialog
from screens.widgets.pages import Pages


def a_card() -> CardScreen:
    board = FakeBoard().trouble()
    card = board.card("A7")
    return CardScreen(replace(card, events=card.events * 60), board.state())


def a_result() -> ResultScreen:
    result = sample_result()
    return ResultScreen(ANNA, replace(result, lines=result.lines * 60))


def an_outcome() -> OutcomeDialog:
    order = Order(verb=Verb.PAUSE, seats=("A1",))
    return OutcomeDialog(order, [Outcome(f"A{n}", True, "paused") for n in range(100)])


SCREENS: dict[str, Callable[[], Screen[Any]]] = {
    "help": lambda: HelpDialog("What it is.", [(f"F{n}", "a key") for n in range(100)]),
    "outcome": an_outcome,
    "card": a_card,
    "result": a_result,
    "instructions": lambda: InstructionsScreen(ANNA, replace(sample_instructions(), description="A line.\n\n" * 100)),
}


@pytest.mark.asyncio
@pytest.mark.parametrize("name", SCREENS)
async def test_a_page_is_what_is_shown_less_a_line(name: str) -> None:
    screen = SCREENS[name]()
    async with on_stage(screen, size=(80, 24)) as stage:
        text = screen.query_one(Pages)
        page = text.size.height - 1
        assert 3 < page < 24
        assert text.max_scroll_y > 2 * page
        seen = []
        for key in ("pagedown", "pagedown", "pageup", "pageup", "down"):
            await stage.press(key)
            seen.append(text.scroll_offset.y)
        assert seen[:4] == [page, 2 * page, page, 0]
        assert 1 <= seen[4] <= 4
