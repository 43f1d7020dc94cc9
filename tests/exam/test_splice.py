"""A splice turns one text into another, and fits nowhere else."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.exam.canonical import canonical
from kiosk.exam.error import Invalid
from kiosk.exam.splice import Splice
from kiosk.exam.text import clean_text

TEXT = st.text(max_size=60).map(clean_text)
MARKED = st.text("aeqé\u0301\u0323\u1100\u1161", max_size=12).map(clean_text)
"""Texts in which letters and marks combine, so that pieces of them might compose otherwise than the whole."""


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("", "abc", Splice(0, 0, "abc")),
        ("abc", "", Splice(0, 3, "")),
        ("abc", "abc", Splice(3, 0, "")),
        ("abc", "abXc", Splice(2, 0, "X")),
        ("aaa", "aaaa", Splice(3, 0, "a")),
        ("aaaa", "aaa", Splice(3, 1, "")),
        ("the cat sat", "the dog sat", Splice(4, 3, "dog")),
        ("\U0001f600!", "\U0001f601!", Splice(0, 1, "\U0001f601")),
        ("e", "é", Splice(0, 1, "é")),
    ],
)
def test_the_smallest_change_is_found_in_code_points(before: str, after: str, expected: Splice) -> None:
    assert Splice.between(before, after) == expected


@given(TEXT | MARKED, TEXT | MARKED)
def test_a_splice_leads_from_one_text_to_the_other(before: str, after: str) -> None:
    splice = Splice.between(before, after)
    assert splice.apply(before) == after
    assert splice.removed <= len(before)
    assert len(splice.inserted) <= len(after)


@given(TEXT | MARKED, TEXT | MARKED)
def test_a_splice_survives_the_journal(before: str, after: str) -> None:
    splice = Splice.between(before, after)
    kept = json.loads(canonical({"question": "q", **splice.document()}))
    assert Splice.from_document(kept).apply(before) == after


@given(st.text(max_size=40), st.text("abc", max_size=5), st.text(max_size=40))
def test_typing_in_the_middle_costs_what_was_typed(head: str, typed: str, tail: str) -> None:
    splice = Splice.between(head + tail, head + typed + tail)
    assert len(splice.inserted) <= len(typed)
    assert splice.removed == 0


@pytest.mark.parametrize("splice", [Splice(4, 0, "x"), Splice(2, 2, ""), Splice(-1, 0, "x"), Splice(0, -1, "x")])
def test_a_splice_that_does_not_fit_is_refused(splice: Splice) -> None:
    with pytest.raises(Invalid, match="does not fit"):
        splice.apply("abc")
