"""Every verb of the office asks the table of rights before it does anything."""

import importlib
import inspect
import pkgutil
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

import kiosk.office
from builders import NOON, a_test
from examination import DUE, assigned, candidates, hand_in, publish, right_answers
from kiosk.exam.accommodation import Accommodation
from kiosk.exam.error import Denied
from kiosk.exam.person import Role
from kiosk.exam.roles import Actor
from kiosk.office import assignment, draft, marking, person, publication, roster
from kiosk.office.office import SYSTEM, Office
from storage.models.office import OfficeBase

Verb = Callable[[Office, Actor, dict[str, str]], object]
NOBODY = Actor("nobody", Role.CANDIDATE)
SESSION: dict[str, Any] = {"hall": "H", "title": "T", "opens_at": NOON, "starts_at": NOON, "ends_at": DUE}
VERBS: dict[Any, Verb] = {
    draft.catalogue: lambda o, a, i: draft.catalogue(o, a),
    draft.keep: lambda o, a, i: draft.keep(o, a, a_test(test_id="new", sections=())),
    draft.revise: lambda o, a, i: draft.revise(o, a, i["test"]),
    draft.show: lambda o, a, i: draft.show(o, a, i["test"]),
    draft.set_active: lambda o, a, i: draft.set_active(o, a, i["test"], False),
    publication.publish: lambda o, a, i: publication.publish(o, a, i["test"]),
    publication.mend_key: lambda o, a, i: publication.mend_key(o, a, publication.key_of(o, i["test"]), "why"),
    person.add: lambda o, a, i: person.add(o, a, [person.candidate("Anna", "B-99")]),
    person.new_secret: lambda o, a, i: person.new_secret(o, a, i["candidate"]),
    person.accommodate: lambda o, a, i: person.accommodate(o, a, i["candidate"], Accommodation(extra_percent=9)),
    person.set_active: lambda o, a, i: person.set_active(o, a, i["candidate"], False),
    person.everybody: lambda o, a, i: person.everybody(o, a),
    assignment.assign: lambda o, a, i: assignment.assign(o, a, i["test"], [i["candidate"]], DUE),
    assignment.everybody_with: lambda o, a, i: assignment.everybody_with(o, a, i["test"]),
    assignment.set_due: lambda o, a, i: assignment.set_due(o, a, i["assignment"], DUE),
    assignment.withdraw: lambda o, a, i: assignment.withdraw(o, a, i["assignment"], "why"),
    assignment.plan_session: lambda o, a, i: assignment.plan_session(o, a, test_ids=[i["test"]], **SESSION),
    assignment.announce: lambda o, a, i: assignment.announce(o, a, "Hello"),
    marking.mark_automatic: lambda o, a, i: marking.mark_automatic(o, a),
    marking.preview_rescore: lambda o, a, i: marking.preview_rescore(o, a, i["test"]),
    marking.award: lambda o, a, i: marking.award(o, a, i["sitting"], "cells-1", Decimal(1)),
    marking.review: lambda o, a, i: marking.review(o, a, i["sitting"], "Well done."),
    marking.queue: lambda o, a, i: marking.queue(o, a),
    marking.release: lambda o, a, i: marking.release(o, a, i["test"]),
    roster.roster_of: lambda o, a, i: roster.roster_of(o, a, i["test"]),
}


def test_every_verb_that_takes_an_actor_is_tried_here() -> None:
    found = set()
    for module in pkgutil.iter_modules(kiosk.office.__path__, "kiosk.office."):
        loaded = importlib.import_module(module.name)
        for name, function in inspect.getmembers(loaded, inspect.isfunction):
            is_verb = list(inspect.signature(function).parameters)[:2] == ["office", "actor"]
            if is_verb and not name.startswith("_") and function.__module__ == module.name:
                found.add(function)
    assert found == set(VERBS)


@pytest.fixture
def ids(office: Office) -> dict[str, str]:
    """The ids of a published test, its candidate, their assignment and a sitting."""
    test = publish(office)
    (anna,) = candidates(office, 1)
    (given,) = assigned(office, test.test_id, [anna])
    sitting = hand_in(office, test, given, right_answers(test))
    return {
        "test": test.test_id,
        "candidate": anna.user_id,
        "assignment": given.assignment_id,
        "sitting": sitting,
    }


def rows_in(office: Office) -> dict[str, int | None]:
    with Session(office.engine) as session:
        return {t.name: session.scalar(select(func.count()).select_from(t)) for t in OfficeBase.metadata.sorted_tables}


def test_nobody_without_a_right_gets_past_any_verb(office: Office, ids: dict[str, str]) -> None:
    before = rows_in(office)
    for actor in (NOBODY, replace(NOBODY, is_alone=True), Actor("nobody", Role.SYSTEM)):
        for call in VERBS.values():
            with pytest.raises(Denied):
                call(office, actor, ids)
    assert rows_in(office) == before
    assert office.people.person(ids["candidate"]).is_active


def test_the_program_itself_only_marks(office: Office, ids: dict[str, str]) -> None:
    assert marking.mark_automatic(office, SYSTEM).complete == 1
    for verb, call in VERBS.items():
        if verb is not marking.mark_automatic:
            with pytest.raises(Denied):
                call(office, SYSTEM, ids)


def test_evaluators_know_no_test_before_it_is_published(office: Office) -> None:
    draft.keep(office, office.acting("test.create"), a_test())
    assert draft.catalogue(office, Actor("evaluator", Role.EVALUATOR)) == ()
