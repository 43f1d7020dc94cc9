"""The App that asks a hall's board: its blocking calls run in threads, with the PIN of who is signed in."""

import asyncio
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, TypeVar

from textual.driver import Driver
from textual.drivers.headless_driver import HeadlessDriver
from textual.screen import Screen

from kiosk.apps.typeahead import TypeaheadApp
from kiosk.exam.error import Denied, KioskError
from kiosk.views.board import Board, SignedOut
from screens.proctor.console.door import DoorScreen
from screens.widgets.waitline import with_wait

if TYPE_CHECKING:
    from screens.proctor.console.consolepage import ConsolePage

T = TypeVar("T")


class AskingApp(TypeaheadApp):
    """Base of the console: only it asks the board, and what the board refuses is shown in words.

    `open_board` is called in a thread behind the first frame, so that the door is there before what takes long to load.
    """

    def __init__(self, open_board: Callable[[], Board], log_file: Path | None = None) -> None:
        super().__init__(log_file)
        self.fault: KioskError | OSError | None = None
        """Why no board could be opened; the App ends with it."""
        self._open_board = open_board
        self._opened: Future[Board] = Future()
        self._pin = ""
        self._proctor = ""
        self._touched = monotonic()

    def get_driver_class(self) -> type[Driver]:
        """Return the driver for a proctor's fast hands, or Textual's headless one under test."""
        from kiosk.apps.terminal import ConsoleDriver

        chosen = super().get_driver_class()
        return chosen if issubclass(chosen, HeadlessDriver) else ConsoleDriver

    @property
    def _board(self) -> Board:
        """The board; waits until it is open, so only threads may ask for it before."""
        return self._opened.result()

    @property
    def is_open(self) -> bool:
        """Whether the board is there to be asked."""
        return self._opened.done() and self.fault is None

    async def _open(self) -> None:
        """Open the board; who has typed a PIN meanwhile is answered as soon as it is open."""
        try:
            await asyncio.to_thread(self._load)
        except (KioskError, OSError) as error:
            self.fault = error
            self.exit(1)

    def _load(self) -> None:
        try:
            self._opened.set_result(self._open_board())
        except BaseException as error:
            self._opened.set_exception(error)
            raise

    async def _has_pin(self) -> bool:
        """Ask for a PIN again where it has been forgotten; return whether there is one."""
        from screens.proctor.console.pin import PinDialog

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

    def _page(self) -> "ConsolePage | None":
        from screens.proctor.console.consolepage import ConsolePage

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
        from screens.notice import NoticeDialog

        wait = error.wait_seconds if isinstance(error, Denied) else 0
        if isinstance(screen, DoorScreen):
            screen.show_refusal(error.message, wait)
        else:
            self.push_screen(NoticeDialog(error.title, with_wait(error.message, wait)))
