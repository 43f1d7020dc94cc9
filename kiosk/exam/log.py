"""What is written down about acts: the story of an assignment, and everything else the office does."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from kiosk.exam.status import LogAction


@dataclass(frozen=True, slots=True, kw_only=True)
class LogEntry:
    """One row of `test_logs`: one act on an assignment."""

    log_id: str
    assignment_id: str
    action: LogAction
    performed_by: str
    timestamp: datetime
    details: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEntry:
    """One row of `audit_log`: one act that is not on an assignment."""

    at: datetime
    who: str
    action: str
    """The operation of the table of rights."""
    subject_type: str
    """The table the act was on."""
    subject_id: str
    details: Mapping[str, Any] = field(default_factory=dict)
    """What helps to understand it; never a secret, a question or an answer."""
