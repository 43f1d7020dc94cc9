"""Standing adjustments of one person, frozen into the sitting when it opens."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from kiosk.exam.error import Invalid
from kiosk.exam.field import Fields

MOST_PERCENT = 300
MOST_MS = 24 * 3_600_000


@dataclass(frozen=True, slots=True)
class Accommodation:
    """What a person is allowed beyond the paper; a reason code may stand in the office, never a diagnosis."""

    extra_percent: int = 0
    """Added to the test's and every section's time: 25 means x1.25."""
    extra_ms: int = 0
    """Added to the test's time, in milliseconds; sections keep their own."""
    rest_breaks: bool = False
    """Whether the clock is paused for breaks when the person asks for one."""

    def __post_init__(self) -> None:
        """Refuse what would take time away or could only be a slip of the pen."""
        if not 0 <= self.extra_percent <= MOST_PERCENT:
            raise Invalid(f"extra time is 0 to {MOST_PERCENT} percent, not {self.extra_percent}")
        if not 0 <= self.extra_ms <= MOST_MS:
            raise Invalid("extra minutes are none to a day")

    def document(self) -> dict[str, Any]:
        """Return the accommodation as plain JSON values."""
        return {
            "extra_percent": self.extra_percent,
            "extra_ms": self.extra_ms,
            "rest_breaks": self.rest_breaks,
        }

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> "Accommodation":
        """Read `document` back; raises Invalid when a field is missing, unknown or of the wrong kind."""
        fields = Fields(document)
        given = cls(fields.whole("extra_percent"), fields.whole("extra_ms"), fields.flag("rest_breaks"))
        fields.must_be_only(given.document())
        return given
