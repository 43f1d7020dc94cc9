"""The console's rounds before, beside and after the exam: pre-flight, check-in, codes, close-out."""

import asyncio
from dataclasses import replace

from textual import on, work

from kiosk.apps.asking import AskingApp
from kiosk.exam.error import KioskError
from kiosk.views.closeout import Closeout
from screens.proctor.console import message as asked


class RoundsApp(AskingApp):
    """Asks the board for what these pages show; a page loads when asked for, what is on top already is shown anew."""

    @on(asked.PreflightAsked)
    @work
    async def show_preflight(self) -> None:
        """Show whether every seat is fit."""
        from screens.proctor.console.preflight import PreflightScreen

        found = await self._ask(self._board.preflight)
        if found is None:
            return
        if isinstance(self.screen, PreflightScreen):
            self.screen.show_preflight(found)
        else:
            await self.push_screen(PreflightScreen(found))

    @on(asked.CloseoutAsked)
    @work
    async def show_closeout(self) -> None:
        """Show what became of the roster."""
        from screens.proctor.console.closeout import CloseoutScreen

        found = await self._ask(self._board.closeout)
        if found is None:
            return
        if isinstance(self.screen, CloseoutScreen):
            self.screen.show_closeout(found)
        else:
            await self.push_screen(CloseoutScreen(found))

    @on(asked.ArrivalsAsked)
    @work
    async def show_arrivals(self) -> None:
        """Show the check-in, with the whole roster to look up: also those whom no seat is planned for."""
        from screens.proctor.console.arrivals import ArrivalsScreen

        try:
            found = await asyncio.to_thread(self._board.closeout)
        except KioskError:
            found = Closeout(())  # who has a seat can be checked in all the same
        await self.push_screen(ArrivalsScreen(self._board.state(), found.lines))

    @on(asked.CodePageAsked)
    async def show_code_page(self, wanted: asked.CodePageAsked) -> None:
        """Show the form for a code."""
        from screens.proctor.console.givecode import GiveCodeScreen

        await self.push_screen(GiveCodeScreen(self._board.state(), wanted.seat))

    @on(asked.CodeAsked)
    @work
    async def give_code(self, wanted: asked.CodeAsked) -> None:
        """Ask for a code and show it until it is closed; the form is left with it."""
        from screens.proctor.console.givecode import CodeDialog, GiveCodeScreen

        if not await self._has_pin():
            return
        wish = replace(wanted.wish, pin=self._pin)
        code = await self._ask(lambda: self._board.code(wish))
        if code is None:
            return
        if isinstance(self.screen, GiveCodeScreen):
            await self.pop_screen()
        await self.push_screen(CodeDialog(wanted.wish, code))
