"""The hub's server: TLS, the three ways in, and an end at which nothing that came is left lying."""

import asyncio
import socket
import ssl
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from http import HTTPStatus
from typing import Protocol

from pydantic import ValidationError
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response
from websockets.typing import Subprotocol

from kiosk.exam.error import Invalid, KioskError
from kiosk.ground.certificate import DoorCertificate
from kiosk.hall.hub.enrolment import Enrolment
from kiosk.hall.hub.limit import HubLimits
from kiosk.hall.hub.log import log, place_of, wire_log
from kiosk.hall.hub.outgoing import part
from kiosk.hall.hub.seat_line import Counters, SeatLine
from kiosk.hall.hub.turnstile import Turnstile
from kiosk.hall.line import fault_of
from kiosk.wire.address import EnrolRequest
from kiosk.wire.document import words
from kiosk.wire.hub import (
    CONSOLE_PATH,
    ENROL_PATH,
    LARGEST_FROM_SEAT,
    PROTOCOL,
    SEAT_PATH,
    Farewell,
)

GATEKEEPERS = 2
FRAMES = 4
"""Frames of one line the library reads ahead."""
RESTART = 1012
"""RFC 6455's registry: the service restarts; a seat comes back by itself."""


class ConsoleDoor(Protocol):
    """Serves consoles that showed the token."""

    async def serve(self, line: ServerConnection, /) -> None:
        """Serve one console until its line ends."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class HubServer:
    """The hub on one address."""

    counters: Counters
    enrolment: Enrolment
    consoles: ConsoleDoor | None
    """None where no board is kept."""
    certificate: DoorCertificate

    @property
    def limits(self) -> HubLimits:
        """What one side may send."""
        return self.counters.limits

    async def run(self, listening: Turnstile, stop: asyncio.Event) -> None:
        """Serve until `stop` is set; then end every line, saying that the hub comes back."""
        limits = self.limits
        with (
            ThreadPoolExecutor(GATEKEEPERS, "gate") as gatekeepers,
            ThreadPoolExecutor(limits.callers, "call") as callers,
        ):

            async def on_line(line: ServerConnection) -> None:
                await self._serve(line, gatekeepers, callers)

            server = await serve(
                on_line,
                sock=listening,
                ssl=tls(self.certificate),
                ssl_handshake_timeout=limits.handshake,
                subprotocols=[Subprotocol(PROTOCOL)],
                process_request=self._look,
                compression=None,
                server_header=None,
                open_timeout=limits.handshake,
                close_timeout=limits.closing,
                ping_interval=None,  # a seat says something every two seconds; see HubLimits.silence
                max_size=LARGEST_FROM_SEAT,
                max_queue=FRAMES,
                logger=wire_log,
            )
            await stop.wait()
            server.close(code=RESTART, reason="the hub ends; come back")
            await server.wait_closed()

    def _look(self, line: ServerConnection, request: Request) -> Response | None:
        """Refuse, in words and before anything is opened, a way that is not there or a token that is not right."""
        if request.path not in (SEAT_PATH, CONSOLE_PATH, ENROL_PATH):
            return line.respond(HTTPStatus.NOT_FOUND, "There is nothing here.\n")
        if request.path == SEAT_PATH:
            return None
        given = request.headers.get_all("Authorization")
        if len(given) != 1 or not self.enrolment.is_bearer(given[0]):
            log.warning("%s came to %s without the right token", line.remote_address[0], request.path)
            return line.respond(
                HTTPStatus.UNAUTHORIZED,
                "This is not the hub's token. Carry its newest address file here: hub.json in the hall's folder.\n",
            )
        if request.path == CONSOLE_PATH and self.consoles is None:
            return line.respond(HTTPStatus.SERVICE_UNAVAILABLE, "This hub keeps no board.\n")
        return None

    async def _serve(
        self, line: ServerConnection, gatekeepers: ThreadPoolExecutor, callers: ThreadPoolExecutor
    ) -> None:
        assert line.request is not None
        try:
            match line.request.path:
                case path if path == SEAT_PATH:
                    await SeatLine(line, self.counters, gatekeepers, callers).serve()
                case path if path == ENROL_PATH:
                    await self._enrol(line, gatekeepers)
                case _:
                    assert self.consoles is not None
                    await self.consoles.serve(line)
        except ConnectionClosed:
            return
        except Exception as error:  # noqa: BLE001 - the last line of defence: the other lines go on
            log.error("a line of %s ended by a mistake, %s", line.remote_address[0], place_of(error))

    async def _enrol(self, line: ServerConnection, threads: ThreadPoolExecutor) -> None:
        """Answer one wish, and hang up."""
        loop = asyncio.get_running_loop()
        try:
            request = await self._wish(line)
            answer = await loop.run_in_executor(threads, self.enrolment.enrol, request)
        except KioskError as error:
            log.warning("an enrolment from %s is refused: %s", line.remote_address[0], error.message)
            await part(line, Farewell(fault=fault_of(error)))
            return
        log.info("seat %s is enrolled from %s", answer.seat, line.remote_address[0])
        await line.send(answer.model_dump_json())
        await line.close()

    async def _wish(self, line: ServerConnection) -> EnrolRequest:
        try:
            async with asyncio.timeout(self.limits.handshake):
                return EnrolRequest.model_validate_json(await line.recv())
        except TimeoutError:
            raise Invalid("no wish to enrol came in time") from None
        except ValidationError as error:
            raise Invalid(f"this wish to enrol is not in the protocol: {words(error)}") from None


def tls(certificate: DoorCertificate) -> ssl.SSLContext:
    """Return the TLS of the hub: 1.3 alone, where this Python's library has it."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_3 if ssl.HAS_TLSv1_3 else ssl.TLSVersion.TLSv1_2
    context.load_cert_chain(certificate.certificate, certificate.key)
    return context


def listen(host: str, port: int) -> socket.socket:
    """Take an address; raises OSError where it is taken. One that was just let go is free at once."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    return socket.create_server((host, port), family=family, backlog=1024)
