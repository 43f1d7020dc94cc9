"""The smallest App that joins the screens to a desk: what tests press keys in, and how they look at it."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from time import monotonic
from typing import TypeVar

from fake_desk import FakeDesk
from textual import on
from textual.app import App
from textual.events import Key
from textual.message import Message
from textual.pilot import Pilot
from textual.screen import Screen

from kiosk.apps.locked import LockedApp
from kiosk.exam.error import KioskError
from kiosk.views.candidate import SaveState, Sheet, SittingState, TimeLeft
from screens import messages as ask
from screens.sitting import SittingScreen
from screens.theme import register_themes


class SmallApp(LockedApp):
    """Shows one screen; moves go to the desk, if there is one, and come back as states."""

    def __init__(self, screen: Screen[None], desk: FakeDesk | None = None) -> None:
        super().__init__()
        register_themes(self)
        self.first, self.desk = screen, desk

    def on_mount(self) -> None:
        self.push_screen(self.first)

    def move(self, act, *arguments) -> None:
        """Ask the desk, and tell every screen of the sitting what came of it."""
        if self.desk is None:
            return
        screens = [s for s in self.screen_stack if isinstance(s, SittingScreen)]
        try:
            act(self.desk, *arguments)
        except KioskError as error:
            for screen in screens:
                screen.show_refusal(error.message)
        self.tell()

    def tell(self) -> None:
        """Tell every screen of the sitting how things stand."""
        for screen in self.screen_stack:
            if isinstance(screen, SittingScreen) and self.desk is not None:
                screen.show_state(self.desk.state())
                screen.show_saved(self.desk.saved())
                screen.show_time(self.desk.time_left())

    def pass_time(self, ms: int) -> None:
        """Let time pass, and tell the screens."""
        assert self.desk is not None
        self.desk.pass_time(ms)
        self.tell()

    @on(ask.QuestionAsked)
    def visit(self, event: ask.QuestionAsked) -> None:
        self.move(FakeDesk.visit, event.question_id)

    @on(ask.ChoiceChanged)
    def choose(self, event: ask.ChoiceChanged) -> None:
        self.move(FakeDesk.choose, event.question_id, event.option_ids)

    @on(ask.TextChanged)
    def type(self, event: ask.TextChanged) -> None:
        self.move(FakeDesk.type, event.question_id, event.text)

    @on(ask.ClearAsked)
    def clear(self, event: ask.ClearAsked) -> None:
        self.move(FakeDesk.clear, event.question_id)

    @on(ask.FlagChanged)
    def flag(self, event: ask.FlagChanged) -> None:
        self.move(FakeDesk.flag, event.question_id, event.on)

    @on(ask.HintAsked)
    def hint(self, event: ask.HintAsked) -> None:
        self.move(FakeDesk.show_hint, event.question_id)


Result = TypeVar("Result", bound=Message)


@dataclass
class Stage:
    """An App at work under a pilot, with every message that was posted in it."""

    app: SmallApp
    pilot: Pilot
    posted: list[Message]

    @property
    def text(self) -> str:
        """The screen as plain text, a line for each row."""
        return text_of(self.app)

    def words(self, selector: str) -> str:
        """What can be read in one part of the screen, as if on one line."""
        area = self.app.screen.query_one(selector).region
        rows = self.text.splitlines()[area.y : area.bottom]
        return " ".join(" ".join(row[area.x : area.right] for row in rows).split())

    async def press(self, *keys: str) -> None:
        """Press keys and wait until everything they cause has happened."""
        await self.pilot.press(*keys)
        await settle(self.pilot)

    async def burst(self, *keys: str) -> None:
        """Press keys faster than anything can be handled, as a slow machine sees them."""
        for key in keys:
            character = key if len(key) == 1 else None
            self.app.post_message(Key(key, character))
        await settle(self.pilot)

    async def until(self, holds: Callable[[], bool], seconds: float = 30) -> None:
        """Wait for something a timer brings about."""
        deadline = monotonic() + seconds
        while not holds():
            assert monotonic() < deadline, f"it never held; the screen was:\n{self.text}"
            await self.pilot.pause(0.02)
        await settle(self.pilot)

    def sent(self, kind: type[Result]) -> list[Result]:
        """Return each message of a kind once, in the order it was posted."""
        found = {id(m): m for m in self.posted if isinstance(m, kind)}
        return list(found.values())


@asynccontextmanager
async def on_stage(
    screen: Screen[None], desk: FakeDesk | None = None, size: tuple[int, int] = (80, 24), theme: str | None = None
) -> AsyncIterator[Stage]:
    """Show a screen and hand out what a test needs."""
    posted: list[Message] = []
    app = SmallApp(screen, desk)
    async with app.run_test(size=size, message_hook=posted.append) as pilot:
        if theme is not None:
            app.theme = theme
        await settle(pilot)
        yield Stage(app, pilot, posted)


async def settle(pilot: Pilot) -> None:
    """Wait until every message has been handled and the screen has been painted."""
    for _ in range(3):
        await pilot.pause()


def text_of(app: App[object]) -> str:
    """Return the screen of an App as plain text, a line for each row."""
    return "\n".join(strip.text.rstrip() for strip in app.screen._compositor.render_strips())


def parts(desk: FakeDesk) -> tuple[Sheet, SittingState, TimeLeft, SaveState]:
    """Return what a screen of a sitting is made of."""
    return desk.sheet(), desk.state(), desk.time_left(), desk.saved()
