"""The board of a hub elsewhere, as a console has it: its calls go over the wire, its state is kept here."""

from collections.abc import Callable, Sequence
from time import monotonic
from typing import Any, TypeVar

from pydantic import BaseModel, TypeAdapter, ValidationError
from websockets.sync.client import ClientConnection

from kiosk.exam.error import Denied, Invalid, KioskError, Refused, Tampered
from kiosk.hall.console.conversation import Conversation
from kiosk.views.board import Announcement, BoardState, Card, SignedOut
from kiosk.views.closeout import Closeout
from kiosk.views.order import CodeWish, Deed, Order, Outcome
from kiosk.views.preflight import Preflight
from kiosk.wire import console as wire
from kiosk.wire.answer import DoneAnswer
from kiosk.wire.board import (
    AnnouncementsAnswer,
    CardAnswer,
    CloseoutAnswer,
    DeedsAnswer,
    OutcomesAnswer,
    PreflightAnswer,
)
from kiosk.wire.document import words
from kiosk.wire.line import Fault

A = TypeVar("A", bound=BaseModel)
C = TypeVar("C", bound=BaseModel)
V = TypeVar("V")
_KINDS = {kind.__name__: kind for kind in (KioskError, Refused, Invalid, Tampered)}


class RemoteBoard:
    """Implements `kiosk.views.board.Board`; calls raise HallLost while the hub does not answer."""

    def __init__(self, hall: str, dial: Callable[[], ClientConnection], watch: Callable[[], float] = monotonic) -> None:
        """`hall` is shown until the hub says more; `dial` opens a line to it; `watch` counts seconds."""
        self._conversation = Conversation(hall, dial, watch)

    def start(self) -> None:
        """Look for the hub, and go on doing so until `close`."""
        self._conversation.start()

    def close(self) -> None:
        """Hang up."""
        self._conversation.close()

    def listen(self, listener: Callable[[BoardState], None]) -> None:
        """Tell `listener` each new state, from another thread."""
        self._conversation.listen(listener)

    def state(self) -> BoardState:
        """Return the state as last told, run on to now."""
        return self._conversation.state()

    def sign_in(self, pin: str) -> str:
        """Recognise a proctor; the whole state is here when this returns."""
        answer = self._ask(wire.SignedInAnswer, _call(wire.SignInCall, {"pin": pin}))
        self._conversation.ticket = answer.ticket
        return answer.name

    def sign_out(self) -> None:
        """Forget who signed in, here and at the hub."""
        self._conversation.ticket = None
        self._conversation.say(wire.SignOutCall())

    def card(self, seat: str) -> Card:
        """Return who sits at a seat."""
        return _view(Card, self._ask(CardAnswer, _call(wire.CardCall, {"seat": seat})))

    def carry_out(self, order: Order) -> Sequence[Outcome]:
        """Ask for a verb at every seat named."""
        answer = self._ask(OutcomesAnswer, _call(wire.OrderCall, order))
        return tuple(_view(Outcome, one) for one in answer.outcomes)

    def announce(self, text: str, seats: Sequence[str] = (), question: str | None = None) -> str:
        """Tell everybody, or some seats, something."""
        call = _call(wire.AnnounceCall, {"text": text, "seats": tuple(seats), "question": question})
        return self._ask(wire.MadeAnswer, call).id

    def announcements(self) -> Sequence[Announcement]:
        """Return each announcement with how far it has come."""
        answer = self._ask(AnnouncementsAnswer, wire.AnnouncementsCall())
        return tuple(_view(Announcement, one) for one in answer.announcements)

    def deeds(self) -> Sequence[Deed]:
        """Return the acts done in this hall."""
        return tuple(_view(Deed, one) for one in self._ask(DeedsAnswer, wire.DeedsCall()).deeds)

    def acknowledge(self, attention_id: str) -> None:
        """Take note of something that needed a person."""
        self._ask(DoneAnswer, _call(wire.AcknowledgeCall, {"attention_id": attention_id}))

    def preflight(self) -> Preflight:
        """Return whether each seat is fit."""
        return _view(Preflight, self._ask(PreflightAnswer, wire.PreflightCall()))

    def closeout(self) -> Closeout:
        """Return every row of the roster."""
        return _view(Closeout, self._ask(CloseoutAnswer, wire.CloseoutCall()))

    def code(self, wish: CodeWish) -> str:
        """Return the code for a seat that cannot reach the hall."""
        return self._ask(wire.CodeAnswer, _call(wire.CodeCall, wish)).code

    def _ask(self, kind: type[A], call: wire.BoardCall) -> A:
        answer = self._conversation.ask(call)
        if answer.fault is not None:
            raise _error(answer.fault)
        try:
            return kind.model_validate(answer.result, strict=False)
        except ValidationError as error:
            raise Invalid(f"the hub's answer is not of this version: {words(error)}") from None


def _call(kind: type[C], said: Any) -> C:
    """Return a call; raises Invalid where a field is longer than the hub takes."""
    try:
        return kind.model_validate(said)
    except ValidationError as error:
        raise Invalid(f"This cannot be asked of the hub: {words(error)}.") from None


def _view(kind: type[V], document: BaseModel) -> V:
    return TypeAdapter(kind).validate_python(document.model_dump())


def _error(fault: Fault) -> KioskError:
    if fault.kind == "Denied":
        kind = SignedOut if fault.title == SignedOut.title else Denied
        return kind(fault.message, fault.title, wait_seconds=fault.wait_seconds)
    return _KINDS[fault.kind](fault.message, fault.title)
