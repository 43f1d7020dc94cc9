"""Assignments, and the sessions of halls they may be sat in."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from kiosk.exam.assignment import MOST_CHIEFS, Assignment, Session
from kiosk.exam.error import Invalid, Refused
from kiosk.exam.notification import Notification
from kiosk.exam.person import Role
from kiosk.exam.roles import Actor
from kiosk.exam.text import clean_line
from kiosk.office.office import Office

ANNOUNCEMENT = "announcement"
LONGEST_HALL = 100
"""Characters of a hall's name."""


def assign(
    office: Office, actor: Actor, test_id: str, candidate_ids: Sequence[str], due: datetime
) -> tuple[Assignment, ...]:
    """Give a published test to candidates and tell them; return the new assignments, who has it already keeps it."""
    office.check("assignment.create_roster", actor)
    now = office.now()
    if due <= now:
        raise Invalid(f"The due date {due:%Y-%m-%d %H:%M} UTC has passed.")
    if not candidate_ids:
        raise Refused("Nobody to assign the test to.")
    return office.assignments.assign(test_id, tuple(dict.fromkeys(candidate_ids)), due, actor.user_id, now)


def everybody_with(office: Office, actor: Actor, test_id: str) -> tuple[Assignment, ...]:
    """Return the assignments of a test."""
    office.check("assignment.read", actor)
    office.drafts.summary(test_id)
    return office.assignments.of_tests([test_id])


def set_due(office: Office, actor: Actor, assignment_id: str, due: datetime) -> None:
    """Move the due date of one assignment."""
    office.check("assignment.update_window", actor)
    office.assignments.set_due(assignment_id, due, actor.user_id, office.now())


def withdraw(office: Office, actor: Actor, assignment_id: str, reason: str) -> None:
    """Take a test back from a candidate who has not begun it."""
    office.check("assignment.revoke", actor)
    office.assignments.withdraw(assignment_id, actor.user_id, clean_line(reason), office.now())


def plan_session(
    office: Office,
    actor: Actor,
    *,
    hall: str,
    title: str,
    opens_at: datetime,
    starts_at: datetime,
    ends_at: datetime,
    test_ids: Sequence[str],
    candidate_ids: Sequence[str] = (),
    time_zone: str = "UTC",
    late_entry_minutes: int | None = None,
    chief_ids: Sequence[str] = (),
) -> Session:
    """Plan a session of a hall; no candidates named means everybody its tests are assigned to.

    Raises Invalid for times out of order, a hall without a name, or a chief who is no active proctor.
    """
    office.check("proctoring.create_session", actor)
    _check_chiefs(office, chief_ids)
    if not opens_at <= starts_at < ends_at:
        raise Invalid("A session opens, then starts, then ends.")
    hall = clean_line(hall, LONGEST_HALL + 1)
    if len(hall) > LONGEST_HALL or not any(c.isalnum() for c in hall):
        raise Invalid(f"A hall's name has a letter or a digit in it, and at most {LONGEST_HALL} characters.")
    session = Session(
        session_id=uuid.uuid4().hex,
        hall=hall,
        title=clean_line(title),
        opens_at=opens_at,
        starts_at=starts_at,
        ends_at=ends_at,
        time_zone=time_zone,
        late_entry_minutes=late_entry_minutes,
        test_ids=tuple(sorted(set(test_ids))),
        chief_ids=tuple(sorted(set(chief_ids))),
    )
    audit = office.audit("proctoring.create_session", actor, "examSessions", session.session_id, hall=session.hall)
    office.sessions.add(session, candidate_ids, audit)
    return session


def _check_chiefs(office: Office, chief_ids: Sequence[str]) -> None:
    proctors = {p.user_id for p in office.people.people([Role.PROCTOR]) if p.is_active}
    if not proctors.issuperset(chief_ids):
        raise Invalid("The chief of a session is an active proctor.")
    if len(set(chief_ids)) > MOST_CHIEFS:
        raise Invalid(f"A session has at most {MOST_CHIEFS} chiefs.")


def announce(office: Office, actor: Actor, text: str, user_ids: Sequence[str] = ()) -> int:
    """Tell some people, or every active candidate, something; return how many were told."""
    office.check("notification.broadcast_all", actor)
    words = clean_line(text)
    if not words:
        raise Invalid("There is nothing to tell.")
    told = tuple(user_ids) or tuple(p.user_id for p in office.people.people([Role.CANDIDATE]) if p.is_active)
    now = office.now()
    notices = [
        Notification(
            notification_id=uuid.uuid4().hex,
            user_id=user_id,
            type=ANNOUNCEMENT,
            from_user_id=actor.user_id,
            metadata={"message": words},
            created_at=now,
        )
        for user_id in told
    ]
    audit = office.audit("notification.broadcast_all", actor, "notifications", ANNOUNCEMENT, told=len(notices))
    office.notices.send(notices, audit)
    return len(notices)
