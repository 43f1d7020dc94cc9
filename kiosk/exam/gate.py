"""Who may open a sitting, and when: one pure rule, asked with the hall's clock."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from kiosk.exam.assignment import Assignment, Session
from kiosk.exam.draft import AccessType
from kiosk.exam.error import Refused
from kiosk.exam.policy import Policy


def check_opening(
    policy: Policy,
    assignment: Assignment,
    now: datetime,
    *,
    is_active: bool = True,
    has_open_sitting: bool = False,
    session: Session | None = None,
) -> None:
    """Raise Refused, with words for the candidate, unless a new attempt may open at `now`."""
    if not is_active:
        raise Refused("This test is not open at present. Please ask the proctor.")
    if assignment.withdrawn_at is not None:
        raise Refused("This test has been withdrawn for you. Please ask the proctor.")
    if has_open_sitting:
        raise Refused("You have begun this test already; it goes on where you left it.")
    if policy.max_attempts is not None and assignment.attempt_count >= policy.max_attempts:
        times = "once" if policy.max_attempts == 1 else f"{policy.max_attempts} times"
        raise Refused(f"This test can be taken {times}, and you have done so.")
    if now > assignment.due_date:
        raise Refused("The due date of this test has passed.")
    if session is not None:
        _check_session(policy, session, assignment.test_id, now)


def check_joining(access_type: AccessType, *, is_active: bool) -> None:
    """Raise Refused unless a candidate may take a test that nobody assigned to them."""
    if not is_active:
        raise Refused("This test is not open at present. Please ask the proctor.")
    if access_type is not AccessType.PUBLIC:
        raise Refused("This test is only for those it was assigned to.")


def check_login(session: Session, now: datetime) -> None:
    """Raise Refused unless candidates may log in to a session at `now`."""
    if now < session.opens_at:
        raise Refused(f"This session opens at {_hall_time(session.opens_at, session)}.")
    if now > session.ends_at:
        raise Refused("This session is over. Please ask the proctor.")


def _check_session(policy: Policy, session: Session, test_id: str, now: datetime) -> None:
    if session.test_ids and test_id not in session.test_ids:
        raise Refused("This test is not held in this session. Please ask the proctor.")
    if now < session.starts_at:
        raise Refused(f"This session starts at {_hall_time(session.starts_at, session)}.")
    if now > session.ends_at:
        raise Refused("This session is over. Please ask the proctor.")
    minutes = policy.late_entry_minutes if session.late_entry_minutes is None else session.late_entry_minutes
    if now > session.starts_at + timedelta(minutes=minutes):
        raise Refused(f"Entry closed {minutes} minutes after the start. Please ask the proctor.")


def _hall_time(when: datetime, session: Session) -> str:
    """Return a time of day as the hall's wall clock shows it, or in UTC where its zone is not known here."""
    try:
        return f"{when.astimezone(ZoneInfo(session.time_zone)):%H:%M}"
    except (ZoneInfoNotFoundError, ValueError):
        return f"{when.astimezone(UTC):%H:%M} UTC"
