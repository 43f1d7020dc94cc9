"""A move: the order that a sitting goes on at another seat, or begins anew at its own after that was damaged."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class MoveState(StrEnum):
    """How far an order has come."""

    ORDERED = "ordered"
    FOLLOWED = "followed"
    """The new seat has its lease; the old one may write no more."""
    REPLACED = "replaced"
    """A later order took its place before anybody followed it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """One order."""

    move_id: str
    """The id of its grant."""
    submission_id: str
    from_seat: str
    to_seat: str
    state: MoveState = MoveState.ORDERED
    ordered_at: datetime
    epoch: int | None = None
    """Of the lease the new seat was given, once it was."""
