"""Doors in processes of their own, whose store dies at the worst moments: one forked server after the other.

The address stays, as the socket is handed on; what a door is to do at its next bundle stands in a file of words.
"""

import multiprocessing
import os
import signal
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing.forkserver import ensure_running
from multiprocessing.process import BaseProcess
from pathlib import Path

from served_door import WIDE, Rooms
from sqlalchemy import Engine
from uvicorn import Server

from kiosk.central.door.door import IntakeDoor
from kiosk.central.door.server import DoorServer
from kiosk.exam.arrival import Arrival
from kiosk.ground.clock import SystemClock
from kiosk.sealing.key import SigningKey
from kiosk.sealing.receipt import ReceiptSigner
from storage.central.intake import IntakeStore
from storage.engine import open_engine

KILL_BEFORE, KILL_AFTER = "kill before commit", "kill after commit"
FAIL_BEFORE, FAIL_AFTER = "fail before commit", "fail after commit"
DEATHS = (KILL_BEFORE, KILL_AFTER, FAIL_BEFORE, FAIL_AFTER)


class DyingStore(IntakeStore):
    """Stores as ever, and does what the next word of its plan says before or after the commit."""

    def __init__(self, engine: Engine, plan: Path, promised: Path) -> None:
        super().__init__(engine)
        self._plan = plan
        self._promised = promised

    def accept(self, arrival: Arrival, receipt: Callable[[], bytes]) -> tuple[bytes, bool]:
        """Store a bundle, or die with its rows written and not committed, or with all committed and nothing said."""
        word = self._next()

        def signed() -> bytes:
            made = receipt()
            if word == KILL_BEFORE:
                os.kill(os.getpid(), signal.SIGKILL)
            if word == FAIL_BEFORE:
                raise RuntimeError("the thread dies before the commit")
            return made

        kept, is_new = super().accept(arrival, signed)
        if word in (KILL_AFTER, FAIL_AFTER):
            (self._promised / arrival.bundle_id).write_bytes(kept)
        if word == KILL_AFTER:
            os.kill(os.getpid(), signal.SIGKILL)
        if word == FAIL_AFTER:
            raise RuntimeError("the thread dies after the commit")
        return kept, is_new

    def _next(self) -> str:
        word, _, rest = self._plan.read_text().partition("\n")
        self._plan.write_text(rest)
        return word


class HastyStore(IntakeStore):
    """The control: it hands the receipt out first, and commits a moment later."""

    LATER = 0.5

    def accept(self, arrival: Arrival, receipt: Callable[[], bytes]) -> tuple[bytes, bool]:
        """Promise first, store later."""
        signed = receipt()
        threading.Timer(self.LATER, lambda: super(HastyStore, self).accept(arrival, lambda: signed)).start()
        return signed, True


class ForgetfulStore(DyingStore):
    """Another control: what it says it has committed is gone once it dies."""

    def accept(self, arrival: Arrival, receipt: Callable[[], bytes]) -> tuple[bytes, bool]:
        """Sign, and lose what was signed."""
        word = self._next()

        def signed() -> bytes:
            made = receipt()
            if word:
                (self._promised / arrival.bundle_id).write_bytes(made)
                raise RuntimeError("nothing of this is kept")
            return made

        return IntakeStore.accept(self, arrival, signed)


@dataclass(frozen=True)
class Plan:
    """What a process of a door needs: where its store is, of which kind, and what is to befall it."""

    database: Path | str
    kind: type[IntakeStore]
    folder: Path
    root: str
    receipt_pem: bytes = field(repr=False)
    receipt_chain: tuple[str, ...] = field(repr=False)

    def store(self, engine: Engine) -> IntakeStore:
        """Return the store."""
        if issubclass(self.kind, DyingStore):
            return self.kind(engine, self.folder / "plan", self.folder / "promised")
        return self.kind(engine)


def _serve(plan: Plan, bound: socket.socket) -> None:
    """Be one door: the first thing a new process does."""
    rooms = Rooms()
    engine = open_engine(plan.database)
    signer = ReceiptSigner(SigningKey.from_pem(plan.receipt_pem), plan.receipt_chain)
    rooms.door = IntakeDoor(engine, plan.root, signer, SystemClock(), WIDE)
    rooms.door._intake._store = plan.store(engine)
    server = DoorServer(site=rooms, host="127.0.0.1", port=0, certificate=None)  # type: ignore[arg-type]
    Server(server._config()).run(sockets=[bound])


@contextmanager
def _paths_told() -> Iterator[None]:
    """Tell the server that forks doors where modules are, so that it has loaded them before the first one."""
    before = os.environ.get("PYTHONPATH")
    os.environ["PYTHONPATH"] = os.pathsep.join(p or str(Path.cwd()) for p in sys.path)
    try:
        yield
    finally:
        if before is None:
            del os.environ["PYTHONPATH"]
        else:
            os.environ["PYTHONPATH"] = before


class Doors:
    """Keeps a door open: where one dies, another takes its address."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._context = multiprocessing.get_context("forkserver")
        self._context.set_forkserver_preload(["dying_door"])
        with _paths_told():
            ensure_running()
        self._bound = socket.create_server(("127.0.0.1", 0), backlog=64)
        self._bound.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.port: int = self._bound.getsockname()[1]
        self._process: BaseProcess | None = None
        self._is_ended = False
        self.deaths = 0
        self._thread = threading.Thread(target=self._keep, daemon=True)

    def set(self, *words: str) -> None:
        """Say what is to befall the next bundles, one word each."""
        (self._plan.folder / "plan").write_text("".join(f"{w}\n" for w in words))

    def promised(self) -> dict[str, bytes]:
        """Return the receipts that were committed, and never told."""
        return {p.name: p.read_bytes() for p in (self._plan.folder / "promised").iterdir()}

    def kill(self) -> None:
        """Kill the door that is open."""
        assert self._process is not None
        self._process.kill()

    def _keep(self) -> None:
        while not self._is_ended:
            self._process = self._context.Process(target=_serve, args=(self._plan, self._bound), daemon=True)
            self._process.start()
            self._process.join()
            self.deaths += self._process.exitcode == -signal.SIGKILL and not self._is_ended

    def end(self) -> None:
        """Close the door for good."""
        self._is_ended = True
        while self._thread.is_alive():
            if self._process is not None:
                self._process.kill()
            self._thread.join(0.1)
        self._bound.close()

    def start(self) -> None:
        """Open the door."""
        self._thread.start()


@contextmanager
def doors(plan: Plan) -> Iterator[Doors]:
    """Keep a door open while the block runs."""
    (plan.folder / "promised").mkdir(parents=True, exist_ok=True)
    (plan.folder / "plan").write_text("")
    kept = Doors(plan)
    kept.start()
    try:
        yield kept
    finally:
        kept.end()
