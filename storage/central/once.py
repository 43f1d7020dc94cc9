"""Rows that several workers may bring at the same moment: whoever comes first inserts them, nobody fails."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Executable
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session

from storage.models.office import OfficeBase


def add_once(session: Session, model: type[OfficeBase], values: Mapping[str, Any]) -> bool:
    """Insert a row unless one with its key is there; return whether it was inserted."""
    return bool(add_all_once(session, model, [values]))


def add_all_once(
    session: Session, model: type[OfficeBase], values: Sequence[Mapping[str, Any]]
) -> set[tuple[Any, ...]]:
    """Insert those rows, all with the same columns, that clash with none; return the keys of what was inserted.

    They go in in the order given, so that whoever inserts in one order never waits in a ring.
    """
    if not values:
        return set()
    statement = _adding(session.get_bind().dialect.name, model.__tablename__)
    return {tuple(row) for row in session.execute(statement, [dict(row) for row in values])}


@cache
def _adding(dialect: str, name: str) -> Executable:
    table = OfficeBase.metadata.tables[name]
    make = postgresql_insert if dialect == "postgresql" else sqlite_insert
    return make(table).on_conflict_do_nothing().returning(*table.primary_key.columns)
