"""The floor of a hub: the same number of lines and messages a second over the same TLS, and nothing done with them."""

import asyncio
import multiprocessing
import ssl
import time
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from websockets.asyncio.client import connect
from websockets.asyncio.server import ServerConnection, serve

from benchmarks.processor import vitals_of

_TEXT = "x" * 700


@dataclass(frozen=True, slots=True)
class Wire:
    """What bare lines cost."""

    rounds: tuple[float, ...]
    """Milliseconds there and back."""
    core: float
    """Of one core, in the process that echoes."""
    rate: float
    """Messages a second, one way."""


def echoed(certificate: Path, key: Path, lines: int, rate: float, seconds: float) -> Wire:
    """Send `rate` messages a second over so many lines to a process that sends each back."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_echo, args=(str(certificate), str(key), theirs), daemon=True)
    process.start()
    try:
        port = ours.recv()
        return asyncio.run(_send(port, process.pid, lines, rate, seconds))
    finally:
        process.kill()
        process.join()


def _echo(certificate: str, key: str, pipe: Connection) -> None:
    async def on_line(line: ServerConnection) -> None:
        async for message in line:
            await line.send(message)

    async def live() -> None:
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(certificate, key)
        async with serve(on_line, "127.0.0.1", 0, ssl=tls, compression=None, ping_interval=None) as server:
            pipe.send(next(iter(server.sockets)).getsockname()[1])
            await server.wait_closed()

    asyncio.run(live())


async def _send(port: int, pid: int | None, lines: int, rate: float, seconds: float) -> Wire:
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    tls.check_hostname, tls.verify_mode = False, ssl.CERT_NONE
    options: dict[str, Any] = {"ssl": tls, "compression": None, "ping_interval": None, "open_timeout": 60}
    sockets = [await connect(f"wss://127.0.0.1:{port}", **options) for _ in range(lines)]
    rounds: list[float] = []
    assert pid is not None
    before, until = vitals_of(pid), time.monotonic() + seconds

    async def talk(number: int) -> None:
        rest = lines / rate
        await asyncio.sleep(rest * number / lines)
        while time.monotonic() < until:
            began = time.perf_counter()
            await sockets[number].send(_TEXT)
            await sockets[number].recv()
            took = time.perf_counter() - began
            rounds.append(took * 1000)
            await asyncio.sleep(max(0.0, rest - took))

    await asyncio.gather(*(talk(number) for number in range(lines)))
    after = vitals_of(pid)
    for socket in sockets:
        socket.transport.abort()
    passed = after.at - before.at
    return Wire(tuple(rounds), (after.cpu - before.cpu) / passed, len(rounds) / passed)
