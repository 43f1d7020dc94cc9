"""The courier: tells the hall how a sitting stands, in a thread of its own, so that no move ever waits for the hall."""

from collections.abc import Callable
from threading import Condition, Thread

from kiosk.exam.error import KioskError
from kiosk.views.authority import Report

LAST_WAIT = 5.0
"""Seconds the last report is waited for at the end; a hall that does not answer holds nobody up for longer."""

MISTAKE = "The seat's program made a mistake when it told the hall how a test stands. All answers are safe here."


class Courier:
    """Delivers the latest report of each sitting; an older one that has not left yet is dropped, for each says all."""

    def __init__(self, deliver: Callable[[Report], None]) -> None:
        self._deliver = deliver
        self._changed = Condition()
        self._next: dict[str, Report] = {}
        self._is_out = False
        self._is_closed = False
        self.trouble: str | None = None
        """Why the last report did not arrive, or None."""
        Thread(target=self._run, name="courier", daemon=True).start()

    def post(self, report: Report) -> None:
        """Take a report along and return at once."""
        with self._changed:
            self._next[report.submission_id] = report
            self._changed.notify_all()

    def wait(self, seconds: float = LAST_WAIT) -> bool:
        """Wait until what was posted is delivered; return whether it was in time."""
        with self._changed:
            return self._changed.wait_for(lambda: not self._next and not self._is_out, seconds)

    def close(self) -> None:
        """Deliver what was posted, as far as the hall answers, and end the thread."""
        self.wait()
        with self._changed:
            self._is_closed = True
            self._changed.notify_all()

    def _run(self) -> None:
        while (report := self._take()) is not None:
            try:
                self._deliver(report)
            except KioskError as error:
                self.trouble = error.message
            except Exception as error:  # noqa: BLE001 - the last line of defence: later reports must leave
                self.trouble = f"{MISTAKE} ({type(error).__name__})"
            else:
                self.trouble = None
            with self._changed:
                self._is_out = False
                self._changed.notify_all()

    def _take(self) -> Report | None:
        with self._changed:
            self._changed.wait_for(lambda: self._next or self._is_closed)
            submission_id = next(iter(self._next), None)
            report = None if submission_id is None else self._next.pop(submission_id)
            self._is_out = report is not None
            return report
