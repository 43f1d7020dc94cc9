"""What passes between a console and its hub: calls with their answers, and the board's state, whole or as what changed.

The same WebSocket as a seat's, on `hub.CONSOLE_PATH`, with the token as the bearer; `docs/protocol.md` tells the rest.
"""

from typing import Annotated, Literal

from pydantic import ConfigDict, Field, TypeAdapter

from kiosk.wire import hub, line
from kiosk.wire.board import (
    LONGEST_MS,
    Attentions,
    BoardAnswer,
    Clock,
    CountsAnswer,
    Line,
    SeatChanges,
    SeatName,
    Seats,
    VerbWord,
    Words,
)
from kiosk.wire.document import Count, Document, Identifier, Name

LARGEST_FROM_CONSOLE = 512 * 2**10
"""Bytes of one message from a console: an order that names every seat of a hall."""
LARGEST_TO_CONSOLE = 16 * 2**20
PUSH_SECONDS = 1.0
"""How often a console is told how the hall stands, also when nothing changes."""
SILENCE_SECONDS = 5.0
"""After so long without a word a console takes the hub for lost."""
Ticket = Annotated[str, Field(pattern=r"^[0-9]{1,16}\.[0-9a-f]{64}$")]
"""Lets a console whose line was cut look again without a PIN; it lets nobody act."""
Amount = Annotated[int, Field(ge=0, le=LONGEST_MS)]


class ConsoleHello(line.Asked):
    """A console's first word; nothing is told before it."""

    type: Literal["hello"] = "hello"
    protocol: Literal["exam-kiosk.hub.v1"] = hub.PROTOCOL
    build: Name
    ticket: Ticket | None = None
    """Of an earlier sign-in, where there was one."""


class SignInCall(line.Asked):
    """`Board.sign_in`."""

    method: Literal["sign_in"] = "sign_in"
    pin: line.Secret


class SignOutCall(line.Asked):
    """`Board.sign_out`."""

    method: Literal["sign_out"] = "sign_out"


class CardCall(line.Asked):
    """`Board.card`."""

    method: Literal["card"] = "card"
    seat: SeatName


class OrderCall(line.Asked):
    """`Board.carry_out`."""

    model_config = ConfigDict(from_attributes=True)

    method: Literal["carry_out"] = "carry_out"
    verb: VerbWord
    seats: Seats
    amount_ms: Amount
    reason: Line
    text: Words
    target: SeatName | None
    attention_id: Identifier | None
    pin: line.Secret
    second_pin: line.Secret | None


class AnnounceCall(line.Asked):
    """`Board.announce`."""

    method: Literal["announce"] = "announce"
    text: Annotated[str, Field(min_length=1, max_length=2_000)]
    seats: Seats
    question: Identifier | None


class AnnouncementsCall(line.Asked):
    """`Board.announcements`."""

    method: Literal["announcements"] = "announcements"


class DeedsCall(line.Asked):
    """`Board.deeds`."""

    method: Literal["deeds"] = "deeds"


class AcknowledgeCall(line.Asked):
    """`Board.acknowledge`."""

    method: Literal["acknowledge"] = "acknowledge"
    attention_id: Identifier


class PreflightCall(line.Asked):
    """`Board.preflight`."""

    method: Literal["preflight"] = "preflight"


class CloseoutCall(line.Asked):
    """`Board.closeout`."""

    method: Literal["closeout"] = "closeout"


class CodeCall(line.Asked):
    """`Board.code`."""

    model_config = ConfigDict(from_attributes=True)

    method: Literal["code"] = "code"
    seat: SeatName
    challenge: Annotated[str, Field(max_length=100)]
    act: Annotated[str, Field(max_length=32)]
    amount_ms: Amount
    reason: Line
    pin: line.Secret
    second_pin: line.Secret | None


BoardCall = Annotated[
    SignInCall
    | SignOutCall
    | CardCall
    | OrderCall
    | AnnounceCall
    | AnnouncementsCall
    | DeedsCall
    | AcknowledgeCall
    | PreflightCall
    | CloseoutCall
    | CodeCall,
    Field(discriminator="method"),
]


class BoardCallMessage(line.Asked):
    """A call of `Board`."""

    type: Literal["call"] = "call"
    id: Count
    call: BoardCall


ConsoleMessage = Annotated[ConsoleHello | BoardCallMessage, Field(discriminator="type")]
CONSOLE_MESSAGE: TypeAdapter[ConsoleMessage] = TypeAdapter(ConsoleMessage)
"""Reads one message from a console; a method that is not listed does not exist."""


class SignedInAnswer(line.Asked):
    """Who was recognised, and the ticket to look again with."""

    name: Name
    ticket: Ticket


class MadeAnswer(Document):
    """The id of what was made."""

    id: Identifier


class CodeAnswer(line.Asked):
    """A code that allows one act at one seat."""

    code: Annotated[str, Field(max_length=100)]


class BoardMessage(Document):
    """The whole state; the deltas that follow build on it."""

    type: Literal["board"]
    number: Count
    """One more with each state and each delta; a console that misses one dials again."""
    is_open: bool
    """Whether somebody has signed in, so that the console may look; else only hall, title and clock are told."""
    board: BoardAnswer


class BoardDelta(Document):
    """What is not as the state before it, run on by `elapsed_ms`, says."""

    type: Literal["delta"]
    number: Count
    elapsed_ms: Annotated[int, Field(ge=0, le=LONGEST_MS)]
    """Time since the state before, by the hub's boot clock: ages grow by it and running clocks fall."""
    clock: Clock
    seats: SeatChanges = ()
    attention: Attentions | None = None
    """All of it, where any of it changed."""
    counts: CountsAnswer | None = None
    paused: bool | None = None


HubToConsole = Annotated[
    BoardMessage | BoardDelta | hub.AnswerMessage | hub.Welcome | hub.Farewell, Field(discriminator="type")
]
HUB_TO_CONSOLE: TypeAdapter[HubToConsole] = TypeAdapter(HubToConsole)
"""Reads one message from a hub to a console."""
