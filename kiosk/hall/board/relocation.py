"""Relocations: a sitting that goes on at another seat."""

from typing import Protocol

from kiosk.exam.grant import Act
from kiosk.exam.move import Move
from kiosk.exam.page import SignedGrant
from kiosk.exam.roles import Rights
from kiosk.hall.act import check_act
from kiosk.hall.board.errand import Errands
from kiosk.hall.board.fold import Glance, state_of
from kiosk.hall.board.warrant import Errand
from kiosk.hall.board.watch import Watch
from kiosk.hall.supervision import Pair
from kiosk.views.board import SeatState
from kiosk.views.order import Order, Outcome


class Mover(Protocol):
    """Orders moves."""

    def order(self, submission_id: str, target: str, by: Pair, reason: str = "", note: str = "") -> SignedGrant:
        """Let a sitting go on at a seat; return the MOVE grant its old seat is sent."""
        ...

    def waiting(self, submission_id: str) -> Move | None:
        """Return the order that nobody has followed yet."""
        ...


class Relocations:
    """One at a time: two sittings cannot go to one seat."""

    def __init__(self, watch: Watch, mover: Mover, errands: Errands, rights: Rights) -> None:
        self._watch = watch
        self._mover = mover
        self._errands = errands
        self._rights = rights

    def move(self, look: Glance, order: Order, errand: Errand) -> Outcome:
        """Let the sitting of a seat go on at the order's target."""
        if len(order.seats) != 1:
            return Outcome(look.seat, False, "Move one seat at a time.")
        target = self._watch.glance(order.target or "")
        if target is None:
            return Outcome(look.seat, False, "There is no such seat in this hall. Name an empty one.")
        if look.record is None or look.is_over:
            return Outcome(look.seat, False, "No sitting is open at this seat.")
        if target.seat != look.seat and (state_of(target) is not SeatState.EMPTY or target.record is not None):
            return Outcome(look.seat, False, f"Somebody is at {target.seat}. Name an empty seat.")
        if self._is_kept_for_another(target.seat, look.record.progress.submission_id):
            return Outcome(look.seat, False, f"Another sitting goes to {target.seat}. Name an empty seat.")
        check_act(self._rights, Act.MOVE, errand.pair.first, errand.pair.second, 0, 0)
        sitting = look.record.progress.submission_id
        signed = self._mover.order(sitting, target.seat, errand.pair, order.reason, target.seat)
        words = f"moved to {target.seat}: let the candidate sign in there"
        (told,) = self._errands.await_answers({look.seat: signed.grant.grant_id}, {look.seat: words})
        return told if not told.done else Outcome(look.seat, True, words)

    def _is_kept_for_another(self, seat: str, submission_id: str) -> bool:
        """Whether a sitting that was ordered to a seat has not come there yet."""
        for other, record in self._watch.records.by_sitting.items():
            if other == submission_id or record.progress.is_over or not record.acts.moved:
                continue
            move = self._mover.waiting(other)
            if move is not None and move.to_seat == seat:
                return True
        return False
