"""One line of the catalogue of tests."""

from dataclasses import dataclass
from datetime import datetime

from kiosk.exam.draft import AccessType


@dataclass(frozen=True, slots=True, kw_only=True)
class TestSummary:
    """One version of one test, without its questions."""

    __test__ = False  # not a pytest class

    test_id: str
    title: str
    test_version: str | None
    created_by: str
    created_at: datetime
    duration: int
    """Minutes."""
    is_active: bool
    access_type: AccessType
    sections: int
    questions: int
    """Active ones."""
    published_at: datetime | None
    paper_digest: str | None
    """Digest of the printed paper; None for a draft."""
    family_id: str
    """The test id of the first version."""
    replaces_id: str | None
    """The version this one succeeds."""

    @property
    def is_published(self) -> bool:
        """Whether the test is printed, and so never changes."""
        return self.paper_digest is not None
