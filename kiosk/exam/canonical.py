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
    return respelled(plain(value))


class Misspelt(Invalid):
    """Bytes that can be read, and are not the one spelling of what they say."""


def respelled(value: object) -> bytes:
    """Return the canonical bytes of a value that `plain` or `read_canonical` returned: as `canonical` does, and sooner.

    What has another origin may hold what has no canonical form, and is not found out here.
    """
    return _ENCODER.encode(value).encode("utf-8")


def read_canonical(data: bytes) -> Any:
    """Return the value whose canonical bytes `data` is.

    Raises Misspelt for another spelling of it; Invalid, ValueError or RecursionError for what cannot be read.
    """
    text = data.decode("utf-8")
    value = _DECODER.decode(text)
    if _is_shallow(value, DEEPEST) and (data.isascii() or unicodedata.is_normalized("NFC", text)):
        same = respelled(value) == data  # every part is in its one spelling already
    else:
        same = canonical(value) == data
    if not same:
        raise Misspelt("a document is not in its one spelling")
    return value


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


def _is_shallow(value: object, left: int) -> bool:
    """Whether no part of plain JSON values is nested deeper than `left` levels."""
    if not isinstance(value, dict | list):
        return left >= 0
    if left < 1:
        return False
    for part in value.values() if isinstance(value, dict) else value:
        if isinstance(part, dict | list) and not _is_shallow(part, left - 1):
            return False
    return True


def _whole(text: str) -> int:
    value = int(text)
    if abs(value) > LARGEST_INTEGER:
        raise Invalid("an integer is too large to be written exactly")
    return value


def _no_float(text: str) -> float:
    raise Invalid(f"a float has no canonical form; use {JSON_KINDS}")


_ENCODER = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
_DECODER = json.JSONDecoder(parse_int=_whole, parse_float=_no_float, parse_constant=_no_float)


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
