"""What the console's screens ask of its App; see `screens.messages` for the manner."""

from dataclasses import dataclass

from textual.message import Message

from kiosk.views.order import CodeWish, Order


@dataclass
class CardAsked(Message):
    """Open the card of a seat."""

    seat: str


@dataclass
class SeatLooked(Message):
    """The cursor has come to rest on a seat; its card is wanted beside the map."""

    seat: str

    def can_replace(self, message: Message) -> bool:
        """Only the last seat counts."""
        return isinstance(message, SeatLooked)


@dataclass
class OrderAsked(Message):
    """Carry out an act; the App adds the PIN of who is signed in."""

    order: Order


@dataclass
class AcknowledgeAsked(Message):
    """Somebody has taken note of what needed a person."""

    attention_id: str


@dataclass
class AnnounceAsked(Message):
    """Tell everybody, or some seats, something."""

    text: str
    seats: tuple[str, ...]
    question: str | None = None
    """Only those whose paper has this question are told."""


@dataclass
class PreflightAsked(Message):
    """Show whether every seat is fit, or look again."""


@dataclass
class CloseoutAsked(Message):
    """Show what became of every row of the roster, or look again."""


@dataclass
class ArrivalsAsked(Message):
    """Show the screen on which candidates are checked in."""


@dataclass
class CodePageAsked(Message):
    """Show the form for a code."""

    seat: str
    """The seat the proctor is at on the map, or nothing."""


@dataclass
class CodeAsked(Message):
    """Ask the hall for a code; the App adds the PIN of who is signed in."""

    wish: CodeWish


@dataclass
class AnnouncementsAsked(Message):
    """Show what was announced, and how far it has come."""

    again: bool = False
    """Only look how far they have come, if they are shown."""


@dataclass
class DeedsAsked(Message):
    """Show what was done in the hall."""


@dataclass
class HandOverAsked(Message):
    """Another proctor takes over: forget the PIN and ask for one."""


@dataclass
class LeaveAsked(Message):
    """End the console."""


@dataclass
class PageLeft(Message):
    """Back to the screen below."""
