"""Sessions: what the person at one console may see and do, and for how long."""

from threading import Lock

from pydantic import BaseModel, ValidationError

from kiosk.exam.error import Denied, Invalid, KioskError
from kiosk.exam.moment import Clock
from kiosk.hall.hub.inquiry import inquire
from kiosk.hall.hub.ticket import Tickets
from kiosk.hall.line import faulty
from kiosk.views.board import Board, BoardState, Counts, SignedOut
from kiosk.wire.answer import DoneAnswer
from kiosk.wire.console import (
    AcknowledgeCall,
    AnnounceCall,
    AnnouncementsCall,
    BoardCall,
    CardCall,
    CloseoutCall,
    CodeCall,
    DeedsCall,
    OrderCall,
    PreflightCall,
    SignedInAnswer,
    SignInCall,
    SignOutCall,
)
from kiosk.wire.document import words
from kiosk.wire.line import Answer

SESSION_MS = 15 * 60_000
"""So long without a call, and whoever acts at this console gives a PIN again."""
WITH_LOOK = (CardCall, AnnouncementsCall, DeedsCall, PreflightCall, CloseoutCall, OrderCall, CodeCall)
"""For a console at which somebody has signed in; orders and codes carry the PINs of who acts."""
WITH_SESSION = (AnnounceCall, AcknowledgeCall)
"""By who is signed in, as long as they are."""
NOT_OPEN = "Give a proctor's PIN first."


class Session:
    """One console's, from its first word to its last; usable from several threads."""

    def __init__(self, board: Board, tickets: Tickets, clock: Clock, ticket: str | None = None) -> None:
        """`board` is this console's own, which remembers who signed in at it; a `ticket` that holds lets it look."""
        self._board = board
        self._tickets = tickets
        self._clock = clock
        self._lock = Lock()
        self._asked_ms: int | None = None
        self._is_open = ticket is not None and tickets.holds(ticket)

    @property
    def is_open(self) -> bool:
        """Whether the console may look."""
        return self._is_open

    def sight_of(self, state: BoardState) -> BoardState:
        """Return what of the hall's state this console may be told."""
        if self._is_open:
            return state
        return BoardState(
            hall=state.hall,
            title=state.title,
            clock=state.clock,
            rows=0,
            columns=0,
            seats=(),
            attention=(),
            counts=Counts(),
        )

    def answer(self, call: BoardCall) -> Answer:
        """Return the answer to one call, or in words why there is none."""
        try:
            return Answer(result=self._ask(call).model_dump(mode="json"))
        except ValidationError as error:
            return faulty(Invalid(f"what the hall knows does not fit the protocol: {words(error)}"))
        except KioskError as error:
            return faulty(error)
        except OSError as error:
            return faulty(KioskError(f"The hub's machine cannot do this now: {error.strerror}."))

    def end(self) -> None:
        """Forget who was here."""
        with self._lock:
            self._asked_ms, self._is_open = None, False
        self._board.sign_out()

    def _ask(self, call: BoardCall) -> BaseModel:
        match call:
            case SignInCall():
                return self._sign_in(call.pin)
            case SignOutCall():
                self.end()
                return DoneAnswer()
        self._check(call)
        return inquire(self._board, call)

    def _sign_in(self, pin: str) -> SignedInAnswer:
        name = self._board.sign_in(pin)
        with self._lock:
            self._asked_ms, self._is_open = self._clock.now().boot_ms, True
        return SignedInAnswer(name=name, ticket=self._tickets.make())

    def _check(self, call: BoardCall) -> None:
        """Raise Denied unless this call is allowed now; an allowed one keeps the session alive."""
        now = self._clock.now().boot_ms
        with self._lock:
            if not self._is_open or not isinstance(call, WITH_LOOK + WITH_SESSION):
                raise Denied(NOT_OPEN)
            lives = self._asked_ms is not None and now - self._asked_ms < SESSION_MS
            if isinstance(call, WITH_SESSION) and not lives:
                raise SignedOut("Nobody is signed in at this console any more. Give your PIN, then do it again.")
            if lives:
                self._asked_ms = now
