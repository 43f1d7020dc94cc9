"""The table of rights: every cell, and what its letters mean."""

import csv
from pathlib import Path

import pytest

import kiosk.exam
from kiosk.exam.error import Denied, Invalid
from kiosk.exam.person import Role
from kiosk.exam.roles import Actor, Grade, Rights
from kiosk.ground.rights import load_rights

TABLE = (Path(kiosk.exam.__file__).parent / "roles.csv").read_text(encoding="utf-8")
ROLES = (Role.ADMIN, Role.AUTHOR, Role.EVALUATOR, Role.PROCTOR, Role.CANDIDATE)
CELLS = [
    (f"{row['object']}.{row['operation']}", role, row[role.value])
    for row in csv.DictReader(TABLE.splitlines())
    for role in ROLES
]
ALLOWED_WITHOUT_SECOND = {"Y": (True, True, True), "S": (False, True, True), "O": (False, False, True)}


def is_allowed(operation: str, actor: Actor, in_scope: bool = False, is_own: bool = False) -> bool:
    try:
        load_rights().check(operation, actor, in_scope=in_scope, is_own=is_own)
    except Denied:
        return False
    return True


@pytest.mark.parametrize(("operation", "role", "letter"), CELLS)
def test_every_cell_of_the_table_decides(operation: str, role: Role, letter: str) -> None:
    actor = Actor("u1", role)
    got = (
        is_allowed(operation, actor),
        is_allowed(operation, actor, in_scope=True),
        is_allowed(operation, actor, is_own=True),
    )
    assert got == ALLOWED_WITHOUT_SECOND.get(letter, (False, False, False))
    with_second = Actor("u1", role, second=Actor("u2", role))
    assert is_allowed(operation, with_second, in_scope=True) == (letter in "YS2")


def test_the_table_has_all_its_operations() -> None:
    assert len(load_rights().operations) == len(CELLS) // len(ROLES) == 117


def test_what_the_table_does_not_name_is_denied() -> None:
    for role in Role:
        assert load_rights().grade("paper.eat", role) is Grade.NONE
        assert not is_allowed("paper.eat", Actor("u1", role), in_scope=True, is_own=True)


def test_two_person_acts_need_another_person_with_the_right() -> None:
    second = "submission.release_results"
    admin = Role.ADMIN
    assert not is_allowed(second, Actor("u1", admin))
    assert not is_allowed(second, Actor("u1", admin, second=Actor("u1", admin)))
    assert not is_allowed(second, Actor("u1", admin, second=Actor("u2", Role.AUTHOR)))
    assert is_allowed(second, Actor("u1", admin, second=Actor("u2", admin)))
    assert is_allowed(second, Actor("u1", admin, is_alone=True))
    assert not is_allowed(second, Actor("u1", Role.PROCTOR, is_alone=True))


def test_the_system_does_its_jobs_and_nothing_else() -> None:
    system = Actor("system", Role.SYSTEM)
    assert is_allowed("submission.auto_submit", system)
    assert not is_allowed("answer.mark", system)
    assert not is_allowed("user.create_disable", system)
    assert not is_allowed("submission.release_results", system)


def test_a_denial_says_for_whom_the_act_is() -> None:
    with pytest.raises(Denied, match=r"An admin may not approve publish \(test\)\. This is for: author\."):
        load_rights().check("test.approve_publish", Actor("u1", Role.ADMIN))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "must begin with object,operation"),
        (TABLE.splitlines()[0] + "\ntest,create,-,Y", "line 2: 4 fields"),
        (TABLE.splitlines()[0] + "\ntest,create,-,Y,-,-,Q,", "line 2: 'Q'"),
        (
            TABLE.splitlines()[0] + "\ntest,create,-,Y,-,-,-,\ntest,create,-,Y,-,-,-,",
            "line 3: test.create stands twice",
        ),
    ],
)
def test_a_table_that_is_not_one_is_refused_by_line(text: str, words: str) -> None:
    with pytest.raises(Invalid, match=words):
        Rights.parse(text)
