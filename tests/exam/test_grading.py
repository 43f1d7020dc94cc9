"""From answers and a key to awards, and from awards to a grade."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders import a_key, a_test
from kiosk.exam.answer import Answer
from kiosk.exam.error import Refused
from kiosk.exam.grading import Award, grade, machine_awards, person_award, with_awards
from kiosk.exam.key import Key
from kiosk.exam.marking import mark_sitting, total
from kiosk.exam.person import SYSTEM_ID
from kiosk.exam.press import print_test

KEY = a_key()
CHOICES = ("cells-1", "cells-2", "cells-3", "genetics-1", "genetics-2", "genetics-3")
RIGHT = {
    q.question_id: Answer(q.question_id, q.correct_ids, seen=True) for q in KEY.questions if q.question_id in CHOICES
}
WRITTEN = {i: Answer(i, text="Mitosis", seen=True) for i in ("writing-1", "writing-2")}


def marked(answers: Mapping[str, Answer], key: Key = KEY) -> dict[str, Award]:
    return with_awards({}, machine_awards(key, answers, {}))


def test_the_machine_leaves_written_answers_to_a_person() -> None:
    in_force = marked({**RIGHT, **WRITTEN})
    assert set(in_force) == set(CHOICES)
    result = grade(KEY, {**RIGHT, **WRITTEN}, in_force)
    assert (result.score, result.max_score, result.passed) == (12, 30, None)
    assert result.left == ("writing-1", "writing-2")
    assert not result.is_complete


def test_empty_essays_and_programs_are_worth_nothing_and_need_nobody() -> None:
    result = grade(KEY, RIGHT, marked(RIGHT))
    assert (result.score, result.passed, result.left) == (12, True, ())


def test_a_paper_left_untouched_is_complete_at_zero() -> None:
    result = grade(KEY, {}, marked({}))
    assert (result.score, result.passed, result.is_complete) == (0, False, True)


def test_a_text_written_after_the_machine_found_none_is_left_to_mark_again() -> None:
    in_force = marked(RIGHT)
    later = {**RIGHT, **WRITTEN}
    assert machine_awards(KEY, later, in_force) == ()
    assert grade(KEY, later, in_force).left == ("writing-1", "writing-2")
    award = person_award(KEY, "writing-1", Decimal(4), "evaluator-1", None, in_force["writing-1"])
    assert award.revision == 2
    assert grade(KEY, later, with_awards(in_force, (award,))).left == ("writing-2",)


def test_marking_again_adds_nothing() -> None:
    assert machine_awards(KEY, RIGHT, marked(RIGHT)) == ()


def test_a_changed_answer_is_marked_anew() -> None:
    in_force = marked(RIGHT)
    changed = {**RIGHT, "cells-1": Answer("cells-1", ("cells-1-1",), seen=True)}
    (award,) = machine_awards(KEY, changed, in_force)
    assert (award.question_id, award.revision, award.points, award.is_correct) == ("cells-1", 2, 0, False)


def test_the_machine_never_touches_what_a_person_gave() -> None:
    in_force = marked(RIGHT)
    award = person_award(KEY, "cells-1", Decimal("0.5"), "evaluator-1", "half right", in_force["cells-1"])
    in_force = with_awards(in_force, (award,))
    newer = replace(KEY, version=2)
    assert "cells-1" not in {a.question_id for a in machine_awards(newer, RIGHT, in_force)}
    assert grade(KEY, RIGHT, in_force).score == Decimal("10.5")


def test_a_newer_key_marks_everything_of_the_machine_again() -> None:
    in_force = marked(RIGHT)
    awards = machine_awards(replace(KEY, version=2), RIGHT, in_force)
    assert {a.key_version for a in awards} == {2}
    assert {a.revision for a in awards} == {2}
    assert len(awards) == len(KEY.questions)


@pytest.mark.parametrize("points", ["-1", "10.01", "NaN", "Infinity"])
def test_points_a_question_cannot_give_are_refused(points: str) -> None:
    with pytest.raises(Refused, match="0 to 10 points"):
        person_award(KEY, "writing-1", Decimal(points), "evaluator-1", None, None)


def test_a_question_of_another_paper_is_refused() -> None:
    with pytest.raises(Refused, match="no question q99"):
        person_award(KEY, "q99", Decimal(1), "evaluator-1", None, None)


@pytest.mark.parametrize(("needed", "passed"), [("9.99", True), ("10", True), ("10.01", False)])
def test_the_pass_mark_itself_passes(needed: str, passed: bool) -> None:
    key = print_test(a_test(pass_score=Decimal(needed)))[1]
    ten = {i: RIGHT[i] for i in ("cells-1", "cells-2", "genetics-1", "genetics-2")}
    result = grade(key, ten, marked(ten, key))
    assert (result.score, result.passed) == (10, passed)


@given(
    st.dictionaries(
        st.sampled_from(CHOICES), st.sets(st.sampled_from(["1", "2", "3", "4"]), max_size=4).map(tuple), max_size=6
    )
)
def test_the_score_is_the_sum_of_the_marks(chosen: dict[str, tuple[str, ...]]) -> None:
    answers = {i: Answer(i, tuple(sorted(f"{i}-{n}" for n in numbers))) for i, numbers in chosen.items()}
    in_force = marked(answers)
    assert grade(KEY, answers, in_force).score == total(mark_sitting(KEY, answers))
    assert all(a.marker_id == SYSTEM_ID and a.revision == 1 for a in in_force.values())
