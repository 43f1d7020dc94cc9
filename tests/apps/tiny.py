"""A locked App with a word on its screen and a counter of keys, to be run in a real terminal."""

import sys
from pathlib import Path

from kiosk.apps.door import scrub_environment, shut_keyboard_signals

if __name__ == "__main__":
    shut_keyboard_signals()
    scrub_environment()

from textual import events
from textual.app import ComposeResult
from textual.widgets import Static

from kiosk.apps.locked import LockedApp


class TinyApp(LockedApp):
    """Shows what reached it."""

    def compose(self) -> ComposeResult:
        """One line."""
        yield Static("ready", id="line", markup=False)

    def on_mount(self) -> None:
        """Watch for the end of the terminal."""
        self.watch_signals()

    def on_stop(self) -> None:
        """Leave a trace that the stop was seen."""
        if self._log_file is not None:
            self._log_file.with_suffix(".stopped").touch()

    def on_key(self, event: events.Key) -> None:
        """Show a key, or fall over on demand."""
        secret = "the answer is B"
        if event.key == "x":
            raise RuntimeError(secret)
        self.query_one("#line", Static).update(f"key {event.key}")

    def on_paste_refused(self, length: int) -> None:
        """Show that a paste was refused."""
        self.query_one("#line", Static).update(f"paste of {length} refused")


if __name__ == "__main__":
    app = TinyApp(Path(sys.argv[1]))
    app.run()
    sys.exit(app.return_code)
