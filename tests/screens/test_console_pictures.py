"""Pictures of the console; their baselines change only on purpose."""

from collections.abc import Callable
from typing import Any

import pytest
from fake_board import PIN, FakeBoard
from small_app import settle
from textual.pilot import Pilot

from kiosk.apps.console import ConsoleApp

SnapCompare = Callable[..., bool]
ROOMS = {"60": (6, 10), "250": (10, 25)}


def enter(*keys: str) -> Callable[[Pilot[Any]], Any]:
    async def come_in(pilot: Pilot[Any]) -> None:
        await pilot.press(*PIN, "enter")
        for _ in range(200):
            if len(pilot.app.screen_stack) == 3:
                break
            await pilot.pause(0.02)
        await pilot.pause(0.4)
        for key in keys:
            await pilot.press(key)
            await settle(pilot)
        await pilot.pause(0.6)

    return come_in


@pytest.mark.parametrize(
    ("room", "size", "keys"),
    [
        ("60", (80, 24), ("down", "right", "space", "right", "space", "right")),
        ("250", (132, 50), ("down", "right", "right")),
        ("60", (80, 24), ("down", "right", "right", "enter")),
        ("60", (80, 24), ("ctrl+a", "l", "down", "enter")),
    ],
    ids=["map-60", "map-250", "card", "outcome"],
)
def test_console(snap_compare: SnapCompare, room: str, size: tuple[int, int], keys: tuple[str, ...]) -> None:
    app = ConsoleApp(FakeBoard(*ROOMS[room]).trouble)
    assert snap_compare(app, terminal_size=size, run_before=enter(*keys))
