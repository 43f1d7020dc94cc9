"""Dispatches: a proctor's acts and words on their way from the hall to its seats."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class CommandState(StrEnum):
    """How far a command has come."""

    WAITING = "waiting"
    """The seat was not on the line."""
    SENT = "sent"
    DONE = "done"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """One grant on its way to a seat."""

    grant_id: str
    seat: str
    state: CommandState
    words: str = ""
    """What the seat said of it."""
    envelope: bytes = field(repr=False)
    ordered_at: datetime

    @property
    def is_open(self) -> bool:
        """Whether the seat has not answered."""
        return self.state in (CommandState.WAITING, CommandState.SENT)


@dataclass(frozen=True, slots=True, kw_only=True)
class SpokenWord:
    """One announcement, and how far it has come."""

    announcement_id: str
    who: str
    """User id of who said it."""
    text: str
    question: str | None = None
    """The question it corrects."""
    at: datetime
    seats: int = 0
    """How many it was said to."""
    delivered: int = 0
    read: int = 0
