"""What every part of a hall's store stands on: one transaction per public method."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Table, insert
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
    if not values:
        return
    table = table_of(model)
    keys = [c.name for c in table.primary_key]
    statement = upsert(table)
    changed = {name: statement.excluded[name] for name in values[0] if name not in (*keys, *kept)}
    work.execute(
        statement.on_conflict_do_update(index_elements=keys, set_=changed)
        if changed
        else statement.on_conflict_do_nothing(),
        list(values),
    )


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
