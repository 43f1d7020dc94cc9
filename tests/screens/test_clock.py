"""Times in words, and the moment a warning falls due."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from screens.clock import MINUTE_MS, clock_text, wall_text, warning_due, warning_words


@pytest.mark.parametrize(
    ("ms", "words"),
    [
        (0, "0:00"),
        (-5, "0:00"),
        (1, "0:01"),
        (59_000, "0:59"),
        (59_001, "1:00"),
        (60_000, "1:00"),
        (3_599_999, "1:00:00"),
        (6_127_000, "1:42:07"),
        (36_000_000, "10:00:00"),
    ],
)
def test_a_begun_second_counts_as_one(ms: int, words: str) -> None:
    assert clock_text(ms) == words


def test_wall_time_is_the_hall_s_clock() -> None:
    assert wall_text("2031-05-06T10:41:02.500Z") == "10:41:02"


MINUTES = (15, 5, 1)


@pytest.mark.parametrize(
    ("before", "now", "due"),
    [
        (15 * MINUTE_MS + 1, 15 * MINUTE_MS, 15),
        (15 * MINUTE_MS, 15 * MINUTE_MS - 1_000, None),
        (16 * MINUTE_MS, 14 * MINUTE_MS, 15),
        (16 * MINUTE_MS, 30_000, 1),
        (4 * MINUTE_MS, 6 * MINUTE_MS, None),
        (6 * MINUTE_MS, 5 * MINUTE_MS, 5),
    ],
)
def test_a_warning_falls_due_when_its_minute_is_crossed(before: int, now: int, due: int | None) -> None:
    assert warning_due(before, now, MINUTES) == due


@given(st.lists(st.integers(1, 20_000), min_size=200, max_size=200))
def test_a_clock_that_runs_down_warns_of_each_minute_once_at_most(steps: list[int]) -> None:
    left, warned = 20 * MINUTE_MS, []
    for step in steps:
        warning = warning_due(left, max(0, left - step), MINUTES)
        left = max(0, left - step)
        if warning is not None:
            warned.append(warning)
    assert warned == [m for m in MINUTES if left <= m * MINUTE_MS]


def test_one_minute_is_singular() -> None:
    assert warning_words(1, "in Cells") == "1 minute left in Cells."
    assert warning_words(5, "in the test") == "5 minutes left in the test."
