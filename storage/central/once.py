"""Rows that several workers may bring at the same moment: whoever comes first inserts them, nobody fails."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session

from storage.models.office import OfficeBase
from storage.office.store import in_batches

FEW = 100
"""Rows in one statement: far below the number of variables SQLite takes."""


def add_once(session: Session, model: type[OfficeBase], values: Mapping[str, Any]) -> bool:
    """Insert a row unless one with its key is there; return whether it was inserted."""
    table = OfficeBase.metadata.tables[model.__tablename__]
    make = postgresql_insert if session.get_bind().dialect.name == "postgresql" else sqlite_insert
    statement = make(table).values(dict(values)).on_conflict_do_nothing().returning(*table.primary_key.columns)
    return session.execute(statement).first() is not None


def add_all_once(session: Session, model: type[OfficeBase], values: Sequence[Mapping[str, Any]]) -> None:
    """Insert those rows whose keys are not there yet."""
    table = OfficeBase.metadata.tables[model.__tablename__]
    make = postgresql_insert if session.get_bind().dialect.name == "postgresql" else sqlite_insert
    for some in in_batches(values, FEW):
        session.execute(make(table).values([dict(row) for row in some]).on_conflict_do_nothing())
