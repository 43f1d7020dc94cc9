"""What a console is told piece by piece is what it would have been told whole."""

import json
from dataclasses import replace

import pytest
from fake_board import FakeBoard
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.exam.error import Invalid
from kiosk.hall.console.ageing import Ageing, aged
from kiosk.hall.console.delta import DRIFT_MS, applied, board_of, difference, text_of
from kiosk.hall.hub.picture import Telling
from kiosk.views.board import Attention, BoardState, SeatLine, SeatState, Severity
from kiosk.wire.board import SeatChange
from kiosk.wire.console import HUB_TO_CONSOLE, BoardDelta, BoardMessage

MS = st.one_of(st.none(), st.integers(0, 20_000_000))
SOME_MS = st.integers(0, 20_000_000)
WORDS = st.one_of(st.none(), st.text(max_size=12))


@st.composite
def seat_lines(draw: st.DrawFn, seat: str) -> SeatLine:
    return SeatLine(
        seat=seat,
        row=draw(st.integers(0, 9)),
        column=draw(st.integers(0, 9)),
        state=draw(st.sampled_from(SeatState)),
        candidate=draw(WORDS),
        percent=draw(st.one_of(st.none(), st.integers(0, 100))),
        left_ms=draw(MS),
        since_ms=draw(SOME_MS),
        lag_ms=draw(MS),
        saved_ms=draw(MS),
        incidents=draw(st.integers(0, 3)),
        extended=draw(st.booleans()),
        central=draw(st.booleans()),
    )


@st.composite
def boards(draw: st.DrawFn) -> BoardState:
    items = [
        Attention(
            attention_id=f"a{n}",
            seat=draw(st.sampled_from([None, "A1", "A2"])),
            kind="lost",
            severity=draw(st.sampled_from(Severity)),
            words=draw(st.text(max_size=9)),
            age_ms=draw(SOME_MS),
            proposal_ms=draw(MS),
        )
        for n in range(draw(st.integers(0, 2)))
    ]
    base = FakeBoard(1, 1).state()
    seats = tuple(draw(seat_lines(name)) for name in ("A1", "A2", "A3"))
    return replace(base, seats=seats, attention=tuple(items), paused=draw(st.booleans()))


def over_the_wire(message: BoardMessage | BoardDelta) -> BoardMessage | BoardDelta:
    read = HUB_TO_CONSOLE.validate_json(text_of(message))
    assert isinstance(read, BoardMessage | BoardDelta)
    return read


def without_times(line: SeatLine) -> SeatLine:
    return replace(line, left_ms=None, since_ms=0, lag_ms=None, saved_ms=None)


def times(line: SeatLine) -> list[int | None]:
    return [line.left_ms, line.since_ms, line.lag_ms, line.saved_ms]


@given(board=boards())
def test_a_whole_state_comes_over_as_it_is(board: BoardState) -> None:
    message = over_the_wire(Telling().next(board, True))
    assert isinstance(message, BoardMessage)
    assert board_of(message.board) == board


@settings(max_examples=300)
@given(before=boards(), after=boards(), elapsed=st.integers(0, 100_000))
def test_a_delta_leads_to_the_new_state_but_for_less_than_a_second(
    before: BoardState, after: BoardState, elapsed: int
) -> None:
    delta, kept = difference(2, before, after, elapsed)
    read = over_the_wire(delta)
    assert isinstance(read, BoardDelta)
    reached = applied(before, read)
    assert reached == kept, "the hub knows exactly what the console has"
    assert [without_times(s) for s in reached.seats] == [without_times(s) for s in after.seats]
    assert (reached.counts, reached.paused, reached.clock) == (after.counts, after.paused, after.clock)
    assert [a.attention_id for a in reached.attention] == [a.attention_id for a in after.attention]
    for got, meant in zip(reached.seats, after.seats, strict=True):
        for a, b in zip(times(got), times(meant), strict=True):
            assert (a is None) == (b is None)
            assert a is None or b is None or (abs(a - b) <= DRIFT_MS and (a == 0) == (b == 0))


@given(board=boards(), steps=st.lists(st.integers(1, 3_000), min_size=1, max_size=8))
def test_a_hall_in_which_only_time_passes_tells_of_no_seat(board: BoardState, steps: list[int]) -> None:
    told, now = board, board
    for number, step in enumerate(steps):
        now = aged(now, step)
        delta, told = difference(number, told, now, step)
        assert delta.seats == ()
        assert delta.attention is None
    assert told == replace(now, clock=told.clock)


@given(board=boards(), off=st.integers(1, 300))
def test_small_errors_do_not_add_up(board: BoardState, off: int) -> None:
    """A clock that runs a little slower than the hub's own watch is told again before it is a second off."""
    told, now = board, board
    for number in range(12):
        now = aged(now, 1000 - off)
        _, told = difference(number, told, now, 1000)
        for got, meant in zip(told.seats, now.seats, strict=True):
            assert abs(got.since_ms - meant.since_ms) <= DRIFT_MS


def test_a_lost_seat_runs_and_a_paused_one_does_not() -> None:
    line = SeatLine(seat="A1", row=0, column=0, state=SeatState.LOST, left_ms=5_000, lag_ms=1_000, saved_ms=10)
    board = replace(FakeBoard(1, 1).state(), seats=(line, replace(line, seat="A2", state=SeatState.PAUSED)))
    lost, paused = aged(board, 7_000).seats
    assert (lost.left_ms, lost.since_ms, lost.lag_ms, lost.saved_ms) == (0, 7_000, 8_000, 7_010)
    assert (paused.left_ms, paused.since_ms) == (5_000, 7_000)


@pytest.mark.parametrize(
    ("clock", "ms", "later"),
    [("10:41:20", 999, "10:41:20"), ("10:41:59", 1_000, "10:42:00"), ("23:59:59", 2_000, "00:00:01"), ("", 5_000, "")],
)
def test_the_halls_clock_goes_on(clock: str, ms: int, later: str) -> None:
    assert aged(replace(FakeBoard(1, 1).state(), clock=clock), ms).clock == later


def test_a_delta_for_a_seat_that_is_not_there_is_refused() -> None:
    board = FakeBoard(1, 2).state()
    delta = BoardDelta(type="delta", number=2, elapsed_ms=0, clock=board.clock, seats=(SeatChange(seat="Z9"),))
    with pytest.raises(Invalid, match="Z9"):
        applied(board, delta)


def test_another_room_or_right_is_told_whole() -> None:
    telling, board = Telling(), FakeBoard(2, 2).state()
    told = [
        telling.next(board, False),
        telling.next(board, True),
        telling.next(board, True),
        telling.next(FakeBoard(2, 3).state(), True),
        telling.next(replace(FakeBoard(2, 3).state(), title="Chemistry"), True),
    ]
    assert [type(m) for m in told] == [BoardMessage, BoardMessage, BoardDelta, BoardMessage, BoardMessage]
    assert [m.number for m in told] == [1, 2, 3, 4, 5]


def test_a_state_kept_over_many_tellings_is_as_old_as_the_watch_says() -> None:
    now = 0.0
    kept = Ageing(FakeBoard(1, 1).state(), lambda: now)
    for _ in range(1000):
        now += 0.0014
        elapsed = kept.elapsed_ms()
        kept = kept.followed_by(aged(kept.told, elapsed), elapsed)
    assert kept.now().seats[0].since_ms - FakeBoard(1, 1).state().seats[0].since_ms == pytest.approx(1400, abs=1)


def test_what_is_told_stays_small() -> None:
    """Bytes a second before compression: nothing but time, a lively hall, and a hall in which everything changes."""
    for rows, seats in ((10, 250), (20, 500)):
        board = FakeBoard(rows, 25).trouble()
        told = board.state()
        quiet = text_of(difference(1, told, aged(told, 1000), 1000)[0])
        stirred = replace(
            aged(told, 1000),
            seats=tuple(replace(s, percent=(s.percent or 0) // 2 + 1, saved_ms=0) for s in told.seats),
        )
        everything = text_of(difference(1, told, stirred, 1000)[0])
        assert len(quiet) < 200
        assert len(json.loads(everything)["seats"]) == seats
        assert len(everything) < 120 * seats
