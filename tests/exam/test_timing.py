"""Time used and left, against an oracle that measures real intervals, and at every boundary of written-down tables."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from oracle import Oracle, common, measure, without
from timeline import (
    TICK,
    Act,
    Charge,
    Crash,
    Enter,
    Extend,
    HandIn,
    HonestSeat,
    Lock,
    Pause,
    Reopen,
    Resume,
    SetWallClock,
    Sleep,
    Stall,
    TakeBack,
    Unlock,
    Wait,
)

from builders import a_paper, a_section
from kiosk.exam.accommodation import Accommodation
from kiosk.exam.entry import Kind
from kiosk.exam.error import Invalid
from kiosk.exam.moment import Moment
from kiosk.exam.timing import STEP_LIMIT_MS, TICK_MS, Allowance, Ledger, allowance, ledger

MINUTE = 60_000
GIVEN = Allowance(4 * MINUTE, {"cells": 80_000, "genetics": 60_000})
"""Four minutes, two sections with clocks, and `writing`, which uses the test's."""
HOUR = Allowance(60 * MINUTE, {"cells": 20 * MINUTE, "genetics": 15 * MINUTE})
SECTIONS = ("cells", "genetics", "writing")
SPAN = st.integers(0, 40_000) | st.integers(0, 12).map(lambda n: n * TICK) | st.integers(0, 2 * MINUTE)
ACT = st.one_of(
    SPAN.map(Wait),
    SPAN.map(Wait),
    st.sampled_from([Pause(), Resume(), Lock(), Unlock(), HandIn(), Reopen()]),
    st.sampled_from([Enter(s) for s in (*SECTIONS, None)]),
    st.builds(Extend, st.integers(1, MINUTE), st.sampled_from([*SECTIONS, None]), st.sampled_from("abc")),
    st.builds(TakeBack, st.integers(1, MINUTE), st.sampled_from("abcd"), st.sampled_from("abcd")),
    st.builds(Crash, SPAN, st.booleans()),
    st.builds(Sleep, SPAN),
    st.builds(Stall, SPAN),
    st.builds(Charge, st.integers(0, 3), st.integers(0, MINUTE)),
    st.builds(SetWallClock, st.integers(-(10**11), 10**11)),
)
TIMELINE = st.lists(ACT, max_size=25).map(lambda acts: [Enter("cells"), *acts])


def lived(timeline: Sequence[Act]) -> tuple[Ledger, Moment]:
    """Return the ledger of the journal an honest seat writes of a timeline, and the moment after it."""
    seat = HonestSeat()
    moment = seat.live(*timeline)
    return ledger(GIVEN, seat.entries), moment


def test_the_seat_of_these_tests_ticks_as_the_rule_says() -> None:
    assert TICK == TICK_MS
    assert STEP_LIMIT_MS == 2 * TICK


@settings(max_examples=300, deadline=None)
@given(TIMELINE)
def test_the_fold_agrees_with_the_oracle_on_every_clock(timeline: list[Act]) -> None:
    agree(timeline)


@pytest.mark.slow
@pytest.mark.timeout(1_800)
@settings(max_examples=20_000, deadline=None)
@given(TIMELINE)
def test_the_fold_agrees_with_the_oracle_on_twenty_thousand_timelines(timeline: list[Act]) -> None:
    agree(timeline)


def agree(timeline: list[Act]) -> None:
    """Assert that fold and oracle say the same of every clock at the end of a timeline."""
    folded, moment = lived(timeline)
    oracle = Oracle(timeline)
    assert folded.left_ms(moment) == oracle.left_ms(GIVEN.test_ms)
    assert GIVEN.test_ms + folded.extended_ms - folded.balance_ms(moment) == oracle.used_ms()
    for section, given_ms in GIVEN.section_ms.items():
        assert folded.section_left_ms(section, moment) == oracle.section_left_ms(section, given_ms)
    assert folded.section_left_ms("writing", moment) is None


@settings(max_examples=200, deadline=None)
@given(TIMELINE)
def test_used_time_never_falls_and_left_time_is_never_below_zero(timeline: list[Act]) -> None:
    seat = HonestSeat()
    seat.live(*timeline)
    steps = [Ledger(GIVEN)]
    for entry in seat.entries:
        steps.append(steps[-1].after(entry))
    for (before, after), entry in zip(pairwise(steps), seat.entries, strict=True):
        assert before.used_ms <= after.used_ms
        assert before.extended_ms <= after.extended_ms or "undoes" in entry.body
        assert all(after.section_used_ms.get(s, 0) >= ms for s, ms in before.section_used_ms.items())
    for after, entry in zip(steps[1:], seat.entries, strict=True):
        moment = Moment(entry.at, entry.boot_id, entry.boot_ms)
        assert after.left_ms(moment) >= 0
        assert all((after.section_left_ms(s, moment) or 0) >= 0 for s in SECTIONS)


@settings(max_examples=200, deadline=None)
@given(TIMELINE)
def test_nobody_loses_time_and_each_standstill_gains_a_tick_at_most(timeline: list[Act]) -> None:
    oracle = Oracle(timeline)
    folded, moment = lived(timeline)
    used = GIVEN.test_ms + folded.extended_ms - folded.balance_ms(moment) - oracle.charged_ms()
    stopped = sum(isinstance(act, Crash | Sleep) for act in timeline)
    stalled = sum(isinstance(act, Stall) for act in timeline)
    assert oracle.worked_ms() - TICK * stopped <= used <= oracle.worked_ms() + 2 * TICK * stalled


@settings(max_examples=100, deadline=None)
@given(TIMELINE, st.lists(st.integers(-(10**11), 10**11), min_size=1, max_size=3), st.randoms())
def test_setting_the_wall_clock_changes_no_clock(timeline: list[Act], jumps: list[int], random: object) -> None:
    jumped = list(timeline)
    for ms in jumps:
        jumped.insert(random.randrange(len(jumped) + 1), SetWallClock(ms))
    oracle = Oracle([a for a in jumped if not isinstance(a, SetWallClock)])
    without_jumps = [a for a in timeline if not isinstance(a, SetWallClock)]
    assert oracle.end == Oracle(without_jumps).end
    seat = HonestSeat()
    for act in jumped:
        if isinstance(act, SetWallClock):
            seat.clock.step_wall(act.ms)
        else:
            seat.live(act)
    folded, moment = ledger(GIVEN, seat.entries), seat.clock.now()
    assert folded.left_ms(moment) == oracle.left_ms(GIVEN.test_ms)


@settings(max_examples=100, deadline=None)
@given(TIMELINE, st.data())
def test_the_clock_on_the_screen_agrees_between_entries_too(timeline: list[Act], data: st.DataObject) -> None:
    ms = data.draw(st.integers(0, TICK - 1))
    folded, _ = lived(timeline)
    seat = HonestSeat()
    seat.live(*timeline)
    since = seat.clock.boot_ms - seat.entries[-1].boot_ms
    later = seat.clock.advance(min(ms, TICK - 1 - since) if since < TICK else 0)
    expected = Oracle([*timeline, Wait(later.boot_ms - seat.entries[-1].boot_ms - since)])
    assert folded.left_ms(later) == expected.left_ms(GIVEN.test_ms)


WORK, REST, OVER = "work", "rest", "over"
"""What one clock does at an instant: runs, stands still, is at zero."""
TABLES = [
    ("an hour is an hour", [], 60, (WORK, 60, OVER)),
    ("a quarter more", [], 75, (WORK, 75, OVER)),
    ("a pause adds itself", [(10, Pause()), (25, Resume())], 60, (WORK, 10, REST, 25, WORK, 75, OVER)),
    ("a pause without an end", [(10, Pause())], 60, (WORK, 10, REST)),
    ("two pauses", [(1, Pause()), (2, Resume()), (4, Pause()), (8, Resume())], 60, (
        WORK, 1, REST, 2, WORK, 4, REST, 8, WORK, 65, OVER,
    )),
    ("a lock inside a pause", [(5, Pause()), (6, Lock()), (7, Resume()), (9, Unlock())], 60, (
        WORK, 5, REST, 9, WORK, 64, OVER,
    )),
    ("an extension in time", [(59, Extend(5 * MINUTE, None, "g"))], 60, (WORK, 65, OVER)),
    ("an extension after zero", [(62, Extend(5 * MINUTE, None, "g"))], 60, (WORK, 60, OVER, 62, WORK, 65, OVER)),
    ("one grant, told twice", [(5, Extend(5 * MINUTE, None, "g")), (6, Extend(5 * MINUTE, None, "g"))], 60, (
        WORK, 65, OVER,
    )),
    ("taken back", [(5, Extend(5 * MINUTE, None, "g")), (6, TakeBack(5 * MINUTE, "g", "h"))], 60, (WORK, 60, OVER)),
    ("taken back, told twice", [
        (5, Extend(5 * MINUTE, None, "g")), (6, TakeBack(2 * MINUTE, "g", "h")), (7, TakeBack(2 * MINUTE, "g", "i")),
    ], 60, (WORK, 63, OVER)),
    ("taken back, never given", [(6, TakeBack(5 * MINUTE, "g", "h"))], 60, (WORK, 60, OVER)),
    ("two grants", [(5, Extend(5 * MINUTE, None, "g")), (6, Extend(5 * MINUTE, None, "h"))], 60, (WORK, 70, OVER)),
    ("a crash, not charged", [(10, Crash(30 * MINUTE, False))], 60, (WORK, 10, None, 40, WORK, 90, OVER)),
    ("a crash, charged in part", [(10, Crash(30 * MINUTE, False)), (45, Charge(0, 5 * MINUTE))], 60, (
        WORK, 10, None, 40, WORK, 85, OVER,
    )),
    ("a new start of the machine", [(10, Crash(30 * MINUTE, True))], 60, (WORK, 10, None, 40, WORK, 90, OVER)),
    ("a sleep in a pause", [(10, Pause()), (20, Sleep(30 * MINUTE)), (55, Resume())], 60, (
        WORK, 10, REST, 20, None, 50, REST, 55, WORK, 105, OVER,
    )),
    ("handed in and reopened", [(20, HandIn()), (30, Reopen())], 60, (WORK, 20, REST, 30, WORK, 70, OVER)),
]  # fmt: skip


@pytest.mark.parametrize(("acts", "minutes", "table"), [t[1:] for t in TABLES], ids=[t[0] for t in TABLES])
def test_the_clock_of_the_test_at_every_boundary(
    acts: list[tuple[int, Act]], minutes: int, table: tuple[str | int | None, ...]
) -> None:
    given = Allowance(minutes * MINUTE, {})
    for at, phase in _samples(table):
        seat = HonestSeat()
        moment = seat.live(*_until(acts, at))
        folded = ledger(given, seat.entries)
        assert _phase(folded, folded.left_ms(moment)) == phase, f"{at / MINUTE} minutes after the opening"


SECTION_TABLES = [
    ("its own twenty minutes", [], (WORK, 20, OVER)),
    ("left and entered again", [(3, Enter("genetics")), (8, Enter("cells"))], (
        WORK, 3, REST, 8, WORK, 25, OVER,
    )),
    ("left for good", [(3, Enter("writing"))], (WORK, 3, REST)),
    ("a pause stops it too", [(5, Pause()), (15, Resume())], (WORK, 5, REST, 15, WORK, 30, OVER)),
    ("an extension while in it", [(5, Extend(5 * MINUTE, None, "g"))], (WORK, 25, OVER)),
    ("an extension while in another", [
        (5, Enter("genetics")), (6, Extend(5 * MINUTE, None, "g")), (10, Enter("cells")),
    ], (WORK, 5, REST, 10, WORK, 25, OVER)),
    ("an extension that names it", [
        (5, Enter("genetics")), (6, Extend(5 * MINUTE, "cells", "g")), (10, Enter("cells")),
    ], (WORK, 5, REST, 10, WORK, 30, OVER)),
    ("an extension after its end", [(22, Extend(5 * MINUTE, "cells", "g"))], (WORK, 20, OVER, 22, WORK, 25, OVER)),
    ("a gap charged to it later", [
        (5, Crash(10 * MINUTE, False)), (16, Enter("genetics")), (17, Charge(0, 2 * MINUTE)), (20, Enter("cells")),
    ], (WORK, 5, None, 15, WORK, 16, REST, 20, WORK, 32, OVER)),
]  # fmt: skip


@pytest.mark.parametrize(("acts", "table"), [t[1:] for t in SECTION_TABLES], ids=[t[0] for t in SECTION_TABLES])
def test_the_clock_of_a_section_at_every_boundary(
    acts: list[tuple[int, Act]], table: tuple[str | int | None, ...]
) -> None:
    for at, phase in _samples(table):
        seat = HonestSeat()
        seat.live(Enter("cells"))
        moment = seat.live(*_until(acts, at))
        folded = ledger(HOUR, seat.entries)
        left = folded.section_left_ms("cells", moment)
        found = REST if folded.section != "cells" else _phase(folded, left)
        assert found == phase, f"{at / MINUTE} minutes after the opening"


@pytest.mark.parametrize(
    ("given", "limit_ms", "test", "cells"),
    [
        (Accommodation(), None, 60, 20),
        (Accommodation(25), None, 75, 25),
        (Accommodation(50), None, 90, 30),
        (Accommodation(100), None, 120, 40),
        (Accommodation(0, 10 * MINUTE), None, 70, 20),
        (Accommodation(25, 10 * MINUTE), None, 85, 25),
        (Accommodation(25), 30 * MINUTE, 30, 25),
        (Accommodation(), 90 * MINUTE, 60, 20),
        (Accommodation(), 0, 0, 20),
        (Accommodation(), -1, 0, 20),
    ],
)
def test_what_a_person_is_given(given: Accommodation, limit_ms: int | None, test: int, cells: int) -> None:
    paper = a_paper(
        sections=(a_section("cells", duration=20), a_section("free", section_order=2, duration=None)),
        duration=60,
    )
    assert allowance(paper, given, limit_ms) == Allowance(test * MINUTE, {"cells": cells * MINUTE})


@given(st.integers(1, 600), st.integers(0, 300))
def test_percent_is_exact(minutes: int, percent: int) -> None:
    given = allowance(a_paper(duration=minutes), Accommodation(percent))
    assert given.test_ms * 100 == minutes * MINUTE * (100 + percent)


@pytest.mark.parametrize("fields", [(-1, 0), (301, 0), (0, -1), (0, 24 * 60 * MINUTE + 1)])
def test_extra_time_has_bounds(fields: tuple[int, int]) -> None:
    with pytest.raises(Invalid, match="extra"):
        Accommodation(*fields)


@pytest.mark.parametrize(
    ("silence", "charged"),
    [(0, 0), (1, 1), (4_999, 4_999), (9_999, 9_999), (10_000, 10_000), (10_001, 10_000), (10**9, 10_000)],
)
def test_no_silence_costs_more_than_two_ticks(silence: int, charged: int) -> None:
    folded, moment = lived([Stall(silence)])
    assert folded.used_ms == charged
    assert folded.left_ms(moment) == GIVEN.test_ms - charged


def test_a_boot_clock_that_runs_backwards_charges_nothing_twice() -> None:
    seat = HonestSeat()
    seat.live(Wait(TICK))
    back = replace(seat.entries[-1], seq=2, boot_ms=seat.entries[0].boot_ms)
    again = replace(seat.entries[-1], seq=3)
    assert ledger(GIVEN, [*seat.entries, back, again]).used_ms == TICK


def test_a_move_to_another_seat_is_not_charged_even_on_one_machine() -> None:
    seat = HonestSeat()
    moment = seat.live(Wait(TICK + 3_000))
    moved = replace(seat.entries[-1], seq=2, kind=Kind.MOVED, boot_ms=moment.boot_ms)
    assert ledger(GIVEN, [*seat.entries, moved]).used_ms == TICK


def test_a_gap_is_charged_once_and_to_the_section_it_fell_in() -> None:
    folded, _ = lived(
        [Enter("cells"), Crash(MINUTE, True), Enter("genetics"), Charge(0, 7_000), Charge(0, 9_000), Charge(5, 1)]
    )
    (gap,) = folded.gaps.values()
    assert (gap.ms, gap.section, gap.charged_ms) == (None, "cells", 7_000)
    assert (folded.used_ms, folded.section_used_ms) == (7_000, {"cells": 7_000})


def test_charging_more_than_was_left_ends_below_zero_and_shows_zero() -> None:
    folded, moment = lived([Wait(3 * MINUTE), Crash(10 * MINUTE, False), Charge(0, 5 * MINUTE)])
    assert (folded.balance_ms(moment), folded.left_ms(moment)) == (-4 * MINUTE, 0)


def test_intervals_are_measured_as_sets() -> None:
    assert without([(0, 10)], [(2, 4), (3, 6), (9, 12)]) == [(0, 2), (6, 9)]
    assert common([(0, 5), (7, 9)], [(3, 8)]) == [(3, 5), (7, 8)]
    assert measure([(0, 5), (3, 8), (10, 11)]) == 9


def _phase(folded: Ledger, left_ms: int | None) -> str:
    if not folded.running:
        return REST
    return OVER if left_ms == 0 else WORK


def _samples(table: tuple[str | int | None, ...]) -> list[tuple[int, str]]:
    """Return instants within each phase of a table, dense at its bounds, in milliseconds after the opening."""
    phases, bounds = table[::2], [0, *(int(b) * MINUTE for b in table[1::2] if b is not None), 130 * MINUTE]
    return [
        (at, phase)
        for phase, (start, end) in zip(phases, pairwise(bounds), strict=True)
        if isinstance(phase, str)
        for at in sorted({start, start + 1, start + TICK - 1, start + TICK, (start + end) // 2, end - TICK, end - 1})
        if start <= at < end
    ]


def _until(acts: list[tuple[int, Act]], at: int) -> list[Act]:
    """Return the acts of a table that happen up to an instant, with the waiting between them."""
    timeline: list[Act] = []
    now = 0
    for minute, act in acts:
        if minute * MINUTE > at:
            break
        timeline += [Wait(minute * MINUTE - now), act]
        now = minute * MINUTE + (act.ms if isinstance(act, Crash | Sleep) else 0)
    return [*timeline, Wait(at - now)]
