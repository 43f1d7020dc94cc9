"""A delivery: one bundle as a hall holds it on its way from the seat to central."""

from dataclasses import dataclass, field
from datetime import datetime

from kiosk.exam.journal import Head


def lacks(sealed: Head, held: Head) -> bool:
    """Whether a sealed journal, by its last entry, cannot hold all that a hall holds of it up to `held`."""
    return sealed.seq < held.seq or (sealed.seq == held.seq and sealed.hash != held.hash)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryLine:
    """What a hall knows of a bundle without opening it."""

    bundle_id: str
    submission_id: str
    opened_on: str
    assignment_id: str
    seat: str
    """The seat that sealed it."""
    is_handed_in: bool
    """False where the sitting was sealed although nobody handed it in."""
    entries: int
    head_hash: bytes
    sealed_at: datetime
    received_at: datetime
    length: int
    """Bytes of the bundle file."""
    flags: tuple[str, ...] = ()
    """What a person should look at although the bundle verifies."""
    trouble: str | None = None
    """Why central did not take it when it was last offered, in central's words; None once it is received."""
    is_received: bool = False
    """Whether central's receipt came back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery(DeliveryLine):
    """A bundle with its bytes."""

    envelope: bytes = field(repr=False)
    body: bytes = field(repr=False)
    receipt: bytes | None = field(default=None, repr=False)
    """Central's signed receipt, once it came back."""
