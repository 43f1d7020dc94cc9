"""Orders: acts the hall sends to the seat, proved, carried out between two moves, and answered once they are saved."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from threading import RLock

from kiosk.exam.error import KioskError, Refused
from kiosk.exam.grant import Act, Grant
from kiosk.exam.page import SignedGrant
from kiosk.seat.event import span
from kiosk.seat.scribe import Scribe

Answer = Callable[[str, bool, str], None]
"""Tells the hub what became of a command: its id, whether it is done, and why not."""
NOT_HERE = "This sitting is not open at this seat."
_WORDS = {
    Act.PAUSE: "The exam is paused.",
    Act.RESUME: "The exam goes on.",
    Act.LOCK: "This seat is locked. Please raise your hand.",
    Act.UNLOCK: "This seat is unlocked. The exam goes on.",
    Act.END: "The proctor has handed in for you.",
    Act.REOPEN: "The exam is open again.",
    Act.MOVE: "This sitting goes on at another seat.",
    Act.TAKE_BACK: "Extra time that was given by mistake was taken back.",
}


@dataclass(frozen=True, slots=True)
class _Carried:
    """An order whose entries wait to be saved."""

    scribe: Scribe
    seq: int
    command_id: str


class Orders:
    """Usable from any thread. An order that was carried out before is answered again and does nothing."""

    def __init__(self, answer: Answer) -> None:
        self._answer = answer
        self._waiting: deque[SignedGrant] = deque()
        self._carried: deque[_Carried] = deque()
        self._lock = RLock()

    def put(self, signed: SignedGrant) -> None:
        """Let the next turn carry an order out."""
        with self._lock:
            if all(w.grant.grant_id != signed.grant.grant_id for w in self._waiting):
                self._waiting.append(signed)

    def carry_out(self, scribe: Scribe | None) -> tuple[str, ...]:
        """Carry out what waits; return what the candidate is to be told of it."""
        told: list[str] = []
        while (signed := self._next()) is not None:
            grant = signed.grant
            try:
                self._carry_out(scribe, signed)
            except KioskError as error:
                self._answer(grant.grant_id, False, error.message)
            else:
                told += filter(None, [words(grant)])
        return tuple(told)

    def saved(self, scribe: Scribe, seq: int) -> None:
        """Answer the orders whose entries are saved now; runs in the writer's thread."""
        with scribe.lock, self._lock:
            done = [c for c in self._carried if c.scribe is scribe and c.seq <= seq]
            self._carried = deque(c for c in self._carried if c not in done)
        for carried in done:
            self._answer(carried.command_id, True, "")

    def _next(self) -> SignedGrant | None:
        with self._lock:
            return self._waiting.popleft() if self._waiting else None

    def _carry_out(self, scribe: Scribe | None, signed: SignedGrant) -> None:
        grant = signed.grant
        if scribe is None or scribe.sitting.genesis.submission_id != grant.submission_id:
            raise Refused(NOT_HERE)
        with scribe.lock, self._lock:
            if any(carried.command_id == grant.grant_id for carried in self._carried):
                return
            is_gone = grant.act is Act.MOVE and scribe.fenced is not None
            if grant.grant_id in scribe.sitting.grants or is_gone:
                self._answer(grant.grant_id, True, "")
                return
            scribe.carry_out(signed)
            self._carried.append(_Carried(scribe, scribe.sitting.head.seq, grant.grant_id))


def words(grant: Grant) -> str:
    """Return what an act is for the candidate, or nothing where it is none of their concern."""
    if grant.act is Act.EXTEND:
        return f"You have {span(grant.amount_ms)} more time."
    if grant.act is Act.CHARGE_GAP and grant.amount_ms:
        return f"This seat stood still for a while. {span(grant.amount_ms)} of that count as time used."
    return _WORDS.get(grant.act, "")
