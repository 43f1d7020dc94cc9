"""Column types that mean the same on SQLite, SQLCipher and PostgreSQL."""

import enum
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import JSON, TIMESTAMP, Date, Dialect, Enum, Numeric, String, TypeDecorator
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.types import TypeEngine

from kiosk.exam.canonical import decimal_text
from kiosk.exam.moment import iso, parse_iso

_LOADS_ZONES = TIMESTAMP(timezone=True)


class UtcDateTime(TypeDecorator[datetime]):
    """An aware datetime, kept in UTC to the millisecond; a naive one is refused with ValueError.

    SQLite keeps the project's ISO spelling, which sorts as time does.
    """

    impl = String(24)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Return the type PostgreSQL has for this, or text."""
        return dialect.type_descriptor(_LOADS_ZONES if dialect.name == "postgresql" else String(24))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | str | None:
        """Return the value in UTC; raises ValueError for a datetime without a zone."""
        if value is None:
            return None
        text = iso(value)
        return parse_iso(text) if dialect.name == "postgresql" else text

    def process_result_value(self, value: Any | None, dialect: Dialect) -> datetime | None:
        """Return the stored moment as an aware datetime in UTC."""
        if value is None:
            return None
        return value.astimezone(UTC) if isinstance(value, datetime) else parse_iso(value)


class IsoDate(TypeDecorator[str]):
    """A day, as its ISO text YYYY-MM-DD in Python: a real date on PostgreSQL, so that tables can be parted by it."""

    impl = String(10)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Return the type PostgreSQL has for this, or text."""
        return dialect.type_descriptor(Date() if dialect.name == "postgresql" else String(10))

    def process_bind_param(self, value: str | None, dialect: Dialect) -> date | str | None:
        """Return the checked day; raises ValueError for text that is no date."""
        if value is None:
            return None
        day = date.fromisoformat(value)
        return day if dialect.name == "postgresql" else day.isoformat()

    def process_result_value(self, value: Any | None, dialect: Dialect) -> str | None:
        """Return the day as ISO text."""
        return value.isoformat() if isinstance(value, date) else value


class ExactDecimal(TypeDecorator[Decimal]):
    """A number of points, kept to its last digit: NUMERIC on PostgreSQL, its one spelling as text on SQLite.

    Text neither sorts nor sums as numbers do, so points are added up in Python, exactly.
    """

    impl = String(64)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Return the type PostgreSQL has for this, or text."""
        return dialect.type_descriptor(Numeric() if dialect.name == "postgresql" else String(64))

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> Decimal | str | None:
        """Return the exact value; raises TypeError for a float, Invalid for what is not finite or too long."""
        if value is None:
            return None
        if not isinstance(value, Decimal | int) or isinstance(value, bool):
            raise TypeError(f"points are exact decimals, not {type(value).__name__}")
        text = decimal_text(Decimal(value))
        return Decimal(text) if dialect.name == "postgresql" else text

    def process_result_value(self, value: Any | None, dialect: Dialect) -> Decimal | None:
        """Return the exact value, in its one spelling."""
        return None if value is None else Decimal(decimal_text(Decimal(value)))


def json_type() -> TypeEngine[Any]:
    """Return JSON, as JSONB on PostgreSQL; None is stored as NULL."""
    return JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")


def enum_type() -> Enum:
    """Return the type of enumerations: their values as text under a CHECK, the members in Python."""
    return _value_enum(enum.Enum, closed=True)


def growing_enum(members: type[enum.Enum]) -> Enum:
    """Return the type of an enumeration that gains members from version to version: no CHECK names them."""
    return _value_enum(members, closed=False)


def _value_enum(members: type[enum.Enum], *, closed: bool) -> Enum:
    return Enum(
        members,
        native_enum=False,
        length=32,
        create_constraint=closed,
        validate_strings=True,
        values_callable=lambda listed: [member.value for member in listed],
    )
