"""The writer: the one thread that appends to the store. It says "saved" after a commit came back and never before."""

from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Condition
from types import TracebackType

from kiosk.exam.error import KioskError
from kiosk.exam.page import Page
from kiosk.views.desk import DeskEvent, Saved, SaveFailed

STOPPED = "This seat cannot save any more. Nothing shown as saved is lost. Please stop and raise your hand."
CLOSED = "This seat is closing. Nothing more is written here."
LARGEST_TURN = 200
"""Pages committed together at most, so that one turn stays short."""


class Writer:
    """Commits pages in the order they were put, several at once when it has fallen behind.

    It is fail-stop: after the first commit that does not come back it commits nothing more and takes nothing more,
    because what the store holds is then unknown until it is opened and verified afresh.
    """

    def __init__(self, commit: Callable[[Sequence[Page]], None], tell: Callable[[DeskEvent], None]) -> None:
        self._commit = commit
        self._tell = tell
        self._waiting: deque[Page] = deque()
        self._changed = Condition()
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="writer")
        self._pending = 0
        self._untold = 0
        """Entries whose fate has not been told yet."""
        self._stop = _FailStop()
        self._is_closed = False

    @property
    def failure(self) -> str | None:
        """Why nothing can be saved any more, in words for the candidate, or None."""
        return STOPPED if self._stop.cause is not None else None

    @property
    def cause(self) -> BaseException | None:
        """What the store said when it failed."""
        return self._stop.cause

    @property
    def pending(self) -> int:
        """Entries put and not yet committed."""
        return self._pending

    def put(self, page: Page) -> None:
        """Hand a page over and return at once; raises KioskError when the writer has stopped or was closed."""
        with self._changed:
            self._must_write()
            if self._is_closed:
                raise KioskError(CLOSED, "Not saved")
            self._waiting.append(page)
            self._pending += len(page.entries)
            self._untold += len(page.entries)
            self._thread.submit(self._turn)

    def drain(self) -> None:
        """Wait until everything put is committed and told; raises KioskError when that is not going to happen."""
        with self._changed:
            self._changed.wait_for(lambda: self._untold == 0 or self._stop.cause is not None)
            self._must_write()

    def close(self) -> None:
        """Commit what was put and end the thread."""
        with self._changed:
            self._is_closed = True
        self._thread.shutdown(wait=True)

    def _must_write(self) -> None:
        if self._stop.cause is not None:
            raise KioskError(STOPPED, "Not saved")

    def _turn(self) -> None:
        pages = self._take()
        if not pages:
            return
        with self._stop:
            self._commit(pages)
        count = sum(len(p.entries) for p in pages)
        with self._changed:
            self._pending -= count if self._stop.cause is None else 0
        try:
            self._tell(self._outcome(pages))
        finally:
            with self._changed:
                self._untold -= count
                self._changed.notify_all()

    def _take(self) -> list[Page]:
        with self._changed:
            if self._stop.cause is not None:
                return []
            return [self._waiting.popleft() for _ in range(min(len(self._waiting), LARGEST_TURN))]

    def _outcome(self, pages: Sequence[Page]) -> DeskEvent:
        if self._stop.cause is not None:
            return SaveFailed(STOPPED)
        last = pages[-1].entries[-1]
        return Saved(last.seq, last.at)


class _FailStop:
    """Holds the first error that came out of the block it guards, whatever kind the store raised."""

    def __init__(self) -> None:
        self.cause: BaseException | None = None

    def __enter__(self) -> None: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        self.cause = error
        return isinstance(error, Exception)
