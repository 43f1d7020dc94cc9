"""Many rows at once: by COPY on PostgreSQL, by one statement for all of them elsewhere; the rows come out the same."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import Dialect, Table, insert
from sqlalchemy.orm import Session

from kiosk.exam.error import Invalid, Refused
from storage.engine import StoreError
from storage.models.office import OfficeBase

Bind = Callable[[Any], Any] | None
"""Turns a value into what the driver sends for a column's type; None where it is sent as it is."""


def copy_rows(session: Session, model: type[OfficeBase], values: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows, all with the same columns, in the session's transaction; none at all for no values.

    Raises Refused for rows that do not fit those kept, Invalid for a value no column can hold.
    """
    if not values:
        return
    table = OfficeBase.metadata.tables[model.__tablename__]
    if session.get_bind().dialect.name != "postgresql":
        session.execute(insert(table), values)
        return
    session.flush()
    _copy(session, table, values)


def _copy(session: Session, table: Table, values: Sequence[Mapping[str, Any]]) -> None:
    import psycopg

    dialect = session.get_bind().dialect
    names = tuple(values[0])
    binds = [(_bind(table, name, dialect), name) for name in names]
    quote = dialect.identifier_preparer.quote
    columns = ", ".join(quote(name) for name in names)
    driver = session.connection().connection.driver_connection
    assert driver is not None
    try:
        with driver.cursor() as cursor, cursor.copy(f"COPY {quote(table.name)} ({columns}) FROM STDIN") as copy:
            for row in values:
                copy.write_row([row[name] if bind is None else bind(row[name]) for bind, name in binds])
    except psycopg.IntegrityError as error:
        raise Refused("This does not fit what the office holds: an id is taken, or names what is not here.") from error
    except psycopg.OperationalError as error:
        raise StoreError("The database stopped answering in the middle of a copy.") from error
    except (psycopg.DataError, psycopg.ProgrammingError, ValueError, TypeError) as error:
        raise Invalid("a row holds a value that no column can hold") from error  # whose words may hold an answer


def _bind(table: Table, name: str, dialect: Dialect) -> Bind:
    return table.columns[name].type.dialect_impl(dialect).bind_processor(dialect)
