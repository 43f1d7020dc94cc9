"""The seat's side of a link: what the hub tells and asks, and who at the seat is told."""

from typing import Protocol

from kiosk.exam.journal import Head
from kiosk.wire.hub import (
    AdvanceMessage,
    AnnouncementMessage,
    BlobPartMessage,
    BundleHeldMessage,
    CommandMessage,
    FencedMessage,
    ProvisionMessage,
    ReceiptMessage,
    SealMessage,
    Vitals,
)

Errand = (
    FencedMessage
    | CommandMessage
    | AnnouncementMessage
    | SealMessage
    | BundleHeldMessage
    | ReceiptMessage
    | ProvisionMessage
    | BlobPartMessage
    | AdvanceMessage
)
"""What the hub says that the seat must do something about."""


class Side(Protocol):
    """Told by the link in threads of its own."""

    def vitals(self) -> Vitals:
        """Return how the seat is; at once."""
        ...

    def held(self, submission_id: str, head: Head) -> None:
        """Take note that the hall has committed a sitting up to a head; at once."""
        ...

    def joined(self) -> None:
        """Say again what was not answered, on a line that is new; may block."""
        ...

    def do(self, errand: Errand) -> None:
        """Do what the hub asks; may block; raises KioskError in words where it cannot be done."""
        ...
