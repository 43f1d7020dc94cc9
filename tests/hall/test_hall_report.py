"""The hall's report on a day on which everything happened: each fact once, each page readable by the two who sign."""

import re
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from boardroom import MINUTE, Room, a_room
from builders import a_person, an_assignment
from house import PIN, SEAT, SECOND_PIN, a_hall_roster
from kiosk.exam.act_code import Setting, challenge_of
from kiosk.exam.attempt import Phase
from kiosk.exam.canonical import canonical
from kiosk.exam.person import Role
from kiosk.exam.roster import Account, Seating
from kiosk.hall.backroom import Backroom
from kiosk.hall.print.fact import digest_of, plain_facts
from kiosk.hall.print.pdf import draw
from kiosk.hall.print.plain import write_plain
from kiosk.hall.print.report import HallReport
from kiosk.hall.print.reportpage import report_pages
from kiosk.views.order import CodeWish, Verb
from kiosk.wire.hub import GapLine

OTHER, SPARE, NOBODY = "A13", "A14", "A15"
MADE = "2031-05-06T15:30:00.000Z"
HEAD = "ab" * 32


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Room:
    room = a_room(tmp_path_factory.mktemp("hall"), a_roster())
    an_eventful_day(room)
    return room


@pytest.fixture(scope="module")
def report(room: Room) -> HallReport:
    house = room.house
    return Backroom.open(house.home.hall, room.keys, room.store, house.clock).reports.report()


def a_roster():
    """Return the usual two candidates and a third who does not come."""
    roster = a_hall_roster()
    cara = a_person(user_id="candidate-3", name="Cruz, Cara", roll_number="B-1044")
    first = roster.assignments[0]
    given = {"test_id": first.test_id, "paper_digest": first.paper_digest}
    hashed = next(a.secret_hash for a in roster.accounts if a.person.role is Role.CANDIDATE)
    return replace(
        roster,
        accounts=(*roster.accounts, Account(cara, hashed)),
        assignments=(
            *roster.assignments,
            an_assignment(assignment_id="assignment-3", candidate_id="candidate-3", **given),
        ),
        seatings=(*roster.seatings, Seating("session-1", "candidate-3", NOBODY)),
    )


def order(room: Room, verb: Verb, seat: str, **changes: object) -> None:
    """Give an order a minute after the last one; it must be done."""
    room.pass_time(MINUTE, *room.seats)
    outcome = room.order(verb, seat, **changes)[seat]
    assert outcome.done, (verb, outcome.words)


def an_eventful_day(room: Room) -> None:
    """Let everything happen that a report tells of."""
    room.begin()
    room.begin(OTHER, "assignment-2")
    room.seat(SPARE)
    order(room, Verb.ABSENT, NOBODY, reason="other")
    order(room, Verb.INCIDENT, SEAT, reason="equipment", text="keyboard dark")
    order(room, Verb.INCIDENT, NOBODY, reason="disturbance", text="alarm in the next room")
    order(room, Verb.EXTEND, SEAT, reason="equipment", amount_ms=10 * MINUTE)
    order(room, Verb.EXTEND, SEAT, reason="medical", amount_ms=20 * MINUTE, second_pin=SECOND_PIN)
    order(room, Verb.EXTEND, OTHER, reason="power", amount_ms=5 * MINUTE)
    room.pass_time(MINUTE, *room.seats)
    slip = next(d for d in room.board.deeds() if d.words.startswith("extended") and d.seats == (OTHER,))
    assert room.order(Verb.UNDO, attention_id=slip.act_id)[OTHER].done
    room.seats[SEAT].tell(gaps=(GapLine(gap=7, ms=130_000),))
    order(room, Verb.CHARGE_GAP, SEAT, reason="equipment")
    room.board.sign_in(PIN)
    room.board.announce("Ten minutes are left.")
    room.hold("assignment-2")
    order(room, Verb.MOVE, OTHER, target=SPARE, reason="equipment")
    move_on(room)
    give_a_code(room)
    hand_in(room)


def move_on(room: Room) -> None:
    """Let the sitting that was ordered elsewhere go on there."""
    (progress,) = [p for p in room.store.permits.all_progress() if p.assignment_id == "assignment-2"]
    move = room.store.moves.waiting(progress.submission_id)
    assert move is not None
    room.house.hall.openings.follow(a_person(user_id="candidate-2", name="Adeyemi, Ben"), move)


def give_a_code(room: Room) -> None:
    """Give a code for ten minutes more at a seat that cannot reach the hall."""
    (progress,) = [p for p in room.store.permits.all_progress() if p.assignment_id == "assignment-1"]
    setting = Setting(seat=SEAT, submission_id=progress.submission_id, candidate_id="candidate-1")
    challenge = challenge_of(room.keys.act_key(SEAT), setting, "6a" * 16)
    wish = CodeWish(
        seat=SEAT, challenge=challenge, act="extend", amount_ms=10 * MINUTE, reason="power", pin=PIN,
        second_pin=SECOND_PIN,
    )  # fmt: skip
    room.board.code(wish)


def hand_in(room: Room) -> None:
    """Let the first sitting say that it is handed in, as its seat reports it."""
    (told,) = [p for p in room.store.permits.all_progress() if p.assignment_id == "assignment-1"]
    now = room.house.clock.at
    done = replace(
        told, phase=Phase.HANDED_IN, submitted_at=now, answered=7, questions=8, used_ms=42 * MINUTE, head_seq=311,
        head_hash=HEAD,
    )  # fmt: skip
    room.store.permits.take_progress(done, now)


def test_who_came_and_who_did_not(report: HallReport) -> None:
    counts = report.counts()
    assert (counts["on the roster"], counts["present"], counts["absent"]) == (3, 2, 1)
    states = {s.name: s.state.value for s in report.gatherings[0].sitters}
    assert states == {"Okafor, Anna": "present", "Adeyemi, Ben": "present", "Cruz, Cara": "absent"}


def test_what_was_noted_stands_once_with_and_without_a_sitting(report: HallReport) -> None:
    assert [(i.seat, i.subject, i.reason) for i in report.incidents] == [
        (SEAT, "Okafor, Anna", "equipment: keyboard dark"),
        (NOBODY, "", "disturbance: alarm in the next room"),
    ]
    assert not [a for a in report.acts if "keyboard" in a.reason or "alarm" in a.reason]


def test_extensions_are_added_and_what_was_taken_back_is_not(report: HallReport) -> None:
    added = {s.name: s.added_ms // MINUTE for s in report.sittings}
    assert added == {"Okafor, Anna": 30, "Adeyemi, Ben": 0}
    acts = [(a.act, a.seat, a.amount_ms // MINUTE, a.second, a.reason) for a in report.acts if a.amount_ms and a.reason]
    assert acts == [
        ("extend", SEAT, 10, None, "equipment"),
        ("extend", SEAT, 20, "Lind, Per", "medical"),
        ("extend", OTHER, 5, None, "power"),
        ("take back", OTHER, 5, None, "taken back"),
        ("code given: extend", SEAT, 10, "Lind, Per", "power"),
    ]


def test_a_gap_that_was_settled_says_what_of_it_was_charged(report: HallReport) -> None:
    settled, noted = [a for a in report.acts if a.act.startswith(("gap", "incident"))]
    assert (settled.act, settled.seat, settled.subject, settled.reason) == (
        "gap not charged", SEAT, "Okafor, Anna", "equipment",
    )  # fmt: skip
    assert (noted.act, noted.subject, noted.amount_ms) == ("incident settled", "stood still for 2:10", 130_000)


def test_a_move_says_from_where_to_where(report: HallReport) -> None:
    (move,) = report.moves
    assert (move.name, move.roll_number, move.source, move.target, move.epoch) == (
        "Adeyemi, Ben", "B-1043", OTHER, SPARE, 2,
    )  # fmt: skip
    assert {s.name: s.seat for s in report.sittings} == {"Okafor, Anna": SEAT, "Adeyemi, Ben": SPARE}


def test_a_code_is_told_of_but_never_the_code(report: HallReport) -> None:
    (code,) = report.codes
    assert (code.act, code.seat, code.amount_ms, code.second, code.is_used) == (
        "extend", SEAT, 10 * MINUTE, "Lind, Per", False,
    )  # fmt: skip
    assert (code.who, code.reason, bool(code.challenge)) == ("Mbeki, Thandi", "power", True)


def test_the_digests_are_those_of_the_journals_and_of_the_facts_themselves(report: HallReport) -> None:
    (over,) = [s for s in report.sittings if s.submitted_at is not None]
    assert (over.head_hash, over.entries, over.answered) == (HEAD, 312, 7)
    digest = digest_of(report)
    assert plain_facts(report) == plain_facts(report)
    assert digest_of(replace(report, moves=())) != digest
    assert len(canonical(plain_facts(report))) > 1_000
    assert digest in write_plain(report_pages(report, digest, MADE))


def test_no_id_nobody_can_read_stands_where_people_are_named(report: HallReport) -> None:
    shown = [text for line in (*report.acts, *report.incidents) for text in (line.who, line.act, line.subject)]
    assert not [text for text in shown if re.search(r"[0-9a-f]{32}", text) or "_" in text]


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="pdftotext is not installed here")
def test_every_fact_is_on_the_pages(report: HallReport, tmp_path: Path) -> None:
    data, missing = draw(report_pages(report, digest_of(report), MADE))
    path = tmp_path / "report.pdf"
    path.write_bytes(data)
    text = subprocess.run(["pdftotext", "-layout", path, "-"], check=True, capture_output=True, text=True).stdout
    assert missing == 0
    told = ("Okafor, Anna", "Cruz, Cara", "keyboard dark", "gap not charged", "take back", "goes on", "not yet",
            HEAD[:16], "Signatures", digest_of(report))  # fmt: skip
    assert [words for words in told if words not in text] == []
