"""What every part of a hall's store stands on: one transaction per public method."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import Table, insert
from sqlalchemy.dialects.sqlite import Insert
from sqlalchemy.dialects.sqlite import insert as upsert
from sqlalchemy.orm import Session

from kiosk.exam.log import AuditEntry
from storage.models import hall as rows
from storage.models.base import HallBase
from storage.transaction import Transactional


class Part(Transactional):
    """One noun of the hall."""

    MISFIT = "This does not fit what the hall holds, so nothing was changed. Look again."


def put_rows(work: Session, model: type[HallBase], values: Sequence[dict[str, Any]], *kept: str) -> None:
    """Insert rows, or change those there already in every field but the `kept` ones."""
    if values:
        work.execute(_upsert(table_of(model), tuple(values[0]), kept), list(values))


@lru_cache(100)
def _upsert(table: Table, given: tuple[str, ...], kept: tuple[str, ...]) -> Insert:
    """Return the statement that puts rows of some fields; the same ones are put again and again."""
    keys = [c.name for c in table.primary_key]
    statement = upsert(table)
    changed = {name: statement.excluded[name] for name in given if name not in (*keys, *kept)}
    if not changed:
        return statement.on_conflict_do_nothing()
    return statement.on_conflict_do_update(index_elements=keys, set_=changed)


def write_audit(work: Session, *entries: AuditEntry) -> None:
    """Write acts down in `audit_log`, in the transaction of the acts themselves."""
    work.execute(
        insert(rows.Audit),
        [
            {
                "at": e.at,
                "who": e.who,
                "action": e.action,
                "subject_type": e.subject_type,
                "subject_id": e.subject_id,
                "details": dict(e.details) or None,
            }
            for e in entries
        ],
    )


def table_of(model: type[HallBase]) -> Table:
    """Return the table a model is mapped to."""
    table = model.__table__
    assert isinstance(table, Table)
    return table
