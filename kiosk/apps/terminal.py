"""The terminal of a locked seat: Textual's Linux driver without its doors to the shell."""

import signal

from textual.drivers.linux_driver import LinuxDriver


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
