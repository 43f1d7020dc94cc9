"""What every store of the office stands on: one transaction per public method, and refusals in words."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

from sqlalchemy import insert
from sqlalchemy.orm import Session

from kiosk.exam.log import AuditEntry, LogEntry
from kiosk.exam.notification import Notification
from storage.models import office as rows
from storage.models.office import OfficeBase
from storage.transaction import Transactional

BATCH = 500
"""Rows named in one statement."""
T = TypeVar("T")


class Store(Transactional):
    """One noun of the office."""

    MISFIT = "This does not fit what the office holds: somebody changed it, or an id is taken. Look and try again."


def in_batches(items: Sequence[T], size: int = BATCH) -> Iterator[Sequence[T]]:
    """Return `items` in runs of at most `size`."""
    return (items[start : start + size] for start in range(0, len(items), size))


def add_rows(session: Session, model: type[OfficeBase], values: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows in one statement; none at all for no values."""
    if values:
        session.execute(insert(model), values)


def write_audit(session: Session, *entries: AuditEntry) -> None:
    """Write acts down in `audit_log`, in the transaction of the acts themselves."""
    add_rows(
        session,
        rows.Audit,
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


def write_logs(session: Session, entries: Iterable[LogEntry]) -> None:
    """Write acts on assignments down in `test_logs`, in the transaction of the acts themselves."""
    add_rows(
        session,
        rows.Log,
        [
            {
                "log_id": e.log_id,
                "assignment_id": e.assignment_id,
                "action": e.action,
                "performed_by": e.performed_by,
                "timestamp": e.timestamp,
                "details": e.details,
            }
            for e in entries
        ],
    )


def write_notifications(session: Session, notifications: Iterable[Notification]) -> None:
    """Tell people something, in the transaction of what it is about."""
    add_rows(
        session,
        rows.Notification,
        [
            {
                "notification_id": n.notification_id,
                "user_id": n.user_id,
                "type": n.type,
                "reference_id": n.reference_id,
                "reference_type": n.reference_type,
                "from_user_id": n.from_user_id,
                "particulars": dict(n.metadata) or None,
                "created_at": n.created_at,
                "is_read": n.is_read,
            }
            for n in notifications
        ],
    )
