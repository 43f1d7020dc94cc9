"""Words of a file as a person wrote them, and the fields that read them."""

import re
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any

from pydantic import BeforeValidator, StringConstraints, WithJsonSchema
from pydantic_core import PydanticCustomError

from kiosk.exam.moment import parse_iso
from kiosk.exam.proof import LONGEST_ID
from kiosk.exam.text import clean_line, clean_text

_NOTHING = frozenset({"", "~", "null", "Null", "NULL"})
_WHOLE = re.compile(r"[+-]?[0-9]{1,12}\Z")
_NUMBER = re.compile(r"[+-]?[0-9]{1,12}(\.[0-9]{1,24})?\Z")
LONGEST_TEXT = 50_000
LONGEST_LINE = 300


class Plain(str):
    """A scalar written without quotes: the field it stands in decides whether it is text, a number or a yes."""

    __slots__ = ()


def is_nothing(value: object) -> bool:
    """Return whether a value says that the field is left out."""
    return value is None or (isinstance(value, Plain) and value in _NOTHING)


def _text(value: Any) -> str:
    return _raw(value).strip("\n")


def _raw(value: Any) -> str:
    if not isinstance(value, str):
        raise PydanticCustomError("text", "must be text, in quotes")
    return clean_text(value, len(value))


def _line(value: Any) -> str:
    return " ".join(_text(value).split())


def _whole(value: Any) -> int:
    if isinstance(value, Plain) and _WHOLE.match(value):
        return int(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    raise PydanticCustomError("whole", "must be a whole number")


def _decimal(value: Any) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, str | int | Decimal):
        raise PydanticCustomError("decimal", "must be a number")
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite() or not _NUMBER.match(_written(number)):
        raise PydanticCustomError("decimal", "must be a number such as 2, 0.5 or '1.25'")
    return number


def _written(number: Decimal) -> str:
    return format(number, "f") if abs(number.adjusted()) < 40 else ""


def _flag(value: Any) -> bool:
    if isinstance(value, Plain) and value.lower() in ("true", "false"):
        return value.lower() == "true"
    if isinstance(value, bool):
        return value
    raise PydanticCustomError("flag", "must be true or false")


def _moment(value: Any) -> datetime:
    if isinstance(value, datetime):
        return value
    try:
        return parse_iso(str(value))
    except ValueError as error:
        raise PydanticCustomError("moment", "must be a time such as 2031-05-06T12:00:00Z") from error


def _setting(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return _written(value)
    return str(value) if isinstance(value, int) else _line(value)


def _name(value: Any) -> str:
    name = str(value) if isinstance(value, Plain) else _raw(value)
    if clean_line(name, LONGEST_LINE) != name:
        raise PydanticCustomError("name", "must be printable, on one line, without blanks at its ends")
    return name


Text = Annotated[str, BeforeValidator(_text), StringConstraints(max_length=LONGEST_TEXT, pattern=r"\S")]
"""Several lines of text, cleaned; never blank."""

Raw = Annotated[str, BeforeValidator(_raw), StringConstraints(max_length=LONGEST_TEXT)]
"""Text whose ends and blank lines count: code, and what a program reads and writes."""

Line = Annotated[str, BeforeValidator(_line), StringConstraints(min_length=1, max_length=LONGEST_LINE)]
"""One line of text, cleaned; never blank."""

Identifier = Annotated[str, BeforeValidator(_name), StringConstraints(min_length=1, max_length=LONGEST_ID)]
"""Any printable name on one line: files keep the ids they came with."""

Language = Annotated[
    str, BeforeValidator(_name), StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9+#._-]*$", max_length=32)
]
"""A programming language, as an editor's highlighter names it."""

Whole = Annotated[int, BeforeValidator(_whole)]
Flag = Annotated[bool, BeforeValidator(_flag)]

_DECIMAL_SCHEMA = {"anyOf": [{"type": "number"}, {"type": "string", "pattern": r"^[+-]?[0-9]{1,12}(\.[0-9]{1,24})?$"}]}
Exact = Annotated[Decimal, BeforeValidator(_decimal), WithJsonSchema(_DECIMAL_SCHEMA)]
"""An exact decimal, written as a number or as a string."""

Timestamp = Annotated[datetime, BeforeValidator(_moment), WithJsonSchema({"type": "string", "format": "date-time"})]
"""An ISO 8601 time with its zone."""

SettingValue = Annotated[
    str,
    BeforeValidator(_setting),
    StringConstraints(max_length=LONGEST_LINE),
    WithJsonSchema({"anyOf": [{"type": "string"}, {"type": "boolean"}, {"type": "number"}]}),
]
"""A setting's value; settings are kept as text."""
