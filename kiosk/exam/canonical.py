"""Canonical JSON: one value, one sequence of bytes, so that a digest means the same everywhere."""

import hashlib
import json
import unicodedata
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from kiosk.exam.error import Invalid

JSON_KINDS = "null, true, false, integers, strings, lists and objects with string keys"
LARGEST_INTEGER = 2**53 - 1
DEEPEST = 64
MOST_DIGITS = 30

Json = None | bool | int | str | Sequence["Json"] | Mapping[str, "Json"]


def canonical(value: object) -> bytes:
    """Return the canonical bytes of `value`: UTF-8, sorted keys, no spaces, NFC text, no floats.

    Decimals are written as strings. Raises Invalid for anything that has no one spelling.
    """
    text = json.dumps(plain(value), ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return text.encode("utf-8")


def plain(value: object) -> Any:
    """Return `value` as it reads back from its canonical bytes; raises Invalid like `canonical`."""
    return _plain(value, 0)


def digest(value: object) -> str:
    """Return the SHA-256 of the canonical bytes of `value` in lower-case hex."""
    return hashlib.sha256(canonical(value)).hexdigest()


def _plain(value: object, depth: int) -> object:
    if depth > DEEPEST:
        raise Invalid(f"nested deeper than {DEEPEST} levels")
    match value:
        case None | bool():
            return value
        case int():
            if abs(value) > LARGEST_INTEGER:
                raise Invalid(f"the integer {value} is too large to be written exactly")
            return int(value)
        case str():
            return _text(value)
        case Decimal():
            return decimal_text(value)
        case Mapping():
            return _object(value, depth)
        case list() | tuple():
            return [_plain(v, depth + 1) for v in value]
    raise Invalid(f"a {type(value).__name__} has no canonical form; use {JSON_KINDS}")


def _object(value: Mapping[Any, object], depth: int) -> dict[str, object]:
    named = {_name(k): _plain(v, depth + 1) for k, v in value.items()}
    if len(named) != len(value):
        raise Invalid("two names of an object are the same text")
    return named


def _name(key: object) -> str:
    if not isinstance(key, str):
        raise Invalid("the names of an object must be strings")
    return _text(key)


def _text(text: str) -> str:
    if text.isascii():  # the most of all text by far: it has one spelling already
        return str(text)
    if any("\ud800" <= c <= "\udfff" for c in text):
        raise Invalid("a text holds half of a surrogate pair, which cannot be written")
    return unicodedata.normalize("NFC", str(text))


def decimal_text(value: Decimal) -> str:
    """Return an exact decimal in its one spelling: no exponent, no trailing zeros, no negative zero.

    Raises Invalid for what is not finite or needs more than MOST_DIGITS before or after the point.
    """
    if not value.is_finite():
        raise Invalid("a number of points must be finite")
    if value == 0:
        return "0"
    exponent = value.as_tuple().exponent
    if value.adjusted() >= MOST_DIGITS or (isinstance(exponent, int) and exponent < -MOST_DIGITS):
        raise Invalid(f"a number of points has at most {MOST_DIGITS} digits before and after the point")
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
