"""People, their secrets, and what they are allowed."""

from dataclasses import replace

import pytest

from examination import admin, assigned, candidates, publish
from kiosk.exam.accommodation import Accommodation
from kiosk.exam.code import ALPHABET, LENGTH, plain
from kiosk.exam.error import Denied, Invalid, Refused
from kiosk.exam.person import SYSTEM_ID, Role
from kiosk.exam.roles import Actor
from kiosk.office import person
from kiosk.office.office import FIRST_PEOPLE, Office
from kiosk.sealing.secret import fits


def test_a_new_office_has_the_system_and_people_without_secrets(office: Office) -> None:
    everybody = office.people.people()
    assert {p.user_id for p in everybody} == {SYSTEM_ID, "admin", "author", "evaluator"}
    assert office.people.secret_hashes([p.user_id for p in everybody]) == {}


def test_founding_again_changes_nothing(office: Office) -> None:
    office.people.found([replace(FIRST_PEOPLE[0], name="Somebody else")], office.now())
    assert office.people.person("admin").name == "Exam office"


def test_a_candidate_gets_a_code_that_is_kept_only_as_a_hash(office: Office) -> None:
    (admitted,) = person.add(office, admin(office), [person.candidate(" Okafor,\tAnna ", "B-1042")])
    assert admitted.person.name == "Okafor, Anna"
    assert len(plain(admitted.secret)) == LENGTH
    assert set(plain(admitted.secret)) <= set(ALPHABET)
    kept = office.people.secret_hashes([admitted.person.user_id])[admitted.person.user_id]
    assert kept.startswith("$argon2id$")
    assert plain(admitted.secret) not in kept
    assert fits(admitted.secret, kept)
    assert fits(admitted.secret.lower().replace("-", " "), kept)
    assert not fits(admitted.secret[:-1], kept)
    assert admitted.secret not in repr(admitted)
    assert office.people.by_roll_number("B-1042") == admitted.person
    assert office.people.by_roll_number("B-1") is None


def test_codes_have_forty_bits_and_no_look_alikes() -> None:
    assert len(ALPHABET) == len(set(ALPHABET))
    assert len(ALPHABET) ** LENGTH >= 2**40
    assert not set(ALPHABET) & set("B8IL1O0S5Z2")


def test_proctors_get_a_pin_and_others_nothing(office: Office) -> None:
    alone = office.acting("user.assign_role")
    proctor, evaluator = person.add(
        office, alone, [person.staff(Role.PROCTOR, "Mbeki, Thandi"), person.staff(Role.EVALUATOR, "Sato, Ren")]
    )
    assert proctor.secret.isdigit()
    assert len(proctor.secret) == 6
    assert evaluator.secret == ""
    with pytest.raises(Invalid, match="does not sign in"):
        person.new_secret(office, admin(office), evaluator.person.user_id)


def test_a_taken_roll_number_adds_nobody(office: Office) -> None:
    candidates(office, 1)
    with pytest.raises(Refused, match="roll number B-1 is taken"):
        person.add(office, admin(office), [person.candidate("New", "B-7"), person.candidate("Sato", "B-1")])
    assert office.people.by_roll_number("B-7") is None
    with pytest.raises(Refused, match="B-8 is given twice"):
        person.add(office, admin(office), [person.candidate("New", "B-8"), person.candidate("Sato", "B-8")])


@pytest.mark.parametrize(("name", "roll"), [("", "B-1"), ("Anna", "  "), ("Anna", "x" * 41)])
def test_a_candidate_needs_a_name_and_a_number(name: str, roll: str) -> None:
    with pytest.raises(Invalid):
        person.candidate(name, roll)


def test_a_new_code_makes_the_old_one_worthless(office: Office) -> None:
    (old,) = person.add(office, admin(office), [person.candidate("Anna", "B-1")])
    new = person.new_secret(office, admin(office), old.person.user_id)
    kept = office.people.secret_hashes([old.person.user_id])[old.person.user_id]
    assert fits(new.secret, kept)
    assert not fits(old.secret, kept)
    assert office.logs.audit("users", old.person.user_id)[-1].action == "user.reset_credential"


def test_extra_time_reaches_what_is_not_yet_begun(office: Office) -> None:
    test = publish(office)
    anna, ben = candidates(office, 2)
    given = assigned(office, test.test_id, [anna, ben])
    office.assignments.start(test.test_id, ben.user_id, "s1", "2031-05-06", given[1].due_date, office.now())
    extra = Accommodation(extra_percent=25, rest_breaks=True)
    for who in (anna, ben):
        assert person.accommodate(office, admin(office), who.user_id, extra).accommodation == extra
    assert office.assignments.assignment(given[0].assignment_id).accommodation == extra
    assert office.assignments.assignment(given[1].assignment_id).accommodation == Accommodation()
    assert office.logs.audit("users", anna.user_id)[-1].details["extra_percent"] == 25


def test_somebody_kept_out_acts_no_more(office: Office) -> None:
    person.set_active(office, admin(office), "author", False)
    with pytest.raises(Denied, match="author is not an active member"):
        office.acting("test.create", "author")
    with pytest.raises(Denied, match="needs somebody with the role author"):
        office.acting("test.approve_publish")


@pytest.mark.parametrize("role", [Role.AUTHOR, Role.EVALUATOR, Role.PROCTOR, Role.CANDIDATE])
def test_only_admins_add_people(office: Office, role: Role) -> None:
    with pytest.raises(Denied):
        person.add(office, Actor("author", role), [person.candidate("Anna", "B-1")])


def test_staff_is_added_by_two_once_there_are_two_admins(office: Office) -> None:
    first, second = (
        person.add(office, office.acting("user.assign_role"), [person.staff(Role.ADMIN, name)])[0].person.user_id
        for name in ("Sato, Ren", "Diaz, Eva")
    )
    new = person.staff(Role.PROCTOR, "Mbeki, Thandi")
    with pytest.raises(Denied, match="second person"):
        person.add(office, office.acting("user.assign_role"), [new])
    person.add(office, office.acting("user.assign_role", first, second), [new])
    assert office.logs.audit("users", new.user_id)[0].details == {"role": "proctor", "second": second}


def test_people_act_before_the_offices_own_accounts(office: Office) -> None:
    assert office.acting("user.create_disable").user_id == "admin"
    (sato,) = person.add(office, office.acting("user.assign_role"), [person.staff(Role.ADMIN, "Sato, Ren")])
    assert office.acting("user.create_disable").user_id == sato.person.user_id


@pytest.mark.parametrize(
    ("operation", "user_id"),
    [
        ("test.create", "author"),
        ("test.approve_publish", "author"),
        ("test.list_metadata", "admin"),
        ("answer.mark", "evaluator"),
        ("submission.release_results", "admin"),
        ("paper.eat", "admin"),
    ],
)
def test_an_act_is_done_by_whose_trade_it_is(office: Office, operation: str, user_id: str) -> None:
    assert office.acting(operation).user_id == user_id


def test_the_first_staff_added_alone_is_logged_as_alone(office: Office) -> None:
    (second,) = person.add(office, office.acting("user.assign_role"), [person.staff(Role.ADMIN, "Sato, Ren")])
    assert office.logs.audit("users", second.person.user_id)[0].details == {"role": "admin", "second": None}


def test_candidates_cannot_be_named_as_actors(office: Office) -> None:
    (anna,) = candidates(office, 1)
    with pytest.raises(Denied, match="not an active member of staff"):
        office.acting("user.create_disable", anna.user_id)
    with pytest.raises(Refused, match="no person nobody"):
        office.acting("user.create_disable", "nobody")
