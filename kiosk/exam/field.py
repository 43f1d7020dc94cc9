"""The fields of a document that came from elsewhere: each asked for by name and kind, nothing taken on trust.

`canonical` proves that a document was read whole; this proves that each field holds the kind of value it must.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, TypeVar

from kiosk.exam.error import Invalid

T = TypeVar("T")


class Fields:
    """A mapping whose fields are read by kind; every mismatch raises Invalid naming the field."""

    def __init__(self, fields: object) -> None:
        if not isinstance(fields, Mapping):
            raise Invalid(f"an object is wanted, not {type(fields).__name__}")
        self.fields: Mapping[str, Any] = fields

    def has(self, name: str) -> bool:
        """Whether a field that may be left out is there."""
        return name in self.fields

    def text(self, name: str) -> str:
        """Return a string."""
        return self._of(name, str)

    def flag(self, name: str) -> bool:
        """Return a truth value."""
        return self._of(name, bool)

    def whole(self, name: str) -> int:
        """Return an integer; true and false are none."""
        value = self._of(name, int)
        if isinstance(value, bool):
            raise Invalid(f"{name} must be a whole number")
        return value

    def decimal(self, name: str) -> Decimal:
        """Return an exact number, which is written as a string."""
        value = self._at(name)
        try:
            number = value if isinstance(value, Decimal) else Decimal(self.text(name))
        except ArithmeticError as error:
            raise Invalid(f"{name} must be a number in quotes") from error
        if not number.is_finite():
            raise Invalid(f"{name} must be a number in quotes")
        return number

    def text_or_none(self, name: str) -> str | None:
        """Return a string or None."""
        return None if self._at(name) is None else self.text(name)

    def whole_or_none(self, name: str) -> int | None:
        """Return an integer or None."""
        return None if self._at(name) is None else self.whole(name)

    def decimal_or_none(self, name: str) -> Decimal | None:
        """Return an exact number or None."""
        return None if self._at(name) is None else self.decimal(name)

    def texts(self, name: str) -> tuple[str, ...]:
        """Return a list of strings."""
        return tuple(self._each(name, str))

    def wholes(self, name: str) -> tuple[int, ...]:
        """Return a list of integers."""
        return tuple(self._each(name, int))

    def pairs(self, name: str) -> tuple[tuple[str, str], ...]:
        """Return a list of lists of two strings."""
        pairs = self._each(name, list)
        if all(len(pair) == 2 and all(isinstance(half, str) for half in pair) for pair in pairs):
            return tuple((first, second) for first, second in pairs)
        raise Invalid(f"{name} must be a list of pairs of texts")

    def rows(self, name: str) -> tuple["Fields", ...]:
        """Return a list of objects."""
        return tuple(Fields(fields) for fields in self._each(name, dict))

    def inner(self, name: str) -> "Fields":
        """Return one object."""
        return Fields(self._at(name))

    def must_be_only(self, known: Mapping[str, Any]) -> None:
        """Raise Invalid, naming a field, unless there are no fields but those of `known`."""
        unknown = sorted(set(self.fields) - set(known))
        if unknown:
            raise Invalid(f"{unknown[0]} is not known here")

    def _of(self, name: str, kind: type[T]) -> T:
        value = self._at(name)
        if not isinstance(value, kind):
            raise Invalid(f"{name} must be {_KINDS[kind]}")
        return value

    def _each(self, name: str, kind: type[T]) -> Sequence[T]:
        values = self._at(name)
        if isinstance(values, list | tuple) and all(isinstance(v, kind) and not isinstance(v, bool) for v in values):
            return values
        raise Invalid(f"{name} must be a list, and each of it {_KINDS[kind]}")

    def _at(self, name: str) -> Any:
        if name not in self.fields:
            raise Invalid(f"{name} is missing")
        return self.fields[name]


_KINDS: Mapping[type, str] = {
    str: "text",
    bool: "true or false",
    int: "a whole number",
    list: "a list",
    dict: "an object",
}
