"""A fence: a sitting goes on elsewhere, so that one seat writes it no more."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Fence:
    """Shuts out every epoch before `epoch` on the seat that keeps it; a newer lease for that seat writes on."""

    submission_id: str
    opened_on: str
    epoch: int
    """The first epoch that may write again."""
    seat: str | None
    """Where the sitting goes on, as far as it was said."""
    at: str
    envelope: bytes
    """The lease or the grant that says so, signed by the hall."""
