"""Records of people, without their secrets, and of notifications."""

from typing import ClassVar

from kiosk.exam.person import Role
from kiosk.wire.records.field import Id, Int64, Member, Moment, Object, Text
from kiosk.wire.records.record import Record


class PersonRecord(Record):
    """One person. The hash of the access code has no field: it leaves no store as JSON."""

    table: ClassVar[str] = "users"
    key: ClassVar[str | None] = "user_id"

    user_id: Id | None = None
    role: Member[Role]
    name: Text
    roll_number: Text | None = None
    email: Text | None = None
    is_active: bool = True
    created_at: Moment
    extra_percent: Int64 = 0
    extra_ms: Int64 = 0
    rest_breaks: bool = False


class NotificationRecord(Record):
    """One thing a person is told."""

    table: ClassVar[str] = "notifications"
    key: ClassVar[str | None] = "notification_id"

    notification_id: Id | None = None
    user_id: Id
    type: Text
    reference_id: Id | None = None
    reference_type: Text | None = None
    from_user_id: Id | None = None
    metadata: Object | None = None
    created_at: Moment
    is_read: bool
