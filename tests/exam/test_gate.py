"""Who may open a sitting, log in, or take a test by themselves, and when."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from builders import NOON, a_session, an_assignment
from kiosk.exam.assignment import AssignmentStatus
from kiosk.exam.draft import AccessType
from kiosk.exam.error import Refused
from kiosk.exam.gate import check_joining, check_login, check_opening
from kiosk.exam.policy import Policy

POLICY = Policy.from_settings(AccessType.PRIVATE, None, {})
ONE_MS = timedelta(milliseconds=1)
DUE = an_assignment().due_date


def minutes(count: float) -> timedelta:
    return timedelta(minutes=count)


@pytest.mark.parametrize(
    ("changes", "policy", "words"),
    [
        ({}, {}, None),
        ({"is_active": False}, {}, "This test is not open at present. Please ask the proctor."),
        ({"assignment": {"withdrawn_at": NOON}}, {}, "withdrawn for you"),
        ({"has_open_sitting": True}, {}, "it goes on where you left it"),
        ({"assignment": {"attempt_count": 99}}, {}, None),
        ({"assignment": {"attempt_count": 0}}, {"max_attempts": 1}, None),
        ({"assignment": {"attempt_count": 1}}, {"max_attempts": 1}, "can be taken once, and you have done so"),
        ({"assignment": {"attempt_count": 2}}, {"max_attempts": 3}, None),
        ({"assignment": {"attempt_count": 3}}, {"max_attempts": 3}, "can be taken 3 times"),
        ({"now": DUE}, {}, None),
        ({"now": DUE + ONE_MS}, {}, "The due date of this test has passed."),
        ({"now": DUE + ONE_MS}, {"due_date_ends": True}, "The due date of this test has passed."),
    ],
)
def test_an_attempt_opens_or_the_candidate_is_told_why_not(
    changes: dict[str, Any], policy: dict[str, Any], words: str | None
) -> None:
    given = {"now": NOON, **changes}
    assignment = an_assignment(**given.pop("assignment", {}))
    opening = lambda: check_opening(replace(POLICY, **policy), assignment, **given)  # noqa: E731
    if words is None:
        opening()
    else:
        with pytest.raises(Refused, match=words):
            opening()


SESSION = a_session(late_entry_minutes=20)


@pytest.mark.parametrize(
    ("session", "now", "words"),
    [
        (SESSION, NOON - ONE_MS, "This session starts at 12:00"),
        (SESSION, NOON, None),
        (SESSION, NOON + minutes(20), None),
        (SESSION, NOON + minutes(20) + ONE_MS, "Entry closed 20 minutes after the start"),
        (replace(SESSION, late_entry_minutes=None), NOON + minutes(30), None),
        (replace(SESSION, late_entry_minutes=None), NOON + minutes(30) + ONE_MS, "Entry closed 30 minutes"),
        (replace(SESSION, late_entry_minutes=0), NOON, None),
        (replace(SESSION, late_entry_minutes=0), NOON + ONE_MS, "Entry closed 0 minutes"),
        (replace(SESSION, late_entry_minutes=500), NOON + minutes(180), None),
        (replace(SESSION, late_entry_minutes=500), NOON + minutes(180) + ONE_MS, "This session is over"),
        (replace(SESSION, test_ids=("biology-2", "x")), NOON, None),
        (replace(SESSION, test_ids=("x",)), NOON, "not held in this session"),
        (replace(SESSION, time_zone="Asia/Kolkata"), NOON - ONE_MS, "starts at 17:30\\."),
        (replace(SESSION, time_zone="Nowhere/Town"), NOON - ONE_MS, "starts at 12:00 UTC"),
    ],
)
def test_the_window_of_the_session_gates_the_opening(session: Any, now: datetime, words: str | None) -> None:
    opening = lambda: check_opening(POLICY, an_assignment(), now, session=session)  # noqa: E731
    if words is None:
        opening()
    else:
        with pytest.raises(Refused, match=words):
            opening()


@pytest.mark.parametrize(
    ("now", "words"),
    [
        (NOON - minutes(30) - ONE_MS, "opens at 11:30"),
        (NOON - minutes(30), None),
        (NOON + minutes(180), None),
        (NOON + minutes(180) + ONE_MS, "is over"),
    ],
)
def test_candidates_log_in_while_the_session_is_open(now: datetime, words: str | None) -> None:
    if words is None:
        check_login(SESSION, now)
    else:
        with pytest.raises(Refused, match=words):
            check_login(SESSION, now)


@pytest.mark.parametrize(
    ("access", "is_active", "words"),
    [
        (AccessType.PUBLIC, True, None),
        (AccessType.PRIVATE, True, "only for those it was assigned to"),
        (AccessType.PUBLIC, False, "not open at present"),
        (AccessType.PRIVATE, False, "not open at present"),
    ],
)
def test_only_a_public_test_may_be_joined(access: AccessType, is_active: bool, words: str | None) -> None:
    if words is None:
        check_joining(access, is_active=is_active)
    else:
        with pytest.raises(Refused, match=words):
            check_joining(access, is_active=is_active)


@pytest.mark.parametrize(
    ("status", "now", "expected"),
    [
        (AssignmentStatus.ASSIGNED, DUE, AssignmentStatus.ASSIGNED),
        (AssignmentStatus.ASSIGNED, DUE + ONE_MS, AssignmentStatus.OVERDUE),
        (AssignmentStatus.IN_PROGRESS, DUE + ONE_MS, AssignmentStatus.IN_PROGRESS),
        (AssignmentStatus.COMPLETED, DUE + ONE_MS, AssignmentStatus.COMPLETED),
    ],
)
def test_overdue_is_read_off_the_clock(status: AssignmentStatus, now: datetime, expected: AssignmentStatus) -> None:
    assert an_assignment(status=status).status_at(now) is expected
