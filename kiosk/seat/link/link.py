"""The link: a seat's line to its hub, kept up for ever, and never waited for by a move.

One thread dials, greets and listens; one sends beats and frames; one does what the hub asks. A call waits for its
answer in the caller's own thread.
"""

import random
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Condition, Thread

from pydantic import ValidationError
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection

from kiosk.exam.error import KioskError
from kiosk.exam.moment import Clock
from kiosk.ground.dialling import Dialler, hang_up
from kiosk.seat.caller import LOST, Caller, error_of
from kiosk.seat.line import PATIENCE
from kiosk.seat.link.calls import Calls
from kiosk.seat.link.greeting import Credentials, greet, text_of
from kiosk.seat.link.replica import Journals, Replica
from kiosk.seat.link.side import Errand, Side
from kiosk.seat.link.voice import Voice, say_on
from kiosk.views.authority import HallLost
from kiosk.views.desk import LinkState
from kiosk.wire import line
from kiosk.wire.document import words as faults
from kiosk.wire.hub import (
    HUB_MESSAGE,
    LOST_SECONDS,
    AckMessage,
    AnswerMessage,
    CallMessage,
    DoneMessage,
    EchoMessage,
    Farewell,
    FencedMessage,
    HubMessage,
    SeatMessage,
    ToldMessage,
    WantMessage,
)

SOONEST, LATEST = 0.2, 5.0
"""Seconds between two tries to reach the hub; drawn anew each time, so that seats do not come back in step."""
LISTEN_SECONDS = 1.0
LONGEST_WORDS = 2_000
LAST_WAIT = 5.0
"""Seconds the hub is given at the end to take what it still lacks."""
MOST_EARLY = 1_000
MISTAKE = "The seat's program made a mistake with what passed between it and the hall. It tries again."
Draw = Callable[[float, float], float]


class Link(Caller):
    """Implements `Authority` for the desk and `HubLine` for what it says; usable from any thread."""

    def __init__(self, dialler: Dialler, credentials: Credentials, clock: Clock, draw: Draw | None = None) -> None:
        """`draw` draws a number of seconds between two; nothing happens before `start`."""
        self._dialler = dialler
        self._credentials = credentials
        self._clock = clock
        self._draw = draw or random.SystemRandom().uniform
        self._calls = Calls()
        self._changed = Condition()
        self._line: ClientConnection | None = None
        self._since: str | None = None
        self._is_closed = False
        self._replica: Replica | None = None
        self._side: Side | None = None
        self._voice = Voice(self._changed, clock)
        self._early: deque[Errand] = deque(maxlen=MOST_EARLY)
        """What the hub asked on joining, before there was a side to do it."""
        self._heard_ms = 0
        self._errands = ThreadPoolExecutor(1, thread_name_prefix="hub-errands")
        self._threads: list[Thread] = []
        self.trouble: str | None = None
        """Why the hub was not reached, or what it asked could not be done, in words; None while all is well."""

    def start(self) -> None:
        """Begin to reach the hub, for ever."""
        for name, run in (("hub-link", self._keep_up), ("hub-beat", self._keep_telling)):
            thread = Thread(target=run, name=name, daemon=True)
            self._threads.append(thread)
            thread.start()

    def serve(self, side: Side, journals: Journals) -> None:
        """Tell the hub from now on how the seat is and what it has saved, and let `side` do what it asks."""
        with self._changed:
            self._side, self._replica = side, Replica(journals)
            line = self._line
            while self._early:
                self._put_to(side, self._early.popleft())
        if line is not None:
            self._begin(line)

    def wait(self, seconds: float) -> bool:
        """Wait until the hub is on the line; return whether it is."""
        with self._changed:
            return self._changed.wait_for(lambda: self._line is not None or self._is_closed, seconds)

    def settle(self, submission_id: str, seconds: float) -> bool:
        """Wait until the hub holds all that is saved of a sitting; return whether it does."""
        replica = self._replica
        if replica is None:
            return False
        with self._changed:
            return self._changed.wait_for(
                lambda: self._line is None or self._is_closed or replica.is_settled(submission_id), seconds
            ) and replica.is_settled(submission_id)

    def close(self) -> None:
        """Send what is left, as far as the hub takes it in time, hang up, and end the threads."""
        with self._changed:
            self._changed.wait_for(self._is_at_rest, LAST_WAIT)
            line, self._is_closed = self._line, True
            self._changed.notify_all()
        if line is not None:
            hang_up(line)
        for thread in self._threads:
            thread.join(LOST_SECONDS)
        self._errands.shutdown(wait=True, cancel_futures=True)

    def state(self) -> LinkState:
        """Return how the seat stands with its hall."""
        with self._changed:
            hall = self._credentials.hall
            return LinkState(
                is_connected=self._line is not None, hall=hall, since=self._since, behind=self._voice.behind
            )

    def saved(self, submission_id: str, *, at_once: bool = False) -> None:
        """Take note that entries of a sitting are committed on this seat."""
        self._voice.saved(submission_id, at_once=at_once)

    def told(self, announcement_id: str, is_read: bool) -> None:
        """Say how far an announcement came; what is not heard the hub asks for again."""
        self._say_soon(ToldMessage(announcement_id=announcement_id, is_read=is_read))

    def done(self, command_id: str, done: bool, words: str = "") -> None:
        """Say what became of a command, and how the seat is now; what is not heard the hub asks for again."""
        self._voice.beat()
        self._say_soon(DoneMessage(command_id=command_id, done=done, words=words[:LONGEST_WORDS]))

    def say(self, message: SeatMessage) -> bool:
        """Send a message, if there is a line; return whether it left."""
        with self._changed:
            line = self._line
        return line is not None and say_on(line, message)

    def _say_soon(self, message: SeatMessage) -> None:
        with self._changed:
            if self._line is not None:
                self._voice.add(message)

    def _put(self, call: line.Call) -> line.Answer:
        number, answer = self._calls.open()
        try:
            if not self.say(CallMessage(id=number, call=call)):
                raise HallLost(LOST)
            return answer.result(PATIENCE)
        except TimeoutError:
            raise HallLost(LOST) from None
        finally:
            self._calls.drop(number)

    def _keep_up(self) -> None:
        latest = 2 * SOONEST
        while not self._is_closed:
            if self._talk():
                latest = 2 * SOONEST
            with self._changed:
                self._changed.wait_for(lambda: self._is_closed, self._draw(SOONEST, latest))
            latest = min(LATEST, 2 * latest)

    def _talk(self) -> bool:
        """Dial, greet, and listen until the line is cut; return whether the hub was reached."""
        is_reached = False
        try:
            line = self._dialler.dial()
            try:
                greet(line, self._credentials, self._dialler.certificate)
                is_reached = True
                self._join(line)
                self._listen(line)
            finally:
                self._leave(line)
        except ValidationError as error:
            self.trouble = f"The hub speaks another version of this program: {faults(error)}."
        except KioskError as error:
            self.trouble = error.message
        except (ConnectionClosed, OSError, TimeoutError):
            self.trouble = LOST
        except Exception as error:  # noqa: BLE001 - the last line of defence: the seat dials again
            self.trouble = f"{MISTAKE} ({type(error).__name__})"
        return is_reached

    def _join(self, line: ClientConnection) -> None:
        with self._changed:
            if self._is_closed:
                raise HallLost(LOST)
            self._line, self._since, self.trouble = line, self._clock.now().at, None
            self._heard_ms = self._now_ms()
            is_serving = self._side is not None
            self._changed.notify_all()
        if is_serving:
            self._begin(line)

    def _begin(self, line: ClientConnection) -> None:
        """Tell a hub what the seat holds and how it is."""
        assert self._replica is not None
        assert self._side is not None
        self._voice.beat()
        say_on(line, self._replica.connected(self._now_ms()))
        self._errands.submit(self._run, self._side.joined)

    def _leave(self, line: ClientConnection) -> None:
        with self._changed:
            if self._line is line:
                self._line, self._since = None, self._clock.now().at
                self._voice.forget()
                self._early.clear()
                if self._replica is not None:
                    self._replica.disconnected()
            self._changed.notify_all()
        hang_up(line)
        self._calls.cut()

    def _listen(self, line: ClientConnection) -> None:
        while True:
            try:
                data = text_of(line.recv(timeout=LISTEN_SECONDS))
            except TimeoutError:
                patience = PATIENCE if len(self._calls) else LOST_SECONDS
                if self._now_ms() - self._heard_ms > patience * 1000:
                    raise
                continue
            self._heard_ms = self._now_ms()
            self._hear(HUB_MESSAGE.validate_json(data))

    def _hear(self, message: HubMessage) -> None:
        match message:
            case AnswerMessage():
                self._calls.answer(message.id, message.answer)
            case Farewell():
                raise error_of(message.fault)
            case EchoMessage():
                pass  # a sign of life
            case AckMessage() | WantMessage():
                self._hear_of_tail(message)
            case _:
                with self._changed:
                    side = self._side
                    if side is None:  # what a hub says on joining may come before the seat's store is open
                        self._early.append(message)
                        return
                if isinstance(message, FencedMessage):
                    self._hear_of_tail(message)
                self._put_to(side, message)

    def _put_to(self, side: Side, errand: Errand) -> None:
        self._errands.submit(self._run, lambda: side.do(errand))

    def _hear_of_tail(self, message: AckMessage | WantMessage | FencedMessage) -> None:
        if self._replica is None or self._side is None:
            return
        head = self._replica.hear(message)
        if head is not None:
            self._run(partial(self._side.held, message.submission_id, head))
            self._voice.count(self._replica)
        with self._changed:
            self._changed.notify_all()

    def _run(self, errand: Callable[[], None]) -> None:
        try:
            errand()
        except KioskError as error:
            self.trouble = error.message
        except Exception as error:  # noqa: BLE001 - the last line of defence: the threads of the line go on
            self.trouble = f"{MISTAKE} ({type(error).__name__})"

    def _is_at_rest(self) -> bool:
        return self._line is None or self._side is None or self._voice.is_at_rest

    def _keep_telling(self) -> None:
        while not self._is_closed:
            fresh = self._voice.wait()
            with self._changed:
                line, replica, side = self._line, self._replica, self._side
            if replica is not None and side is not None:
                self._run(partial(self._voice.tell, line, replica, side, fresh))

    def _now_ms(self) -> int:
        return self._clock.now().boot_ms
