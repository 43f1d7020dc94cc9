"""The App for fast hands: a key counts where it was meant to, however fast it followed the one before."""

from asyncio import TimerHandle, get_running_loop
from collections import deque
from dataclasses import dataclass
from pathlib import Path

from textual import events, on
from textual.dom import DOMNode
from textual.message import Message
from textual.screen import Screen
from textual.widget import Widget

from kiosk.apps.locked import LockedApp

ROUNDS = 4
"""How often a fence follows a key: the key itself, what it told, what was told of that, and a focus that moves."""
LOST_SECONDS = 0.05
"""After so long a fence is looked for: it dies with a dialog that a key has closed."""


@dataclass
class Fence(Message):
    """Goes the way of a key and of all it has told, behind them; at the App it says that they have arrived."""

    number: int


class TypeaheadApp(LockedApp):
    """Passes a key on when the one before has had its effect: the focus moved, the dialog open or closed.

    Without this a key typed right after Enter lands in the field that Enter leaves, and one typed right after the
    letter of an act in no dialog at all. What a key asks of the hall is not waited for.
    """

    def __init__(self, log_file: Path | None = None) -> None:
        super().__init__(log_file)
        self._typed: deque[events.Key] = deque()
        self._number, self._rounds = 0, 0
        self._on_screen: Screen[object] | None = None
        self._watch: TimerHandle | None = None

    async def on_event(self, event: events.Event) -> None:
        """Take keys one after the other; pass everything else on."""
        if not isinstance(event, events.Key) or event.is_forwarded:
            await super().on_event(event)
            return
        self._typed.append(event)
        if self._watch is None:
            await self._take_key()

    async def _take_key(self) -> None:
        key = self._typed.popleft()
        self._on_screen, self._rounds = self.screen, ROUNDS
        target = self._place()
        await super().on_event(key)
        self._send(target)

    @on(Fence)
    async def follow(self, fence: Fence) -> None:
        """Send a fence again, or take the next key."""
        fence.stop()
        if fence.number != self._number:
            return
        self._rounds -= 1
        if self.screen is not self._on_screen:
            self._on_screen, self._rounds = self.screen, ROUNDS
        if self._rounds > 0:
            self._send(self._place())
            return
        self._forget_watch()
        if self._typed:
            await self._take_key()

    def _send(self, target: DOMNode) -> None:
        self._forget_watch()
        self._number += 1
        self._watch = get_running_loop().call_later(LOST_SECONDS, self._look_for, self._number)
        target.post_message(Fence(self._number))

    def _look_for(self, number: int) -> None:
        """Send a fence anew, along what is in front by now, where the last one has not come."""
        if number == self._number and self.is_running:
            self._send(self._place())

    def _place(self) -> Widget:
        return self.focused or self.screen

    def _forget_watch(self) -> None:
        if self._watch is not None:
            self._watch.cancel()
            self._watch = None
