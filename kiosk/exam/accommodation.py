"""Standing adjustments of one person, frozen into the sitting when it opens."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Accommodation:
    """What a person is allowed beyond the paper; a reason code may stand in the office, never a diagnosis."""

    extra_percent: int = 0
    """Added to the test's and every section's time: 25 means x1.25."""
    extra_ms: int = 0
    """Added to the test's time, in milliseconds."""
    rest_breaks: bool = False

    def document(self) -> dict[str, Any]:
        """Return the accommodation as plain JSON values."""
        return {
            "extra_percent": self.extra_percent,
            "extra_ms": self.extra_ms,
            "rest_breaks": self.rest_breaks,
        }

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> "Accommodation":
        """Read `document` back."""
        return cls(document["extra_percent"], document["extra_ms"], document["rest_breaks"])
