"""A crew: several workers, each a process of its own, under one parent that tells what they did."""

import multiprocessing
import signal
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

from kiosk.central.counting import Settled
from kiosk.central.worker import Worker
from kiosk.exam.error import KioskError, Refused
from kiosk.sealing.age import AgeIdentity
from storage.engine import StoreError

if TYPE_CHECKING:
    from kiosk.central.central import Central

MOST_WORKERS = 64
MOST_LOST = 20
"""Workers that may die before the crew gives up: what kills every one of them needs a person."""

BETWEEN_SECONDS = 60.0
"""From the end of one thing the parent does besides to the beginning of the next."""

OpenCentral = Callable[[], "Central"]
"""Opens central anew in a process of its own; it crosses to the process by pickling."""


@dataclass(frozen=True, slots=True)
class Order:
    """What every worker of a crew is told."""

    once: bool
    again: bool = False


@dataclass(frozen=True, slots=True)
class Fault:
    """What a worker that dies of its own accord says at the last."""

    words: str


@contextmanager
def stopping(then: Callable[[], None] = lambda: None) -> Iterator[threading.Event]:
    """Give an event that SIGTERM and SIGINT set while the block runs; `then` is called besides."""
    stop = threading.Event()

    def ask(number: int, frame: FrameType | None) -> None:
        stop.set()
        then()

    before = {number: signal.signal(number, ask) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


class Crew:
    """Runs workers and starts another where one dies; the bundle it held is left to the others."""

    def __init__(self, open_central: OpenCentral, identity: AgeIdentity, workers: int) -> None:
        if not 1 <= workers <= MOST_WORKERS:
            raise Refused(f"A crew has 1 to {MOST_WORKERS} workers.")
        self._open = open_central
        self._identity = identity
        self._workers = workers
        self._running: dict[Connection, BaseProcess] = {}
        self._last = ""
        """How the last worker died, in words."""

    @property
    def pids(self) -> tuple[int, ...]:
        """The process ids of the workers that run."""
        return tuple(p.pid for p in self._running.values() if p.pid is not None)

    def run(self, told: Callable[[Settled], None], order: Order, between: Callable[[], None] = lambda: None) -> int:
        """Count until every worker has ended; return how many workers died on the way.

        `between` is done here, in the parent, every now and then while the workers count; a store that does not answer
        it is asked again later. Raises KioskError with a worker's own words where one could not work at all, Refused
        where too many died.
        """
        lost, next_at = 0, time.monotonic() + BETWEEN_SECONDS
        with stopping(self._stop) as stop:
            for number in range(self._workers):
                self._start(Order(order.once, order.again and number == 0))
            try:
                while self._running:
                    lost += self._hear(told, order, stop)
                    if lost > MOST_LOST:
                        raise Refused(f"{lost} workers died one after the other. The last {self._last}.")
                    if time.monotonic() >= next_at and not stop.is_set():
                        with suppress(StoreError):
                            between()
                        next_at = time.monotonic() + BETWEEN_SECONDS
            finally:
                self._end()
        return lost

    def _start(self, order: Order) -> None:
        context = multiprocessing.get_context("spawn")
        reader, writer = context.Pipe(duplex=False)
        # the identity goes through the pipe of the new process, never on its command line
        process = context.Process(target=_work, args=(self._open, self._identity.reveal(), order, writer), daemon=True)
        process.start()
        writer.close()
        self._running[reader] = process

    def _hear(self, told: Callable[[Settled], None], order: Order, stop: threading.Event) -> int:
        """Pass on what the workers say; return how many were found dead."""
        died = 0
        for reader in wait(list(self._running), timeout=1.0):
            assert isinstance(reader, Connection)
            try:
                message = reader.recv()
            except (EOFError, OSError):
                died += self._ended(reader, order, stop)
                continue
            if isinstance(message, Settled):
                told(message)
            elif isinstance(message, Fault):
                died += self._ended(reader, order, stop, message)
            else:
                raise KioskError(str(message))
        return died

    def _ended(self, reader: Connection, order: Order, stop: threading.Event, fault: Fault | None = None) -> int:
        process = self._running.pop(reader)
        reader.close()
        process.join()
        if process.exitcode == 0:
            return 0
        self._last = _death(process.exitcode) if fault is None else fault.words
        if not stop.is_set():
            self._start(Order(order.once))
        return 1

    def _stop(self) -> None:
        for process in list(self._running.values()):
            process.terminate()

    def _end(self) -> None:
        self._stop()
        for reader, process in self._running.items():
            process.join()
            reader.close()
        self._running.clear()


def _work(open_central: OpenCentral, secret: str, order: Order, writer: Connection) -> None:
    """Be one worker: the first thing a new process does."""
    with stopping() as stop:
        try:
            with open_central() as central:
                worker = Worker(central.counting_with(AgeIdentity(secret)), stop.wait)
                worker.run(writer.send, once=order.once, again=order.again)
        except KioskError as error:
            writer.send(error.message)
        except BrokenPipeError:
            return  # nobody listens any more: the parent is gone, and what was settled is in the store
        except Exception as error:  # noqa: BLE001 - it is told to the parent, which starts another worker
            writer.send(Fault(_fault(error)))
            raise SystemExit(1) from None


def _death(code: int | None) -> str:
    if code is not None and code < 0:
        return f"was ended by the system ({signal.Signals(-code).name}); look whether the machine has enough memory"
    return f"ended with status {code} and said nothing; look at the log of the machine"


def _fault(error: Exception) -> str:
    """Return the kind of an error and where it was raised; never its words, which may hold an answer."""
    last = traceback.extract_tb(error.__traceback__)[-1]
    return f"met a mistake of this program ({type(error).__name__} at {Path(last.filename).name}:{last.lineno})"
