"""The App of a candidate's machine, from the login screen to the receipt."""

import asyncio
import importlib
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from textual import on, work

from kiosk.apps.proctor import ProctorApp
from kiosk.exam.error import KioskError, Refused
from screens import messages
from screens.candidate.login import LoginScreen, Samples
from screens.theme import register_themes

if TYPE_CHECKING:
    from kiosk.views.candidate import CandidateCard
    from kiosk.views.desk import Desk

LATER = ("who", "tests", "instructions", "question")
"""Screens a candidate comes to next, loaded while the login screen waits."""


class SeatApp(ProctorApp):
    """One seat at work. Calls that ask the hall or read the store run in a thread; each screen loads when first shown.

    `open_desk` is called behind the first frame, so that the login screen is there before the store's libraries.
    """

    DEFAULT_MODE = "seat"

    def __init__(
        self,
        seat: str,
        open_desk: "Callable[[], Desk]",
        *,
        samples: Samples = (),
        can_close: bool = True,
        log_file: Path | None = None,
    ) -> None:
        super().__init__(seat, can_close, log_file)
        register_themes(self)
        self.login = LoginScreen(seat, samples)
        self.add_mode(self.DEFAULT_MODE, lambda: self.login)
        self._open_desk = open_desk
        self._candidate: CandidateCard | None = None
        self._wanted: str | None = None
        """The assignment whose start the candidate has asked for and the hall has not allowed yet."""
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
        self._wanted = None
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
        self.set_hand(False)
        self._candidate, self._wanted, self.in_sitting = None, None, False
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
        await self._begin(desk, asked.assignment_id)

    async def follow(self, words: str) -> None:
        """Show what the hall has changed; a start that waits may be allowed now."""
        await super().follow(words)
        await self.start_wanted()

    async def start_wanted(self) -> None:
        """Ask again for the start the candidate waits for; not under the overlay, where its clock would run unseen."""
        from screens.candidate.instructions import InstructionsScreen

        desk, wanted = self.desk, self._wanted
        if desk is None or wanted is None or self.overlay is not None or self.in_sitting:
            return
        if any(isinstance(s, InstructionsScreen) for s in self.screen_stack):
            await self._begin(desk, wanted)

    async def _begin(self, desk: "Desk", assignment_id: str) -> None:
        from screens.candidate.instructions import InstructionsScreen

        self._wanted = None
        try:
            sheet = await asyncio.to_thread(desk.begin, assignment_id)
        except KioskError as error:
            shown = next((s for s in self.screen_stack if isinstance(s, InstructionsScreen)), None)
            if isinstance(error, Refused) and shown is not None:
                self._wanted = assignment_id
                shown.show_waiting(error.message)
            else:
                self.refuse(error)
            return
        self.in_sitting, self._capture_in = True, sheet.capture_seconds
        await self.refresh_sitting()
        self.tell_news()

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
