"""Commands: a proctor's acts on their way to the seats, kept until each says what became of it."""

from collections.abc import Mapping, Sequence

from kiosk.exam.log import AuditEntry
from kiosk.exam.moment import Clock
from kiosk.exam.page import SignedGrant
from kiosk.hall.hub.presence import Presence
from kiosk.wire.hub import DoneMessage
from storage.hall.store import HallStore


class Commands:
    """Durable and idempotent by grant id: said again after every connection, until `DoneMessage` answers."""

    def __init__(self, store: HallStore, presence: Presence, clock: Clock) -> None:
        self._store = store
        self._presence = presence
        self._clock = clock

    def order(self, signed: Sequence[SignedGrant], audits: Sequence[AuditEntry]) -> None:
        """Keep some grants with who allowed them, in one transaction, and send each to the seat it names."""
        raise NotImplementedError

    def done(self, seat: str, message: DoneMessage) -> None:
        """Write down what became of a command; one of another seat is passed over."""
        raise NotImplementedError

    def outcomes(self, command_ids: Sequence[str]) -> Mapping[str, DoneMessage]:
        """Return what the seats said of some commands, by id; those without an answer yet are left out."""
        raise NotImplementedError

    def send_waiting(self, seat: str) -> None:
        """Send a seat that has just joined what waits for it, in the order it was ordered."""
        raise NotImplementedError
