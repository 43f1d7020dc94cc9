"""The conversation of a console with its hub: kept up for ever, in a thread; what was last told stays in sight."""

import random
from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures import TimeoutError as NoAnswer
from contextlib import suppress
from dataclasses import replace
from itertools import count
from threading import Event, Lock, Thread
from time import monotonic

from pydantic import ValidationError
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection

from kiosk import __version__
from kiosk.exam.error import Invalid, KioskError
from kiosk.ground.dialling import hang_up
from kiosk.hall.console.ageing import Ageing
from kiosk.hall.console.delta import applied, board_of
from kiosk.views.authority import HallLost
from kiosk.views.board import BoardState, Counts
from kiosk.wire.console import (
    HUB_TO_CONSOLE,
    SILENCE_SECONDS,
    BoardCall,
    BoardCallMessage,
    BoardDelta,
    BoardMessage,
    ConsoleHello,
)
from kiosk.wire.document import words
from kiosk.wire.hub import AnswerMessage, Farewell
from kiosk.wire.line import Answer

BUILD = f"exam-kiosk {__version__}"
FIRST_REST, LONGEST_REST = 0.2, 5.0
"""Seconds between two tries to reach the hub; each rest is twice the one before, and uneven."""
PATIENCE = 30.0
"""Seconds an answer is waited for."""
NOT_NOW = "The hall's hub does not answer, so nothing was done. The seats go on by themselves."
NOT_KNOWN = (
    "The hub went silent before it answered, so it is not known whether this was done. "
    "Look at what was done here (Z) before doing it again."
)


class Conversation:
    """Usable from any thread. Listeners are called from its own thread, and must not raise."""

    def __init__(self, hall: str, dial: Callable[[], ClientConnection], watch: Callable[[], float] = monotonic) -> None:
        """`hall` is shown at first; `dial` raises KioskError where there is none; `watch` counts seconds."""
        self.ticket: str | None = None
        self._empty = BoardState(
            hall=hall, title="", clock="", rows=0, columns=0, seats=(), attention=(), counts=Counts()
        )
        self._dial = dial
        self._watch = watch
        self._shown: Ageing | None = None
        self._number = 0
        self._line: ClientConnection | None = None
        """The line on which the hub has told how the hall stands."""
        self._dialled: ClientConnection | None = None
        self._trouble = NOT_NOW
        self._lock = Lock()
        self._ids = count(1)
        self._waiting: dict[int, Future[Answer]] = {}
        self._listeners: list[Callable[[BoardState], None]] = []
        self._closing = Event()
        self._thread = Thread(target=self._run, name="console", daemon=True)

    def start(self) -> None:
        """Begin, and go on until `close`."""
        self._thread.start()

    def close(self) -> None:
        """Hang up and end the thread."""
        with self._lock:
            self._closing.set()
            line = self._dialled
        if line is not None:
            hang_up(line)
        if self._thread.is_alive():
            self._thread.join()

    def listen(self, listener: Callable[[BoardState], None]) -> None:
        """Tell `listener` each new state, and when the hub is lost."""
        self._listeners.append(listener)

    def state(self) -> BoardState:
        """Return how the hall stands, at once; where the hub is lost, as of its last word, with the ages run on."""
        shown, line = self._shown, self._line
        if shown is None:
            return replace(self._empty, is_connected=False)
        if line is not None:
            return shown.now()
        return replace(shown.now(), is_connected=False, clock=shown.told.clock)

    def ask(self, call: BoardCall) -> Answer:
        """Return the hub's answer; raises HallLost, whose words say whether anything may have been done."""
        message = BoardCallMessage(id=next(self._ids), call=call)
        answer: Future[Answer] = Future()
        with self._lock:
            line = self._line
            if line is None:
                raise HallLost(self._trouble)
            self._waiting[message.id] = answer
        try:
            line.send(message.model_dump_json())
            return answer.result(PATIENCE)
        except (ConnectionClosed, NoAnswer):
            raise HallLost(NOT_KNOWN) from None
        finally:
            with self._lock:
                self._waiting.pop(message.id, None)

    def say(self, call: BoardCall) -> None:
        """Send a call whose answer nobody waits for; where the hub is lost nothing happens."""
        line = self._line
        if line is not None:
            with suppress(ConnectionClosed):
                line.send(BoardCallMessage(id=next(self._ids), call=call).model_dump_json())

    # its own thread

    def _run(self) -> None:
        rest = FIRST_REST
        while not self._closing.is_set():
            try:
                line = self._dial()
            except KioskError as lost:
                self._trouble = f"{lost.message} Nothing was done. The seats go on by themselves."
            else:
                if self._keep(line) and self._converse(line):
                    rest = FIRST_REST
            self._closing.wait(rest * random.uniform(0.5, 1.0))  # noqa: S311  an uneven rest, no secret
            rest = min(LONGEST_REST, rest * 2)

    def _keep(self, line: ClientConnection) -> bool:
        """Note the line, so that `close` hangs up on it; return False where that has been called meanwhile."""
        with self._lock:
            self._dialled = line
            is_closing = self._closing.is_set()
        if is_closing:
            hang_up(line)
        return not is_closing

    def _converse(self, line: ClientConnection) -> bool:
        """Listen to the hub until it is silent or says what it cannot; return whether it told anything."""
        heard = False
        self._trouble = NOT_NOW
        with line:
            try:
                line.send(ConsoleHello(build=BUILD, ticket=self.ticket).model_dump_json())
                while True:
                    heard = self._hear(line, line.recv(timeout=SILENCE_SECONDS)) or heard
            except (ConnectionClosed, TimeoutError):
                pass
            except KioskError as error:
                self._trouble = error.message
            finally:
                self._lose()  # before hanging up, which takes a while where nobody answers
        return heard

    def _hear(self, line: ClientConnection, data: str | bytes) -> bool:
        """Take in one message; return whether it told how the hall stands."""
        try:
            message = HUB_TO_CONSOLE.validate_json(data)
        except ValidationError as error:
            raise Invalid(f"The hub says what this console does not know: {words(error)}") from None
        match message:
            case BoardMessage():
                self._take(line, message)
            case BoardDelta():
                self._follow(message)
            case AnswerMessage():
                self._resolve(message)
            case Farewell():
                raise HallLost(message.fault.message)
        return isinstance(message, BoardMessage)

    def _take(self, line: ClientConnection, message: BoardMessage) -> None:
        if not message.is_open:
            self.ticket = None
        self._shown = Ageing(board_of(message.board), self._watch)
        self._number = message.number
        with self._lock:
            self._line = line
        self._tell()

    def _follow(self, delta: BoardDelta) -> None:
        if self._shown is None or delta.number != self._number + 1:
            raise Invalid("The hub left something out; this console asks it anew.")
        self._shown = Ageing(applied(self._shown.told, delta), self._watch)
        self._number = delta.number
        self._tell()

    def _resolve(self, message: AnswerMessage) -> None:
        with self._lock:
            waiting = self._waiting.pop(message.id, None)
        if waiting is not None:
            waiting.set_result(message.answer)

    def _lose(self) -> None:
        with self._lock:
            was_there = self._line is not None
            self._line = None
            waiting = list(self._waiting.values())
            self._waiting.clear()
        for answer in waiting:
            answer.set_exception(HallLost(NOT_KNOWN))
        if was_there:
            self._tell()

    def _tell(self) -> None:
        state = self.state()
        for listener in self._listeners:
            listener(state)
