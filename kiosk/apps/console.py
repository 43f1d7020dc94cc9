"""The App of a proctor's console: one hall's board, looked at and acted on from one terminal."""

import asyncio
import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from time import monotonic

from textual import events, on, work
from textual.message import Message

from kiosk.apps.rounds import RoundsApp
from kiosk.exam.error import KioskError
from kiosk.exam.text import clean_line
from kiosk.views.board import Board, BoardState, Severity
from kiosk.views.order import Order
from screens import messages
from screens.proctor.console import message as asked
from screens.proctor.console.boardpage import BoardPage
from screens.proctor.console.door import DoorScreen
from screens.theme import register_themes

REST_SECONDS = 600
"""Without a key for so long the PIN is forgotten; the map stays in sight, the next act asks for a PIN."""
TICK_SECONDS = 1.0


@dataclass
class BoardChanged(Message):
    """The hall has a new state."""

    def can_replace(self, message: Message) -> bool:
        """Only the present state counts."""
        return isinstance(message, BoardChanged)


class ConsoleApp(RoundsApp):
    """The board's blocking calls run in threads and answer here; each screen loads when it is first shown."""

    TROUBLE = "The console met a problem and closed. The hall and every seat go on; start the console again."

    def __init__(self, open_board: Callable[[], Board], log_file: Path | None = None) -> None:
        super().__init__(open_board, log_file)
        register_themes(self)
        self._lost_at: float | None = None
        self._heard_alarms: set[str] = set()
        self._titled = ""
        self._fetching = False

    async def on_mount(self) -> None:
        """Let the door be painted; the board and what it needs are loaded behind it."""
        self.watch_signals()
        await self.push_screen(DoorScreen())
        self.set_interval(TICK_SECONDS, self.tick, name="tick")
        self.screen.call_after_refresh(self.run_worker, self._listen, name="board")

    async def _listen(self) -> None:
        """Open the board, and listen to the hall from then on."""
        await self._open()
        if self.fault is None:
            self._board.listen(self._hear)
            self.tick()

    async def on_event(self, event: events.Event) -> None:
        """Take note that somebody is here."""
        if isinstance(event, events.Key | events.MouseDown):
            self._touched = monotonic()
        await super().on_event(event)

    # what the hall tells

    def tick(self) -> None:
        """Show how the hall stands, every second and whenever it says so."""
        if not self.is_running or not self.is_open:
            return
        if self._pin and monotonic() - self._touched > REST_SECONDS:
            self._pin = ""
        state = self._board.state()
        if state.is_connected:
            self._lost_at = None
        elif self._lost_at is None:
            self._lost_at = monotonic()
        lost_ms = None if self._lost_at is None else round((monotonic() - self._lost_at) * 1000)
        for screen in self.screen_stack:
            if isinstance(screen, BoardPage) and screen.is_mounted:
                screen.show_state(state, lost_ms)
        self._call_out(state)

    def _hear(self, state: BoardState) -> None:
        """Called from the board's own thread."""
        self.post_message(BoardChanged())

    @on(BoardChanged)
    def hear(self) -> None:
        """The hall has changed."""
        self.tick()

    def _call_out(self, state: BoardState) -> None:
        """Ring for a new alarm, and say in the terminal's title what needs somebody."""
        alarms = {a.attention_id for a in state.attention if a.severity is Severity.ALARM}
        if alarms - self._heard_alarms:
            self.bell()
        self._heard_alarms |= alarms
        needing = f"({len(alarms)}) " if alarms else ""
        self.set_terminal_title(f"{needing}{clean_line(state.hall, 40)} · {clean_line(state.title, 40)}")

    def set_terminal_title(self, words: str) -> None:
        """Write a title where the terminal has one; a plain console has none and would print it."""
        if words == self._titled:
            return
        self._titled = words
        if self._driver is not None and os.environ.get("TERM", "") not in ("", "dumb", "linux"):
            self._driver.write(f"\x1b]2;{words}\x07")

    # the door

    @on(messages.PinEntered)
    @work
    async def sign_in(self, entered: messages.PinEntered) -> None:
        """Let the hall recognise a proctor, and open the console."""
        from screens.proctor.console.console import ConsoleScreen

        if await self._recognise(entered.pin):
            await self.push_screen(ConsoleScreen(self._proctor))
            self.tick()

    @on(asked.HandOverAsked)
    async def hand_over(self) -> None:
        """Forget who was here and ask for a PIN."""
        self._pin = self._proctor = ""
        self._board.sign_out()
        while len(self.screen_stack) > 2:
            await self.pop_screen()
        if isinstance(self.screen, DoorScreen):
            self.screen.begin_again()

    @on(asked.LeaveAsked)
    def leave(self) -> None:
        """Ask, and end."""
        from screens.confirm import ConfirmDialog

        words = "The hall and every seat go on without it. Open it again with the same command."
        dialog = ConfirmDialog("Leave the console?", words, "Leave", "Stay here")
        self.push_screen(dialog, lambda yes: self.exit(0) if yes else None)

    @on(asked.PageLeft)
    async def go_back(self) -> None:
        """Back to the screen below."""
        await self.pop_screen()
        self.tick()

    # looking

    @on(asked.SeatLooked)
    @work
    async def look(self, looked: asked.SeatLooked) -> None:
        """Fetch the card of the seat under the cursor, if it has one; one at a time."""
        from screens.proctor.console.arrivals import ArrivalsScreen
        from screens.proctor.console.card import CardScreen
        from screens.proctor.console.console import ConsoleScreen

        if self._fetching or not self._board.state().is_connected:
            return
        self._fetching = True
        try:
            card = await asyncio.to_thread(self._board.card, looked.seat)
        except KioskError:
            return  # an empty seat has no card, and nobody asked for one
        finally:
            self._fetching = False
        for screen in self.screen_stack:
            if isinstance(screen, CardScreen) and screen.seat != card.seat:
                continue
            if isinstance(screen, ConsoleScreen | ArrivalsScreen | CardScreen):
                screen.show_card(card)

    @on(asked.CardAsked)
    @work
    async def open_card(self, wanted: asked.CardAsked) -> None:
        """Show a whole card."""
        from screens.proctor.console.card import CardScreen

        card = await self._ask(lambda: self._board.card(wanted.seat))
        if card is not None:
            await self.push_screen(CardScreen(card, self._board.state()))

    @on(asked.AnnouncementsAsked)
    @work
    async def show_announcements(self, wanted: asked.AnnouncementsAsked) -> None:
        """Show what was announced, or how far it has come by now."""
        from screens.proctor.console.announcement import AnnouncementsScreen

        if wanted.again:
            await self._refresh_lists()
            return
        said = await self._ask(self._board.announcements)
        if said is not None:
            await self.push_screen(AnnouncementsScreen(said))
            self.tick()

    @on(asked.DeedsAsked)
    @work
    async def show_deeds(self) -> None:
        """Show what was done."""
        from screens.proctor.console.deed import DeedsScreen

        deeds = await self._ask(self._board.deeds)
        if deeds is not None:
            await self.push_screen(DeedsScreen(deeds))
            self.tick()

    # acting

    @on(asked.OrderAsked)
    @work
    async def order(self, wanted: asked.OrderAsked) -> None:
        """Let the hall carry out an act, and show what became of it at each seat."""
        from screens.proctor.console.arrivals import ArrivalsScreen
        from screens.proctor.console.card import CardScreen
        from screens.proctor.console.deed import DeedsScreen

        if not await self._has_pin():
            return
        order: Order = replace(wanted.order, pin=self._pin)
        page = self._page()
        outcomes = await self._ask(lambda: self._board.carry_out(order))
        if outcomes is None or page is None:
            return
        if isinstance(self.screen, DeedsScreen):
            await self.pop_screen()
        self.tick()
        if isinstance(self.screen, ArrivalsScreen):
            self.screen.show_outcomes(outcomes)
            return
        page.show_outcomes(order, outcomes)
        if isinstance(page, CardScreen):
            page.post_message(asked.SeatLooked(page.seat))

    @on(asked.AnnounceAsked)
    @work
    async def announce(self, wanted: asked.AnnounceAsked) -> None:
        """Tell the hall something."""
        if (
            not await self._has_pin()
            or await self._ask(lambda: self._board.announce(wanted.text, wanted.seats, wanted.question)) is None
        ):
            return
        page = self._page()
        if page is not None:
            page.say("Announced. F4 shows who has read it.")
        await self._refresh_lists()

    @on(asked.AcknowledgeAsked)
    @work
    async def acknowledge(self, noted: asked.AcknowledgeAsked) -> None:
        """Let the hall know that somebody has taken note."""

        def acknowledge() -> bool:
            self._board.acknowledge(noted.attention_id)
            return True

        if await self._has_pin() and await self._ask(acknowledge):
            self.tick()

    async def _refresh_lists(self) -> None:
        from screens.proctor.console.announcement import AnnouncementsScreen

        if isinstance(self.screen, AnnouncementsScreen):
            said = await self._ask(self._board.announcements)
            if said is not None and isinstance(self.screen, AnnouncementsScreen):
                self.screen.show_announcements(said)
