"""Evidence: what was seen during a sitting, kept once by digest and named by it in the journal."""

import hashlib
from dataclasses import dataclass, field

SCREEN_TEXT = "text/plain; charset=utf-8"
"""Media type of a screen captured as text."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """One screen capture or the like."""

    digest: str
    """SHA-256 of the content, lower-case hex."""
    media_type: str
    captured_at: str
    """Wall time, ISO 8601 UTC."""
    content: bytes = field(repr=False)

    @classmethod
    def of(cls, content: bytes, media_type: str, captured_at: str) -> "Evidence":
        """Return a piece of evidence addressed by what it holds."""
        return cls(hashlib.sha256(content).hexdigest(), media_type, captured_at, content)
