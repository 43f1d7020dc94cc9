"""Seal orders on their way: the hall that closes asks its seats for their bundles, until they are here."""

from kiosk.hall.hub.presence import Presence
from kiosk.wire.hub import SealMessage
from storage.hall.store import HallStore

LOOK_TICKS = 3
"""Ticks between two looks for what a closing hall has asked for, in whichever program."""
AGAIN_TICKS = 60
"""Ticks after which a seat is asked again: a large bundle on a slow line must not begin anew before."""
MOST = 1_000


class SealOrders:
    """Used by one thread at a time. What a seat was asked for it is asked again on every new line."""

    def __init__(self, store: HallStore, presence: Presence) -> None:
        self._store = store
        self._presence = presence
        self._asked: dict[str, tuple[frozenset[str], int]] = {}
        """By seat: what it was asked for on its present line, and in which tick."""
        self._ticks = 0

    def join(self, seat: str) -> None:
        """Ask a seat that has just joined for what it has not sent."""
        self._asked.pop(seat, None)
        self._ask(seat, self._store.seal_orders.waiting().get(seat, ()))

    def tick(self) -> None:
        """Ask for what was ordered since, and for what has not come for long."""
        self._ticks += 1
        if self._ticks % LOOK_TICKS:
            return
        for seat, submission_ids in self._store.seal_orders.waiting().items():
            known, at = self._asked.get(seat, (frozenset(), 0))
            if not known.issuperset(submission_ids) or self._ticks - at >= AGAIN_TICKS:
                self._ask(seat, submission_ids)

    def _ask(self, seat: str, submission_ids: tuple[str, ...]) -> None:
        post = self._presence.post(seat)
        if post is None or not submission_ids:
            return
        post.send(SealMessage(submissions=submission_ids[:MOST]))
        self._asked[seat] = (frozenset(submission_ids), self._ticks)
