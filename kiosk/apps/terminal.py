"""The terminals of a locked seat and of a console: Textual's Linux driver without its doors to the shell."""

import re
import signal
from collections.abc import Iterable

from textual import events
from textual._xterm_parser import XTermParser
from textual.drivers import linux_driver
from textual.drivers.linux_driver import LinuxDriver
from textual.message import Message

LONE_ESCAPE = re.compile("(?<=\x1b)(?=[^\x1b\\[O])")


class LockedDriver(LinuxDriver):
    """A driver that cannot be stopped from the keyboard and that only repaints when it is continued.

    Textual's own SIGCONT handler starts a second reader of the keyboard at every continue, so it is replaced.
    """

    def _sigtstp_application(self, *_: object) -> None:
        signal.signal(signal.SIGTSTP, signal.SIG_IGN)

    def _sigcont_application(self, *_: object) -> None:
        if self._app.is_running:
            self._app.call_later(self._app.refresh, repaint=True, layout=True)

    @property
    def can_suspend(self) -> bool:
        """A locked seat is never handed back to a shell."""
        return False

    def start_application_mode(self) -> None:
        """Start the application, deaf to the stop signal from here on."""
        super().start_application_mode()  # type: ignore[no-untyped-call]
        signal.signal(signal.SIGTSTP, signal.SIG_IGN)


class EscapeParser(XTermParser):
    """Reads Escape and a key right behind it as the two keys they are; Textual reads them as Alt and that key.

    No act of the console has Alt in it, and a terminal that sends Alt as Escape cannot be told from a fast hand.
    """

    _follows_escape = False

    def feed(self, data: str) -> Iterable[Message]:
        """Read on; an Escape ends where what follows begins no sequence of a terminal."""
        for number, piece in enumerate(LONE_ESCAPE.split(data)):
            if number or (self._follows_escape and piece[:1] not in ("", "\x1b", "[", "O")):
                yield from self._end_escape()
            self._follows_escape = piece.endswith("\x1b")
            yield from super().feed(piece)

    def _end_escape(self) -> Iterable[Message]:
        if self._timeout_time is not None:
            self._timeout_time = 0.0
            yield from self.tick()

    def _sequence_to_key_events(self, sequence: str, alt: bool = False) -> Iterable[events.Key]:
        if alt:
            yield events.Key("escape", "\x1b")
        yield from super()._sequence_to_key_events(sequence)


class ConsoleDriver(LockedDriver):
    """A driver of a console: no key is lost behind Escape."""

    def run_input_thread(self) -> None:
        """Read the keyboard with the parser of this module."""
        linux_driver.XTermParser = EscapeParser  # type: ignore[attr-defined]  # the driver makes its parser itself
        super().run_input_thread()
