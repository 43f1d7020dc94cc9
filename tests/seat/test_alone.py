"""A seat alone: who sat here goes on at the same question without anybody from the hall, and nobody else does."""

import time
from dataclasses import replace

import pytest

from house import CODE, OTHER_CODE, OTHER_ROLL, PIN, ROLL, SEAT, a_house
from kiosk.exam.assignment import AssignmentStatus
from kiosk.exam.entry import Kind
from kiosk.exam.error import Denied, Refused
from kiosk.exam.grant import Act
from kiosk.seat.alone import AGAIN
from kiosk.views.authority import HallLost
from kiosk.views.desk import ActRequest
from lost_hall import LostHall

WITHIN = 3.0
"""Seconds in which a killed seat is back on its question (DESIGN 8)."""


@pytest.fixture
def house(tmp_path):
    house = a_house(tmp_path)
    yield house
    house.close()


def lost(house, seat=SEAT):
    """Return the desk of a seat that was started while its hall is gone."""
    return house.desk(seat, authority=LostHall())


def killed(house, desk):
    """Leave a desk as a power cut does: what is committed is there, and nothing was said to anybody."""
    desk._writer.drain()
    desk._store.close()
    house.desks.remove(desk)


@pytest.fixture
def cut(house):
    """A house in which a candidate was at the second question when the seat lost its power, and the hub too."""
    desk = house.begun()
    desk.choose("cells-1", ["cells-1-2"])
    desk.visit("cells-2")
    killed(house, desk)
    return house


def test_a_seat_killed_with_its_hub_is_back_on_the_same_question_without_anybody(cut):
    began = time.perf_counter()
    desk = lost(cut)
    card = desk.sign_in(ROLL, CODE)
    (test,) = desk.tests()
    told = desk.instructions(test.assignment_id)
    desk.begin(test.assignment_id)
    took = time.perf_counter() - began
    print(f"back on the same question after {took:.2f} s")
    assert (card.user_id, card.name) == ("candidate-1", "Okafor, Anna")
    assert (test.status, test.has_open_sitting, test.refusal) == (AssignmentStatus.IN_PROGRESS, True, None)
    assert told.resumes
    assert desk.state().question_id == "cells-2"
    assert desk.state().answers["cells-1"].option_ids == ("cells-1-2",)
    assert desk.time_left().running
    assert took < WITHIN


def test_what_is_done_alone_joins_what_was_done_before_and_the_hall_goes_on_with_it(cut):
    desk = lost(cut)
    desk.sign_in(ROLL, CODE)
    desk.begin("assignment-1")
    desk.choose("cells-2", ["cells-2-1"])
    desk.close()
    cut.desks.remove(desk)
    back = cut.begun()
    assert back.state().answers["cells-2"].option_ids == ("cells-2-1",)
    record = back._store.whole_record(back._store.sittings()[0].submission_id)
    record.verify()
    assert [e.kind for e in record.entries].count(Kind.RESTARTED) == 2


@pytest.mark.parametrize(("roll", "code"), [(ROLL, OTHER_CODE), (OTHER_ROLL, OTHER_CODE), (ROLL, ""), ("", CODE)])
def test_nobody_else_is_let_in(cut, roll, code):
    with pytest.raises(Denied):
        lost(cut).sign_in(roll, code)


def test_wrong_tries_slow_down_also_after_a_restart_and_a_right_one_ends_it(cut):
    waits, desk = [], lost(cut)
    for number in range(6):
        if number == 3:
            killed(cut, desk)
            desk = lost(cut)
        with pytest.raises(Denied) as caught:
            desk.sign_in(ROLL, OTHER_CODE)
        waits.append(caught.value.wait_seconds)
        if waits[-1]:
            with pytest.raises(Denied, match="Too many"):
                desk.sign_in(ROLL, CODE)
        cut.clock.advance(1_000 * waits[-1])
    assert waits == [0, 0, 5, 10, 20, 40]
    desk.sign_in(ROLL, CODE)
    with pytest.raises(Denied) as caught:
        desk.sign_in(ROLL, OTHER_CODE)
    assert caught.value.wait_seconds == 0


def test_a_stranger_is_told_why_and_what_to_do(cut):
    with pytest.raises(Denied, match=r"not signed in at this seat before.*ask the proctor"):
        lost(cut).sign_in(OTHER_ROLL, OTHER_CODE)


def test_who_signed_in_but_never_began_may_begin_nothing(house):
    desk = house.desk()
    desk.sign_in(ROLL, CODE)
    killed(house, desk)
    desk = lost(house)
    desk.sign_in(ROLL, CODE)
    assert desk.tests() == ()
    with pytest.raises(HallLost):
        desk.begin("assignment-1")
    with pytest.raises(HallLost):
        desk.instructions("assignment-1")


@pytest.mark.parametrize(
    "ask",
    [
        lambda desk: desk.begin("assignment-1"),
        lambda desk: desk.instructions("assignment-1"),
        lambda desk: desk.tests(),
    ],
    ids=["begin", "instructions", "tests"],
)
def test_who_was_signed_in_without_the_hall_signs_in_again_once_it_is_back(house, ask):
    desk = house.desk()
    desk.sign_in(ROLL, CODE)
    killed(house, desk)
    desk = lost(house)
    desk.sign_in(ROLL, CODE)
    desk._authority._hall = house.hall
    with pytest.raises(Denied, match="sign in again"):
        ask(desk)
    desk.sign_out()
    desk.sign_in(ROLL, CODE)
    desk.begin("assignment-1")
    assert desk.scribe is not None


def test_a_sitting_that_was_handed_in_is_not_open_any_more(tmp_path):
    from builders import a_paper
    from house import a_hall_roster

    paper = a_paper()
    paper = replace(paper, sections=tuple(replace(s, is_mandatory=False) for s in paper.sections))
    house = a_house(tmp_path, paper, a_hall_roster(paper))
    desk = house.begun()
    desk.hand_in()
    killed(house, desk)
    desk = lost(house)
    desk.sign_in(ROLL, CODE)
    assert desk.tests() == ()
    house.close()


def test_of_the_code_a_seat_keeps_a_hash_alone(cut):
    desk = lost(cut)
    known = desk._store.acquaintances.known(ROLL)
    assert known.secret_hash.startswith("$argon2id$")
    assert CODE not in repr(known)
    assert CODE not in known.secret_hash


def test_the_candidate_of_one_seat_is_a_stranger_at_another(cut):
    with pytest.raises(Denied):
        lost(cut, "A13").sign_in(ROLL, CODE)


def test_a_hall_that_goes_while_somebody_is_signed_in_stops_nobody(house):
    line = LostHall(house.hall)
    desk = house.desk(authority=line)
    desk.sign_in(ROLL, CODE)
    desk.begin("assignment-1")
    line.is_there = False
    desk.choose("cells-1", ["cells-1-2"])
    (test,) = desk.tests()
    assert test.has_open_sitting
    assert desk.notices() == ()
    line.is_there = True
    assert [t.assignment_id for t in desk.tests()] == ["assignment-1"]
    assert desk.notices()


class SternHall(LostHall):
    """A hall that answers, and lets nobody in."""

    def admit(self, roll_number, code, seat):
        raise Denied("Not today.")


def test_a_hall_that_answers_is_believed_and_not_the_seat(cut):
    with pytest.raises(Denied, match="Not today"):
        cut.desk(authority=SternHall()).sign_in(ROLL, CODE)


@pytest.mark.parametrize("ask", ["overlay", "act", "result"])
def test_what_only_the_hall_can_do_says_so(cut, ask):
    desk = lost(cut)
    desk.sign_in(ROLL, CODE)
    desk.begin("assignment-1")
    asks = {
        "overlay": lambda: desk.unlock_overlay(PIN),
        "act": lambda: desk.act(PIN, ActRequest(act=Act.PAUSE)),
        "result": lambda: desk.result("assignment-1"),
    }
    with pytest.raises(HallLost) as caught:
        asks[ask]()
    assert "hall does not answer" in caught.value.message


def test_a_token_of_an_earlier_sign_in_counts_no_more(cut):
    alone = lost(cut)._authority
    first = alone.admit(ROLL, CODE, SEAT).token
    assert alone.tests(first)
    second = alone.admit(ROLL, CODE, SEAT).token
    assert alone.tests(second)
    with pytest.raises(Denied, match=AGAIN):
        alone.tests(first)


def test_a_lease_is_handed_back_as_the_hall_signed_it(cut):
    alone = lost(cut)._authority
    offer = alone.lease(alone.admit(ROLL, CODE, SEAT).token, "assignment-1", SEAT)
    (signed,) = cut.store().whole_record(cut.store().sittings()[0].submission_id).leases
    assert offer.envelope == signed.envelope
    assert (offer.paper_identity, offer.paper_blob) == ("", b"")
    with pytest.raises(Refused):
        cut.desk("A13", authority=LostHall()).challenge(ActRequest(act=Act.START))
