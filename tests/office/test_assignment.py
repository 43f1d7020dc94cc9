"""Assigning: the row, the notification and the log, all or none; and attempts that begin."""

from datetime import timedelta

import pytest

from builders import NOON, a_test
from examination import DUE, admin, assigned, author, candidates, publish
from kiosk.exam.accommodation import Accommodation
from kiosk.exam.assignment import AssignmentStatus
from kiosk.exam.draft import AccessType
from kiosk.exam.error import Denied, Invalid, Refused
from kiosk.exam.person import SYSTEM_ID, Role
from kiosk.exam.roles import Actor
from kiosk.exam.status import LogAction
from kiosk.office import assignment, draft, person
from kiosk.office.office import Office

DAY = "2031-05-06"


def test_assigning_writes_the_row_tells_the_candidate_and_logs_it(office: Office) -> None:
    test = publish(office)
    (anna,) = candidates(office, 1)
    (given,) = assignment.assign(office, admin(office), test.test_id, [anna.user_id], DUE)
    assert given == office.assignments.assignment(given.assignment_id)
    assert (given.status, given.attempt_count, given.due_date) == (AssignmentStatus.ASSIGNED, 0, DUE)
    assert given.paper_digest == office.drafts.summary(test.test_id).paper_digest
    (notice,) = office.notices.of([anna.user_id])[anna.user_id]
    assert (notice.type, notice.reference_id, notice.reference_type) == (
        "test_assigned",
        given.assignment_id,
        "testAssignments",
    )
    assert (notice.from_user_id, notice.is_read) == ("admin", False)
    assert notice.metadata == {
        "message": 'You have been assigned the test "Biology II".',
        "actionUrl": "/tests/biology-2/start",
    }
    (log,) = office.logs.of_assignment(given.assignment_id)
    assert (log.action, log.performed_by, log.timestamp) == (LogAction.ASSIGNED, "admin", NOON)


def test_who_has_the_test_keeps_it(office: Office) -> None:
    test = publish(office)
    people = candidates(office, 3)
    first = assigned(office, test.test_id, people[:2])
    again = assignment.assign(office, admin(office), test.test_id, [p.user_id for p in people], DUE)
    assert [a.candidate_id for a in again] == [people[2].user_id]
    assert len(assignment.everybody_with(office, admin(office), test.test_id)) == 3
    assert office.assignments.of_candidate(people[0].user_id) == first[:1]


def test_one_wrong_name_assigns_nobody(office: Office) -> None:
    test = publish(office)
    (anna,) = candidates(office, 1)
    for wrong in ("nobody", "author"):
        with pytest.raises(Refused, match=f"{wrong} is not an active candidate"):
            assignment.assign(office, admin(office), test.test_id, [anna.user_id, wrong], DUE)
    assert office.assignments.of_candidate(anna.user_id) == ()
    assert office.notices.of([anna.user_id]) == {}


def test_drafts_and_past_dates_are_refused(office: Office) -> None:
    draft.keep(office, author(office), a_test())
    (anna,) = candidates(office, 1)
    with pytest.raises(Refused, match="is a draft"):
        assignment.assign(office, admin(office), "biology-2", [anna.user_id], DUE)
    with pytest.raises(Invalid, match="has passed"):
        assignment.assign(office, admin(office), "biology-2", [anna.user_id], NOON)
    with pytest.raises(Refused, match="Nobody to assign"):
        assignment.assign(office, admin(office), "biology-2", [], DUE)


def test_extra_time_is_copied_to_the_assignment(office: Office) -> None:
    test = publish(office)
    extra = Accommodation(extra_percent=50)
    (anna,) = person.add(office, admin(office), [person.candidate("Anna", "B-9", accommodation=extra)])
    (given,) = assigned(office, test.test_id, [anna.person])
    assert given.accommodation == extra


@pytest.mark.parametrize("role", [Role.AUTHOR, Role.EVALUATOR, Role.PROCTOR, Role.CANDIDATE])
def test_only_admins_assign(office: Office, role: Role) -> None:
    test = publish(office)
    (anna,) = candidates(office, 1)
    with pytest.raises(Denied):
        assignment.assign(office, Actor("author", role), test.test_id, [anna.user_id], DUE)


def test_an_attempt_begins_on_an_assignment(office: Office) -> None:
    test = publish(office, max_attempts=2)
    (anna,) = candidates(office, 1)
    (given,) = assigned(office, test.test_id, [anna])
    for attempt in (1, 2):
        begun = office.assignments.start(test.test_id, anna.user_id, f"s{attempt}", DAY, DUE, NOON)
        assert begun.assignment_id == given.assignment_id
        assert (begun.status, begun.attempt_count, begun.last_attempt_at) == (
            AssignmentStatus.IN_PROGRESS,
            attempt,
            NOON,
        )
    assert [e.action for e in office.logs.of_assignment(given.assignment_id)].count(LogAction.STARTED) == 2


def test_a_public_test_is_assigned_as_it_starts(office: Office) -> None:
    test = publish(office, access_type=AccessType.PUBLIC)
    (anna,) = candidates(office, 1)
    begun = office.assignments.start(test.test_id, anna.user_id, "s1", DAY, DUE, NOON)
    assert (begun.status, begun.attempt_count, begun.due_date) == (AssignmentStatus.IN_PROGRESS, 1, DUE)
    log = office.logs.of_assignment(begun.assignment_id)
    assert {(e.action, e.performed_by) for e in log} == {
        (LogAction.ASSIGNED, SYSTEM_ID),
        (LogAction.STARTED, anna.user_id),
    }
    assert [n.type for n in office.notices.of([anna.user_id])[anna.user_id]] == ["test_assigned"]


def test_a_public_start_that_fails_leaves_no_assignment(office: Office) -> None:
    test = publish(office, access_type=AccessType.PUBLIC)
    anna, ben = candidates(office, 2)
    office.assignments.start(test.test_id, anna.user_id, "s1", DAY, DUE, NOON)
    with pytest.raises(Refused, match="id is taken"):
        office.assignments.start(test.test_id, ben.user_id, "s1", DAY, DUE, NOON)
    assert office.assignments.of_candidate(ben.user_id) == ()
    assert office.notices.of([ben.user_id]) == {}


def test_a_private_test_starts_only_where_it_was_assigned(office: Office) -> None:
    test = publish(office)
    (anna,) = candidates(office, 1)
    with pytest.raises(Refused, match="was not assigned"):
        office.assignments.start(test.test_id, anna.user_id, "s1", DAY, DUE, NOON)


def test_a_test_is_taken_back_until_it_is_begun(office: Office) -> None:
    test = publish(office)
    people = candidates(office, 2)
    first, second = assigned(office, test.test_id, people)
    office.assignments.start(test.test_id, people[0].user_id, "s1", DAY, DUE, NOON)
    with pytest.raises(Refused, match="has been begun"):
        assignment.withdraw(office, admin(office), first.assignment_id, "ill")
    assignment.withdraw(office, admin(office), second.assignment_id, "ill")
    assert office.assignments.assignment(second.assignment_id).withdrawn_at == NOON
    assert office.logs.of_assignment(second.assignment_id)[-1].details in ("Withdrawn: ill", "Due 2031-05-13 12:00 UTC")
    again = assignment.assign(office, admin(office), test.test_id, [people[1].user_id], DUE)
    assert len(again) == 1


def test_the_due_date_is_moved_and_logged(office: Office) -> None:
    test = publish(office)
    (given,) = assigned(office, test.test_id, candidates(office, 1))
    later = DUE + timedelta(days=1)
    assignment.set_due(office, admin(office), given.assignment_id, later)
    assert office.assignments.assignment(given.assignment_id).due_date == later
    details = {e.details for e in office.logs.of_assignment(given.assignment_id)}
    assert "Due 2031-05-14 12:00 UTC instead of 2031-05-13 12:00 UTC" in details


def test_a_session_holds_published_tests(office: Office) -> None:
    test = publish(office)
    anna, ben = candidates(office, 2)
    hours = {"opens_at": NOON, "starts_at": NOON + timedelta(hours=1), "ends_at": NOON + timedelta(hours=4)}
    planned = assignment.plan_session(
        office,
        admin(office),
        hall="Hall 2",
        title="Morning",
        test_ids=[test.test_id],
        candidate_ids=[ben.user_id, anna.user_id, ben.user_id],
        late_entry_minutes=10,
        **hours,
    )
    assert office.sessions.session(planned.session_id) == planned
    assert office.sessions.sessions() == (planned,)
    assert set(office.sessions.expected(planned.session_id)) == {anna.user_id, ben.user_id}
    with pytest.raises(Invalid, match="opens, then starts"):
        assignment.plan_session(office, admin(office), hall="H", title="T", test_ids=[], **{**hours, "ends_at": NOON})
    with pytest.raises(Refused, match="no session can hold it"):
        assignment.plan_session(office, admin(office), hall="H", title="T", test_ids=["nowhere"], **hours)


def test_a_session_names_its_chiefs_and_they_are_proctors(office: Office) -> None:
    test = publish(office)
    one, other = (person.add(office, admin(office), [person.staff(Role.PROCTOR, n)])[0].person for n in ("Ito", "Lee"))
    (anna,) = candidates(office, 1)
    planned = assignment.plan_session(
        office,
        admin(office),
        hall="Hall 2",
        title="T",
        test_ids=[test.test_id],
        chief_ids=[other.user_id, one.user_id, one.user_id],
        **HOURS,
    )
    assert planned.chief_ids == tuple(sorted((one.user_id, other.user_id)))
    assert office.sessions.session(planned.session_id) == planned
    person.set_active(office, admin(office), other.user_id, False)
    for nobody in (other.user_id, anna.user_id, "somebody"):
        with pytest.raises(Invalid, match="an active proctor"):
            assignment.plan_session(
                office, admin(office), hall="H", title="T", test_ids=[], chief_ids=[nobody], **HOURS
            )


def test_everybody_is_told_and_reading_is_remembered(office: Office) -> None:
    people = candidates(office, 3)
    person.set_active(office, admin(office), people[2].user_id, False)
    assert assignment.announce(office, admin(office), "Bring your\x1b[2J card.") == 2
    (notice,) = office.notices.of([people[0].user_id])[people[0].user_id]
    assert notice.message == "Bring your[2J card."
    office.notices.mark_read(people[1].user_id, [notice.notification_id])
    assert not office.notices.of([people[0].user_id])[people[0].user_id][0].is_read
    office.notices.mark_read(people[0].user_id, [notice.notification_id])
    assert office.notices.of([people[0].user_id])[people[0].user_id][0].is_read
    with pytest.raises(Invalid, match="nothing to tell"):
        assignment.announce(office, admin(office), " \n ")


HOURS = {"opens_at": NOON, "starts_at": NOON, "ends_at": NOON + timedelta(hours=3)}


@pytest.mark.parametrize("hall", ["", ".", "..", "\x1b", "H" * 101])
def test_a_hall_has_a_name_that_can_be_said(office: Office, hall: str) -> None:
    with pytest.raises(Invalid, match="A hall's name has a letter or a digit in it"):
        assignment.plan_session(office, admin(office), hall=hall, title="T", test_ids=[], **HOURS)


def test_a_halls_name_steers_no_terminal(office: Office) -> None:
    planned = assignment.plan_session(office, admin(office), hall="\x1b[2JHall  2", title="T", test_ids=[], **HOURS)
    assert planned.hall == "[2JHall 2"
