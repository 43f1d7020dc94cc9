"""Every message of a hub's line, by the side that says it; a type that is not listed does not exist."""

from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from kiosk.wire import line
from kiosk.wire.document import Count
from kiosk.wire.hub.cargo import (
    AdvanceMessage,
    BlobPartMessage,
    BundleHeldMessage,
    BundlePartMessage,
    FetchMessage,
    ProvisionMessage,
    ReceiptMessage,
)
from kiosk.wire.hub.greeting import Farewell
from kiosk.wire.hub.order import AnnouncementMessage, CommandMessage, DoneMessage, SealMessage, ToldMessage
from kiosk.wire.hub.replication import AckMessage, FencedMessage, FrameMessage, HoldingMessage, WantMessage
from kiosk.wire.hub.vitals import BeatMessage, EchoMessage


class CallMessage(line.Asked):
    """A call of `Authority`, as on a line."""

    type: Literal["call"] = "call"
    id: Count
    call: line.Call


SeatMessage = Annotated[
    CallMessage
    | HoldingMessage
    | FrameMessage
    | BeatMessage
    | DoneMessage
    | ToldMessage
    | BundlePartMessage
    | FetchMessage,
    Field(discriminator="type"),
]
SEAT_MESSAGE: TypeAdapter[SeatMessage] = TypeAdapter(SeatMessage)
"""Reads one message from a seat; a type that is not listed does not exist."""


class AnswerMessage(line.Asked):
    """The answer to a call."""

    type: Literal["answer"] = "answer"
    id: Count
    answer: line.Answer


HubMessage = Annotated[
    AnswerMessage
    | AckMessage
    | WantMessage
    | FencedMessage
    | CommandMessage
    | AnnouncementMessage
    | ProvisionMessage
    | BlobPartMessage
    | AdvanceMessage
    | BundleHeldMessage
    | ReceiptMessage
    | SealMessage
    | EchoMessage
    | Farewell,
    Field(discriminator="type"),
]
HUB_MESSAGE: TypeAdapter[HubMessage] = TypeAdapter(HubMessage)
"""Reads one message from a hub."""
