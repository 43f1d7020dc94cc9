"""Orders from the board: what can be done is done, of the rest it is said why not, and all of it is in the books."""

from pathlib import Path
from typing import Any

import pytest

from boardroom import MINUTE, Room, a_room
from house import PIN, SEAT, SECOND_PIN, a_hall_roster, changed
from kiosk.exam.accommodation import Accommodation
from kiosk.exam.attempt import Phase
from kiosk.exam.error import Denied, Refused
from kiosk.exam.grant import Act
from kiosk.exam.incident import Cause
from kiosk.exam.status import AttendanceState
from kiosk.hall.board.errand import LATER, SLOW
from kiosk.hall.board.fold import LOST_MS
from kiosk.hall.board.record import Records
from kiosk.views.board import SeatState
from kiosk.views.order import Order, Verb
from kiosk.wire.hub import GapLine

OTHER = "A13"


@pytest.fixture
def room(tmp_path: Path) -> Room:
    return a_room(tmp_path)


def books(room: Room, **told: Any) -> list[Any]:
    """Return the entries of the books whose details say so."""
    return [e for e in room.store.permits.acts() if told.items() <= e.details.items()]


def attendance(room: Room) -> dict[str, AttendanceState]:
    return {m.candidate_id: m.state for m in room.store.attendance.marks(["session-1"])}


@pytest.mark.parametrize(
    ("verb", "phase", "then", "act", "more"),
    [
        (Verb.PAUSE, "running", SeatState.PAUSED, Act.PAUSE, {"reason": "power"}),
        (Verb.RESUME, "paused", SeatState.WORKING, Act.RESUME, {}),
        (Verb.LOCK, "running", SeatState.LOCKED, Act.LOCK, {"reason": "other"}),
        (Verb.UNLOCK, "locked", SeatState.WORKING, Act.UNLOCK, {}),
        (Verb.EXTEND, "running", SeatState.WORKING, Act.EXTEND, {"reason": "power", "amount_ms": MINUTE}),
        (Verb.HAND_IN_FOR, "running", SeatState.HANDED_IN, Act.END, {"reason": "medical", "second_pin": SECOND_PIN}),
        (Verb.END, "paused", SeatState.HANDED_IN, Act.END, {"reason": "other", "second_pin": SECOND_PIN}),
        (Verb.REOPEN, "handed_in", SeatState.WORKING, Act.REOPEN, {"reason": "other", "second_pin": SECOND_PIN}),
        (Verb.INCIDENT, "running", SeatState.WORKING, Act.NOTE, {"reason": "disturbance", "text": "noise"}),
    ],
)
def test_each_verb_is_a_signed_grant_that_the_seat_carries_out(
    room: Room, verb: Verb, phase: str, then: SeatState, act: Act, more: dict[str, Any]
) -> None:
    seat = room.begin(phase=Phase(phase))
    outcome = room.order(verb, SEAT, **more)[SEAT]
    assert outcome.done, outcome.words
    (grant,) = seat.grants
    assert (grant.act, grant.who, grant.seat, grant.reason) == (act, "proctor-1", SEAT, more.get("reason", ""))
    assert room.line().state is then
    (entry,) = books(room, grant=grant.grant_id)
    assert (entry.who, entry.details["verb"], entry.details["seat"]) == ("proctor-1", verb.value, SEAT)


def test_what_cannot_be_done_is_said_with_why_and_the_rest_is_done(room: Room) -> None:
    room.begin()
    room.begin(OTHER, "assignment-2", phase=Phase.LOCKED)
    found = room.order(Verb.PAUSE, OTHER, SEAT, "Z9", reason="power")
    assert [*found] == [OTHER, SEAT, "Z9"]
    assert (found[SEAT].done, found[SEAT].words) == (True, "paused")
    assert (found[OTHER].done, "is locked" in found[OTHER].words) == (False, True)
    assert (found["Z9"].done, found["Z9"].words) == (False, "No sitting is open at this seat.")


@pytest.mark.parametrize("seats", [(), (SEAT,)])
def test_a_seat_that_was_just_let_go_on_is_paused_although_its_last_word_is_older(
    room: Room, seats: tuple[str, ...]
) -> None:
    seat = room.begin(phase=Phase.PAUSED)
    assert room.order(Verb.RESUME, SEAT)[SEAT].done
    seat.tell(phase=Phase.PAUSED)
    assert room.order(Verb.PAUSE, *seats, reason="fire alarm")[SEAT].done
    assert [g.act for g in seat.grants] == [Act.RESUME, Act.PAUSE]


def test_a_seat_that_refuses_says_why(room: Room) -> None:
    room.begin().refuses = "The text is being written."
    outcome = room.order(Verb.PAUSE, SEAT, reason="power")[SEAT]
    assert (outcome.done, outcome.words) == (False, "The text is being written.")


def test_a_seat_that_is_away_gets_its_order_when_it_is_back(room: Room) -> None:
    seat = room.begin()
    seat.cut()
    assert room.order(Verb.PAUSE, SEAT, reason="power")[SEAT].words == LATER
    assert seat.grants == []
    room.hub.presence.join(SEAT, "b", seat, room.house.clock.now().boot_ms)
    room.hub.commands.send_waiting(SEAT)
    assert [g.act for g in seat.grants] == [Act.PAUSE]


def test_a_seat_that_does_not_answer_is_said_not_to_have(room: Room) -> None:
    room.begin().answers = False
    assert room.order(Verb.PAUSE, SEAT, reason="power")[SEAT].words == SLOW


@pytest.mark.parametrize(
    ("order", "error"),
    [
        ({"verb": Verb.PAUSE, "seats": (SEAT,), "pin": "000000", "reason": "power"}, Denied),
        ({"verb": Verb.PAUSE, "seats": (SEAT,), "reason": "power", "second_pin": PIN}, Denied),
        ({"verb": Verb.PAUSE, "seats": (SEAT,), "reason": "power", "second_pin": "000000"}, Denied),
        ({"verb": Verb.PAUSE, "seats": (SEAT,)}, Refused),
        ({"verb": Verb.EXTEND, "seats": ()}, Refused),
        ({"verb": Verb.UNDO, "attention_id": "nothing"}, Refused),
        ({"verb": Verb.CREDIT, "seats": (SEAT,), "attention_id": "nothing"}, Refused),
        ({"verb": Verb.PAUSE, "seats": ("x",) * 2_001, "reason": "power"}, Refused),
    ],
)
def test_an_order_that_is_none_does_nothing(room: Room, order: dict[str, Any], error: type[Exception]) -> None:
    seat = room.begin()
    with pytest.raises(error):
        room.board.carry_out(Order(**{"seats": (), "pin": PIN} | order))
    assert seat.grants == []


def test_acts_of_two_persons_ask_for_the_second(room: Room) -> None:
    seat = room.begin()
    outcome = room.order(Verb.END, SEAT, reason="other")[SEAT]
    assert (outcome.done, "second" in outcome.words) == (False, True)
    outcome = room.order(Verb.EXTEND, SEAT, reason="power", amount_ms=16 * MINUTE)[SEAT]
    assert (outcome.done, "second person" in outcome.words) == (False, True)
    assert seat.grants == []
    assert room.order(Verb.EXTEND, SEAT, reason="power", amount_ms=16 * MINUTE, second_pin=SECOND_PIN)[SEAT].done
    assert (seat.grants[0].who, seat.grants[0].second) == ("proctor-1", "proctor-2")


def test_the_whole_hall_is_paused_and_resumed_and_a_break_goes_on(room: Room) -> None:
    seat, other = room.begin(), room.begin(OTHER, "assignment-2")
    other.tell(phase=Phase.PAUSED)
    assert set(room.order(Verb.PAUSE, reason="fire alarm")) == {SEAT}
    assert room.look().paused
    assert room.reopen().look().paused
    other.tell(phase=Phase.RUNNING)
    assert {a.seat for a in room.needing("runs")} == {OTHER}
    other.tell(phase=Phase.PAUSED)
    seat.cut()
    assert room.order(Verb.RESUME)[SEAT].done
    assert not room.look().paused
    assert other.grants == []


def test_rest_breaks_are_for_those_who_have_them(tmp_path: Path) -> None:
    room = a_room(tmp_path, changed(a_hall_roster(), accommodation=Accommodation(rest_breaks=True)))
    room.begin()
    room.begin(OTHER, "assignment-2")
    found = room.order(Verb.REST_BREAK, SEAT, OTHER)
    assert (found[SEAT].done, found[OTHER].done) == (True, False)
    assert (room.line().state, room.look().counts.away) == (SeatState.AWAY, 1)


def test_start_lets_the_candidate_expected_there_begin(room: Room) -> None:
    seat = room.seat()
    room.begin(OTHER, "assignment-2")
    found = room.order(Verb.START, SEAT, OTHER, "Z1")
    assert (found[SEAT].done, found[OTHER].done, found["Z1"].done) == (True, False, False)
    assert [(g.act, g.note) for g in seat.grants] == [(Act.START, "candidate-1")]
    assert room.store.commands.started() == {"candidate-1"}


def test_a_move_goes_to_an_empty_seat_only(room: Room) -> None:
    room.begin()
    room.seat("B1")
    room.begin(OTHER, "assignment-2")
    for target, words in ((OTHER, "Somebody"), ("Z9", "no such seat")):
        assert words in room.order(Verb.MOVE, SEAT, target=target, reason="equipment")[SEAT].words
    wish = {"target": "B1", "reason": "equipment"}
    assert "holds nothing" in room.order(Verb.MOVE, SEAT, **wish)[SEAT].words
    room.hold()
    outcome = room.order(Verb.MOVE, SEAT, **wish)[SEAT]
    assert outcome.done, outcome.words
    line = room.line("B1")
    assert (line.state, line.candidate, line.roll_number) == (SeatState.EMPTY, "Okafor, Anna", "B-1042"), (
        "awaited there"
    )
    room.hold("assignment-2")
    assert "Another sitting goes to B1" in room.order(Verb.MOVE, OTHER, **wish)[OTHER].words
    assert [g.act for g in room.seats[SEAT].grants] == [Act.MOVE]


def test_a_seat_that_was_left_by_a_move_is_empty_although_it_still_shows_so(room: Room) -> None:
    old = room.begin()
    room.seat("B1")
    room.hold()
    room.order(Verb.MOVE, SEAT, target="B1", reason="equipment")
    new = room.begin("B1")
    room.pass_time(20 * MINUTE)
    new.tell()
    old.tell(phase=Phase.MOVED)
    assert (room.line("B1").state, room.line("B1").candidate) == (SeatState.WORKING, "Okafor, Anna")
    assert (room.line().state, room.line().candidate) == (SeatState.EMPTY, None)
    assert not any(a.seat == SEAT for a in room.needing("not begun"))


def test_who_is_absent_can_be_checked_in_after_all(room: Room) -> None:
    assert room.order(Verb.ABSENT, OTHER)[OTHER].done
    assert room.line(OTHER).state is SeatState.ABSENT
    assert not room.order(Verb.ABSENT, OTHER)[OTHER].done
    assert room.order(Verb.CHECK_IN, OTHER, text="name: Ben Adeyemi; roll: b-1043")[OTHER].done
    assert (room.line(OTHER).state, attendance(room)["candidate-2"]) == (SeatState.READY, AttendanceState.PRESENT)
    room.begin()
    assert "has begun" in room.order(Verb.ABSENT, SEAT)[SEAT].words


@pytest.mark.parametrize(
    ("text", "field"),
    [("name: Somebody Else", "name"), ("roll: B-1043", "roll number"), ("photo: no", "photo")],
)
def test_who_does_not_match_is_not_checked_in_and_stands_on_the_list(room: Room, text: str, field: str) -> None:
    outcome = room.order(Verb.CHECK_IN, SEAT, text=text)[SEAT]
    assert (outcome.done, field in outcome.words) == (False, True)
    (mismatch,) = room.needing("mismatch")
    assert (mismatch.seat, field in mismatch.words) == (SEAT, True)
    assert attendance(room)["candidate-1"] is AttendanceState.EXPECTED
    assert [e.details["fields"] for e in books(room, act="mismatch")] == [field]


def test_another_document_than_the_first_time_is_a_mismatch_and_is_kept_only_as_a_digest(room: Room) -> None:
    assert room.order(Verb.CHECK_IN, SEAT, text="document: X-1234 567")[SEAT].done
    assert room.order(Verb.CHECK_IN, SEAT, text="x1234567")[SEAT].done
    assert not room.order(Verb.CHECK_IN, SEAT, text="document: Y-1")[SEAT].done
    assert not [e for e in room.store.permits.acts() if "1234" in str(dict(e.details)) and "567" in str(e.details)]


def test_a_walk_in_is_found_by_number_and_late_comers_only_within_the_limits(room: Room) -> None:
    room.seat("B1")
    assert "Type the roll number" in room.order(Verb.CHECK_IN, "B1")["B1"].words
    assert room.order(Verb.CHECK_IN, "B1", text="roll: B-1043")["B1"].done
    assert (room.line("B1").candidate, room.line("B1").state) == ("Adeyemi, Ben", SeatState.READY)
    room.pass_time(181 * MINUTE)
    assert not room.order(Verb.CHECK_IN, SEAT)[SEAT].done


def test_an_incident_without_a_sitting_stands_in_the_books(room: Room) -> None:
    assert room.order(Verb.INCIDENT, SEAT, reason="other", text="spilt coffee")[SEAT].done
    (incident,) = room.needing("incident")
    assert (incident.words, incident.proposal_ms) == ("other: spilt coffee", None)
    assert [e.subject_id for e in books(room, verb="incident")] == [SEAT]


def test_an_incident_is_metered_until_the_candidate_works_again_and_credited_once(room: Room) -> None:
    seat = room.begin()
    room.order(Verb.INCIDENT, SEAT, reason="equipment", text="keyboard")
    for _ in range(24):
        room.pass_time(10_000, SEAT)
    (incident,) = room.needing("incident")
    assert (incident.proposal_ms, incident.is_over) == (4 * MINUTE, False)
    seat.tell(answered=1)
    room.look()
    room.pass_time(9_000, SEAT)
    again = room.needing("incident")[0]
    assert (again.proposal_ms, again.is_over) == (4 * MINUTE, True)
    assert room.order(Verb.CREDIT, SEAT, attention_id=incident.attention_id)[SEAT].done
    assert [(g.act, g.amount_ms, g.reason) for g in seat.grants][-1] == (Act.EXTEND, 4 * MINUTE, "equipment")
    assert room.needing("incident") == []
    with pytest.raises(Refused, match="settled"):
        room.order(Verb.CREDIT, SEAT, attention_id=incident.attention_id)


@pytest.mark.parametrize("reason", ["medical", "behaviour"])
def test_what_the_rule_does_not_give_back_needs_a_second_person(room: Room, reason: str) -> None:
    room.begin()
    room.order(Verb.INCIDENT, SEAT, reason=reason, text="x")
    room.pass_time(9_000, SEAT)
    (incident,) = room.needing("incident")
    assert incident.proposal_ms == (None if reason == "medical" else 0)
    wish: dict[str, Any] = {"attention_id": incident.attention_id, "amount_ms": MINUTE}
    with pytest.raises(Denied, match="second person"):
        room.order(Verb.CREDIT, SEAT, **wish)
    assert room.order(Verb.CREDIT, SEAT, **wish, second_pin=SECOND_PIN)[SEAT].done


def back(room: Room, stood_ms: int | None = 130_000, gap: int = 7, **told: Any) -> Any:
    """Let a seat be lost with its sitting open and come back with a gap; return what the board says of it."""
    seat = room.seats.get(SEAT) or room.begin()
    room.look()
    room.pass_time(130_000)
    assert room.line().state is SeatState.LOST
    seat.tell(gaps=(GapLine(gap=gap, ms=stood_ms),), **told)
    (found,) = room.needing("gap")
    return found


def test_a_lost_seat_that_is_back_proposes_what_its_cause_says_and_one_key_confirms_it(room: Room) -> None:
    found = back(room)
    assert (found.cause, found.proposal_ms, found.charge_ms) == ("equipment", 130_000, 0)
    outcome = room.order(Verb.CREDIT, SEAT, attention_id=found.attention_id)[SEAT]
    assert (outcome.done, outcome.words) == (True, "gap not charged")
    seat = room.seats[SEAT]
    (grant,) = seat.grants
    assert (grant.act, grant.gap, grant.amount_ms, grant.reason) == (Act.CHARGE_GAP, 7, 0, "equipment")
    assert room.needing("gap") == []  # the seat has not said yet that it is settled
    assert [e.details["ms"] for e in books(room, act="credit")] == ["130000"]
    with pytest.raises(Refused, match="settled"):
        room.order(Verb.CREDIT, SEAT, attention_id=found.attention_id)
    assert room.reopen().needing("gap") == []


def test_another_cause_charges_the_gap_and_stands_in_the_books(room: Room) -> None:
    found = back(room, stood_ms=None, boot_id="boot-2")
    assert room.order(Verb.CAUSE, SEAT, attention_id=found.attention_id, reason="candidate")[SEAT].done
    (found,) = room.needing("gap")
    assert (found.cause, found.proposal_ms, found.charge_ms) == ("candidate", 0, 130_000)
    assert room.order(Verb.CREDIT, SEAT, attention_id=found.attention_id)[SEAT].words == "gap charged"
    (grant,) = room.seats[SEAT].grants
    assert (grant.act, grant.gap, grant.amount_ms, grant.reason) == (Act.CHARGE_GAP, 7, 130_000, "candidate")
    (laid,) = books(room, verb="cause")
    assert (laid.who, laid.details["reason"], laid.details["seat"]) == ("proctor-1", "candidate", SEAT)
    words = [words for _, words in room.board.card(SEAT).events]
    assert any(w.startswith("laid to: candidate") for w in words)
    assert any(w.startswith("gap charged by 2 min: candidate") for w in words)
    newest = room.board.deeds()[0]
    assert (newest.words, newest.can_undo) == ("gap charged by 2 min 10 s: candidate", False)


@pytest.mark.parametrize("reason", ["nobody", ""])
def test_a_cause_that_is_none_changes_nothing(room: Room, reason: str) -> None:
    found = back(room)
    with pytest.raises(Refused):
        room.order(Verb.CAUSE, SEAT, attention_id=found.attention_id, reason=reason)
    assert room.needing("gap")[0].cause == "equipment"


def test_a_gap_is_laid_to_what_the_incident_before_it_was(room: Room) -> None:
    room.begin()
    room.order(Verb.INCIDENT, SEAT, reason="medical", text="fainted")
    found = back(room)
    assert (found.cause, found.proposal_ms, found.charge_ms) == ("unclear", None, None)
    with pytest.raises(Refused, match="does not say"):
        room.order(Verb.CREDIT, SEAT, attention_id=found.attention_id)


def test_who_only_takes_note_of_a_gap_leaves_it_uncharged_and_it_is_not_raised_again(room: Room) -> None:
    found = back(room)
    room.board.sign_in(PIN)
    room.board.acknowledge(found.attention_id)
    assert room.needing("gap") == []
    room = room.reopen()
    here = room.seat(SEAT)
    (progress,) = room.store.permits.all_progress()
    here.tell(submission_id=progress.submission_id, phase=Phase.RUNNING, gaps=(GapLine(gap=7, ms=130_000),))
    assert room.needing("gap") == []


CHARGES = {
    "nothing, for equipment": (130_000, {"reason": "equipment"}, 0),
    "all of it, for the candidate's own break": (130_000, {"reason": "rest break", "amount_ms": 130_000}, 130_000),
    "whole minutes of it": (130_000, {"reason": "rest break", "amount_ms": 2 * MINUTE}, 2 * MINUTE),
    "a part, by two": (
        130_000, {"reason": "rest break", "amount_ms": MINUTE, "second_pin": SECOND_PIN}, MINUTE,
    ),
    "a part, alone": (130_000, {"reason": "rest break", "amount_ms": MINUTE}, "second person"),
    "something, for equipment": (130_000, {"reason": "equipment", "amount_ms": MINUTE}, "second person"),
    "nobody knows why, alone": (130_000, {"reason": "other"}, "second person"),
    "nobody knows why, by two": (130_000, {"reason": "other", "second_pin": SECOND_PIN}, 0),
    "more than it lasted": (
        130_000, {"reason": "rest break", "amount_ms": 3 * MINUTE, "second_pin": SECOND_PIN}, "stood still for 2:10",
    ),
    "too short to be raised": (4_000, {"reason": "equipment"}, 0),
}  # fmt: skip


@pytest.mark.parametrize(("stood_ms", "wish", "found"), CHARGES.values(), ids=CHARGES)
def test_a_gap_is_settled_by_its_verb_as_the_rule_says_or_by_two(
    room: Room, stood_ms: int, wish: dict[str, Any], found: int | str
) -> None:
    seat = room.begin(gaps=(GapLine(gap=7, ms=stood_ms),))
    outcome = room.order(Verb.CHARGE_GAP, SEAT, **wish)[SEAT]
    if isinstance(found, str):
        assert (outcome.done, found in outcome.words, seat.grants) == (False, True, [])
        return
    assert outcome.done, outcome.words
    (grant,) = seat.grants
    assert (grant.act, grant.gap, grant.amount_ms, grant.who) == (Act.CHARGE_GAP, 7, found, "proctor-1")
    assert grant.second == ("proctor-2" if "second_pin" in wish else None)
    assert room.needing("gap") == []
    again = room.order(Verb.CHARGE_GAP, SEAT, **wish)[SEAT]
    assert (again.done, again.words) == (False, "There is no gap to settle at this seat.")


def test_gaps_are_settled_one_after_the_other_the_oldest_first(room: Room) -> None:
    seat = room.begin(gaps=(GapLine(gap=7, ms=20_000), GapLine(gap=9, ms=None)))
    for _ in range(2):
        assert room.order(Verb.CHARGE_GAP, SEAT, reason="power")[SEAT].done
    assert [g.gap for g in seat.grants] == [7, 9]


def test_a_meter_survives_the_hub(room: Room) -> None:
    room.begin()
    room.order(Verb.INCIDENT, SEAT, reason="power", text="dark")
    again = room.reopen()
    (kept,) = [a for a in again.room.watch.attentions._kept.values() if a.kind == "incident"]
    assert kept.meter is not None
    assert kept.meter.cause is Cause.HALL


@pytest.mark.parametrize(
    ("verb", "more", "undo"),
    [
        (Verb.PAUSE, {"reason": "power"}, Act.RESUME),
        (Verb.LOCK, {"reason": "other"}, Act.UNLOCK),
        (Verb.EXTEND, {"reason": "power", "amount_ms": MINUTE}, Act.TAKE_BACK),
    ],
)
def test_an_act_is_taken_back_once_by_another(room: Room, verb: Verb, more: dict[str, Any], undo: Act) -> None:
    seat = room.begin()
    room.order(verb, SEAT, **more)
    deed = room.board.deeds()[0]
    assert (deed.who, deed.seats, deed.can_undo) == ("Mbeki, Thandi", (SEAT,), True)
    assert room.order(Verb.UNDO, SEAT, attention_id=deed.act_id)[SEAT].done
    first, second = seat.grants
    assert second.act is undo
    assert second.note == (first.grant_id if undo is Act.TAKE_BACK else "")
    undone = {d.act_id: d for d in room.board.deeds()}[deed.act_id]
    assert not undone.can_undo
    with pytest.raises(Refused, match="has been already"):
        room.order(Verb.UNDO, SEAT, attention_id=deed.act_id)


def test_an_absence_is_taken_back(room: Room) -> None:
    room.order(Verb.ABSENT, OTHER)
    deed = room.board.deeds()[0]
    assert room.order(Verb.UNDO, OTHER, attention_id=deed.act_id)[OTHER].done
    assert attendance(room)["candidate-2"] is AttendanceState.EXPECTED


def test_what_cannot_be_taken_back_says_so(room: Room) -> None:
    room.begin()
    room.order(Verb.END, SEAT, reason="other", second_pin=SECOND_PIN)
    deed = room.board.deeds()[0]
    assert (deed.can_undo, deed.who) == (False, "Mbeki, Thandi with Lind, Per")
    with pytest.raises(Refused):
        room.order(Verb.UNDO, SEAT, attention_id=deed.act_id)


def test_a_message_reaches_its_seats(room: Room) -> None:
    seat = room.seat()
    found = room.order(Verb.MESSAGE, SEAT, OTHER, "Z9", text="Please wait.")
    assert {d.seats for d in room.board.deeds() if d.words == "told"} == {(SEAT, OTHER)}
    assert (found[SEAT].done, found["Z9"].done) == (True, False)
    assert seat.announced == ["Please wait."]
    with pytest.raises(Refused, match="some words"):
        room.order(Verb.MESSAGE, SEAT, text="  ")
    room.board.sign_in(PIN)
    room.board.announce("Ten minutes left.")
    assert seat.announced[-1] == "Ten minutes left."
    assert {a.text for a in room.board.announcements()} == {"Please wait.", "Ten minutes left."}


def test_a_seat_that_was_mended_is_resumed_before_it_tells_that_it_is_paused(room: Room) -> None:
    seat = room.begin()
    seat.answers = False
    assert room.order(Verb.PAUSE, SEAT, reason="equipment")[SEAT].done
    seat.answers = True
    seat.tell(phase=Phase.RUNNING)
    assert room.order(Verb.RESUME, SEAT)[SEAT].done
    assert [g.act for g in seat.grants] == [Act.PAUSE, Act.RESUME]


def test_what_a_seat_told_too_long_ago_refuses_no_resuming(room: Room) -> None:
    seat = room.begin()
    assert not room.order(Verb.RESUME, SEAT)[SEAT].done
    room.house.clock.advance(LOST_MS + 1)
    room.hub.presence.hear(SEAT, room.house.clock.now().boot_ms)
    assert room.order(Verb.RESUME, SEAT)[SEAT].done
    assert [g.act for g in seat.grants] == [Act.RESUME]


def test_an_order_for_one_seat_looks_at_that_seat_alone_before_it_is_carried_out(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    seat = room.begin("A12")
    room.begin("A13", "assignment-2")
    room.look()
    looked: list[int] = []
    real = room.room.watch.records.refresh
    monkeypatch.setattr(Records, "refresh", lambda records: looked.append(len(seat.grants)) or real())
    assert room.order(Verb.PAUSE, "A12", reason="power")["A12"].done
    assert looked == [1]  # the whole hall once, when the seat had its order already
    assert room.order(Verb.RESUME, "A12")["A12"].done
    assert looked == [1, 2]


def test_an_order_for_a_seat_where_something_was_begun_since_looks_at_the_hall(room: Room) -> None:
    room.look()
    room.begin("A12")
    assert room.order(Verb.PAUSE, "A12", reason="power")["A12"].done
