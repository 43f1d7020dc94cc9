"""What a person is told by the office."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from kiosk.exam.canonical import decimal_text

TEST_ASSIGNED = "test_assigned"
TEST_GRADED = "test_graded"


@dataclass(frozen=True, slots=True, kw_only=True)
class Notification:
    """One row of `notifications`."""

    notification_id: str
    user_id: str
    type: str
    created_at: datetime
    reference_id: str | None = None
    reference_type: str | None = None
    from_user_id: str | None = None
    metadata: Mapping[str, Any] = field(default_factory=dict)
    is_read: bool = False

    @property
    def message(self) -> str:
        """The words of the notification."""
        return str(self.metadata.get("message", ""))


def assigned_metadata(test_id: str, title: str) -> dict[str, str]:
    """Return the words that tell of a new assignment, and where it starts."""
    return {"message": f'You have been assigned the test "{title}".', "actionUrl": f"/tests/{test_id}/start"}


def graded_metadata(test_id: str, title: str, score: Decimal | None) -> dict[str, str]:
    """Return the words that tell of a released result; `score` is None where the candidate may not see it."""
    message = f'Your test "{title}" has been graded.'
    if score is not None:
        message += f" Your score is {decimal_text(score)}."
    return {"message": message, "actionUrl": f"/tests/{test_id}/results"}
