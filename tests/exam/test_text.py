"""Foreign text is kept, and nothing in it can steer a terminal or hide."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.exam.answer import Answer, count_words
from kiosk.exam.text import clean_line, clean_text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Mitose é", "Mitose é"),
        ("e\u0301", "é"),
        ("a\r\nb\rc\x0bd\x0ce\x85f\u2028g\u2029h", "a\nb\nc\nd\ne\nf\ng\nh"),
        ("\ttab stays", "\ttab stays"),
        ("\x1b[2Jgone", "[2Jgone"),
        ("\x9b31mred", "31mred"),
        ("\x07\x00\x7f", ""),
        ("safe\u202egnp.exe", "safegnp.exe"),
        ("zero\u200bwidth\ufeff", "zerowidth"),
        ("half \ud83d", "half "),
        ("family \U0001f468\u200d\U0001f469", "family \U0001f468\u200d\U0001f469"),
        ("नमस्ते", "नमस्ते"),
        ("[@click=app.quit]x[/]", "[@click=app.quit]x[/]"),
    ],
)
def test_text_is_cleaned(text: str, expected: str) -> None:
    assert clean_text(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"), [("  two\n words\t", "two words"), ("a\u00a0b", "a b"), ("", ""), ("\x1b\n", "")]
)
def test_a_line_is_one_line(text: str, expected: str) -> None:
    assert clean_line(text) == expected


def test_length_is_bounded() -> None:
    assert len(clean_text("x" * 300_000)) == 200_000
    assert clean_text("abc", limit=2) == "ab"


@given(st.text())
def test_clean_text_is_stable_normal_and_free_of_controls(text: str) -> None:
    cleaned = clean_text(text)
    assert clean_text(cleaned) == cleaned
    assert unicodedata.is_normalized("NFC", cleaned)
    assert not any(unicodedata.category(c) in ("Cc", "Cs") and c not in "\n\t" for c in cleaned)
    cleaned.encode()


@given(st.text(), st.integers(0, 30))
def test_a_cut_never_makes_more_of_it(text: str, limit: int) -> None:
    assert clean_text(text).startswith(clean_text(text, limit))


@pytest.mark.parametrize(("text", "words"), [("", 0), ("  \n", 0), ("one", 1), ("two  words\nand\tmore", 4)])
def test_words_are_counted_as_a_person_does(text: str, words: int) -> None:
    assert count_words(text) == words


@pytest.mark.parametrize(
    ("answer", "is_answered"),
    [
        (Answer("q"), False),
        (Answer("q", flagged=True, seen=True, hints_shown=2), False),
        (Answer("q", text=" \n"), False),
        (Answer("q", text="x"), True),
        (Answer("q", option_ids=("a",)), True),
    ],
)
def test_an_answer_is_something_to_mark(answer: Answer, is_answered: bool) -> None:
    assert answer.is_answered is is_answered
