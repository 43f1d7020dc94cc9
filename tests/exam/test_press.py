"""Printing: the paper holds what a candidate may see and nothing else, and what cannot be sat is not printed."""

from dataclasses import fields, replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders import NOON, a_question, a_section, a_test, an_option
from kiosk.exam.draft import AccessType, Option, Question, QuestionType, Section, Test
from kiosk.exam.error import Invalid
from kiosk.exam.key import Key, MarkingRule
from kiosk.exam.paper import PaperOption, PaperQuestion, PaperSection
from kiosk.exam.press import print_test

CANARY = "canary-in-the-key"
KEY_SIDE = {
    Test: {"created_at", "created_by", "is_active", "pass_score", "tags"},
    Section: {"section_order"},
    Question: {
        "created_at",
        "order",
        "is_active",
        "question_bank_id",
        "section_id",
        "tags",
        "rubric",
        "feedback",
        "version",
        "replaces_id",
    },
    Option: {"is_correct", "option_order", "feedback", "weight"},
}
"""The fields of a draft that no paper may hold."""
PRINTED_AS = {
    Test: {
        "duration": "duration_minutes",
        "access_type": "policy",
        "max_attempts": "policy",
        "settings": "policy",
    },
    Section: {"duration": "duration_minutes"},
    Question: {"question_text": "text"},
    Option: {"option_text": "text"},
}


def each_question(test: Test, change: Any) -> Test:
    return replace(
        test,
        sections=tuple(replace(s, questions=tuple(change(q) for q in s.questions)) for s in test.sections),
    )


def test_every_field_of_a_draft_is_either_printed_or_known_to_stay() -> None:
    from kiosk.exam.paper import Paper

    for draft, printed in ((Test, Paper), (Section, PaperSection), (Question, PaperQuestion), (Option, PaperOption)):
        there = {f.name for f in fields(printed)}
        for field in fields(draft):
            name = PRINTED_AS[draft].get(field.name, field.name)
            assert (name in there) != (field.name in KEY_SIDE[draft]), f"{draft.__name__}.{field.name}"


def test_a_canary_in_every_field_of_the_key_side_is_nowhere_in_the_paper() -> None:
    def poisoned(question: Question) -> Question:
        options = tuple(replace(o, feedback=f"{CANARY} o") for o in question.options)
        return replace(
            question,
            options=options,
            rubric=f"{CANARY} r",
            feedback=f"{CANARY} f",
            tags=(f"{CANARY} t",),
            question_bank_id=CANARY,
            section_id=CANARY,
            replaces_id=CANARY,
        )

    test = each_question(a_test(created_by=CANARY, tags=(CANARY,)), poisoned)
    paper, key = print_test(test)
    assert CANARY.encode() not in paper.to_bytes()
    assert CANARY.encode() in key.to_bytes()


@given(st.data())
def test_changing_only_what_is_right_changes_no_byte_of_the_paper(data: st.DataObject) -> None:
    def marked_otherwise(question: Question) -> Question:
        if not question.type.is_choice:
            return replace(question, rubric=data.draw(st.none() | st.just("another")))
        right = data.draw(st.sampled_from(question.options)).option_id
        weight = data.draw(st.decimals(-1, 1, places=2))
        feedback = data.draw(st.none() | st.just("Look again."))
        options = tuple(
            replace(o, is_correct=o.option_id == right, weight=weight, feedback=feedback) for o in question.options
        )
        return replace(question, options=options, feedback=feedback, version=2, tags=("changed",))

    settings = {
        "marking": data.draw(st.sampled_from(["allOrNothing", "rightMinusWrong", "weights"])),
        "wrongAnswerPenalty": data.draw(st.sampled_from(["0", "0.25"])),
        "negativeTotal": data.draw(st.sampled_from(["true", "false"])),
        "passScoreIsPercent": data.draw(st.sampled_from(["true", "false"])),
    }
    changed = each_question(a_test(settings=settings, pass_score=Decimal(1), tags=("x",)), marked_otherwise)
    original, key = print_test(a_test())
    paper, other_key = print_test(changed)
    assert paper.to_bytes() == original.to_bytes()
    assert other_key.paper_digest == key.paper_digest == original.digest


@pytest.mark.parametrize(
    "change",
    [
        {"title": "Biology III"},
        {"description": "For the second year."},
        {"instructions": "Read once."},
        {"duration": 61},
        {"test_version": "v2"},
        {"randomized_questions": False},
        {"randomized_options": False},
        {"max_attempts": 2},
        {"access_type": AccessType.PUBLIC},
        {"settings": {"hintCost": "0.5"}},
        {"settings": {"showResults": "score"}},
        {"test_id": "biology-3"},
    ],
)
def test_whatever_a_candidate_may_see_changes_the_digest(change: dict[str, Any]) -> None:
    assert print_test(a_test(**change))[0].digest != print_test(a_test())[0].digest


def test_sections_and_questions_are_printed_in_order_and_only_active_ones() -> None:
    second = a_section("s2", section_order=2)
    questions = (
        a_question("q-late", order=9),
        a_question("q-off", order=1, is_active=False),
        a_question("q-b", order=2),
        a_question("q-a", order=2),
    )
    first = a_section("s1", section_order=1, questions=questions)
    paper, key = print_test(a_test(sections=(second, first)))
    assert [s.section_id for s in paper.sections] == ["s1", "s2"]
    assert list(paper.questions) == ["q-a", "q-b", "q-late", "s2-q1"]
    assert [q.question_id for q in key.questions] == list(paper.questions)


def test_options_are_printed_in_their_own_order_and_keyed_by_id() -> None:
    options = (an_option("z", option_order=1), an_option("a", True, option_order=2), an_option("m", option_order=3))
    test = a_test(sections=(a_section(questions=(a_question("q", options=options),)),))
    paper, key = print_test(test)
    assert [o.option_id for o in paper.questions["q"].options] == ["z", "a", "m"]
    assert key.by_question["q"].option_ids == ("a", "m", "z")
    assert key.by_question["q"].correct_ids == ("a",)


def test_text_is_cleaned_before_it_is_printed() -> None:
    question = a_question("q", question_text="e\u0301\x1b[2J\r\nnext", hints=("\u202ehint",), language="py\x07thon")
    paper, _ = print_test(a_test(title="T\x00itle", sections=(a_section(questions=(question,)),)))
    assert paper.title == "Title"
    assert paper.questions["q"].text == "é[2J\nnext"
    assert paper.questions["q"].hints == ("hint",)
    assert paper.questions["q"].language == "python"


def test_the_key_carries_what_marking_needs() -> None:
    test = a_test(
        settings={
            "marking": "rightMinusWrong",
            "wrongAnswerPenalty": "0.25",
            "negativeTotal": "true",
            "hintCost": "0.5",
            "passScoreIsPercent": "true",
        }
    )
    paper, key = print_test(test, key_version=3)
    assert isinstance(key, Key)
    assert (key.version, key.rule, key.paper_digest) == (3, MarkingRule.RIGHT_MINUS_WRONG, paper.digest)
    assert (key.wrong_answer_penalty, key.negative_total, key.hint_cost) == (Decimal("0.25"), True, Decimal("0.5"))
    assert key.max_score == Decimal(30)
    assert key.needed_score == Decimal(3)


def test_printing_twice_prints_the_same() -> None:
    later = a_test(created_at=NOON + timedelta(days=1))
    assert print_test(later)[0].to_bytes() == print_test(a_test())[0].to_bytes()


def _with(question: Question) -> Test:
    return a_test(sections=(a_section("s1", title="Cells", questions=(a_question("fine"), question)),))


def _options(*right: bool, **changes: Any) -> tuple[Option, ...]:
    return tuple(an_option(f"o{n}", is_right, option_order=n, **changes) for n, is_right in enumerate(right, 1))


MSQ, TRUE_FALSE, ESSAY = QuestionType.MSQ, QuestionType.TRUE_FALSE, QuestionType.ESSAY


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"question_text": " \n"}, "there is no text"),
        ({"question_text": "\x00\u200b"}, "there is no text"),
        ({"question_text": "x" * 200_001}, "longer than 200,000"),
        ({"points": Decimal(-1)}, "points must be a number"),
        ({"points": Decimal("NaN")}, "points must be a number"),
        ({"points": Decimal("Infinity")}, "points must be a number"),
        ({"points": Decimal("0.0000001")}, "points must be a number"),
        ({"points": Decimal(100_001)}, "points must be a number"),
        ({"options": ()}, "at least two options"),
        ({"options": _options(True)}, "at least two options"),
        ({"options": _options(False, False)}, "exactly one option must be correct, not 0"),
        ({"options": _options(True, True)}, "exactly one option must be correct, not 2"),
        ({"options": (an_option("a", True), an_option("a"))}, "the id 'a' stands twice"),
        ({"options": (an_option("", True), an_option("b"))}, "the id '' is empty"),
        ({"options": (an_option("e\u0301", True), an_option("b"))}, "cannot be printed"),
        ({"options": (an_option("a\n", True), an_option("b"))}, "cannot be printed"),
        ({"options": (an_option("x" * 201, True), an_option("b"))}, "too long"),
        ({"options": _options(True, False, option_text=" ")}, "an option has no text"),
        ({"options": _options(True, False, weight=Decimal("1.01"))}, "-1 to 1"),
        ({"options": _options(True, False, weight=Decimal("NaN"))}, "-1 to 1"),
        ({"type": TRUE_FALSE, "options": _options(True, False, False)}, "True/False has two options"),
        ({"type": TRUE_FALSE, "options": _options(True, True)}, "exactly one"),
        ({"type": MSQ, "options": _options(False, False)}, "no option is correct"),
        ({"type": MSQ, "options": _options(False, False, weight=Decimal("-0.5"))}, "no option is correct"),
        ({"type": MSQ, "options": _options(False, False, weight=Decimal(1))}, "no option is correct, and the marking"),
        ({"type": MSQ, "min_choices": 3, "max_choices": 2}, "minChoices"),
        ({"type": MSQ, "max_choices": 5}, "minChoices is more than maxChoices, or either"),
        ({"type": MSQ, "max_choices": 1}, "maxChoices is less"),
        ({"type": MSQ, "max_choices": 0}, "maxChoices is less"),
        ({"type": MSQ, "min_choices": -1}, "minChoices"),
        ({"type": ESSAY, "options": _options(True, False)}, "an open question has no options"),
        ({"type": ESSAY, "min_words": 500, "max_words": 300}, "minWords"),
    ],
)
def test_a_question_that_cannot_be_sat_or_marked_is_named(changes: dict[str, Any], words: str) -> None:
    with pytest.raises(Invalid) as refusal:
        print_test(_with(a_question("q", order=2, **changes)))
    assert refusal.value.message.startswith("section 'Cells', question 2: ")
    assert words in refusal.value.message


def test_weights_are_asked_for_only_where_marking_goes_by_them() -> None:
    some = (an_option("a", True, weight=Decimal(1)), an_option("b", True))
    print_test(_with(a_question("q", order=2, type=MSQ, options=some)))
    weighed = replace(_with(a_question("q", order=2, type=MSQ, options=some)), settings={"marking": "weights"})
    with pytest.raises(Invalid, match="question 2: every correct option needs a weight"):
        print_test(weighed)
    only = _options(False, False, weight=Decimal(1))
    print_test(replace(_with(a_question("q", order=2, type=MSQ, options=only)), settings={"marking": "weights"}))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"title": " "}, "test ' ': there is no title"),
        ({"duration": 0}, "test 'Biology II': duration must be 1 to 10080"),
        ({"duration": 10_081}, "duration must be"),
        ({"sections": ()}, "there is no section"),
        ({"max_attempts": 0}, "maxAttempts"),
        ({"pass_score": Decimal(-1)}, "passScore"),
        ({"pass_score": Decimal("NaN")}, "passScore"),
        ({"test_id": ""}, "the id '' is empty"),
        ({"sections": (a_section("s1"), a_section("s1"))}, "the id 's1' stands twice"),
        ({"sections": (a_section("s1"), a_section("s2", questions=(a_question("s1-q1"),)))}, "'s1-q1' stands twice"),
        ({"sections": (a_section("s1", questions=()),)}, "section 'Section s1': there is no active question"),
        ({"sections": (a_section("s1", questions=(a_question(is_active=False),)),)}, "there is no active question"),
        ({"sections": (a_section("s1", duration=0),)}, "section 'Section s1': duration"),
        ({"sections": (a_section("s1", title="\t"),)}, "there is no title"),
        ({"settings": {"colour": "blue"}}, "there is no setting 'colour'"),
        ({"settings": {"marking": "kindly"}}, "the setting marking cannot be 'kindly'"),
        ({"settings": {"immediateFeedback": "true"}}, "a private test cannot have it"),
    ],
)
def test_a_test_that_cannot_be_sat_is_named(changes: dict[str, Any], words: str) -> None:
    with pytest.raises(Invalid) as refusal:
        print_test(a_test(**changes))
    assert words in refusal.value.message
