"""A test written as GIFT reads back as it was, as far as GIFT can hold it; the rest is said."""

from dataclasses import replace
from decimal import Decimal

import pytest
from drafts import choice_questions
from hypothesis import given
from hypothesis import strategies as st

from builders import NOON, a_question, a_section, a_test, an_option
from kiosk.exam.draft import Question, QuestionType
from kiosk.exchange.gift import read_gift
from kiosk.exchange.gift_form import gift_text
from kiosk.exchange.origin import Origin
from kiosk.exchange.source import Source


def back(question: Question) -> Question:
    """Return a question after a trip through GIFT."""
    test = a_test(sections=(a_section("s", title="Part", questions=(question,)),))
    reading = read_gift(Source("quiz.gift", gift_text(test).text), Origin.of(NOON, "author-1"))
    assert [i.notes for i in reading.items] == [()]
    assert reading.test is not None
    assert reading.test.sections[0].title == "Part"
    return reading.test.sections[0].questions[0]


@given(choice_questions())
def test_choices_come_back(question: Question) -> None:
    read = back(question)
    assert read.type is question.type
    assert read.question_id == question.question_id
    assert read.question_text == question.question_text
    assert read.tags == question.tags
    assert read.feedback == question.feedback
    assert [(o.option_text, o.is_correct, o.feedback) for o in read.options] == [
        (o.option_text, o.is_correct, o.feedback) for o in question.options
    ]


@given(st.lists(st.sampled_from(["0", "0.5", "0.25", "-0.5", "1"]), min_size=1, max_size=5))
def test_weights_come_back(weights: list[str]) -> None:
    rest = [an_option(f"o{n}", Decimal(w) > 0, weight=Decimal(w), option_order=n + 2) for n, w in enumerate(weights)]
    options = (an_option("x", True, weight=Decimal("0.333333333333333333"), option_order=1), *rest)
    test = a_test(sections=(a_section("s", questions=(a_question(type=QuestionType.MSQ, options=options),)),))
    reading = read_gift(Source("quiz.gift", gift_text(test).text), Origin.of(NOON, "author-1"))
    assert reading.items[0].question is not None
    assert [o.weight for o in reading.items[0].question.options] == [o.weight for o in options]


def test_a_single_choice_keeps_its_partial_weights() -> None:
    weights = (Decimal(0), Decimal(1), Decimal("0.5"))
    options = tuple(an_option(f"o{n}", n == 1, weight=w, option_order=n + 1) for n, w in enumerate(weights))
    assert tuple(o.weight for o in back(a_question(options=options)).options) == weights


def test_an_essay_comes_back_without_options() -> None:
    read = back(a_question(type=QuestionType.ESSAY, question_text="Why?\n\nSay *how*.", feedback="Well."))
    assert (read.type, read.question_text, read.feedback) == (QuestionType.ESSAY, "Why?\n\nSay *how*.", "Well.")


def test_words_that_moodle_would_take_for_html_stay_words() -> None:
    options = (an_option("a", True, option_text="<b>a</b>"), an_option("b", option_text="&lt;", option_order=2))
    question = a_question(question_text="Is `<b>` or <script>x</script> &amp; bold?", options=options)
    text = gift_text(a_test(sections=(a_section("s", questions=(question,)),))).text
    assert "&lt;script>x&lt;/script> &amp;amp; bold?" in text
    assert "`<b>`" in text
    read = back(question)
    assert read.question_text == question.question_text
    assert [o.option_text for o in read.options] == ["<b>a</b>", "&lt;"]


@pytest.mark.parametrize(
    ("changes", "note"),
    [
        ({"hints": ("h",), "rubric": "r"}, "question 1: written without hints, a rubric"),
        ({"shuffle": False}, "question 1: written without shuffle"),
        ({"type": QuestionType.CODING, "options": ()}, "question 1: left out; GIFT has no coding questions"),
        ({"is_active": False}, "question 1: left out; GIFT has no inactive questions"),
        ({"type": QuestionType.MSQ}, "question 1: all-or-nothing marking became weights"),
    ],
)
def test_what_gift_cannot_hold_is_said(changes: dict[str, object], note: str) -> None:
    question = a_question(**changes)
    written = gift_text(a_test(sections=(a_section("s", questions=(question,)),)))
    assert f"section 'Section s', {note}" in written.notes
    assert written.left_out == ("left out" in note)


def test_true_and_false_in_other_words_are_a_choice() -> None:
    options = (an_option("a", True, option_text="Ja"), an_option("b", option_text="Nein", option_order=2))
    question = a_question(type=QuestionType.TRUE_FALSE, options=options)
    read = back(question)
    assert read.type is QuestionType.MCQ
    assert [o.option_text for o in read.options] == ["Ja", "Nein"]


def test_a_title_with_strokes_is_one_section() -> None:
    test = a_test(sections=(replace(a_section("s"), title="A/B $c$"),))
    reading = read_gift(Source("quiz.gift", gift_text(test).text), Origin.rehearsed())
    assert reading.test is not None
    assert reading.test.sections[0].title == "A/B $c$"
