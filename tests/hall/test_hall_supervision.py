from dataclasses import replace

import pytest

from builders import a_paper, a_person
from house import CODE, PIN, ROLL, SEAT, SECOND_PIN, a_hall_roster, a_house
from kiosk.exam.error import Denied, Refused
from kiosk.exam.grant import ALONE_MS, Act, Grant
from kiosk.exam.person import Role
from kiosk.ground.rights import load_rights
from kiosk.hall.act import RIGHT_OF, check_act
from kiosk.sealing.envelope import PayloadType, open_envelope
from kiosk.views.authority import GrantRequest

PROCTOR, OTHER = a_person(Role.PROCTOR), a_person(Role.PROCTOR, user_id="proctor-2")
ADMIN, AUTHOR = a_person(Role.ADMIN), a_person(Role.AUTHOR)
TWO = {Act.END, Act.REOPEN}


@pytest.fixture
def house(tmp_path):
    house = a_house(tmp_path)
    yield house
    house.close()


def a_request(house, **fields) -> GrantRequest:
    """Return a request for the sitting just opened at A12."""
    if not house.hall.progress():
        house.hall.lease(house.hall.admit(ROLL, CODE, SEAT).token, "assignment-1", SEAT)
    (progress,) = house.hall.progress()
    given = {"submission_id": progress.submission_id, "seat": SEAT, "act": Act.PAUSE, "pin": PIN, "reason": "power"}
    return GrantRequest(**given | fields)


def read(house, envelope: bytes) -> Grant:
    key = (house.home.hall.keys / "hall.ed25519.pub").read_text().strip()
    return Grant.from_document(open_envelope(envelope, PayloadType.GRANT, key))


@pytest.mark.parametrize("act", list(Act))
def test_every_act_has_a_right_and_the_table_knows_it(act):
    assert RIGHT_OF[act] in load_rights().operations


@pytest.mark.parametrize("act", list(Act))
@pytest.mark.parametrize(
    ("second", "may"), [(None, "alone"), (OTHER, "together"), (PROCTOR, "with oneself"), (AUTHOR, "with an author")]
)
def test_who_may_do_what(act, second, may):
    allowed = {"alone": act not in TWO, "together": True, "with oneself": False, "with an author": act not in TWO}[may]
    if allowed:
        check_act(load_rights(), act, PROCTOR, second, 0, 60_000)
    else:
        with pytest.raises(Denied):
            check_act(load_rights(), act, PROCTOR, second, 0, 60_000)


@pytest.mark.parametrize("act", list(Act))
@pytest.mark.parametrize("role", [Role.AUTHOR, Role.EVALUATOR, Role.CANDIDATE])
def test_nobody_else_may_do_anything_to_a_sitting(act, role):
    with pytest.raises(Denied):
        check_act(load_rights(), act, a_person(role), OTHER, 0, 60_000)


@pytest.mark.parametrize("act", sorted(TWO))
def test_what_needs_two_needs_a_chief_for_one_of_them_where_there_is_one(act):
    for chiefs in ((PROCTOR.user_id,), (OTHER.user_id, "proctor-9")):
        check_act(load_rights(), act, PROCTOR, OTHER, 0, 60_000, chiefs=chiefs)
        with pytest.raises(Denied, match="second person"):
            check_act(load_rights(), act, PROCTOR, None, 0, 60_000, chiefs=chiefs)
    with pytest.raises(Denied, match="chief of this session"):
        check_act(load_rights(), act, PROCTOR, OTHER, 0, 60_000, chiefs=("proctor-9",))


def test_a_chief_adds_time_alone():
    rights, long = load_rights(), ALONE_MS + 60_000
    check_act(rights, Act.EXTEND, PROCTOR, None, 0, long, chiefs=(PROCTOR.user_id,))
    check_act(rights, Act.EXTEND, PROCTOR, OTHER, 0, long, chiefs=("proctor-9",))
    with pytest.raises(Denied, match="needs a chief"):
        check_act(rights, Act.EXTEND, PROCTOR, None, 0, long, chiefs=(OTHER.user_id,))


def test_more_than_a_quarter_of_an_hour_needs_two_all_extensions_together():
    rights = load_rights()
    check_act(rights, Act.EXTEND, PROCTOR, None, 0, ALONE_MS)
    for added, amount in ((0, ALONE_MS + 1), (ALONE_MS, 1), (ALONE_MS - 1, 2)):
        with pytest.raises(Denied, match="second person"):
            check_act(rights, Act.EXTEND, PROCTOR, None, added, amount)
        check_act(rights, Act.EXTEND, PROCTOR, OTHER, added, amount)
        check_act(rights, Act.EXTEND, PROCTOR, ADMIN, added, amount)
        with pytest.raises(Denied, match="no right"):
            check_act(rights, Act.EXTEND, PROCTOR, AUTHOR, added, amount)


def test_the_hall_knows_the_chief_of_the_session(tmp_path):
    told = a_hall_roster()
    told = replace(told, sessions=(replace(told.sessions[0], chief_ids=("proctor-1",)),))
    house = a_house(tmp_path, a_paper(), told)
    long = ALONE_MS + 60_000
    assert read(house, house.hall.grant(a_request(house, act=Act.EXTEND, amount_ms=long))).who == "proctor-1"
    with pytest.raises(Denied, match="needs a chief"):
        house.hall.grant(a_request(house, act=Act.EXTEND, amount_ms=long, pin=SECOND_PIN))
    house.close()


@pytest.mark.parametrize("amount", [-1, 24 * 3_600_000 + 1])
def test_no_amount_helps_to_get_round_the_quarter_of_an_hour(house, amount):
    with pytest.raises(Refused, match="nothing to a day"):
        house.hall.grant(a_request(house, act=Act.EXTEND, amount_ms=amount, second_pin=SECOND_PIN))


def test_a_grant_names_who_what_for_whom_and_is_signed(house):
    request = a_request(house, act=Act.EXTEND, amount_ms=600_000, section="cells", note="the lamp")
    grant = read(house, house.hall.grant(request))
    assert (grant.act, grant.amount_ms, grant.section) == (Act.EXTEND, 600_000, "cells")
    assert (grant.who, grant.second, grant.seat) == ("proctor-1", None, SEAT)
    assert (grant.submission_id, grant.reason, grant.note) == (request.submission_id, "power", "the lamp")
    assert grant.issued_at == house.clock.now().at


def test_each_grant_is_a_new_one(house):
    request = a_request(house)
    assert read(house, house.hall.grant(request)).grant_id != read(house, house.hall.grant(request)).grant_id


def test_time_already_added_is_remembered_across_a_restart(house):
    house.hall.grant(a_request(house, act=Act.EXTEND, amount_ms=10 * 60_000))
    house.reopen_hall()
    with pytest.raises(Denied, match="second person"):
        house.hall.grant(a_request(house, act=Act.EXTEND, amount_ms=6 * 60_000))
    grant = read(house, house.hall.grant(a_request(house, act=Act.EXTEND, amount_ms=6 * 60_000, second_pin=SECOND_PIN)))
    assert grant.second == "proctor-2"


@pytest.mark.parametrize(("pin", "second"), [("000000", None), (PIN, "000000"), ("", None)])
def test_a_wrong_pin_allows_nothing(house, pin, second):
    with pytest.raises(Denied, match="PIN"):
        house.hall.grant(a_request(house, pin=pin, second_pin=second))


def test_two_people_are_two_people(house):
    with pytest.raises(Denied, match="somebody else"):
        house.hall.grant(a_request(house, act=Act.END, second_pin=PIN))


def test_a_seat_asks_only_for_its_own_sitting(house):
    with pytest.raises(Denied, match="not at this seat"):
        house.hall.grant(a_request(house, seat="A13"))
    with pytest.raises(Denied, match="no such sitting"):
        house.hall.grant(a_request(house, submission_id="another"))
    with pytest.raises(Denied, match="no such sitting"):
        house.hall.grant(a_request(house, submission_id=""))


def test_closing_a_seat_needs_no_sitting(house):
    request = GrantRequest(submission_id="", seat="B1", act=Act.CLOSE_SEAT, pin=PIN)
    assert read(house, house.hall.grant(request)).act is Act.CLOSE_SEAT


def test_every_grant_is_written_down_and_no_secret_is(house):
    house.hall.grant(a_request(house, act=Act.END, second_pin=SECOND_PIN, note="private"))
    last = house.hall.acts()[-1]
    assert (last.who, last.action) == ("proctor-1", "submission.force_submit")
    assert (last.details["act"], last.details["second"]) == ("end", "proctor-2")
    assert PIN not in repr(house.hall.acts())


def test_a_request_shows_no_pin():
    request = GrantRequest(submission_id="s", seat=SEAT, act=Act.PAUSE, pin=PIN, second_pin=SECOND_PIN)
    assert PIN not in repr(request)
    assert SECOND_PIN not in repr(request)


def test_somebody_without_a_pin_or_who_left_has_none(tmp_path):
    roster = a_hall_roster()
    left = tuple(
        replace(a, person=replace(a.person, is_active=a.person.user_id != "proctor-1")) for a in roster.accounts
    )
    house = a_house(tmp_path, a_paper(), replace(roster, accounts=left, sessions=()))
    with pytest.raises(Denied, match="PIN"):
        house.hall.proctor(PIN, SEAT)
    assert house.hall.proctor(SECOND_PIN, SEAT) == "Lind, Per"
    house.close()
