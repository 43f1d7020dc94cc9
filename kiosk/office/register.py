"""The office's register: any table's JSON records put in, changed and taken out under the page's names."""

from collections.abc import Iterable
from typing import Any
from uuid import uuid4

from pydantic.alias_generators import to_snake
from sqlalchemy import Engine
from sqlalchemy.orm import Session, sessionmaker

from kiosk.exam.error import Invalid
from kiosk.wire.records.record import Record
from kiosk.wire.records.table import record_of
from storage.engine import reading
from storage.row import add_row, change_row, find_rows


class Register:
    """Joins records and rows by column name, over one office store. It knows fields, not the rules of an exam."""

    def __init__(self, engine: Engine) -> None:
        self._sessions = sessionmaker(engine)
        self._readings = sessionmaker(reading(engine))

    def put(self, record: Record) -> Record:
        """Keep one record and return it with its id; raises Invalid where it does not fit."""
        return self.put_all([record])[0]

    def put_all(self, records: Iterable[Record]) -> list[Record]:
        """Keep several records, all or none, in the order given; raises Invalid where one does not fit."""
        with self._sessions.begin() as session:
            return [_put(session, record) for record in records]

    def change(self, table: str, where: dict[str, Any], fields: dict[str, Any]) -> Record:
        """Give some fields of the one record that `where` names anew; raises Invalid."""
        kind = record_of(table)
        with self._sessions.begin() as session:
            before = _one(session, kind, where)
            after = before.changed(fields)
            old, new = before.columns(), after.columns()
            changes = {name: value for name, value in new.items() if value != old[name]}
            if changes:
                change_row(session, to_snake(table), _columns(kind, where), changes)
            return after

    def take(self, table: str, **where: Any) -> Record:
        """Return the one record whose fields, by their names on the page, have these values; raises Invalid."""
        with self._readings() as session:
            return _one(session, record_of(table), where)

    def find(self, table: str, **where: Any) -> list[Record]:
        """Return every record whose fields have these values, in the order of their keys."""
        with self._readings() as session:
            return _found(session, record_of(table), where)


def _put(session: Session, record: Record) -> Record:
    columns = record.columns()
    if record.key is not None and columns[record.key] is None:
        columns[record.key] = uuid4().hex
    add_row(session, to_snake(record.table), columns)
    return record.from_columns(columns)


def _found(session: Session, kind: type[Record], where: dict[str, Any]) -> list[Record]:
    rows = find_rows(session, to_snake(kind.table), _columns(kind, where))
    return [kind.from_columns(row) for row in rows]


def _one(session: Session, kind: type[Record], where: dict[str, Any]) -> Record:
    found = _found(session, kind, where)
    if len(found) != 1:
        named = ", ".join(f"{name} {value}" for name, value in where.items())
        raise Invalid(f"{kind.table}: {'no record has' if not found else 'several records have'} {named}.")
    return found[0]


def _columns(kind: type[Record], where: dict[str, Any]) -> dict[str, Any]:
    columns = {to_snake(name): value for name, value in where.items()}
    unknown = sorted(set(columns) - set(kind.model_fields))
    if unknown:
        raise Invalid(f"{kind.table}: there is no field {unknown[0]}.")
    return columns
