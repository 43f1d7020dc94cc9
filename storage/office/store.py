"""What every store of the office stands on: one transaction per public method, and refusals in words."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import Any, TypeVar

from sqlalchemy import Engine, insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, sessionmaker

from kiosk.exam.error import Refused
from kiosk.exam.log import AuditEntry, LogEntry
from kiosk.exam.notification import Notification
from storage.engine import reading
from storage.models import office as rows
from storage.models.office import OfficeBase

BATCH = 500
"""Rows named in one statement."""
T = TypeVar("T")


class Store:
    """One noun of the office over one engine."""

    def __init__(self, engine: Engine) -> None:
        self._writers = sessionmaker(engine, expire_on_commit=False)
        self._readers = sessionmaker(reading(engine), expire_on_commit=False)

    @contextmanager
    def _writing(self) -> Iterator[Session]:
        try:
            with self._writers.begin() as session:
                yield session
        except IntegrityError as error:
            raise Refused(
                "This does not fit what the office holds: somebody changed it, or an id is taken. Look and try again."
            ) from error

    def _reading(self) -> AbstractContextManager[Session]:
        return self._readers.begin()


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
