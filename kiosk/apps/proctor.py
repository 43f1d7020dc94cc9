"""The App while a proctor is at the seat: the overlay over the exam, its PIN, its acts, and codes without a hall."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from textual import on, work
from textual.binding import Binding

from kiosk.apps.locked import LockedApp
from kiosk.apps.sitting import SittingApp
from kiosk.exam.error import KioskError
from screens import messages
from screens.page import Page

T = TypeVar("T")


class ProctorApp(SittingApp):
    """A sitting's App that a proctor can cover and act in."""

    BINDINGS = [
        *LockedApp.BINDINGS,
        Binding(
            "ctrl+o", "overlay", show=False, priority=True, id="proctor", tooltip="For the proctor: cover the seat."
        ),
    ]

    def __init__(self, seat: str, can_close: bool, log_file: Path | None = None) -> None:
        super().__init__(log_file)
        self._seat, self._can_close = seat, can_close

    def action_overlay(self) -> None:
        """Cover the seat with the proctor's overlay."""
        from screens.proctor.overlay import OverlayScreen

        if self.desk is None or self.overlay is not None:
            return
        self.take_text()
        self.desk.note_overlay(opened=True)
        self.push_screen(OverlayScreen(self._seat, self.desk.overlay(), self._can_close, link=self.desk.link()))

    @on(messages.PinEntered)
    @work
    async def check_pin(self, entered: messages.PinEntered) -> None:
        """Let the hall check a PIN; where it does not answer, only codes are left."""
        from kiosk.views.authority import HallLost

        desk, overlay = self.desk, self.overlay
        if desk is None or overlay is None:
            return
        try:
            name = await asyncio.to_thread(desk.unlock_overlay, entered.pin)
        except HallLost as error:
            overlay.show_hall_lost(error.message)
        except KioskError as error:
            self.refuse(error)
        else:
            self.set_hand(False)
            overlay.show_unlocked(name)

    @on(messages.ActAsked)
    @work
    async def act(self, asked: messages.ActAsked) -> None:
        """Let the hall grant an act, and carry it out."""
        from kiosk.exam.grant import Act
        from kiosk.views.authority import HallLost

        desk, overlay = self.desk, self.overlay
        if desk is None or overlay is None:
            return
        self.take_text()
        try:
            await asyncio.to_thread(desk.act, asked.pin, asked.request, asked.second_pin)
        except HallLost as error:
            overlay.show_hall_lost(error.message)
            return
        except KioskError as error:
            self.refuse(error)
            return
        if asked.request.act is Act.CLOSE_SEAT:
            self.on_stop()
            self.exit(0)
            return
        overlay.show_done(asked.request.act.value)
        overlay.show_overlay(desk.overlay())

    @on(messages.CodeAsked)
    def show_challenge(self, asked: messages.CodeAsked) -> None:
        """Show what a console must be told to give a code."""
        from screens.proctor.code import CodeScreen

        desk, overlay = self.desk, self.overlay
        if desk is None or overlay is None:
            return
        try:
            challenge = desk.challenge(asked.request)
        except KioskError as error:
            self.refuse(error)
            return
        self.push_screen(CodeScreen(self._seat, desk.overlay(), asked.request, challenge))

    @on(messages.CodeEntered)
    @work
    async def act_by_code(self, entered: messages.CodeEntered) -> None:
        """Carry out an act by a console's code."""
        desk, overlay = self.desk, self.overlay
        if desk is None or overlay is None:
            return
        self.take_text()
        if await self._do(lambda: desk.act_by_code(entered.request, entered.code)):
            await self.close_code()
            overlay.show_done(entered.request.act.value)
            overlay.show_overlay(desk.overlay())

    @on(messages.CodeClosed)
    async def close_code(self) -> None:
        """Go back to the overlay."""
        from screens.proctor.code import CodeScreen

        await self._uncover(CodeScreen)

    @on(messages.OverlayClosed)
    async def close_overlay(self) -> None:
        """Uncover the seat."""
        from screens.proctor.overlay import OverlayScreen

        if self.overlay is None:
            return
        if self.desk is not None:
            self.desk.note_overlay(opened=False)
        await self._uncover(OverlayScreen)
        await self.refresh_sitting()
        self.tell_news()
        await self.start_wanted()

    async def start_wanted(self) -> None:
        """Go on with what waited for the proctor."""

    async def _uncover(self, kind: type[Page]) -> None:
        """Take a screen away, with all that was opened over it."""
        while any(isinstance(s, kind) for s in self.screen_stack):
            await self.pop_screen()

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
