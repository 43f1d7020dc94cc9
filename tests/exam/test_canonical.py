"""One value, one sequence of bytes: and what has no one spelling is refused."""

import json
import unicodedata
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.exam.canonical import canonical, decimal_text, digest, plain, read_canonical, respelled
from kiosk.exam.draft import QuestionType
from kiosk.exam.error import Invalid

TEXT = st.text(st.characters(exclude_categories=["Cs"]))
INTEGER = st.integers(-(2**53) + 1, 2**53 - 1)
JSON = st.recursive(
    st.none() | st.booleans() | INTEGER | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text("abcdé", max_size=3), inner, max_size=4),
    max_leaves=20,
)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, b"null"),
        (True, b"true"),
        (0, b"0"),
        (-7, b"-7"),
        ("", b'""'),
        ("é", "é".encode().join([b'"', b'"'])),
        ("e\u0301", b'"\xc3\xa9"'),
        ("\u0000\u001f\u007f", b'"\\u0000\\u001f\x7f"'),
        ('"\\/\n\t', b'"\\"\\\\/\\n\\t"'),
        ("\U0001f600", b'"\xf0\x9f\x98\x80"'),
        ([1, [2], ()], b"[1,[2],[]]"),
        ({"b": 1, "a": {"d": 2, "c": 3}}, b'{"a":{"c":3,"d":2},"b":1}'),
        (Decimal("1.50"), b'"1.5"'),
        (QuestionType.TRUE_FALSE, b'"TrueFalse"'),
        (2**53 - 1, b"9007199254740991"),
    ],
)
def test_each_value_has_one_spelling(value: object, expected: bytes) -> None:
    assert canonical(value) == expected


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (1.0, "float"),
        (float("nan"), "float"),
        ({"a": [0.1]}, "float"),
        (b"bytes", "bytes"),
        ({1, 2}, "set"),
        (object(), "object"),
        ({1: "a"}, "names of an object must be strings"),
        ({"é": 1, "e\u0301": 2}, "the same text"),
        ("\ud800", "surrogate"),
        ({"\udfff": 1}, "surrogate"),
        (2**53, "too large"),
        (-(2**53), "too large"),
        (Decimal("NaN"), "finite"),
        (Decimal("1E+31"), "30 digits"),
        (Decimal("1E-31"), "30 digits"),
    ],
)
def test_what_has_no_one_spelling_is_refused(value: object, words: str) -> None:
    with pytest.raises(Invalid, match=words):
        canonical(value)


def test_depth_has_an_end() -> None:
    nested: list[object] = []
    for _ in range(64):
        nested = [nested]
    canonical(nested)
    with pytest.raises(Invalid, match="deeper than 64"):
        canonical([nested])


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("0", "0"),
        ("-0.00", "0"),
        ("10", "10"),
        ("1E+2", "100"),
        ("0.50", "0.5"),
        ("-2.750", "-2.75"),
        ("1E-6", "0.000001"),
        ("12345678901234567890.123456789", "12345678901234567890.123456789"),
        ("0.333333333333333333333333333333", "0.333333333333333333333333333333"),
    ],
)
def test_decimals_keep_every_digit_and_no_more(value: str, expected: str) -> None:
    assert decimal_text(Decimal(value)) == expected


@given(JSON, st.randoms())
def test_the_order_of_names_never_matters(value: object, random: object) -> None:
    assert canonical(_reordered(value, random)) == canonical(value)


@given(JSON)
def test_bytes_are_json_in_normal_form_and_read_back_as_the_same_bytes(value: object) -> None:
    written = canonical(value)
    read = json.loads(written)
    assert canonical(read) == written
    assert plain(value) == read
    assert unicodedata.is_normalized("NFC", written.decode())


@given(TEXT)
def test_all_spellings_of_a_text_are_one(text: str) -> None:
    assert canonical(unicodedata.normalize("NFD", text)) == canonical(text)


@given(JSON, JSON)
def test_different_values_have_different_bytes(one: object, other: object) -> None:
    assert (digest(one) == digest(other)) == (
        json.dumps(plain(one), sort_keys=True) == json.dumps(plain(other), sort_keys=True)
    )


def _reordered(value: object, random: object) -> object:
    if isinstance(value, dict):
        names = list(value)
        random.shuffle(names)
        return {n: _reordered(value[n], random) for n in names}
    if isinstance(value, list):
        return [_reordered(v, random) for v in value]
    return value


LOOSE = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXT | st.text('e\u0301\n"\\ñ', max_size=4),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text("abé\u0301", max_size=3), inner, max_size=4),
    max_leaves=20,
)


def is_canonical(data):
    """The rule itself: read, spelled anew, the same bytes."""
    try:
        return canonical(json.loads(data)) == data
    except (ValueError, RecursionError, Invalid):
        return False


def is_taken(data):
    try:
        return respelled(read_canonical(data)) == data
    except (ValueError, RecursionError, Invalid):
        return False


@given(LOOSE)
def test_reading_takes_canonical_bytes_and_no_others(value):
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    for data in (text.encode(), json.dumps(value).encode(), text.encode("utf-16")):
        assert is_taken(data) == is_canonical(data)


@given(JSON)
def test_what_was_written_is_read_back(value):
    assert read_canonical(canonical(value)) == plain(value)
    assert respelled(plain(value)) == canonical(value)


@pytest.mark.parametrize(
    "data",
    [
        *(b"[" * deep + part + b"]" * deep for deep in (63, 64, 65, 66, 100_000) for part in (b"", b"1", b"{}")),
        *(str(value).encode() for value in (2**53 - 1, 2**53, -(2**53) + 1, -(2**53))),
        b"1" * 5000,
        *(b"-0", b"1.0", b"1e2", b"NaN", b"-Infinity", b" 1", b"1 ", b"", b"[", b"\xff", b"\xef\xbb\xbf1"),
        *('"\\n\u0303"', '"n\u0303"', '"\\u00e9"', '"\\ud800"', '"a\u0323\u0302"', '"\\u0301"', '"\u0301"'),
        '{"a":1,"a":1}',
    ],
    ids=lambda data: ascii(data)[:40],
)  # fmt: skip
def test_every_border_of_the_one_spelling_is_held(data):
    data = data.encode() if isinstance(data, str) else data
    assert is_taken(data) == is_canonical(data)
