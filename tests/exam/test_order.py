"""Each candidate's order: drawn from a seed anyone can draw again, fair, and of no weight for the marks."""

import json
from collections import Counter
from dataclasses import replace
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders import a_key, a_paper, a_test
from kiosk.exam.answer import Answer
from kiosk.exam.canonical import canonical
from kiosk.exam.marking import mark_sitting, score
from kiosk.exam.order import draw_order, order_document, read_order, shuffled

PAPER = a_paper()
SEED = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)


@pytest.mark.parametrize(
    ("seed", "ten", "two"),
    [
        ("", "DJEFHACIGB", "AB"),
        ("seed-1", "EJCBIHFGAD", "AB"),
        ("seed-2", "CIADEHBFGJ", "AB"),
        ("é", "HFBJDCEAIG", "BA"),
    ],
)
def test_written_down_seeds_give_written_down_orders(seed: str, ten: str, two: str) -> None:
    assert "".join(shuffled("ABCDEFGHIJ", seed)) == ten
    assert "".join(shuffled("AB", seed)) == two


@given(st.lists(st.integers(), max_size=30), SEED)
def test_nothing_is_lost_or_doubled(items: list[int], seed: str) -> None:
    assert Counter(shuffled(items, seed)) == Counter(items)
    assert shuffled(items, seed) == shuffled(tuple(items), seed)


def test_every_order_is_reached_and_about_as_often() -> None:
    rounds = 24 * 200
    seen = Counter(shuffled("ABCD", f"seed-{n}") for n in range(rounds))
    assert set(seen) == set(permutations("ABCD"))
    chi_square = sum((count - 200) ** 2 / 200 for count in seen.values())
    assert chi_square < 49.7, "23 degrees of freedom, 0.1 %"


def test_every_place_is_as_likely_for_every_item() -> None:
    rounds = 4_000
    first_of_ten = Counter(shuffled("ABCDEFGHIJ", f"seed-{n}")[0] for n in range(rounds))
    last_of_ten = Counter(shuffled("ABCDEFGHIJ", f"seed-{n}")[9] for n in range(rounds))
    for counts in (first_of_ten, last_of_ten):
        assert sum((count - 400) ** 2 / 400 for count in counts.values()) < 27.9, "9 degrees of freedom, 0.1 %"


@given(SEED)
def test_sections_keep_their_place_and_questions_their_section(seed: str) -> None:
    order = draw_order(PAPER, seed)
    assert [s.section_id for s in order] == [s.section_id for s in PAPER.sections]
    for drawn, printed in zip(order, PAPER.sections, strict=True):
        assert {q.question_id for q in drawn.questions} == {q.question_id for q in printed.questions}
        for question in drawn.questions:
            options = [o.option_id for o in PAPER.questions[question.question_id].options]
            assert sorted(question.option_ids) == sorted(options)


@given(SEED)
def test_true_false_and_pinned_options_keep_their_order(seed: str) -> None:
    sections = tuple(
        replace(s, questions=tuple(replace(q, shuffle=False) if q.question_id == "cells-1" else q for q in s.questions))
        for s in a_test().sections
    )
    paper = a_paper(sections=sections)
    for section in draw_order(paper, seed):
        for question in section.questions:
            printed = paper.questions[question.question_id]
            if question.question_id == "cells-1" or printed.type == "TrueFalse":
                assert question.option_ids == tuple(o.option_id for o in printed.options)


def test_a_test_that_is_not_randomised_is_as_printed() -> None:
    paper = a_paper(randomized_questions=False, randomized_options=None)
    for section, printed in zip(draw_order(paper, "seed-1"), paper.sections, strict=True):
        assert [q.question_id for q in section.questions] == [q.question_id for q in printed.questions]
        for question in section.questions:
            assert question.option_ids == tuple(o.option_id for o in paper.questions[question.question_id].options)


def test_questions_and_options_are_randomised_apart() -> None:
    questions = {tuple(q.question_id for s in draw_order(PAPER, f"{n}") for q in s.questions) for n in range(20)}
    assert len(questions) > 1
    only_options = a_paper(randomized_questions=False)
    orders = [draw_order(only_options, f"{n}") for n in range(20)]
    assert len({tuple(q.question_id for s in o for q in s.questions) for o in orders}) == 1
    assert len({o[0].questions[0].option_ids for o in orders}) > 1


def test_neighbours_seldom_share_an_order() -> None:
    orders = Counter(draw_order(PAPER, f"candidate-{n}") for n in range(300))
    assert orders.most_common(1)[0][1] == 1


@given(SEED)
def test_an_order_survives_the_journal(seed: str) -> None:
    order = draw_order(PAPER, seed)
    assert read_order(json.loads(canonical(order_document(order)))) == order


@given(SEED, SEED, st.data())
def test_marks_do_not_depend_on_the_order(one: str, other: str, data: st.DataObject) -> None:
    key = a_key()
    answers = {}
    for question in PAPER.questions.values():
        chosen = data.draw(st.sets(st.sampled_from([o.option_id for o in question.options] or ["none"])))
        answers[question.question_id] = Answer(question.question_id, tuple(sorted(chosen)))
    scores = set()
    for seed in (one, other):
        as_seen = {
            q.question_id: replace(
                answers[q.question_id],
                option_ids=tuple(i for i in q.option_ids if i in answers[q.question_id].option_ids),
            )
            for s in draw_order(PAPER, seed)
            for q in s.questions
        }
        scores.add(score(key, mark_sitting(key, as_seen)))
    assert len(scores) == 1
