"""Confirmations: acts by code among what seats send are looked into, and the hall's own word for them goes back."""

from collections.abc import Callable, Sequence

from kiosk.exam.moment import Clock, parse_iso
from kiosk.hall.confirmation import Confirmation
from kiosk.hall.hub.presence import Presence
from kiosk.wire.hub import CommandMessage, DoneMessage, FrameMessage
from storage.hall.store import HallStore

CODE = "code"
"""Kind of notice: an act by a code that this hall did not give, or gave on another machine."""


class Confirmations:
    """Durable and idempotent by grant id: said again after every connection, until the seat has kept it."""

    def __init__(
        self,
        store: HallStore,
        confirmation: Confirmation,
        presence: Presence,
        clock: Clock,
        notice: Callable[[str, str, str], None],
    ) -> None:
        self._store = store
        self._confirmation = confirmation
        self._presence = presence
        self._clock = clock
        self._notice = notice

    def look(self, batch: Sequence[tuple[str, FrameMessage]]) -> None:
        """Look into the acts by code among what seats sent; what a person should see is said, and nothing undone."""
        for seat, message in batch:
            if not message.grants:
                continue
            for words in self._confirmation.look(e.encode("ascii", "replace") for e in message.grants):
                self._notice(seat, CODE, words)
            self.send_waiting(seat)

    def send_waiting(self, seat: str) -> None:
        """Send a seat what was confirmed and it has not kept."""
        post = self._presence.post(seat)
        if post is None:
            return
        for confirmed in self._store.confirmations.waiting(seat):
            post.send(CommandMessage(command_id=confirmed.grant_id, envelope=confirmed.envelope.decode("ascii")))

    def take(self, batch: Sequence[tuple[str, DoneMessage]]) -> None:
        """Note which seats have kept the hall's word; what is no confirmation, or was refused, is passed over."""
        kept = [(seat, message.command_id) for seat, message in batch if message.done]
        known = self._store.confirmations.known([grant_id for _, grant_id in kept]) if kept else frozenset()
        for seat, grant_id in kept:
            if grant_id in known:
                self._store.confirmations.kept(seat, grant_id, parse_iso(self._clock.now().at))
