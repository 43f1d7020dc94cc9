"""Hall and seat files: made new for an exam day and stamped; one with another stamp is refused, not migrated."""

import hashlib
from functools import cache

from sqlalchemy import Connection, Engine, inspect, text
from sqlalchemy.dialects import sqlite
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.schema import CreateIndex, CreateTable

from storage.engine import StoreError, reading

_STAMP = "CREATE TABLE stamp (place VARCHAR NOT NULL, digest VARCHAR NOT NULL)"


def settle(engine: Engine, base: type[DeclarativeBase]) -> None:
    """Make the tables of `base` in an empty store, or check the stamp of one that has some.

    Raises StoreError where the store was made for another place or by another version.
    """
    with engine.begin() as connection:
        if inspect(connection).get_table_names():
            _check(connection, base)
            return
        base.metadata.create_all(connection)
        connection.exec_driver_sql(_STAMP)
        connection.execute(
            text("INSERT INTO stamp (place, digest) VALUES (:place, :digest)"),
            {"place": _place(base), "digest": digest(base)},
        )


def check(engine: Engine, base: type[DeclarativeBase]) -> None:
    """Raise StoreError unless the store carries the stamp of `base`."""
    with reading(engine).connect() as connection:
        _check(connection, base)


@cache
def digest(base: type[DeclarativeBase]) -> str:
    """Return the SHA-256, in hex, of every table and index `base` would make on SQLite."""
    dialect = sqlite.dialect()
    parts = []
    for table in base.metadata.sorted_tables:
        parts.append(str(CreateTable(table).compile(dialect=dialect)))
        parts += sorted(str(CreateIndex(index).compile(dialect=dialect)) for index in table.indexes)
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _check(connection: Connection, base: type[DeclarativeBase]) -> None:
    if "stamp" not in inspect(connection).get_table_names():
        raise StoreError("This store carries no stamp, so it is not used. Make a new one for the exam day.")
    place, found = connection.execute(text("SELECT place, digest FROM stamp")).one()
    if place != _place(base):
        raise StoreError(f"This store belongs to a {place}, not to a {_place(base)}.")
    if found != digest(base):
        raise StoreError(
            f"This {place}'s store was made by another version of the program. Empty it there, or make a new one."
        )


def _place(base: type[DeclarativeBase]) -> str:
    return base.__name__.removesuffix("Base").lower()
