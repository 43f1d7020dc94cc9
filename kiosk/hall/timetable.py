"""The timetable: which session a candidate's login or start falls into, by the hall's clock."""

from collections.abc import Sequence
from datetime import datetime

from kiosk.exam.assignment import Session
from kiosk.exam.error import Refused
from kiosk.exam.gate import check_login


def session_for(sessions: Sequence[Session], test_id: str, now: datetime) -> Session | None:
    """Return the session a test is sat in: the one going on, else the next, else the last; None where none holds it."""
    holding = [s for s in sessions if not s.test_ids or test_id in s.test_ids]
    going_on = [s for s in holding if s.starts_at <= now <= s.ends_at]
    coming = [s for s in holding if s.starts_at > now]
    over = [s for s in holding if s.ends_at < now]
    return next(iter([*going_on, *coming, *reversed(over)]), None)


def check_expected(sessions: Sequence[Session], now: datetime) -> None:
    """Raise Refused unless one of a candidate's sessions is open for login; the words are those of the nearest."""
    words: list[str] = []
    for session in sorted(sessions, key=lambda s: (s.ends_at < now, s.opens_at)):
        try:
            check_login(session, now)
        except Refused as refusal:
            words.append(refusal.message)
        else:
            return
    raise Refused(words[0] if words else "You are not expected in this hall. Please ask the proctor.")


def is_open(session: Session, now: datetime) -> bool:
    """Whether a candidate of a session may log in."""
    try:
        check_login(session, now)
    except Refused:
        return False
    return True
