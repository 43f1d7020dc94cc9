"""A wish is shown until the desk has answered it, in whatever order answers are heard."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import screens.wish
from screens.wish import Wishes


def told(*values: str) -> Wishes[str]:
    wishes: Wishes[str] = Wishes()
    for value in values:
        wishes.settle("q", value)
    return wishes


def test_without_a_wish_what_the_desk_says_is_shown() -> None:
    assert told().settle("q", "a") == "a"


def test_a_wish_is_shown_until_it_is_answered() -> None:
    wishes = told("a")
    wishes.ask("q", "b")
    assert wishes.settle("q", "a") == "b"
    assert wishes.settle("q", "b") == "b"
    assert wishes.settle("q", "c") == "c"


def test_going_away_and_back_is_not_answered_by_what_was_said_before() -> None:
    wishes = told("a")
    wishes.ask("q", "b")
    wishes.ask("q", "a")
    assert wishes.settle("q", "a") == "a"
    assert wishes.settle("q", "b") == "a"
    assert wishes.settle("q", "a") == "a"
    assert wishes.settle("q", "c") == "c"


def test_one_answer_may_answer_several_wishes() -> None:
    wishes = told("a")
    for value in "bcd":
        wishes.ask("q", value)
    assert wishes.settle("q", "d") == "d"
    assert wishes.settle("q", "e") == "e"


def test_a_refusal_ends_every_wish() -> None:
    wishes = told("a")
    wishes.ask("q", "b")
    wishes.drop()
    assert wishes.settle("q", "a") == "a"


def test_wishes_of_different_questions_do_not_mix() -> None:
    wishes = told("a")
    wishes.ask("q", "b")
    assert wishes.settle("r", "x") == "x"
    assert wishes.settle("q", "a") == "b"


def test_a_wish_nobody_answers_is_overdue(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    monkeypatch.setattr(screens.wish, "monotonic", lambda: now[0])
    wishes = told("a")
    assert not wishes.is_overdue
    wishes.ask("q", "b")
    now[0] += 2.9
    assert not wishes.is_overdue
    now[0] += 0.2
    assert wishes.is_overdue
    wishes.settle("q", "b")
    assert not wishes.is_overdue


@given(st.lists(st.sampled_from("abc"), min_size=1, max_size=8), st.data())
def test_after_the_last_answer_the_last_wish_is_shown(asked: list[str], data: Any) -> None:
    wishes = told("x")
    for value in asked:
        wishes.ask("q", value)
        assert wishes.settle("q", "x") == value
    heard = data.draw(st.lists(st.integers(0, len(asked) - 1), unique=True).map(sorted))
    for place in [*heard, len(asked) - 1]:
        assert wishes.settle("q", asked[place]) == asked[-1]
