"""The App that asks a hall's board: its blocking calls run in threads, with the PIN of who is signed in."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from time import monotonic
from typing import TypeVar

from textual.screen import Screen

from kiosk.apps.locked import LockedApp
from kiosk.exam.error import Denied, KioskError
from kiosk.views.board import Board, SignedOut
from screens.notice import NoticeDialog
from screens.proctor.console.consolepage import ConsolePage
from screens.proctor.console.door import DoorScreen
from screens.proctor.console.pin import PinDialog

T = TypeVar("T")


class AskingApp(LockedApp):
    """Base of the console: only it asks the board, and what the board refuses is shown in words."""

    def __init__(self, board: Board, log_file: Path | None = None) -> None:
        super().__init__(log_file)
        self._board = board
        self._pin = ""
        self._proctor = ""
        self._touched = monotonic()

    async def _has_pin(self) -> bool:
        """Ask for a PIN again where it has been forgotten; return whether there is one."""
        while not self._pin:
            typed = await self.push_screen_wait(PinDialog())
            if typed is None:
                return False
            await self._recognise(typed)
        return True

    async def _recognise(self, pin: str) -> bool:
        name = await self._ask(lambda: self._board.sign_in(pin))
        if name is None:
            return False
        self._pin, self._proctor = pin, name
        return True

    def _page(self) -> ConsolePage | None:
        return next((s for s in reversed(self.screen_stack) if isinstance(s, ConsolePage)), None)

    async def _ask(self, question: Callable[[], T]) -> T | None:
        """Return an answer got in a thread; None after the refusal has been shown."""
        try:
            return await asyncio.to_thread(self._signed_in, question)
        except KioskError as error:
            self._refuse(self.screen, error)
            return None

    def _signed_in(self, question: Callable[[], T]) -> T:
        """Ask; a hub that has forgotten who is here, as one started anew has, is told so first."""
        try:
            return question()
        except SignedOut:
            if not self._pin:
                raise
            self._board.sign_in(self._pin)
            return question()

    def _refuse(self, screen: Screen[object], error: KioskError) -> None:
        wait = error.wait_seconds if isinstance(error, Denied) else 0
        if isinstance(screen, DoorScreen):
            screen.show_refusal(error.message, wait)
        else:
            words = f"{error.message} Wait {wait} seconds, then try again." if wait else error.message
            self.push_screen(NoticeDialog(error.title, words))
