"""Moments: one spelling of wall time, and what a seat makes of two of them."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders import FakeClock, a_clock
from kiosk.exam.entry import Kind
from kiosk.exam.interruption import WALL_STEP_MS, gap_at_restart, gap_at_wake, wall_step
from kiosk.exam.moment import iso, parse_iso
from kiosk.exam.sitting import Step

IST = timezone(timedelta(hours=5, minutes=30))


@pytest.mark.parametrize(
    ("when", "written"),
    [
        (datetime(2031, 5, 6, 12, 0, tzinfo=UTC), "2031-05-06T12:00:00.000Z"),
        (datetime(2031, 5, 6, 12, 0, 0, 999_999, tzinfo=UTC), "2031-05-06T12:00:00.999Z"),
        (datetime(2031, 5, 6, 1, 0, tzinfo=IST), "2031-05-05T19:30:00.000Z"),
    ],
)
def test_a_time_has_one_spelling(when: datetime, written: str) -> None:
    assert iso(when) == written
    assert iso(parse_iso(written)) == written


@given(st.datetimes(min_value=datetime(1970, 1, 1), max_value=datetime(2200, 1, 1), timezones=st.just(UTC)))
def test_a_time_reads_back_to_the_millisecond(when: datetime) -> None:
    assert timedelta(0) <= when - parse_iso(iso(when)) < timedelta(milliseconds=1)


def test_a_time_without_a_zone_is_none() -> None:
    with pytest.raises(ValueError, match="without a zone"):
        iso(datetime(2031, 5, 6))
    for text in ("2031-05-06T12:00:00", "noon"):
        with pytest.raises(ValueError):
            parse_iso(text)


def test_a_restart_within_one_boot_is_measured_and_a_reboot_is_not() -> None:
    clock = a_clock()
    last = clock.now()
    assert gap_at_restart(last, clock.advance(42_000)) == Step(Kind.GAP, {"cause": "restart", "ms": 42_000})
    clock.step_wall(-(10**9))
    assert gap_at_restart(last, clock.now()).body["ms"] == 42_000
    assert gap_at_restart(last, clock.reboot()) == Step(Kind.GAP, {"cause": "reboot", "ms": None})


@pytest.mark.parametrize(("silent", "gap"), [(0, None), (10_000, None), (10_001, 10_001), (3_600_000, 3_600_000)])
def test_more_than_two_ticks_of_silence_is_a_sleep(silent: int, gap: int | None) -> None:
    clock = a_clock()
    last = clock.now()
    expected = None if gap is None else Step(Kind.GAP, {"cause": "suspend", "ms": gap})
    assert gap_at_wake(last, clock.advance(silent)) == expected
    assert gap_at_wake(last, clock.reboot()) is None


@pytest.mark.parametrize("sign", [1, -1])
def test_a_set_wall_clock_is_noticed_beyond_two_seconds(sign: int) -> None:
    for passed in (0, 7_000):
        clock = a_clock()
        last = clock.now()
        clock.advance(passed)
        assert wall_step(last, clock.now()) is None
        assert wall_step(last, clock.step_wall(sign * WALL_STEP_MS)) is None
        assert wall_step(last, clock.step_wall(sign)) == Step(Kind.CLOCK_STEPPED, {"ms": sign * (WALL_STEP_MS + 1)})


def test_across_a_reboot_no_step_can_be_told() -> None:
    clock: FakeClock = a_clock()
    last = clock.now()
    clock.step_wall(10**9)
    assert wall_step(last, clock.reboot()) is None
