"""The replica: which of a seat's committed entries its hub still lacks. It knows no socket, no thread and no clock.

Whoever drives it tells it of connections, commits and what the hub says, and asks it what to send next. Everything it
sends it reads from the store, so that only what is committed ever leaves the seat.
"""

from dataclasses import dataclass, field
from threading import RLock
from typing import Protocol

from kiosk.exam.entry import Kind
from kiosk.exam.journal import Head
from kiosk.exam.piece import Holding, Piece
from kiosk.seat.link.frame import frame_of, holding_line
from kiosk.wire.hub import (
    LARGEST_FROM_SEAT,
    LOST_SECONDS,
    MOST_ENTRIES,
    AckMessage,
    FencedMessage,
    FrameMessage,
    HoldingMessage,
    WantMessage,
)

EVERY_MS = 250
"""The least time between two frames of one sitting, so that a flood of typing is no flood on the line."""
PATIENCE_MS = int(LOST_SECONDS * 1000)
"""After so long without an answer a frame, or what was said to be held, is said again."""
ROOM = LARGEST_FROM_SEAT - 300 * 2**10
"""Bytes for entries and what they lean on: what is left is for the leases and the names."""
MOST_HELD = 1_000


class Journals(Protocol):
    """A seat's store, as far as a replica reads it."""

    def holdings(self) -> tuple[Holding, ...]:
        """Return how far each sitting is committed that is not both sealed and received by central."""
        ...

    def piece(self, submission_id: str, first: int, most: int, most_bytes: int) -> Piece | None:
        """Return committed entries of one epoch from `first` on, within bounds, or None where there is none."""
        ...

    def hash_at(self, submission_id: str, seq: int) -> bytes | None:
        """Return the hash of one committed entry, or None where it is not held."""
        ...


@dataclass(slots=True)
class _Course:
    """How far one sitting has come with the hub of this connection."""

    next: int | None = None
    """The entry to send next; None until the hub has said how much it holds."""
    start: bool = False
    """Whether the hub asked for what the chain hangs on."""
    is_due: bool = False
    is_urgent: bool = False
    sent: range | None = None
    """The entries that wait for an answer."""
    sent_ms: int = -EVERY_MS
    held: Head | None = None
    """The last entry the hub says it has committed, which is the seat's own entry of that number."""
    is_fenced: bool = False


@dataclass(slots=True)
class Replica:
    """Usable from any thread. Times are milliseconds of the boot clock."""

    journals: Journals
    _courses: dict[str, _Course] = field(default_factory=dict)
    _asked_ms: int | None = None
    """When it was last said what this seat holds; None while there is no connection."""
    _lock: RLock = field(default_factory=RLock)

    def connected(self, now_ms: int) -> HoldingMessage:
        """Begin anew with a hub that may be another one; return what it is told first."""
        with self._lock:
            holdings = self.journals.holdings()[-MOST_HELD:]
            self._courses = {h.submission_id: _Course(is_due=True) for h in holdings}
            self._asked_ms = now_ms
            return HoldingMessage(sittings=tuple(holding_line(h) for h in holdings))

    def disconnected(self) -> None:
        """Send nothing until the next connection; what the hub holds is not known any more."""
        with self._lock:
            self._asked_ms = None
            for course in self._courses.values():
                course.sent = None

    def saved(self, submission_id: str, *, at_once: bool = False) -> None:
        """Take note that entries were committed; `at_once` where nobody should wait for the next turn."""
        with self._lock:
            course = self._courses.get(submission_id)
            if course is None:
                course = self._courses[submission_id] = _Course(next=0)
            course.is_due = True
            course.is_urgent |= at_once

    def hear(self, message: AckMessage | WantMessage | FencedMessage) -> Head | None:
        """Take what the hub said; return the head it holds of the sitting where that has moved on."""
        with self._lock:
            course = self._courses.get(message.submission_id)
            if course is None or self._asked_ms is None:
                return None
            match message:
                case AckMessage():
                    return self._acked(course, message)
                case WantMessage():
                    if not self._reaches(message.submission_id, message.first - 1):
                        return None  # no hub can hold what this seat has not written
                    course.next, course.sent, course.is_due = message.first, None, True
                    course.start |= message.start
                    if course.held is not None and message.first <= course.held.seq:
                        course.held = None
                case FencedMessage():
                    course.is_fenced = True
                    if course.sent is not None:  # what an older epoch wrote is kept apart, and never acknowledged twice
                        course.next, course.sent = course.sent.stop, None
            return None

    def send(self, now_ms: int) -> FrameMessage | HoldingMessage | None:
        """Return the next message to send now, or None where there is none yet."""
        with self._lock:
            if self._asked_ms is None:
                return None
            if self._is_unheard(now_ms):
                return self._asked_again(now_ms)
            for submission_id, course in self._courses.items():
                frame = self._frame(submission_id, course, now_ms)
                if frame is not None:
                    return frame
            return None

    def held(self, submission_id: str) -> Head | None:
        """Return the last entry the hub of this connection has committed, or None where that is not known."""
        with self._lock:
            course = self._courses.get(submission_id)
            return None if course is None or self._asked_ms is None else course.held

    def behind(self) -> int:
        """Return how many committed entries the hub, of this connection or of the last one, is not known to hold."""
        with self._lock:
            return sum(self._lacking(h) for h in self.journals.holdings())

    def is_settled(self, submission_id: str) -> bool:
        """Whether the hub is known to hold all that is committed of a sitting."""
        with self._lock:
            mine = [h for h in self.journals.holdings() if h.submission_id == submission_id]
            return not mine or (self._asked_ms is not None and all(self._lacking(h) == 0 for h in mine))

    def _lacking(self, holding: Holding) -> int:
        course = self._courses.get(holding.submission_id)
        if course is None:
            return holding.head.seq + 1
        if course.is_fenced and course.sent is None:  # of what went on elsewhere a hub asks for what it wants, if any
            return 0 if course.next is None else max(0, holding.head.seq + 1 - course.next)
        return max(0, holding.head.seq - (-1 if course.held is None else course.held.seq))

    def _acked(self, course: _Course, ack: AckMessage) -> Head | None:
        if course.held is not None and ack.seq <= course.held.seq:
            return None
        if ack.seq < 0 or self.journals.hash_at(ack.submission_id, ack.seq) != bytes.fromhex(ack.hash):
            if course.next is None and self._reaches(ack.submission_id, ack.seq):
                course.next = ack.seq + 1
            if course.sent is not None and course.sent.stop <= ack.seq + 1:
                # the hub has what was sent; beyond it holds what an older epoch wrote on at another seat
                course.next, course.sent, course.is_due = course.sent.stop, None, True
            return None
        course.held = Head(ack.seq, bytes.fromhex(ack.hash))
        if course.next is None or course.next <= ack.seq:
            course.next = ack.seq + 1
        if course.sent is not None and course.sent.stop <= ack.seq + 1:
            course.sent = None
        return course.held

    def _reaches(self, submission_id: str, seq: int) -> bool:
        return seq < 0 or self.journals.hash_at(submission_id, seq) is not None

    def _is_unheard(self, now_ms: int) -> bool:
        """Whether the hub has left unsaid for too long how much it holds."""
        assert self._asked_ms is not None
        is_late = now_ms - self._asked_ms >= PATIENCE_MS
        return is_late and any(course.next is None for course in self._courses.values())

    def _asked_again(self, now_ms: int) -> HoldingMessage:
        self._asked_ms = now_ms
        unheard = [h for h in self.journals.holdings() if self._is_unknown(h.submission_id)]
        return HoldingMessage(sittings=tuple(holding_line(h) for h in unheard[-MOST_HELD:]))

    def _is_unknown(self, submission_id: str) -> bool:
        course = self._courses.get(submission_id)
        return course is not None and course.next is None

    def _frame(self, submission_id: str, course: _Course, now_ms: int) -> FrameMessage | None:
        if course.sent is not None and now_ms - course.sent_ms >= PATIENCE_MS:
            course.next, course.sent, course.is_due = course.sent.start, None, True
        if course.next is None or course.sent is not None or not course.is_due:
            return None
        if now_ms - course.sent_ms < EVERY_MS and not course.is_urgent:
            return None
        piece = self.journals.piece(submission_id, course.next, MOST_ENTRIES, ROOM)
        if piece is None:
            course.is_due = course.is_urgent = False
            return None
        frame = frame_of(piece, start=course.start or _begins(piece))
        course.sent = range(frame.first, frame.first + len(frame.entries))
        course.sent_ms, course.start = now_ms, False
        return frame


def _begins(piece: Piece) -> bool:
    """Whether a piece begins an epoch, so that the hub may never have heard of its lease."""
    first = piece.entries[0]
    return first.seq == 0 or first.kind is Kind.MOVED
