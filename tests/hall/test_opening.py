import json
from dataclasses import replace
from datetime import timedelta

import pytest

from builders import NOON, a_paper, a_session, an_assignment
from house import (
    CODE,
    HALL,
    OTHER_CODE,
    OTHER_ROLL,
    ROLL,
    SEAT,
    a_hall_roster,
    a_house,
    changed,
)
from kiosk.exam.accommodation import Accommodation
from kiosk.exam.assignment import AssignmentStatus
from kiosk.exam.attempt import Phase
from kiosk.exam.canonical import canonical
from kiosk.exam.error import Denied, Invalid, Refused
from kiosk.exam.lease import Lease
from kiosk.exam.moment import iso
from kiosk.exam.press import print_test
from kiosk.exam.roster import HeldResult, HeldTest
from kiosk.sealing.envelope import PayloadType, open_envelope
from kiosk.views.authority import Report
from storage.hall.store import HallStore


@pytest.fixture
def house(tmp_path):
    house = a_house(tmp_path)
    yield house
    house.close()


def sign_in(house, seat=SEAT, roll=ROLL, code=CODE) -> str:
    return house.hall.admit(roll, code, seat).token


def lease_of(house, seat=SEAT, assignment="assignment-1", **who) -> Lease:
    offer = house.hall.lease(sign_in(house, seat, **who), assignment, seat)
    key = house.home.hall.keys / "hall.ed25519.pub"
    return Lease.from_document(open_envelope(offer.envelope, PayloadType.LEASE, key.read_text().strip()))


def a_report(lease: Lease, **fields) -> Report:
    told = {
        "submission_id": lease.submission_id,
        "phase": "handed_in",
        "attempt": lease.attempt,
        "started_at": iso(NOON),
        "submitted_at": iso(NOON),
        "answered": 5,
        "questions": 8,
        "used_ms": 1_000,
        "head_seq": 9,
        "head_hash": "0" * 64,
    }
    return Report(**told | fields)


def refusal(house, **seat) -> str:
    (card, *_) = house.hall.tests(sign_in(house, **seat))
    with pytest.raises(Refused) as caught:
        lease_of(house, **seat)
    assert card.refusal == caught.value.message
    return caught.value.message


def test_a_lease_says_who_what_where_and_how_long(tmp_path):
    paper = a_paper()
    given = Accommodation(extra_percent=25, extra_ms=60_000, rest_breaks=True)
    house = a_house(tmp_path, paper, changed(a_hall_roster(paper), accommodation=given))
    lease = lease_of(house)
    assert (lease.assignment_id, lease.candidate_id, lease.paper) == ("assignment-1", "candidate-1", paper.digest)
    assert (lease.seat, lease.epoch, lease.attempt, lease.opened_on) == (SEAT, 1, 1, "2031-05-06")
    assert (lease.accommodation, lease.proctor_id) == (given, "proctor-1")
    assert (lease.limit_ms, lease.due_at) == (None, iso(NOON + timedelta(days=7)))
    token = sign_in(house)
    assert house.hall.tests(token)[0].minutes == 76
    assert house.hall.instructions(token, "assignment-1").sections[0].minutes == 25
    house.close()


def test_two_sittings_have_two_seeds(house):
    first, second = lease_of(house), lease_of(house, "A13", "assignment-2", roll=OTHER_ROLL, code=OTHER_CODE)
    assert first.seed != second.seed
    assert first.submission_id != second.submission_id


def test_where_the_due_date_ends_a_sitting_the_lease_carries_the_rest(tmp_path):
    paper = a_paper(settings={"dueDateEnds": "true"})
    house = a_house(tmp_path, paper, changed(a_hall_roster(paper), due_date=NOON + timedelta(minutes=20)))
    house.clock.advance(5_000)
    assert lease_of(house).limit_ms == 20 * 60_000 - 5_000
    house.close()


def test_the_running_lease_is_given_again_to_its_seat_only(house):
    first = lease_of(house)
    house.clock.advance(60_000)
    assert lease_of(house) == first
    house.reopen_hall()
    assert lease_of(house) == first
    assert refusal(house, seat="A13") == f"This test is open at the seat {SEAT}. Please ask the proctor."


def test_a_running_attempt_counts_once(house):
    lease_of(house)
    lease_of(house)
    (card,) = house.hall.tests(sign_in(house))
    assert (card.attempts_used, card.status, card.has_open_sitting) == (1, AssignmentStatus.IN_PROGRESS, True)
    assert house.hall.instructions(sign_in(house), "assignment-1").resumes


def test_a_seat_cannot_ask_for_another(house):
    token = sign_in(house)
    with pytest.raises(Denied, match="another seat"):
        house.hall.lease(token, "assignment-1", "A13")


def test_nobody_opens_somebody_else_s_test(house):
    token = sign_in(house)
    for ask in (house.hall.instructions, lambda t, a: house.hall.lease(t, a, SEAT)):
        with pytest.raises(Denied, match="not assigned to you"):
            ask(token, "assignment-2")
    with pytest.raises(Refused, match="not been released"):
        house.hall.result(token, "assignment-2")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"attempt_count": 1}, "can be taken once"),
        ({"due_date": NOON - timedelta(seconds=1)}, "due date"),
        ({"withdrawn_at": NOON}, "withdrawn"),
    ],
)
def test_the_gate_is_asked_with_the_hall_s_clock(tmp_path, change, words):
    paper = a_paper()
    house = a_house(tmp_path, paper, changed(a_hall_roster(paper), **change))
    assert words in refusal(house)
    house.close()


def test_a_test_that_is_not_active_does_not_open(tmp_path):
    paper = a_paper()
    held = (HeldTest(paper.test_id, paper.title, False, paper.digest),)
    house = a_house(tmp_path, paper, a_hall_roster(paper, tests=held))
    assert "not open at present" in refusal(house)
    house.close()


def test_entry_closes_some_time_after_the_start(house):
    house.clock.advance(30 * 60_000 + 1)
    assert "Entry closed 30 minutes after the start" in refusal(house)


def test_a_session_nobody_opened_lets_nobody_begin(tmp_path):
    paper = a_paper()
    house = a_house(tmp_path, paper)
    later = a_session(
        session_id="session-2",
        hall=HALL,
        starts_at=NOON + timedelta(hours=5),
        ends_at=NOON + timedelta(hours=9),
        opens_at=NOON + timedelta(hours=4),
        test_ids=(paper.test_id,),
    )
    roster = a_hall_roster(paper)
    house.load(tmp_path / "two", replace(roster, sessions=(*roster.sessions, later), seatings=()))
    house.clock.advance(5 * 3_600_000)
    assert "not opened this session yet" in refusal(house)
    house.hall.open_session("session-2", "proctor-2")
    assert lease_of(house).proctor_id == "proctor-2"
    house.close()


def test_only_staff_of_this_hall_open_a_session(house):
    for nobody in ("candidate-1", "system", ""):
        with pytest.raises(Denied, match="Only a proctor"):
            house.hall.open_session("session-1", nobody)
    with pytest.raises(Invalid, match="no session"):
        house.hall.open_session("session-9", "proctor-1")


def test_a_sitting_that_is_over_lets_the_next_attempt_open(tmp_path):
    paper = a_paper(max_attempts=2)
    house = a_house(tmp_path, paper, a_hall_roster(paper))
    first = lease_of(house)
    house.hall.report(a_report(first))
    (card,) = house.hall.tests(sign_in(house))
    assert (card.status, card.has_open_sitting) == (AssignmentStatus.COMPLETED, False)
    second = lease_of(house, "A13")
    assert (second.attempt, second.seat) == (2, "A13")
    house.close()


def test_an_older_report_changes_nothing(house):
    lease = lease_of(house)
    house.hall.report(a_report(lease))
    house.hall.report(a_report(lease, phase="running", submitted_at=None, head_seq=8))
    (progress,) = house.hall.progress()
    assert progress.phase is Phase.HANDED_IN
    house.hall.report(a_report(lease, phase="running", submitted_at=None, head_seq=10))
    assert house.hall.tests(sign_in(house))[0].has_open_sitting


def test_a_report_of_a_sitting_this_hall_did_not_open_is_denied(house):
    lease = lease_of(house)
    with pytest.raises(Denied, match="no such sitting"):
        house.hall.report(a_report(lease, submission_id="another"))
    with pytest.raises(Invalid):
        house.hall.report(a_report(lease, phase="dancing"))


def test_every_start_is_written_down(house):
    lease = lease_of(house)
    store = HallStore.open(house.home.hall.store, house.home.hall.store_key())
    (start,) = [a for a in store.permits.acts() if a.action == "submission.start"]
    assert (start.who, start.subject_id) == ("candidate-1", "assignment-1")
    assert start.details == {"submission": lease.submission_id, "attempt": 1, "seat": SEAT}
    store.close()


def test_a_released_result_is_shown_as_the_office_cut_it(tmp_path):
    paper = a_paper()
    body = {
        "title": "Biology II",
        "score": "17.5",
        "max_score": "30",
        "passed": True,
        "feedback": None,
        "lines": [{"number": 1, "section": "Cells", "points": "2", "max_points": "2", "feedback": "See \u202epage 4."}],
    }
    results = (HeldResult("submission-1", "assignment-1", NOON, canonical(body).decode()),)
    house = a_house(tmp_path, paper, a_hall_roster(paper, results=results))
    token = sign_in(house)
    assert house.hall.tests(token)[0].has_results
    result = house.hall.result(token, "assignment-1")
    assert (str(result.score), result.passed, result.lines[0].feedback) == ("17.5", True, "See page 4.")
    house.close()


def test_a_result_of_another_version_is_not_shown(tmp_path):
    paper = a_paper()
    results = (HeldResult("submission-1", "assignment-1", NOON, json.dumps({"score": 17.5})),)
    house = a_house(tmp_path, paper, a_hall_roster(paper, results=results))
    with pytest.raises(Invalid, match="version"):
        house.hall.result(sign_in(house), "assignment-1")
    house.close()


def test_a_title_cannot_steer_the_terminal(tmp_path):
    from builders import a_test

    paper, _ = print_test(a_test(title="Bio\u202elogy"))
    roster = a_hall_roster(paper, tests=(HeldTest(paper.test_id, "Bio\x1b[2J\u202elogy", True, paper.digest),))
    house = a_house(tmp_path, paper, roster)
    (card,) = house.hall.tests(sign_in(house))
    assert card.title == "Bio[2Jlogy"
    house.close()


def test_an_assignment_whose_paper_has_not_come_is_listed_and_refused(tmp_path):
    paper = a_paper()
    roster = a_hall_roster(paper)
    waiting = an_assignment(assignment_id="assignment-9", paper_digest="0" * 64)
    house = a_house(tmp_path, paper, replace(roster, assignments=(*roster.assignments, waiting)))
    cards = {c.assignment_id: c for c in house.hall.tests(sign_in(house))}
    assert "has not come" in cards["assignment-9"].refusal
    with pytest.raises(Refused, match="has not come"):
        house.hall.instructions(sign_in(house), "assignment-9")
    house.close()
