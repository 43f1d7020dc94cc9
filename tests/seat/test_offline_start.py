"""A start without the hub: with a permission given ahead and a code, at the named seat, for the named candidate."""

from dataclasses import replace
from datetime import timedelta

import pytest

from builders import NOON, a_paper
from house import CHEAP, CODE, OTHER_CODE, OTHER_ROLL, PIN, ROLL, SEAT, a_hall_roster, a_house, changed
from kiosk.exam.error import Denied, KioskError, Refused
from kiosk.exam.grant import Act
from kiosk.sealing.coded_grant import read_coded
from kiosk.sealing.secret import hash_secret
from kiosk.seat.alone import NO_PAPER, NOT_STARTED
from kiosk.views.desk import ActRequest
from kiosk.views.order import CodeWish
from lost_hall import LostHall
from storage.seat.acquaintance import Acquaintance

START = ActRequest(act=Act.START)


@pytest.fixture
def house(tmp_path):
    house = a_house(tmp_path)
    yield house
    house.close()


def told(house, seat=SEAT, *, with_paper=True):
    """Return the desk of a seat to which the hub sent what it needs, and whose hall has gone since."""
    desk = house.desk(seat, authority=LostHall())
    for message in house.hall.advances.of_seat(seat):
        desk._codes._expectations.take(message)
    if with_paper:
        sealed = house.hall._store.papers.paper(house.paper.digest)
        desk._store.papers.keep(sealed.digest, blob=sealed.blob, attachments=sealed.attachments)
    return desk


def start_code(house, desk, seat=SEAT, request=START):
    return house.hall.act_codes.issue(CodeWish(seat=seat, challenge=desk.challenge(request), act="start", pin=PIN))


def start(house, desk, seat=SEAT, roll=ROLL):
    """Start whoever is expected at a seat by code, and let them sign in with it."""
    code = start_code(house, desk, seat)
    desk.act_by_code(START, code)
    desk.sign_in(roll, code)
    return code


@pytest.mark.parametrize("ask", [lambda desk: desk.begin("assignment-1"), lambda desk: desk.tests()])
def test_who_waits_for_a_start_is_asked_to_sign_in_again_once_the_hub_is_back(house, ask):
    desk = told(house)
    desk._store.acquaintances.keep(Acquaintance(ROLL, "candidate-1", "Okafor, Anna", hash_secret(CODE, CHEAP)), NOON)
    desk.sign_in(ROLL, CODE)
    assert [test.refusal for test in desk.tests()] == [NOT_STARTED]
    desk._authority._hall = house.hall
    with pytest.raises(Denied, match="sign in again"):
        ask(desk)


def test_a_candidate_begins_without_the_hub(house):
    desk = told(house)
    code = start(house, desk)
    (test,) = desk.tests()
    assert (test.assignment_id, test.refusal, test.has_open_sitting) == ("assignment-1", None, False)
    assert not desk.instructions("assignment-1").resumes
    desk.begin("assignment-1")
    desk.choose("cells-1", ["cells-1-2"])
    desk.close()
    house.desks.remove(desk)
    again = house.desk(authority=LostHall())
    again.sign_in(ROLL, code)
    again.begin("assignment-1")
    assert again.state().answers["cells-1"].option_ids == ("cells-1-2",)
    (line,) = again._store.sittings()
    record = again._store.whole_record(line.submission_id)
    record.verify()
    (grant,) = record.grants
    coded = read_coded(grant.envelope, house.keyring.root.public, house.hall.name)
    assert (coded.grant.act, coded.grant.who, coded.candidate_id) == (Act.START, "proctor 1", "candidate-1")
    assert house.hall.confirmation.look([grant.envelope]) == ()


def test_nothing_begins_before_the_code(house):
    desk = told(house)
    with pytest.raises(Denied):
        desk.sign_in(ROLL, CODE)
    line = LostHall(house.hall)
    desk._authority._hall = line
    desk.sign_in(ROLL, CODE)
    line.is_there = False
    assert [t.refusal for t in desk.tests()] == [NOT_STARTED]
    with pytest.raises(Refused, match="start this test with a code"):
        desk.begin("assignment-1")
    desk.act_by_code(START, start_code(house, desk))
    desk.begin("assignment-1")


def test_nothing_begins_without_the_paper(house):
    desk = told(house, with_paper=False)
    start(house, desk)
    assert [t.refusal for t in desk.tests()] == [NO_PAPER]
    with pytest.raises(Refused):
        desk.begin("assignment-1")


def test_nothing_begins_before_the_release_reached_the_seat(tmp_path):
    house = a_house(tmp_path, released=False)
    desk = told(house)
    start(house, desk)
    with pytest.raises(Refused, match="paper"):
        desk.begin("assignment-1")
    house.release()
    (message,) = house.hall.advances.of_seat(SEAT)
    desk._codes._expectations.take(message)
    desk.begin("assignment-1")
    house.close()


def test_a_start_for_one_seat_is_none_for_another(house):
    desk, other = told(house), told(house, "A13")
    other.challenge(START)
    with pytest.raises(Denied):
        other.act_by_code(START, start_code(house, desk))
    (message,) = house.hall.advances.of_seat(SEAT)
    with pytest.raises(Denied):
        other._codes._expectations.take(message)


def test_a_permission_tampered_with_is_not_taken(house):
    (message,) = house.hall.advances.of_seat(SEAT)
    (other,) = house.hall.advances.of_seat("A13")
    desk = house.desk(authority=LostHall())
    for bad in (
        message.model_copy(update={"candidate": other.candidate}),
        message.model_copy(update={"candidate": message.lease}),
        message.model_copy(update={"lease": message.lease.replace("payload", "paylaod", 1)}),
    ):
        with pytest.raises(KioskError):
            desk._codes._expectations.take(bad)
    assert desk._store.advances.all() == ()


def test_a_candidate_nobody_expects_here_is_not_started(house):
    with pytest.raises(Refused, match="Nobody is expected"):
        told(house, "B1").challenge(START)
    with pytest.raises(Refused, match="Nobody is expected"):
        told(house).challenge(replace(START, note=OTHER_ROLL))


def test_a_permission_ahead_counts_as_no_attempt_and_is_the_same_at_every_asking(house):
    first, again = house.hall.advances.of_seat(SEAT), house.hall.advances.of_seat(SEAT)
    assert first[0].lease == again[0].lease
    assert house.hall.progress() == ()
    (assignment,) = house.hall._store.roster.assignments("candidate-1")
    assert assignment.attempt_count == 0


def test_at_its_seat_the_hall_hands_out_the_permission_it_gave_ahead(house):
    (message,) = house.hall.advances.of_seat(SEAT)
    offer = house.hall.lease(house.hall.admit(ROLL, CODE, SEAT).token, "assignment-1", SEAT)
    assert offer.envelope.decode() == message.lease
    (assignment,) = house.hall._store.roster.assignments("candidate-1")
    assert assignment.attempt_count == 1
    assert house.hall.advances.of_seat(SEAT) == ()


def test_started_elsewhere_by_the_hall_the_sitting_is_of_a_higher_epoch_and_that_one_counts(house):
    desk = told(house)
    start(house, desk)
    desk.begin("assignment-1")
    mine = desk._store.sittings()[0]
    other = house.begun("A20")
    theirs = other._store.sittings()[0]
    assert (mine.submission_id, mine.opened_on) == (theirs.submission_id, theirs.opened_on)
    epochs = [d._store.whole_record(mine.submission_id).entries[0].epoch for d in (desk, other)]
    assert epochs == [1, 2]
    other._store.whole_record(theirs.submission_id).verify()


@pytest.mark.parametrize("why", ["withdrawn", "due", "used"])
def test_who_may_not_begin_is_not_allowed_to_ahead(tmp_path, why):
    changes = {
        "withdrawn": {"withdrawn_at": NOON - timedelta(hours=1)},
        "due": {"due_date": NOON - timedelta(hours=2)},
        "used": {"attempt_count": 1},
    }[why]
    paper = a_paper()
    house = a_house(tmp_path, paper, changed(a_hall_roster(paper), **changes))
    assert house.hall.advances.of_seat(SEAT) == ()
    assert len(house.hall.advances.of_seat("A13")) == 1
    house.close()


def test_what_is_kept_ahead_holds_no_secret(house):
    desk = told(house)
    (advance,) = desk._store.advances.all()
    for secret in (CODE, OTHER_CODE, PIN):
        assert secret.encode() not in advance.expected + advance.lease
    assert b"argon2" not in advance.expected
    assert advance.paper_identity not in repr(advance)


def test_a_permission_not_used_is_dropped_once_the_hall_has_started_the_test_here(house):
    line = LostHall(house.hall)
    desk = told(house)
    desk._authority._hall = line
    desk.sign_in(ROLL, CODE)
    desk.begin("assignment-1")
    assert desk._store.advances.all() == ()


def test_the_overlay_of_an_empty_seat_names_whom_a_code_could_start(house):
    desk = told(house)
    assert [card.roll_number for card in desk.overlay().expected] == [ROLL]
    desk.act_by_code(START, start_code(house, desk))
    assert desk.overlay().expected == ()
