"""The server of the door: TLS, patience with limits, several processes, and an end that finishes what is in hand."""

import asyncio
import signal
import socket
import ssl
from dataclasses import dataclass
from typing import Any

from uvicorn import Config, Server
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.supervisors.multiprocess import Multiprocess

from kiosk.central.door.site import DoorSite
from kiosk.exam.error import Refused
from kiosk.ground.certificate import DoorCertificate

FINISH = 30
"""Seconds requests in hand have to end once the door is told to close."""
IDLE = 30
"""Seconds a connection may wait between two requests."""
LARGEST_HEAD = 16_384
"""Bytes of a request's head."""


class PatientProtocol(H11Protocol):
    """HTTP/1.1 that hangs up on whoever takes too long to say what is wanted."""

    def __init__(self, config: Config, *args: Any, **kwargs: Any) -> None:
        super().__init__(config, *args, **kwargs)
        site = config.app
        self._patience = site.limits.head if isinstance(site, DoorSite) else IDLE
        self._waiting: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for the head of a request."""
        super().connection_made(transport)
        self._watch()

    def data_received(self, data: bytes) -> None:
        """Take bytes in; while they are no whole head, the time runs on."""
        super().data_received(data)
        self._watch()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop waiting."""
        self._unwatch()
        super().connection_lost(exc)

    def _watch(self) -> None:
        is_served = self.cycle is not None and not self.cycle.response_complete
        if is_served:
            self._unwatch()
        elif self._waiting is None:
            self._waiting = self.loop.call_later(self._patience, self._hang_up)

    def _unwatch(self) -> None:
        if self._waiting is not None:
            self._waiting.cancel()
            self._waiting = None

    def _hang_up(self) -> None:
        self._waiting = None
        if self.cycle is None or self.cycle.response_complete:
            self.transport.abort()


@dataclass(frozen=True, slots=True, kw_only=True)
class DoorServer:
    """A door on one address."""

    site: DoorSite
    host: str
    port: int
    certificate: DoorCertificate | None
    """None only on this machine's own address, in plain HTTP."""
    workers: int = 1

    def bind(self) -> socket.socket:
        """Take the address; raises Refused for plain HTTP on one others can reach, OSError where it is taken."""
        family = socket.AF_INET6 if ":" in self.host else socket.AF_INET
        if self.certificate is None and self.host not in ("127.0.0.1", "::1"):
            raise Refused("Plain HTTP is for this machine alone: --host 127.0.0.1.")
        if self.workers > 1 and not self.site.is_shared:
            raise Refused("A store in a file has one process at the door. Several need PostgreSQL.")
        bound = socket.create_server((self.host, self.port), family=family, backlog=1024)
        # taken over by every connection: an answer's body is not held back until its head is acknowledged, 40 ms later
        bound.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return bound

    def run(self, bound: socket.socket) -> None:
        """Serve until told to end, by SIGTERM or Ctrl+C; then finish what is in hand and return."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, _ended)
        config = self._config()
        if self.workers == 1:
            Server(config).run(sockets=[bound])
        else:
            bound.set_inheritable(True)
            Multiprocess(config, sockets=[bound]).run()

    def _config(self) -> Config:
        limits = self.site.limits
        files = self.certificate
        return Config(
            self.site,
            factory=True,
            http=PatientProtocol,
            ws="none",
            lifespan="on",
            workers=self.workers,
            access_log=False,
            log_config=None,
            log_level="warning",
            server_header=False,
            proxy_headers=False,
            limit_concurrency=limits.connections,
            timeout_keep_alive=IDLE,
            timeout_graceful_shutdown=FINISH,
            h11_max_incomplete_event_size=LARGEST_HEAD,
            ssl_version=ssl.PROTOCOL_TLS_SERVER,
            ssl_certfile=None if files is None else files.certificate,
            ssl_keyfile=None if files is None else files.key,
        )


def _ended(number: int, frame: object) -> None:
    """The server has ended by then; nothing is left to interrupt."""
