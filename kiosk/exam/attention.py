"""What needs a person, as a hall keeps it: raised once, gone when its cause goes, settled when somebody took note."""

from dataclasses import dataclass
from datetime import datetime

from kiosk.exam.incident import Meter


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptAttention:
    """One thing that needs, or needed, somebody."""

    attention_id: str
    seat: str | None
    """None where it concerns the hall."""
    kind: str
    severity: str
    words: str
    raised_at: datetime
    over_at: datetime | None = None
    """When its cause went."""
    acknowledged_at: datetime | None = None
    acknowledged_by: str | None = None
    submission_id: str | None = None
    meter: Meter | None = None
    """Runs on an incident of that sitting."""

    @property
    def is_settled(self) -> bool:
        """Whether somebody took note and the cause has gone."""
        return self.over_at is not None and self.acknowledged_at is not None
