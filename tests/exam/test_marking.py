"""What an answer is worth: tables for each rule, and properties that hold under all of them."""

from dataclasses import replace
from decimal import Decimal, localcontext
from itertools import combinations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders import a_key, a_question, a_section, a_test, an_option
from kiosk.exam.answer import Answer
from kiosk.exam.draft import QuestionType
from kiosk.exam.key import Key, KeyQuestion, MarkingRule
from kiosk.exam.marking import Mark, mark_answer, mark_sitting, score, total
from kiosk.exam.press import print_test

MCQ, MSQ, TRUE_FALSE = QuestionType.MCQ, QuestionType.MSQ, QuestionType.TRUE_FALSE
ALL, MINUS, WEIGHTS = MarkingRule.ALL_OR_NOTHING, MarkingRule.RIGHT_MINUS_WRONG, MarkingRule.WEIGHTS
OPTIONS = tuple("ABCD")


def a_key_question(kind: QuestionType, correct: str, points: str = "6", **weights: str) -> KeyQuestion:
    """Return the key of a question with options A to D."""
    return KeyQuestion(
        "q",
        kind,
        Decimal(points),
        correct_ids=tuple(correct),
        option_ids=OPTIONS,
        weights=tuple((i, Decimal(w)) for i, w in sorted(weights.items())),
    )


def a_marking(rule: MarkingRule = ALL, **changes: Any) -> Key:
    """Return a key with the given rule and terms, and no questions."""
    fields = {"rule": rule, "wrong_answer_penalty": Decimal(0), "negative_total": False, "hint_cost": Decimal(0)}
    return replace(a_key(), questions=(), **fields | changes)


def points(key: Key, question: KeyQuestion, chosen: str, hints: int = 0) -> str:
    mark = mark_answer(key, question, Answer("q", tuple(chosen), hints_shown=hints))
    assert mark is not None
    return str(mark.points)


@pytest.mark.parametrize(
    ("kind", "correct", "chosen", "expected", "is_correct"),
    [
        (MCQ, "B", "", "0", False),
        (MCQ, "B", "B", "6", True),
        (MCQ, "B", "A", "0", False),
        (MCQ, "B", "AB", "0", False),
        (TRUE_FALSE, "A", "A", "6", True),
        (TRUE_FALSE, "A", "B", "0", False),
        (MSQ, "AC", "", "0", False),
        (MSQ, "AC", "AC", "6", True),
        (MSQ, "AC", "CA", "6", True),
        (MSQ, "AC", "A", "0", False),
        (MSQ, "AC", "C", "0", False),
        (MSQ, "AC", "ABC", "0", False),
        (MSQ, "AC", "BD", "0", False),
        (MSQ, "AC", "ACX", "0", False),
        (MSQ, "ABCD", "ABCD", "6", True),
        (MSQ, "ABCD", "ABC", "0", False),
    ],
)
def test_all_or_nothing(kind: QuestionType, correct: str, chosen: str, expected: str, is_correct: bool) -> None:
    mark = mark_answer(a_marking(), a_key_question(kind, correct), Answer("q", tuple(chosen)))
    assert mark is not None
    assert (str(mark.points), mark.is_correct) == (expected, is_correct)


def as_the_schema_page_shows(correct: set[str], chosen: set[str]) -> bool:
    """Mark as the example of the schema page does: every chosen option is a correct one."""
    right_ones = [i for i in chosen if i in correct]
    return len(right_ones) == len(chosen) and all(i in right_ones for i in chosen)


def test_the_example_of_the_schema_page_would_accept_a_part_and_an_empty_answer() -> None:
    correct = {"A", "C"}
    differs = []
    for size in range(5):
        for chosen in combinations(OPTIONS, size):
            mark = mark_answer(a_marking(), a_key_question(MSQ, "AC"), Answer("q", chosen))
            assert mark is not None
            if as_the_schema_page_shows(correct, set(chosen)) != mark.is_correct:
                differs.append("".join(chosen))
    assert differs == ["", "A", "C"]


@pytest.mark.parametrize(
    ("correct", "chosen", "expected"),
    [
        ("AC", "", "0"),
        ("AC", "AC", "6"),
        ("AC", "A", "3"),
        ("AC", "AB", "0"),
        ("AC", "ABC", "3"),
        ("AC", "ABCD", "0"),
        ("AC", "B", "0"),
        ("AC", "BD", "0"),
        ("AC", "AX", "0"),
        ("A", "A", "6"),
        ("A", "AB", "0"),
        ("ABC", "A", "2"),
        ("ABC", "AB", "4"),
        ("ABC", "ABD", "2"),
        ("ABC", "ABC", "6"),
    ],
)
def test_right_minus_wrong(correct: str, chosen: str, expected: str) -> None:
    assert points(a_marking(MINUS), a_key_question(MSQ, correct), chosen) == expected


def test_right_minus_wrong_is_for_several_answers_only() -> None:
    assert points(a_marking(MINUS), a_key_question(MCQ, "B"), "B") == "6"
    assert points(a_marking(MINUS), a_key_question(MCQ, "B"), "A") == "0"


@pytest.mark.parametrize(
    ("kind", "weights", "chosen", "expected", "is_correct"),
    [
        (MCQ, {"A": "0.5", "B": "1", "C": "-0.25"}, "B", "6", True),
        (MCQ, {"A": "0.5", "B": "1", "C": "-0.25"}, "A", "3", False),
        (MCQ, {"A": "0.5", "B": "1", "C": "-0.25"}, "C", "-1.5", False),
        (MCQ, {"A": "0.5", "B": "1", "C": "-0.25"}, "D", "0", False),
        (MCQ, {"A": "0.5", "B": "1", "C": "-0.25"}, "", "0", False),
        (MCQ, {"A": "-0.5", "B": "1", "C": "-0.75"}, "AC", "-6", False),
        (MSQ, {"A": "0.5", "C": "0.5", "D": "-1"}, "AC", "6", False),
        (MSQ, {"A": "0.5", "C": "0.5", "D": "-1"}, "A", "3", False),
        (MSQ, {"A": "0.5", "C": "0.5", "D": "-1"}, "AD", "0", False),
        (MSQ, {"A": "0.5", "C": "0.5", "D": "-1"}, "ACD", "0", False),
        (MSQ, {"A": "0.5", "C": "0.5", "D": "-1"}, "D", "0", False),
        (MSQ, {"A": "1", "C": "1"}, "AC", "6", False),
        (MSQ, {}, "B", "6", True),
        (MSQ, {}, "A", "0", False),
    ],
)
def test_weights(kind: QuestionType, weights: dict[str, str], chosen: str, expected: str, is_correct: bool) -> None:
    question = a_key_question(kind, "B", **weights)
    mark = mark_answer(a_marking(WEIGHTS), question, Answer("q", tuple(chosen)))
    assert mark is not None
    assert (str(mark.points), mark.is_correct) == (expected, is_correct)


def test_weights_without_a_correct_set_are_correct_at_full_share() -> None:
    question = a_key_question(MSQ, "", A="0.5", B="0.5", C="-0.5")
    shares = {c: mark_answer(a_marking(WEIGHTS), question, Answer("q", tuple(c))) for c in ("AB", "A", "ABC", "")}
    assert {c: m.is_correct for c, m in shares.items() if m} == {"AB": True, "A": False, "ABC": False, "": False}


def test_weights_are_read_only_where_the_rule_says_so() -> None:
    question = a_key_question(MSQ, "AC", A="0.5", C="0.5")
    assert points(a_marking(ALL), question, "A") == "0"
    assert points(a_marking(WEIGHTS), question, "A") == "3"


@pytest.mark.parametrize(
    ("kind", "chosen", "penalty", "expected"),
    [
        (MCQ, "A", "0.25", "-1.5"),
        (MCQ, "B", "0.25", "6"),
        (MCQ, "", "0.25", "0"),
        (MCQ, "A", "1", "-6"),
        (TRUE_FALSE, "A", "1", "-6"),
        (TRUE_FALSE, "A", "0.5", "-3"),
        (MSQ, "A", "1", "0"),
        (MSQ, "", "1", "0"),
    ],
)
def test_a_wrong_single_answer_may_cost_points(kind: QuestionType, chosen: str, penalty: str, expected: str) -> None:
    for negative_total in (False, True):
        key = a_marking(wrong_answer_penalty=Decimal(penalty), negative_total=negative_total)
        assert points(key, a_key_question(kind, "B"), chosen) == expected


@pytest.mark.parametrize(
    ("chosen", "hints", "cost", "penalty", "expected"),
    [
        ("B", 0, "1", "0", "6"),
        ("B", 1, "1", "0", "5"),
        ("B", 3, "1", "0", "3"),
        ("B", 2, "0.25", "0", "5.5"),
        ("B", 9, "1", "0", "0"),
        ("A", 1, "1", "0", "0"),
        ("A", 1, "1", "0.5", "-3"),
        ("", 2, "1", "0", "0"),
    ],
)
def test_a_hint_costs_only_what_was_won(chosen: str, hints: int, cost: str, penalty: str, expected: str) -> None:
    key = a_marking(hint_cost=Decimal(cost), wrong_answer_penalty=Decimal(penalty))
    assert points(key, a_key_question(MCQ, "B"), chosen, hints) == expected


def test_a_right_answer_with_a_hint_stays_correct() -> None:
    mark = mark_answer(a_marking(hint_cost=Decimal(1)), a_key_question(MCQ, "B"), Answer("q", ("B",), hints_shown=1))
    assert mark == Mark("q", Decimal(5), Decimal(6), True)


@pytest.mark.parametrize(
    ("worth", "chosen", "expected"),
    [
        ("1", "A", "0.333333"),
        ("1", "AB", "0.666667"),
        ("2", "A", "0.666667"),
        ("2", "AB", "1.333333"),
        ("10", "A", "3.333333"),
        ("3", "A", "1"),
        ("0.000003", "A", "0.000001"),
        ("0.0000015", "A", "0"),
        ("0.0000045", "A", "0.000002"),
        ("100000", "AB", "66666.666667"),
    ],
)
def test_points_are_rounded_once_to_six_places_halves_to_even(worth: str, chosen: str, expected: str) -> None:
    assert points(a_marking(MINUS), a_key_question(MSQ, "ABC", worth), chosen) == str(Decimal(expected))


def test_imported_thirds_add_up_to_the_whole() -> None:
    question = a_key_question(MSQ, "ABC", "3", A="0.3333333", B="0.3333333", C="0.3333333")
    assert points(a_marking(WEIGHTS), question, "ABC") == "3"


def test_marks_do_not_depend_on_the_precision_of_whoever_asks() -> None:
    question = a_key_question(MSQ, "ABC", "12345.678901")
    expected = points(a_marking(MINUS), question, "AB")
    with localcontext(prec=3):
        assert points(a_marking(MINUS), question, "AB") == expected == "8230.452601"


def test_open_questions_are_left_to_a_person() -> None:
    key = a_key()
    written = {i: Answer(i, text="Mitosis") for i in ("writing-1", "writing-2")}
    assert {m.question_id for m in mark_sitting(key, written)}.isdisjoint(written)
    for question_id, answer in written.items():
        assert mark_answer(key, key.by_question[question_id], answer) is None


def test_empty_and_unseen_questions_are_marked_at_zero() -> None:
    marks = mark_sitting(a_key(), {"cells-1": Answer("cells-1", seen=True)})
    assert len(marks) == 6
    assert all(m.points == 0 and not m.is_correct for m in marks)


def test_an_answer_is_marked_by_option_id_and_never_by_place() -> None:
    options = (an_option("z", option_order=1), an_option("a", True, option_order=2))
    turned = tuple(replace(o, option_order=3 - o.option_order) for o in options)
    for printed in (options, turned):
        _, key = print_test(a_test(sections=(a_section(questions=(a_question("q", options=printed),)),)))
        assert [m.points for m in mark_sitting(key, {"q": Answer("q", ("a",))})] == [2]
        assert [m.points for m in mark_sitting(key, {"q": Answer("q", ("z",))})] == [0]


@pytest.mark.parametrize(
    ("given_points", "negative_total", "expected"),
    [
        ([], False, "0"),
        (["2", "-0.5"], False, "1.5"),
        (["0.5", "-2"], False, "0"),
        (["0.5", "-2"], True, "-1.5"),
        (["-6"], True, "-6"),
        (["0.333333", "0.333333", "0.333334"], False, "1.000000"),
    ],
)
def test_a_test_ends_at_zero_unless_it_may_end_below(
    given_points: list[str], negative_total: bool, expected: str
) -> None:
    marks = [Mark("q", Decimal(p), Decimal(6), False) for p in given_points]
    assert str(score(a_marking(negative_total=negative_total), marks)) == expected


CHOSEN = st.sets(st.sampled_from(OPTIONS)).map(sorted).map(tuple)
RIGHT = st.sets(st.sampled_from(OPTIONS), min_size=1).map(sorted).map(tuple)
POINTS = st.decimals(0, 1000, places=2)
WEIGHING = st.dictionaries(st.sampled_from(OPTIONS), st.decimals(-1, 1, places=3))
KEYS = st.builds(
    a_marking,
    st.sampled_from(MarkingRule),
    wrong_answer_penalty=st.decimals(0, 1, places=2),
    negative_total=st.booleans(),
    hint_cost=st.decimals(0, 5, places=1),
)


@st.composite
def questions(draw: st.DrawFn) -> KeyQuestion:
    kind = draw(st.sampled_from([MCQ, MSQ, TRUE_FALSE]))
    correct = draw(RIGHT) if kind is MSQ else (draw(st.sampled_from(OPTIONS)),)
    weights = tuple(sorted(draw(WEIGHING).items()))
    return KeyQuestion("q", kind, draw(POINTS), correct, OPTIONS, weights)


@given(KEYS, questions(), CHOSEN, st.integers(0, 5))
def test_no_mark_is_more_than_the_points_nor_less_than_their_loss(
    key: Key, question: KeyQuestion, chosen: tuple[str, ...], hints: int
) -> None:
    mark = mark_answer(key, question, Answer("q", chosen, hints_shown=hints))
    assert mark is not None
    assert -question.points <= mark.points <= question.points
    assert mark.points == mark.points.quantize(Decimal("0.000001"))
    if question.type is MSQ or not chosen:
        assert mark.points >= 0
    if mark.is_correct:
        assert set(chosen) == set(question.correct_ids)


@given(KEYS, questions(), CHOSEN, st.integers(0, 5))
def test_the_order_of_choosing_and_more_hints_never_win_points(
    key: Key, question: KeyQuestion, chosen: tuple[str, ...], hints: int
) -> None:
    mark = mark_answer(key, question, Answer("q", chosen, hints_shown=hints))
    assert mark == mark_answer(key, question, Answer("q", chosen[::-1], hints_shown=hints))
    more = mark_answer(key, question, Answer("q", chosen, hints_shown=hints + 1))
    assert mark is not None
    assert more is not None
    assert more.points <= mark.points
    assert more.is_correct == mark.is_correct


@given(KEYS.filter(lambda k: k.rule is not WEIGHTS), questions())
def test_the_correct_set_gets_all_the_points(key: Key, question: KeyQuestion) -> None:
    mark = mark_answer(key, question, Answer("q", question.correct_ids))
    assert mark == Mark("q", question.points, question.points, True)


@given(st.lists(st.tuples(questions(), CHOSEN), max_size=6), KEYS)
def test_the_total_is_the_sum_and_the_score_its_floor(sat: list[tuple[KeyQuestion, tuple[str, ...]]], key: Key) -> None:
    numbered = tuple(replace(q, question_id=f"q{n}") for n, (q, _) in enumerate(sat))
    answers = {f"q{n}": Answer(f"q{n}", chosen) for n, (_, chosen) in enumerate(sat)}
    marked = mark_sitting(replace(key, questions=numbered), answers)
    assert [m.question_id for m in marked] == list(answers)
    assert total(marked) == sum(m.points for m in marked)
    assert score(key, marked) == (total(marked) if key.negative_total else max(total(marked), 0))
