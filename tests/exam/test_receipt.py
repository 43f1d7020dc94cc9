"""The receipt names the journal that was handed in, and a typed one is read kindly."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders import a_journal
from kiosk.exam.receipt import plain_code, receipt_code


def test_a_written_down_hash_has_a_written_down_code() -> None:
    assert receipt_code(bytes(range(32))) == "AAAQ-EAYE-AU"
    assert receipt_code(b"\xff" * 32) == "7777-7777-77"


@given(st.binary(min_size=32, max_size=32))
def test_a_code_is_the_first_ten_characters_of_the_hash(head: bytes) -> None:
    code = receipt_code(head)
    assert [len(part) for part in code.split("-")] == [4, 4, 2]
    assert plain_code(code) == base64.b32encode(head).decode()[:10]


@pytest.mark.parametrize("typed", ["AAAQ-EAYE-AU", "aaaq eaye au", " aaaqeayeau\n", "AAAQ_EAYE.AU"])
def test_a_typed_code_is_read_kindly(typed: str) -> None:
    assert plain_code(typed) == "AAAQEAYEAU"


def test_digits_that_no_code_has_are_read_as_their_lookalikes() -> None:
    assert plain_code("0188-0188-01") == "OIBBOIBBOI"


def test_another_journal_has_another_receipt() -> None:
    _, entries = a_journal()
    assert len({receipt_code(e.hash) for e in entries}) == len(entries)
