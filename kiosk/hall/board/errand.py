"""Errands: grants given to the seats for one order, and what each seat said of its own."""

import time
from collections.abc import Mapping, Sequence
from typing import Protocol

from kiosk.exam.dispatch import CommandState
from kiosk.exam.log import AuditEntry
from kiosk.exam.page import SignedGrant
from kiosk.hall.board.warrant import Warrant
from kiosk.hall.hub.presence import Presence
from kiosk.views.order import Outcome
from storage.hall.store import HallStore

PATIENCE_SECONDS = 1.0
"""How long an order waits for the seats; whoever answers later is seen on the map."""
_PAUSE_SECONDS = 0.03
LATER = "sent; the seat will do it when it is back"
SLOW = "sent; the seat has not answered yet"


class Carrier(Protocol):
    """Keeps grants and brings them to the seats."""

    def order(self, signed: Sequence[SignedGrant], audits: Sequence[AuditEntry]) -> None:
        """Keep some grants with who allowed them, in one transaction, and send each to the seat it names."""
        ...


class Errands:
    """Sends, and waits a short while."""

    def __init__(
        self, store: HallStore, carrier: Carrier, presence: Presence, patience_seconds: float = PATIENCE_SECONDS
    ) -> None:
        self._store = store
        self._carrier = carrier
        self._presence = presence
        self._patience = patience_seconds

    def run(self, warrants: Mapping[str, Warrant], done: Mapping[str, str]) -> list[Outcome]:
        """Send each seat its grant and return what came of it; `done` says in words what was done at each."""
        if not warrants:
            return []
        self._carrier.order([w.signed for w in warrants.values()], [w.audit for w in warrants.values()])
        return self.await_answers({seat: w.signed.grant.grant_id for seat, w in warrants.items()}, done)

    def await_answers(self, grants: Mapping[str, str], done: Mapping[str, str]) -> list[Outcome]:
        """Return what the seats say of grants that were sent, waiting a short while for those on the line."""
        here = [g for seat, g in grants.items() if self._presence.post(seat) is not None]
        until = time.monotonic() + self._patience
        answers = self._store.board.answers(here)
        while any(_is_open(answers, g) for g in here) and time.monotonic() < until:
            time.sleep(_PAUSE_SECONDS)
            answers = self._store.board.answers(here)
        return [_outcome(seat, answers.get(g), done[seat], g in here) for seat, g in grants.items()]


def _is_open(answers: Mapping[str, tuple[CommandState, str]], grant_id: str) -> bool:
    return answers.get(grant_id, (CommandState.WAITING, ""))[0] in (CommandState.WAITING, CommandState.SENT)


def _outcome(seat: str, answer: tuple[CommandState, str] | None, done: str, is_here: bool) -> Outcome:
    state, words = answer or (CommandState.WAITING, "")
    match state:
        case CommandState.DONE:
            return Outcome(seat, True, done)
        case CommandState.REFUSED:
            return Outcome(seat, False, words or "The seat refused it.")
    return Outcome(seat, True, SLOW if is_here else LATER)
