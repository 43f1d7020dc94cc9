"""Attendance: who of those expected in a session came, and what a proctor says of who did not."""

from dataclasses import dataclass
from datetime import datetime

from kiosk.exam.closing import Attended
from kiosk.exam.status import AttendanceState


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """One candidate expected in one session, or for one test without any, and what is written down of their coming."""

    session_id: str
    """Empty where no session expects them for the test."""
    candidate_id: str
    name: str
    roll_number: str | None
    seat: str | None
    state: AttendanceState
    arrived_at: datetime | None = None
    note: str = ""
    test_id: str = ""
    """The test, where there is no session."""


def attended(marks: tuple[Mark, ...]) -> dict[str, Attended]:
    """Return what is known of each candidate's coming, over all of their sessions.

    Who came to one of them came; who was sent away from one, and came to none, went elsewhere.
    """
    order = (
        AttendanceState.EXPECTED,
        AttendanceState.ABSENT,
        AttendanceState.SENT_AWAY,
        AttendanceState.PRESENT,
    )
    found: dict[str, Attended] = {}
    for mark in sorted(marks, key=lambda m: (order.index(m.state), m.session_id)):
        found[mark.candidate_id] = Attended(mark.state, mark.note)
    return found
