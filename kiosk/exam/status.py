"""Where a sitting, a candidate in the hall and an assignment's story stand, in the words the stores keep."""

from enum import StrEnum


class SubmissionStatus(StrEnum):
    """Where a sitting stands on its way to a result; `in_progress` is ours, the rest are the schema's."""

    IN_PROGRESS = "in_progress"
    SUBMITTED = "submitted"
    GRADED = "graded"
    REVIEWED = "reviewed"


class LogAction(StrEnum):
    """Acts on an assignment that `test_logs` tells of."""

    ASSIGNED = "assigned"
    STARTED = "started"
    SUBMITTED = "submitted"
    GRADED = "graded"
    REVIEWED = "reviewed"
    UPDATED = "updated"


class AttendanceState(StrEnum):
    """Whether a candidate is in the hall."""

    EXPECTED = "expected"
    PRESENT = "present"
    ABSENT = "absent"
    SENT_AWAY = "sent_away"


class BundleState(StrEnum):
    """Where a bundle stands at central."""

    RECEIVED = "received"  # stored and receipted, not yet opened
    COUNTED = "counted"  # its journal is in the rows
    BRANCH = "branch"  # another bundle of the same sitting is counted; kept for a person to decide
    FAILED = "failed"  # opened, and found wrong; kept
    HELD = "held"  # signed with a key that was revoked; kept for a person to decide
