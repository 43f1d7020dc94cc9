"""Fields of records: ids, text, points, times and free objects, each with its bounds."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any, TypeVar

from pydantic import BeforeValidator, Field, PlainSerializer
from pydantic_core import PydanticCustomError

from kiosk.exam.canonical import decimal_text
from kiosk.exam.error import Invalid
from kiosk.exam.moment import iso, parse_iso
from kiosk.exam.text import clean_text

LONGEST_TEXT = 200_000
LARGEST_INT64 = 2**63 - 1
DEEPEST = 16
"""How deep a free object may nest."""


_Kind = TypeVar("_Kind", bound=StrEnum)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise PydanticCustomError("text", "must be text")
    return clean_text(value, LONGEST_TEXT + 1)


def _points(value: Any) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, str | int | float | Decimal):
        raise PydanticCustomError("points", "must be a number")
    try:
        return Decimal(decimal_text(Decimal(repr(value) if isinstance(value, float) else value)))
    except (ArithmeticError, Invalid) as error:
        raise PydanticCustomError("points", "must be a finite number of at most 30 digits on each side") from error


def _moment(value: Any) -> datetime:
    if isinstance(value, datetime) and value.tzinfo is not None:
        return value
    try:
        return parse_iso(value)
    except (TypeError, ValueError, OverflowError) as error:
        raise PydanticCustomError("moment", "must be an ISO 8601 time with its zone") from error


def _object(value: Any) -> Any:
    if not isinstance(value, dict):
        raise PydanticCustomError("object", "must be an object")
    return _free(value, 0)


def _free(value: Any, depth: int) -> Any:
    if depth > DEEPEST:
        raise PydanticCustomError("object", "is nested too deep")
    match value:
        case None | bool() | int() | float():
            return value
        case Decimal():
            return float(value)
        case str():
            return clean_text(value, LONGEST_TEXT)
        case list() | tuple():
            return [_free(item, depth + 1) for item in value]
        case dict():
            return {clean_text(str(name), 200): _free(item, depth + 1) for name, item in value.items()}
    raise PydanticCustomError("object", "holds something that is not JSON")


Id = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]+$")]
Text = Annotated[str, BeforeValidator(_text), Field(max_length=LONGEST_TEXT)]
"""Text, cleaned of what steers a terminal."""
Int64 = Annotated[int, Field(ge=-LARGEST_INT64 - 1, le=LARGEST_INT64)]
Points = Annotated[Decimal, BeforeValidator(_points), PlainSerializer(decimal_text, return_type=str)]
"""The page's Float64: read from a number or a string, kept and written as an exact decimal string."""
Moment = Annotated[datetime, BeforeValidator(_moment), PlainSerializer(iso, return_type=str)]
"""ISO 8601 in, UTC with milliseconds and a Z out."""
Strings = Annotated[list[Text], Field(max_length=1_000)]
Ids = Annotated[list[Id], Field(max_length=1_000)]
Object = Annotated[dict[str, Any], BeforeValidator(_object)]
"""A free JSON object."""
Member = Annotated[_Kind, Field(strict=False)]
"""`Member[Kind]`: one of an enumeration, read from its value."""
