"""The App of a candidate's machine, from the login screen to the receipt."""

import asyncio
import importlib
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from textual import on, work
from textual.binding import Binding

from kiosk.apps.locked import LockedApp
from kiosk.apps.sitting import SittingApp
from kiosk.exam.error import KioskError
from screens import messages
from screens.candidate.login import LoginScreen, Samples
from screens.theme import register_themes

if TYPE_CHECKING:
    from kiosk.views.candidate import CandidateCard
    from kiosk.views.desk import Desk

T = TypeVar("T")
LATER = ("who", "tests", "instructions", "question")
"""Screens a candidate comes to next, loaded while the login screen waits."""


class SeatApp(SittingApp):
    """One seat at work. Calls that ask the hall or read the store run in a thread; each screen loads when first shown.

    `open_desk` is called behind the first frame, so that the login screen is there before the store's libraries.
    """

    DEFAULT_MODE = "seat"
    BINDINGS = [
        *LockedApp.BINDINGS,
        Binding(
            "ctrl+o", "overlay", show=False, priority=True, id="proctor", tooltip="For the proctor: cover the seat."
        ),
    ]

    def __init__(
        self,
        seat: str,
        open_desk: "Callable[[], Desk]",
        *,
        samples: Samples = (),
        can_close: bool = True,
        log_file: Path | None = None,
    ) -> None:
        super().__init__(log_file)
        register_themes(self)
        self.login = LoginScreen(seat, samples)
        self.add_mode(self.DEFAULT_MODE, lambda: self.login)
        self._seat = seat
        self._open_desk = open_desk
        self._can_close = can_close
        self._candidate: CandidateCard | None = None
        self._opening: asyncio.Task[Desk] | None = None

    def on_mount(self) -> None:
        """Let the login screen be painted; the store and its libraries are loaded behind it."""
        self.watch_signals()
        self.set_interval(1.0, self.tick, name="tick")
        self.screen.call_after_refresh(self.run_worker, self._ready_desk, name="desk")

    @on(messages.SignInAsked)
    @work
    async def sign_in(self, asked: messages.SignInAsked) -> None:
        """Check a candidate in and ask whether it is the right one."""
        from screens.candidate.who import WhoScreen

        desk = await self._ready_desk()
        if desk is None:
            return
        candidate = await self._ask(lambda: desk.sign_in(asked.roll_number, asked.code))
        if candidate is not None:
            self._candidate = candidate
            await self.show(WhoScreen(candidate))
            self.login.begin_again()

    @on(messages.IdentityAnswered)
    def identify(self, answered: messages.IdentityAnswered) -> None:
        """Go on with the right person, or back to the login screen."""
        self.post_message(messages.TestsAsked() if answered.is_me else messages.SignOutAsked())

    @on(messages.TestsAsked)
    @work
    async def show_tests(self) -> None:
        """Show the candidate's tests, afresh."""
        from screens.candidate.tests import TestsScreen

        desk, candidate = self.desk, self._candidate
        if desk is None or candidate is None:
            return
        read = await self._ask(lambda: (desk.tests(), desk.notices()))
        if read is not None:
            await self.show(TestsScreen(candidate, *read))

    @on(messages.InstructionsAsked)
    @work
    async def show_instructions(self, asked: messages.InstructionsAsked) -> None:
        """Show what is read before the start."""
        from screens.candidate.instructions import InstructionsScreen

        desk, candidate = self.desk, self._candidate
        if desk is None or candidate is None:
            return
        read = await self._ask(lambda: desk.instructions(asked.assignment_id))
        if read is not None:
            await self.show(InstructionsScreen(candidate, read))

    @on(messages.ResultAsked)
    @work
    async def show_result(self, asked: messages.ResultAsked) -> None:
        """Show a released result."""
        from screens.candidate.result import ResultScreen

        desk, candidate = self.desk, self._candidate
        if desk is None or candidate is None:
            return
        result = await self._ask(lambda: desk.result(asked.assignment_id))
        if result is not None:
            await self.show(ResultScreen(candidate, result))

    @on(messages.SignOutAsked)
    @work
    async def sign_out(self) -> None:
        """Forget the candidate and uncover the login screen, which lies under all others."""
        desk = self.desk
        self._candidate, self.in_sitting = None, False
        if desk is not None:
            await self._do(desk.sign_out)
        while len(self.screen_stack) > 1:
            await self.pop_screen()

    @on(messages.StartAsked)
    @work
    async def start(self, asked: messages.StartAsked) -> None:
        """Begin the sitting, or go on with the open one at the same question."""
        desk = self.desk
        if desk is None:
            return
        if self.in_sitting:
            await self.refresh_sitting()
            return
        sheet = await self._ask(lambda: desk.begin(asked.assignment_id))
        if sheet is not None:
            self.in_sitting, self._capture_in = True, sheet.capture_seconds
            await self.refresh_sitting()

    def action_overlay(self) -> None:
        """Cover the seat with the proctor's overlay."""
        from screens.proctor.overlay import OverlayScreen

        if self.desk is None or self.overlay is not None:
            return
        self.take_text()
        self.desk.note_overlay(opened=True)
        self.push_screen(OverlayScreen(self._seat, self.desk.overlay(), self._can_close))

    @on(messages.PinEntered)
    @work
    async def check_pin(self, entered: messages.PinEntered) -> None:
        """Let the hall check a PIN."""
        desk, overlay = self.desk, self.overlay
        if desk is None or overlay is None:
            return
        name = await self._ask(lambda: desk.unlock_overlay(entered.pin))
        if name is not None:
            overlay.show_unlocked(name)

    @on(messages.ActAsked)
    @work
    async def act(self, asked: messages.ActAsked) -> None:
        """Let the hall grant an act, and carry it out."""
        from kiosk.exam.grant import Act

        desk, overlay = self.desk, self.overlay
        if desk is None or overlay is None:
            return
        if not await self._do(lambda: desk.act(asked.pin, asked.request, asked.second_pin)):
            return
        if asked.request.act is Act.CLOSE_SEAT:
            self.on_stop()
            self.exit(0)
            return
        overlay.show_done(asked.request.act.value)
        overlay.show_overlay(desk.overlay())

    @on(messages.OverlayClosed)
    async def close_overlay(self) -> None:
        """Uncover the seat."""
        if self.desk is not None:
            self.desk.note_overlay(opened=False)
        await self.pop_screen()
        await self.refresh_sitting()

    async def _ready_desk(self) -> "Desk | None":
        if self._opening is None:
            self._opening = asyncio.create_task(asyncio.to_thread(self._open), name="opening the desk")
        if self.desk is None:
            self.desk = await self._ask(self._opening)
        return self.desk

    def _open(self) -> "Desk":
        desk = self._open_desk()
        desk.listen(self.hear)
        for name in LATER:
            importlib.import_module(f"screens.candidate.{name}")
        return desk

    async def _do(self, deed: Callable[[], None]) -> bool:
        """Do something in a thread; return whether it was done, after the refusal has been shown if not."""

        def done() -> bool:
            deed()
            return True

        return await self._ask(done) is not None

    async def _ask(self, question: "Callable[[], T] | asyncio.Task[T]") -> T | None:
        """Return an answer got in a thread; None after the refusal has been shown."""
        try:
            return await (question if isinstance(question, asyncio.Task) else asyncio.to_thread(question))
        except KioskError as error:
            self.refuse(error)
            return None
