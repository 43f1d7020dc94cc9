"""The roster of a hall: who may sit what, and nothing of a key."""

import json
from dataclasses import asdict
from datetime import timedelta
from decimal import Decimal

import pytest

from builders import NOON
from examination import admin, assigned, candidates, evaluator, hand_in, publish, right_answers
from kiosk.exam.answer import Answer
from kiosk.exam.draft import AccessType
from kiosk.exam.error import Denied, Refused
from kiosk.exam.person import Role
from kiosk.exam.roles import Actor
from kiosk.office import assignment, draft, marking, person
from kiosk.office.office import SYSTEM, Office
from kiosk.office.roster import roster_of
from kiosk.sealing.secret import fits


def a_session(office: Office, test_id: str, candidate_ids: tuple[str, ...] = ()) -> str:
    planned = assignment.plan_session(
        office,
        admin(office),
        hall="Hall 2",
        title="Morning",
        opens_at=NOON,
        starts_at=NOON,
        ends_at=NOON + timedelta(hours=3),
        test_ids=[test_id],
        candidate_ids=candidate_ids,
    )
    return planned.session_id


def test_it_names_candidates_with_hashes_and_proctors_with_theirs(office: Office) -> None:
    test = publish(office)
    people = person.add(office, admin(office), [person.candidate("Anna", "B-1"), person.candidate("Ben", "B-2")])
    (proctor,) = person.add(office, office.acting("user.assign_role"), [person.staff(Role.PROCTOR, "Mbeki")])
    assigned(office, test.test_id, [people[0].person])
    roster = roster_of(office, admin(office), test.test_id)
    hashes = {a.person.user_id: a.secret_hash for a in roster.accounts}
    assert set(hashes) == {people[0].person.user_id, proctor.person.user_id}
    assert fits(people[0].secret, hashes[people[0].person.user_id] or "")
    assert fits(proctor.secret, hashes[proctor.person.user_id] or "")
    assert [t.paper_digest for t in roster.tests] == [office.drafts.summary(test.test_id).paper_digest]
    assert [a.candidate_id for a in roster.assignments] == [people[0].person.user_id]
    assert [n.type for n in roster.notifications] == ["test_assigned"]
    assert "$argon2id$" not in repr(roster)


def test_a_session_that_names_candidates_bounds_it(office: Office) -> None:
    test = publish(office)
    anna, ben = candidates(office, 2)
    assigned(office, test.test_id, [anna, ben])
    session_id = a_session(office, test.test_id, (ben.user_id,))
    roster = roster_of(office, admin(office), test.test_id, [session_id])
    assert [a.person for a in roster.accounts] == [ben]
    assert [a.candidate_id for a in roster.assignments] == [ben.user_id]
    assert [(s.session_id, s.candidate_id) for s in roster.seatings] == [(session_id, ben.user_id)]
    assert {n.user_id for n in roster.notifications} == {ben.user_id}


def test_a_public_test_is_open_to_every_active_candidate(office: Office) -> None:
    test = publish(office, access_type=AccessType.PUBLIC)
    anna, ben, cleo = candidates(office, 3)
    person.set_active(office, admin(office), cleo.user_id, False)
    assert {a.person.user_id for a in roster_of(office, admin(office), test.test_id).accounts} == {
        anna.user_id,
        ben.user_id,
    }


def test_a_session_of_another_test_is_refused(office: Office) -> None:
    test = publish(office)
    other = draft.revise(office, office.acting("test.approve_publish"), test.test_id)
    session_id = a_session(office, test.test_id)
    with pytest.raises(Refused, match="draft"):
        roster_of(office, admin(office), other.test_id)
    with pytest.raises(Refused, match="no session nowhere"):
        roster_of(office, admin(office), test.test_id, ["nowhere"])
    assert roster_of(office, admin(office), test.test_id, [session_id]).sessions[0].session_id == session_id


def test_only_admins_draw_it_up(office: Office) -> None:
    test = publish(office)
    for role in (Role.AUTHOR, Role.EVALUATOR, Role.PROCTOR, Role.CANDIDATE):
        with pytest.raises(Denied):
            roster_of(office, Actor("author", role), test.test_id)


@pytest.mark.parametrize(("policy", "lines"), [("never", None), ("score", 0), ("questions", 8)])
def test_released_results_are_cut_to_the_policy(office: Office, policy: str, lines: int | None) -> None:
    test = publish(office, settings={"showResults": policy}, max_attempts=2)
    (given,) = assigned(office, test.test_id, candidates(office, 1))
    essay = {"writing-1": Answer("writing-1", text="Mitosis", seen=True)}
    worse = hand_in(office, test, given, right_answers(test, "cells-1"))
    better = hand_in(office, test, given, {**right_answers(test), **essay}, attempt=2)
    marking.mark_automatic(office, SYSTEM)
    marking.award(office, evaluator(office), better, "writing-1", Decimal("2.5"), "Name the phases.")
    assert roster_of(office, admin(office), test.test_id).results == ()
    assert marking.release(office, admin(office), test.test_id) == 2
    results = roster_of(office, admin(office), test.test_id).results
    if lines is None:
        assert results == ()
        return
    (held,) = results
    assert held.submission_id == better != worse
    body = json.loads(held.body)
    assert (body["score"], body["max_score"], body["passed"]) == ("14.5", "30", True)
    assert len(body["lines"]) == lines
    if lines:
        assert body["lines"][6] == {
            "number": 1,
            "section": "Writing",
            "points": "2.5",
            "max_points": "10",
            "feedback": "Name the phases.",
        }


def test_nothing_of_a_key_is_in_it(office: Office) -> None:
    canary = "CANARY-7f3a"
    test = publish(office, settings={"showResults": "questions"})
    marked = test.sections[0].questions[0]
    assert marked.feedback == "See page 4."
    (given,) = assigned(office, test.test_id, candidates(office, 1))
    hand_in(office, test, given, right_answers(test))
    marking.mark_automatic(office, SYSTEM)
    marking.release(office, admin(office), test.test_id)
    text = json.dumps(asdict(roster_of(office, admin(office), test.test_id)), default=str)
    for secret in (canary, "See page 4.", "Two points for each cause named.", "cells-1-2", "correct"):
        assert secret not in text
    assert "Biology II" in text
