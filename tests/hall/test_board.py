"""The hall's board: each seat's letter, what needs a person, the numbers, and nothing that anybody answered."""

from dataclasses import asdict, replace
from pathlib import Path

import pytest

from boardroom import MINUTE, Room, a_room
from builders import NOON
from house import PIN, SEAT, a_hall_roster
from kiosk.exam.attempt import Phase
from kiosk.exam.error import Denied, Invalid, Refused
from kiosk.hall.board.plan import Spot, laid_out, read_plan
from kiosk.views.board import SeatState, Severity, SignedOut
from kiosk.views.order import Verb
from kiosk.views.preflight import Fitness
from kiosk.wire.hub import GapLine
from queries import counted


@pytest.fixture
def room(tmp_path: Path) -> Room:
    return a_room(tmp_path)


def test_a_seat_goes_through_its_states(room: Room) -> None:
    assert (room.line().state, room.line().candidate) == (SeatState.EMPTY, "Okafor, Anna")
    seat = room.seat(candidate_id="candidate-1")
    assert room.line().state is SeatState.READY
    room.begin(answered=2)
    line = room.line()
    assert (line.state, line.percent, line.test, line.left_ms) == (SeatState.WORKING, 25, "Biology II", 60 * MINUTE)
    for phase, state in (
        (Phase.PAUSED, SeatState.PAUSED), (Phase.LOCKED, SeatState.LOCKED), (Phase.HANDED_IN, SeatState.HANDED_IN),
        (Phase.SEALED, SeatState.SEALED),
    ):  # fmt: skip
        seat.tell(phase=phase)
        assert room.line().state is state
    assert room.line("A13").state is SeatState.EMPTY


def test_a_seat_is_lost_after_ten_seconds_without_a_word_and_found_by_the_next(room: Room) -> None:
    seat = room.begin()
    room.pass_time(10_000)
    assert room.line().state is SeatState.WORKING
    room.pass_time(1)
    assert (room.line().state, room.line().lag_ms) == (SeatState.LOST, 10_001)
    (lost,) = room.needing("lost")
    assert (lost.seat, lost.severity, lost.is_over) == (SEAT, Severity.ALARM, False)
    seat.tell()
    assert room.line().state is SeatState.WORKING
    (over,) = room.needing("lost")
    assert (over.attention_id, over.is_over) == (lost.attention_id, True)


def test_a_seat_at_which_nobody_is_signed_in_is_not_lost(room: Room) -> None:
    room.seat("A13")
    room.pass_time(60_000)
    assert room.line("A13").state is SeatState.EMPTY
    assert room.needing("lost") == []


def test_lag_is_the_age_of_the_oldest_entry_the_hall_does_not_hold(room: Room) -> None:
    seat = room.begin(seq=3)
    room.hold(seq=3)
    assert room.line().lag_ms == 0
    seat.tell(seq=5)
    room.look()
    room.pass_time(2_000)
    assert room.line().lag_ms == 2_000
    room.hold(seq=4)
    seat.tell(seq=6)
    room.look()
    room.pass_time(1_000)
    assert room.line().lag_ms == 1_000
    room.hold(seq=6)
    assert room.line().lag_ms == 0
    assert room.line("A13").lag_ms is None


def test_time_left_is_reckoned_on_between_two_words_and_stands_still_while_paused(room: Room) -> None:
    seat = room.begin()
    room.pass_time(3_000)
    assert (room.line().left_ms, room.line().saved_ms) == (60 * MINUTE - 3_000, 3_000)
    seat.tell(phase=Phase.PAUSED, left_ms=60 * MINUTE - 3_000)
    room.look()
    room.pass_time(3_000)
    assert (room.line().left_ms, room.line().since_ms) == (60 * MINUTE - 3_000, 3_000)


def test_what_needs_somebody_ages_until_it_is_acknowledged_and_comes_back_when_it_is_graver(room: Room) -> None:
    seat = room.begin()
    room.board.sign_in(PIN)
    seat.tell(free_bytes=300 * 2**20)
    (disk,) = room.needing("disk")
    assert disk.severity is Severity.WARN
    room.pass_time(5_000, SEAT)
    assert room.needing("disk")[0].age_ms == 5_000
    room.board.acknowledge(disk.attention_id)
    assert room.needing("disk") == []
    with pytest.raises(Refused):
        room.board.acknowledge(disk.attention_id)
    seat.tell(free_bytes=50 * 2**20)
    (graver,) = room.needing("disk")
    assert (graver.severity, graver.attention_id == disk.attention_id) == (Severity.ALARM, False)


def test_attention_survives_the_hub_and_what_was_acknowledged_stays_so(room: Room) -> None:
    room.begin(hand=True, failure="disk full")
    room.board.sign_in(PIN)
    room.board.acknowledge(room.needing("hand")[0].attention_id)
    (save,) = room.needing("save")
    again = room.reopen()
    assert [a.attention_id for a in again.look().attention if a.kind == "save"] == [save.attention_id]
    again.seat(hand=True)
    assert again.needing("hand") == []


@pytest.mark.parametrize(
    ("kind", "told", "severity"),
    [
        ("hand", {"hand": True}, Severity.WARN),
        ("save", {"failure": "the disk is full"}, Severity.ALARM),
        ("disk", {"free_bytes": 99 * 2**20}, Severity.ALARM),
        ("clock", {"skew_ms": 200_000}, Severity.NOTE),
        ("slow", {"unsaved": 1, "saved_at": "2031-05-06T11:59:54.000Z"}, Severity.NOTE),
        ("slow", {"unsaved": 1, "saved_at": "2031-05-06T11:59:49.000Z"}, Severity.WARN),
        ("slow", {"unsaved": 0, "saved_at": "2031-05-06T11:59:44.000Z"}, Severity.ALARM),
    ],
)
def test_what_a_seat_tells_of_itself_raises_attention(
    room: Room, kind: str, told: dict[str, object], severity: Severity
) -> None:
    seat = room.begin()
    assert room.needing(kind) == []
    seat.tell(**told)
    assert [a.severity for a in room.needing(kind)] == [severity]


def test_a_seat_at_rest_is_not_slow(room: Room) -> None:
    room.begin().tell(unsaved=0, saved_at="2031-05-06T11:59:49.000Z")
    assert room.needing("slow") == []


def test_who_has_not_begun_after_the_start_stands_in_the_list_until_they_do(room: Room) -> None:
    room.pass_time(5 * MINUTE)
    assert {a.seat for a in room.needing("not begun")} == {"A12", "A13"}
    room.begin()
    assert {a.seat for a in room.needing("not begun") if not a.is_over} == {"A13"}


def test_a_gap_is_said_once_and_is_over_when_it_is_settled_at_the_seat(room: Room) -> None:
    seat = room.begin()
    room.look()
    seat.tell(boot_id="boot-2", gaps=(GapLine(gap=7, ms=None),))
    assert [(a.severity, a.is_over) for a in room.needing("gap")] == [(Severity.WARN, False)]
    assert [a.is_over for a in room.needing("gap")] == [False]
    seat.tell(gaps=())
    assert [a.is_over for a in room.needing("gap")] == [True]


def test_what_the_hub_notices_is_raised(room: Room) -> None:
    room.room.watch._notices("A12", "contradiction", "two journals")
    assert [(a.severity, a.words) for a in room.needing("contradiction")] == [(Severity.ALARM, "two journals")]


def test_what_is_noticed_again_and_again_is_one_thing_that_needs_somebody(room: Room) -> None:
    notice = room.room.watch._notices
    for _ in range(3):
        notice("A12", "contradiction", "a frame cannot be read")
        room.look()
        room.pass_time(10_000)
    notice("A12", "contradiction", "two journals")
    notice("A13", "contradiction", "a frame cannot be read")
    told = {a.seat: a.words for a in room.needing("contradiction")}
    assert told == {"A12": "a frame cannot be read · two journals", "A13": "a frame cannot be read"}
    assert len(room.needing("contradiction")) == 2


def test_what_somebody_took_note_of_comes_again_only_after_a_while_or_in_other_words(room: Room) -> None:
    notice = room.room.watch._notices
    notice("A12", "contradiction", "a frame cannot be read")
    (one,) = room.needing("contradiction")
    room.board.sign_in(PIN)
    room.board.acknowledge(one.attention_id)
    notice("A12", "contradiction", "a frame cannot be read")
    assert room.needing("contradiction") == []
    notice("A12", "contradiction", "two journals")
    assert [a.words for a in room.needing("contradiction")] == ["two journals"]
    room.pass_time(6 * MINUTE)
    notice("A12", "contradiction", "a frame cannot be read")
    assert [a.words for a in room.needing("contradiction")] == ["two journals · a frame cannot be read"]


def test_the_numbers(room: Room) -> None:
    assert asdict(room.look().counts) | {"expected": 2, "present": 0} == asdict(room.look().counts)
    seat = room.begin()
    counts = room.look().counts
    assert (counts.present, counts.working, counts.handed_in) == (1, 1, 0)
    seat.tell(phase=Phase.HANDED_IN)
    assert (room.look().counts.working, room.look().title, room.look().hall) == (0, "Biology II", room.keys.hall)


def test_acknowledging_and_announcing_need_who_is_signed_in(room: Room) -> None:
    for ask in (lambda: room.board.acknowledge("x"), lambda: room.board.announce("Ten minutes left.")):
        with pytest.raises(SignedOut):
            ask()
    with pytest.raises(Denied):
        room.board.sign_in("000000")
    assert room.board.sign_in(PIN) == "Mbeki, Thandi"
    room.board.sign_out()
    with pytest.raises(SignedOut):
        room.board.acknowledge("x")


def test_a_listener_is_told_each_look(room: Room) -> None:
    told: list[str] = []
    room.board.listen(lambda state: told.append(state.clock))
    room.room.watch.look()
    room.pass_time(1_000)
    room.room.watch.look()
    assert told == ["12:00:00", "12:00:01"]


def test_a_card_tells_times_levels_and_acts_and_nothing_else(room: Room) -> None:
    room.begin(answered=3, section="Cells", used_ms=5_000)
    room.order(Verb.PAUSE, SEAT, reason="power")
    room.order(Verb.INCIDENT, SEAT, reason="equipment", text="the lamp")
    room.look()
    card = room.board.card(SEAT)
    assert (card.candidate, card.answered, card.questions, card.section) == ("Okafor, Anna", 3, 8, "Cells")
    assert (card.state, card.paper) == (SeatState.PAUSED, room.house.paper.digest[:8])
    words = [words for _, words in card.events]
    assert "paused: power (Mbeki, Thandi)" in words
    assert [words for _, words in card.incidents] == ["equipment: the lamp"]
    with pytest.raises(Refused, match="Nobody sits"):
        room.board.card("Z9")


def test_preflight_says_what_keeps_a_seat_and_the_hall_from_going(room: Room) -> None:
    room.seat("A12")
    room.seat("A13", free_bytes=1, papers=(), build="older", has_fonts=False, is_locked_down=False)
    found = room.board.preflight()
    by_seat = {s.seat: s for s in found.seats}
    assert by_seat["A12"].fitness is Fitness.GO
    wrong = {c.name for c in by_seat["A13"].checks if c.fitness is Fitness.NO_GO}
    assert wrong == {"paper", "disk", "build", "fonts", "lockdown"}
    assert {c.name: c.fitness for c in found.hall if c.name != "disk"} == dict.fromkeys(
        ("packages", "release", "sessions", "clock", "certificate"), Fitness.GO
    )
    assert not found.is_go


def test_a_seat_never_heard_of_is_not_known_and_a_spare_holds_nobody_up(room: Room) -> None:
    room.seat("B1", free_bytes=1)
    found = {s.seat: s for s in room.board.preflight().seats}
    assert {c.fitness for c in found["A12"].checks} == {Fitness.NO_GO, Fitness.UNKNOWN}
    assert (found["B1"].is_spare, found["A12"].is_spare) == (True, False)


def test_an_unreleased_paper_and_a_shut_session_are_no_go(tmp_path: Path) -> None:
    room = a_room(tmp_path, released=False)
    assert {c.name for c in room.board.preflight().hall if c.fitness is Fitness.NO_GO} - {"disk"} == {"release"}


def test_closeout_tells_every_row_and_what_is_missing(room: Room) -> None:
    room.begin()
    room.order(Verb.ABSENT, "A13")
    lines = {line.roll_number: line for line in room.board.closeout().lines}
    assert (lines["B-1042"].at_seat, lines["B-1042"].missing != "") == ("in progress", True)
    assert (lines["B-1043"].attendance, lines["B-1043"].missing) == ("absent", "")
    assert not room.board.closeout().is_explained


def test_a_plan_lays_seats_out_by_name() -> None:
    assert laid_out(["A1", "B2", "a-3"]) == {"A1": Spot(0, 0), "a-3": Spot(0, 2), "B2": Spot(1, 1)}
    spots = laid_out(["A1", "A01", "lab", "C2"])
    assert len(set(spots.values())) == 4
    assert spots["A1"] == Spot(0, 0) or spots["A01"] == Spot(0, 0)
    assert all(spots[odd].row == 3 for odd in ("lab",))
    assert laid_out(["A1"], {"A1": Spot(4, 5)}) == {"A1": Spot(4, 5)}


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ({}, {"gaps": (GapLine(gap=7, ms=69_000),)}, ["stood still for 1:09"]),  # the program was started again
        ({}, {"gaps": (GapLine(gap=7, ms=None),), "boot_id": "boot-2"}, ["stood still for 1:10"]),  # as the hall saw
        (
            {},
            {"gaps": (GapLine(gap=5, ms=None), GapLine(gap=7, ms=None))},
            ["stood still, nobody could measure", "stood still for 1:10"],
        ),  # the hall saw the newest only
        ({}, {"gaps": (GapLine(gap=7, ms=9_999),)}, []),  # not worth a look
        ({}, {"used_ms": 70_000, "left_ms": 59 * MINUTE}, []),  # only the line was cut: the candidate worked on
        ({"phase": Phase.PAUSED}, {"phase": Phase.RUNNING}, []),  # it stood anyway
    ],
)
def test_a_lost_seat_that_comes_back_says_how_long_its_sitting_stood_still(
    room: Room, before: dict, after: dict, words: list[str]
) -> None:
    seat = room.begin(**before)
    room.look()
    room.pass_time(20_000)
    assert room.line().state is SeatState.LOST
    room.pass_time(50_000)
    seat.tell(**after)
    assert room.line().state is SeatState.WORKING
    for _ in range(2):
        found = sorted(a.words for a in room.needing("gap"))
        assert [told[: len(w)] for told, w in zip(found, sorted(words), strict=True)] == sorted(words)


@pytest.mark.parametrize("text", ["x\n", "seat,row,column\nA1,0,1\n", "seat,row,column\nA1,1,1\nA2,1,1\n",
                                  "seat,row,column\nA1,1,1\nA1,2,2\n", "seat,row,column\nA1,1\n",
                                  "seat,row,column\nA1,1,9999\n"])  # fmt: skip
def test_a_wrong_plan_is_refused_by_its_line(tmp_path: Path, text: str) -> None:
    (tmp_path / "seats.csv").write_text(text)
    with pytest.raises(Invalid, match=r"seats\.csv"):
        read_plan(tmp_path / "seats.csv")


def test_a_plan_is_read(tmp_path: Path) -> None:
    (tmp_path / "seats.csv").write_text("Seat,Row,Column\nA1,2,3\n\n")
    assert read_plan(tmp_path / "seats.csv") == {"A1": Spot(1, 2)}
    assert read_plan(tmp_path / "none.csv") == {}


def test_five_hundred_seats_are_looked_at_with_the_queries_of_five(room: Room) -> None:
    took = {}
    for number in range(500):
        room.seat(f"{chr(65 + number // 25)}{number % 25 + 1}")
        if number + 1 in (5, 500):
            room.look()
            room.pass_time(1_000)
            with counted() as asked:
                room.room.watch.look()
            took[number + 1] = len(asked)
    assert 0 < took[500] == took[5] < 30


def test_two_sessions_of_the_hour_are_shown_together(tmp_path: Path) -> None:
    roster = a_hall_roster()
    (session,) = roster.sessions
    other = replace(session, session_id="session-2", title="Second")
    seatings = (roster.seatings[0], replace(roster.seatings[1], session_id="session-2"))
    room = a_room(tmp_path, replace(roster, sessions=(session, other), seatings=seatings))
    assert room.look().counts.expected == 2
    assert room.house.clock.at == NOON
    assert {line.seat for line in room.look().seats} == {"A12", "A13"}
