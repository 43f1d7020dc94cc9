"""The threshold of the door: what holds for every request, whatever it asks for, and the last line of defence."""

import asyncio
import logging
import traceback
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kiosk.central.door.fault import LATER, Fault, answer, mistake
from kiosk.central.door.limit import Limits
from kiosk.exam.moment import Clock
from kiosk.ground.rate import Buckets, neighbourhood

HEADERS = (
    (b"cache-control", b"no-store"),
    (b"x-content-type-options", b"nosniff"),
    (b"strict-transport-security", b"max-age=31536000"),
)
DRAINED = 2 * 2**20
"""Bytes of a refused body that are read and thrown away, so that who sends hears the answer, not a broken line."""
DRAIN_SECONDS = 5.0
TOO_SLOW = 408
"""The answer after which nothing more is waited for."""

log = logging.getLogger("kiosk.door")


class Threshold:
    """Counts requests, bounds them, and answers in words when the rooms behind it fail."""

    def __init__(self, rooms: ASGIApp, clock: Clock, limits: Limits) -> None:
        self._rooms = rooms
        self._limits = limits
        self._addresses = Buckets(limits.address_rate, lambda: clock.now().boot_ms)
        self._in_hand = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._rooms(scope, receive, send)
            return
        visit = Visit(receive, send)
        fault = self._refusal(scope)
        if fault is not None:
            await answer(fault)(scope, visit.receive, visit.send)
            return
        self._in_hand += 1
        try:
            await self._rooms(scope, visit.receive, visit.send)
        except Exception as error:  # noqa: BLE001 - the door's last line: words instead of a traceback
            log.error("%s %s", scope["method"], place_of(error))
            if not visit.is_answered:
                await answer(mistake())(scope, visit.receive, visit.send)
        finally:
            self._in_hand -= 1

    def _refusal(self, scope: Scope) -> Fault | None:
        if self._in_hand >= self._limits.requests:
            return Fault(503, "Busy", "Central is busy. Come again.", retry_after=LATER)
        client = scope.get("client")
        wait = self._addresses.take(neighbourhood(client[0] if client else ""))
        return too_fast(wait) if wait else None


class Visit:
    """One request: what was read of it, and whether it was answered."""

    def __init__(self, receive: Receive, send: Send) -> None:
        self._receive = receive
        self._send = send
        self._is_read = False
        self.is_answered = False

    async def receive(self) -> Message:
        """Return the next message of the request."""
        message = await self._receive()
        if message["type"] == "http.disconnect" or not message.get("more_body", False):
            self._is_read = True
        return message

    async def send(self, message: Message) -> None:
        """Send a part of the answer; before a refusal, read what is left of the body, as far as that is little."""
        if message["type"] == "http.response.start":
            self.is_answered = True
            headers: list[Any] = [*message["headers"], *HEADERS]
            if not self._is_read and message["status"] != TOO_SLOW:
                await self._drain()
            if not self._is_read:
                headers.append((b"connection", b"close"))
            message = {**message, "headers": headers}
        await self._send(message)

    async def _drain(self) -> None:
        left = DRAINED
        try:
            async with asyncio.timeout(DRAIN_SECONDS):
                while not self._is_read and left > 0:
                    left -= len((await self.receive()).get("body", b""))
        except TimeoutError:
            return


def too_fast(wait: int) -> Fault:
    """Return the answer to who comes too often."""
    return Fault(429, "Too often", f"Too many requests. Come again in {wait} seconds.", retry_after=wait)


def place_of(error: Exception) -> str:
    """Return the kind and place of a mistake; neither its words nor locals, which may hold what nobody may read."""
    frames = traceback.extract_tb(error.__traceback__)
    last = frames[-1]
    return f"{type(error).__name__} at {last.filename.rpartition('/')[2]}:{last.lineno}"
