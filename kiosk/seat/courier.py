"""The courier: tells the hall how a sitting stands, in a thread of its own, so that no move ever waits for the hall."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Lock

from kiosk.exam.error import KioskError
from kiosk.views.authority import Report


class Courier:
    """Delivers the latest report; an older one that has not left yet is dropped, for each holds all there is to say."""

    def __init__(self, deliver: Callable[[Report], None]) -> None:
        self._deliver = deliver
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="courier")
        self._lock = Lock()
        self._next: Report | None = None
        self.trouble: str | None = None
        """Why the last report did not arrive, or None."""

    def post(self, report: Report) -> None:
        """Take a report along and return at once."""
        with self._lock:
            self._next = report
        self._thread.submit(self._run)

    def close(self) -> None:
        """Deliver what was posted and end the thread."""
        self._thread.shutdown(wait=True)

    def _run(self) -> None:
        with self._lock:
            report, self._next = self._next, None
        if report is None:
            return
        try:
            self._deliver(report)
        except KioskError as error:
            self.trouble = error.message
        else:
            self.trouble = None
