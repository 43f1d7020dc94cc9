"""What people have been told, and the story of acts: `notifications`, `test_logs` and `audit_log`."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from sqlalchemy import select, update

from kiosk.exam.log import AuditEntry, LogEntry
from kiosk.exam.notification import Notification
from storage.models import office as rows
from storage.office.store import Store, in_batches, write_audit, write_notifications


class NoticeStore(Store):
    """Tells people and remembers what they were told."""

    def send(self, notifications: Sequence[Notification], audit: AuditEntry) -> None:
        """Tell people something."""
        with self._writing() as session:
            write_notifications(session, notifications)
            write_audit(session, audit)

    def of(self, user_ids: Sequence[str]) -> Mapping[str, tuple[Notification, ...]]:
        """Return what some people were told, newest first, by user id."""
        found: dict[str, list[Notification]] = defaultdict(list)
        with self._reading() as session:
            for some in in_batches(user_ids):
                query = (
                    select(rows.Notification)
                    .where(rows.Notification.user_id.in_(some))
                    .order_by(rows.Notification.created_at.desc(), rows.Notification.notification_id)
                )
                for row in session.scalars(query):
                    found[row.user_id].append(_notification(row))
        return {user_id: tuple(notifications) for user_id, notifications in found.items()}

    def mark_read(self, user_id: str, notification_ids: Sequence[str]) -> None:
        """Remember that a person has read some of their notifications."""
        with self._writing() as session:
            for some in in_batches(notification_ids):
                session.execute(
                    update(rows.Notification)
                    .where(rows.Notification.user_id == user_id, rows.Notification.notification_id.in_(some))
                    .values(is_read=True)
                )


class LogStore(Store):
    """Tells what was done."""

    def of_assignment(self, assignment_id: str) -> tuple[LogEntry, ...]:
        """Return the story of one assignment, in order."""
        query = (
            select(rows.Log)
            .where(rows.Log.assignment_id == assignment_id)
            .order_by(rows.Log.timestamp, rows.Log.log_id)
        )
        with self._reading() as session:
            return tuple(_log(row) for row in session.scalars(query))

    def note(self, entry: AuditEntry) -> None:
        """Write down an act whose traces are not rows of this store, such as one on key files."""
        with self._writing() as session:
            write_audit(session, entry)

    def audit(self, subject_type: str | None = None, subject_id: str | None = None) -> tuple[AuditEntry, ...]:
        """Return what the office did, in order: everything, or to one kind of thing, or to one thing."""
        query = select(rows.Audit).order_by(rows.Audit.audit_id)
        if subject_type is not None:
            query = query.where(rows.Audit.subject_type == subject_type)
        if subject_id is not None:
            query = query.where(rows.Audit.subject_id == subject_id)
        with self._reading() as session:
            return tuple(_audit(row) for row in session.scalars(query))


def _notification(row: rows.Notification) -> Notification:
    return Notification(
        notification_id=row.notification_id,
        user_id=row.user_id,
        type=row.type,
        reference_id=row.reference_id,
        reference_type=row.reference_type,
        from_user_id=row.from_user_id,
        metadata=row.particulars or {},
        created_at=row.created_at,
        is_read=row.is_read,
    )


def _log(row: rows.Log) -> LogEntry:
    return LogEntry(
        log_id=row.log_id,
        assignment_id=row.assignment_id,
        action=row.action,
        performed_by=row.performed_by,
        timestamp=row.timestamp,
        details=row.details,
    )


def _audit(row: rows.Audit) -> AuditEntry:
    return AuditEntry(
        at=row.at,
        who=row.who,
        action=row.action,
        subject_type=row.subject_type,
        subject_id=row.subject_id,
        details=row.details or {},
    )
