"""The base of every App that runs on a candidate's machine: nothing but a key the exam owns can leave it."""

import asyncio
import signal
import traceback
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from textual import events
from textual.app import App
from textual.binding import Binding
from textual.driver import Driver
from textual.drivers.headless_driver import HeadlessDriver
from textual.worker import WorkerFailed

SHUT_KEYS = ("ctrl+c", "ctrl+q", "ctrl+z", "ctrl+backslash", "ctrl+p", "ctrl+d", "ctrl+s")


class LockedApp(App[int], inherit_bindings=False):
    """A Textual App without palette, selection, clipboard, links, paste, suspend or quit keys.

    SIGTERM and SIGHUP close it cleanly through `on_stop`; a crash is written to `log_file` without locals, and the
    screen shows one sentence.
    """

    TROUBLE = "The exam program met a problem and closed. Every saved answer is kept. Please raise your hand."
    """What is said on the terminal after a crash."""
    ENABLE_COMMAND_PALETTE = False
    ALLOW_SELECT = False
    ESCAPE_TO_MINIMIZE = False
    BINDINGS = [
        Binding(key, "refuse", show=False, priority=True, id=f"shut.{key}", tooltip="This key is shut during an exam.")
        for key in SHUT_KEYS
    ]

    def __init__(self, log_file: Path | None = None) -> None:
        super().__init__()
        self._log_file = log_file

    def get_driver_class(self) -> type[Driver]:
        """Return the locked driver, or Textual's headless one under test."""
        from kiosk.apps.terminal import LockedDriver

        chosen = super().get_driver_class()
        return chosen if issubclass(chosen, HeadlessDriver) else LockedDriver

    def on_stop(self) -> None:
        """Do what must be done before the process may end; called for SIGTERM, SIGHUP and a crash."""

    def on_paste_refused(self, length: int) -> None:
        """Take note of a paste that was not let in."""

    def watch_signals(self) -> None:
        """Close cleanly when the terminal or the machine goes away. Call from `on_mount`."""
        loop = asyncio.get_running_loop()
        for number, status in ((signal.SIGTERM, 0), (signal.SIGHUP, 0)):
            loop.add_signal_handler(number, self._leave(status))

    def _leave(self, status: int) -> Callable[[], None]:
        def leave() -> None:
            self.on_stop()
            self.exit(status)

        return leave

    async def on_event(self, event: events.Event) -> None:
        """Drop pastes before any widget sees them; pass everything else on."""
        if isinstance(event, events.Paste):
            if not event.is_forwarded:
                self.on_paste_refused(len(event.text))
            return
        await super().on_event(event)

    def copy_to_clipboard(self, text: str) -> None:
        """Keep copied text inside the program; the terminal's clipboard is never written."""
        self._clipboard = text

    def action_refuse(self) -> None:
        """Do nothing: the key is shut."""

    async def action_quit(self) -> None:
        """Do nothing: an exam is left by handing in."""

    def action_suspend_process(self) -> None:
        """Do nothing: a seat is never suspended to a shell."""

    def action_help_quit(self) -> None:
        """Do nothing: there is no quit key to be told of."""

    def action_command_palette(self) -> None:
        """Do nothing: there is no palette."""

    def _fatal_error(self) -> None:
        error = self._exception
        if self._log_file is not None and error is not None:
            self._write_log(error)
        if not self._exit_renderables:
            self._exit_renderables.append(self.TROUBLE)
            self.on_stop()
        self._close_messages_no_wait()

    def _handle_exception(self, error: Exception) -> None:
        if self._exception is None:
            self._exception = error
            self._exception_event.set()
        self._return_code = 1
        self._fatal_error()

    def _write_log(self, error: BaseException) -> None:
        # neither locals nor the errors' own words: both may hold a question or an answer
        lines: list[str] = []
        for cause in _causes(error):
            lines.append(f"{datetime.now(UTC).isoformat()} {type(cause).__name__}")
            lines += [f"{f.filename}:{f.lineno} {f.name}" for f in traceback.extract_tb(cause.__traceback__)]
        with (self._log_file or Path()).open("a", encoding="utf-8") as file:
            file.write("\n".join([*lines, ""]))


def _causes(error: BaseException) -> Iterator[BaseException]:
    """Return an error and what lies behind it, as far as ten deep."""
    cause: BaseException | None = error
    for _ in range(10):
        if cause is None:
            return
        yield cause
        cause = cause.error if isinstance(cause, WorkerFailed) else cause.__cause__ or cause.__context__
