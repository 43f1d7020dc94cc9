"""Moves: a sitting goes on at another seat, and the one it was at writes no more."""

from kiosk.exam.moment import Clock
from kiosk.exam.page import SignedGrant
from kiosk.hall.hub.commands import Commands
from kiosk.hall.keys import HallKeys
from kiosk.hall.supervision import Pair
from storage.hall.store import HallStore


class Moves:
    """Orders moves and starts; the lease itself is minted when the candidate asks for it (`Openings.lease`)."""

    def __init__(self, store: HallStore, keys: HallKeys, commands: Commands, clock: Clock) -> None:
        self._store = store
        self._keys = keys
        self._commands = commands
        self._clock = clock

    def order(self, submission_id: str, target: str, by: Pair, reason: str = "", note: str = "") -> SignedGrant:
        """Let a sitting go on at the seat `target`, which may be its own; return the MOVE grant its old seat is sent.

        An order before it that nobody has followed is replaced. Raises Refused for a sitting that is over, Denied for
        one this hall gave no lease for. Rights are checked by who calls.
        """
        raise NotImplementedError

    def start(self, candidate_id: str, seat: str, by: Pair, reason: str = "") -> SignedGrant:
        """Let a candidate begin where the hall starts together; return the START grant the seat is sent.

        A second order changes nothing but is kept too. Rights are checked by who calls.
        """
        raise NotImplementedError

    def started(self) -> frozenset[str]:
        """Return the candidates who may begin."""
        raise NotImplementedError
