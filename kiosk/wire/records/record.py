"""What every record has in common: camelCase outside, snake_case inside, nothing unknown."""

import json
from decimal import Decimal
from typing import Any, ClassVar, Self

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic.alias_generators import to_camel

from kiosk.exam.error import Invalid
from kiosk.wire.document import words


class Record(BaseModel):
    """One row of one table. An id may be left out; whoever keeps the record then makes one."""

    model_config = ConfigDict(
        extra="forbid",
        strict=True,
        frozen=True,
        alias_generator=to_camel,
        validate_by_name=False,
        validate_by_alias=True,
    )

    table: ClassVar[str]
    """The table's name on the page."""
    key: ClassVar[str | None] = None
    """The column of the record's own id, where it has one."""

    @classmethod
    def from_json(cls, text: str | bytes) -> Self:
        """Read one record; raises Invalid naming the table and the field. Numbers keep every digit."""
        try:
            return cls.read(json.loads(text, parse_float=Decimal, parse_constant=_refuse))
        except (ValueError, RecursionError) as error:
            raise Invalid(f"{cls.table}: this is not JSON") from error

    @classmethod
    def read(cls, fields: Any) -> Self:
        """Read one record from the object its JSON stands for; raises Invalid naming the table and the field."""
        try:
            return cls.model_validate(fields)
        except ValidationError as error:
            raise Invalid(f"{cls.table}: {words(error)}") from None

    @classmethod
    def from_columns(cls, columns: dict[str, Any]) -> Self:
        """Make the record of a row, given by column name; columns the page does not know are left out."""
        return cls.read({to_camel(name): value for name, value in columns.items() if name in cls.model_fields})

    def changed(self, fields: dict[str, Any]) -> Self:
        """Return the record with some fields, by their names on the page, given anew; raises Invalid."""
        return self.read({to_camel(name): value for name, value in self.columns().items()} | fields)

    def columns(self) -> dict[str, Any]:
        """Return the fields by column name."""
        return {name: getattr(self, name) for name in type(self).model_fields}

    def to_json(self) -> str:
        """Return the record's JSON; fields without a value are left out."""
        return self.model_dump_json(by_alias=True, exclude_none=True)


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is not a number")
