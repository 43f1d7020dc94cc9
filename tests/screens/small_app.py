"""The smallest App that joins the screens to a desk: what tests press keys in, and how they look at it."""

from fake_desk import FakeDesk
from textual import on
from textual.pilot import Pilot
from textual.screen import Screen

from kiosk.apps.locked import LockedApp
from kiosk.exam.error import KioskError
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


async def settle(pilot: Pilot) -> None:
    """Wait until every message has been handled and the screen has been painted."""
    for _ in range(3):
        await pilot.pause()
    await pilot.app.workers.wait_for_complete()
    await pilot.pause()


def text_of(app: SmallApp) -> str:
    """Return the screen as plain text, a line for each row."""
    return "\n".join(strip.text.rstrip() for strip in app.screen._compositor.render_strips())
