"""What a hub asks of a seat or tells its candidate, and what the seat answers."""

from typing import Annotated, Literal

from pydantic import Field

from kiosk.wire.document import Document, EnvelopeText, Identifier, Instant, Name
from kiosk.wire.hub.term import Words


class DoneMessage(Document):
    """What became of a command."""

    type: Literal["done"] = "done"
    command_id: Identifier
    done: bool
    words: Words = ""


class ToldMessage(Document):
    """How far an announcement came: on the screen, or read."""

    type: Literal["told"] = "told"
    announcement_id: Identifier
    is_read: bool


class CommandMessage(Document):
    """A proctor's act for the seat to carry out; said again until `DoneMessage` answers it."""

    type: Literal["command"] = "command"
    command_id: Identifier
    """The grant's id."""
    envelope: EnvelopeText
    """The grant, signed by the hall."""


class AnnouncementMessage(Document):
    """Something the candidate is told; said again until `ToldMessage` answers it."""

    type: Literal["announcement"] = "announcement"
    announcement_id: Identifier
    at: Instant
    who: Name
    text: Annotated[str, Field(min_length=1, max_length=2_000)]
    question: Identifier | None = None
    """The question it corrects, for those whose paper has it."""


class SealMessage(Document):
    """The hall is closing: seal what was handed in, and send the bundles."""

    type: Literal["seal"] = "seal"
    submissions: Annotated[tuple[Identifier, ...], Field(max_length=1_000)]
