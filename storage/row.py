"""Rows of an office's tables by column name: what JSON records are put in and taken out by."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Table, and_, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from kiosk.exam.error import Invalid
from storage.models.office import OfficeBase


def add_row(session: Session, table_name: str, columns: Mapping[str, Any]) -> None:
    """Insert one row; a row of a sitting gets the day of its submission. Raises Invalid where it does not fit."""
    table = _table(table_name)
    values = dict(columns)
    if "opened_on" in table.columns and "opened_on" not in values:
        values["opened_on"] = _opened_on(session, table_name, values)
    try:
        session.execute(insert(table), values)
    except IntegrityError as error:
        raise _misfit(table_name) from error


def change_row(session: Session, table_name: str, where: Mapping[str, Any], columns: Mapping[str, Any]) -> None:
    """Update the one row that `where` names; raises Invalid where there is none or the change does not fit."""
    table = _table(table_name)
    try:
        changed = session.execute(update(table).where(_equal(table, where)).values(dict(columns)))
    except IntegrityError as error:
        raise _misfit(table_name) from error
    if changed.rowcount != 1:  # type: ignore[attr-defined]
        raise Invalid(f"{table_name}: there is not one row with {_words(where)}.")


def find_rows(session: Session, table_name: str, where: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the rows that carry every value of `where`, by column name, in the order of their key."""
    table = _table(table_name)
    query = select(table).where(_equal(table, where)).order_by(*table.primary_key.columns)
    return [dict(row) for row in session.execute(query).mappings()]


def _table(name: str) -> Table:
    return OfficeBase.metadata.tables[name]


def _equal(table: Table, where: Mapping[str, Any]) -> Any:
    return and_(True, *(table.columns[name] == value for name, value in where.items()))


def _opened_on(session: Session, table_name: str, values: Mapping[str, Any]) -> str:
    if table_name == "test_submissions":
        return str(values["started_at"].date().isoformat())
    submissions = _table("test_submissions")
    query = select(submissions.c.opened_on).where(submissions.c.submission_id == values["submission_id"])
    opened_on = session.scalars(query).first()
    if opened_on is None:
        raise _misfit(table_name)
    return str(opened_on)


def _misfit(table_name: str) -> Invalid:
    return Invalid(f"{table_name}: the row names something that does not exist, or is there already.")


def _words(where: Mapping[str, Any]) -> str:
    return ", ".join(f"{name} {value}" for name, value in where.items())
