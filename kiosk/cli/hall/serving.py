"""`kiosk hall serve|seats`: the hub of a hall, and which machine goes by which seat's name."""

import json
import socket
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kiosk.cli.option import HomeOption, JsonOption, put_json, put_text
from kiosk.exam.error import KioskError
from kiosk.ground.home import Home

if TYPE_CHECKING:
    from kiosk.hall.hub.site import HubSite

PORT = 8444
FILES = 8_192
"""Open files a hub asks the system for: one a line, and some for its store."""
SWITCH_SECONDS = 0.0005
"""So soon the interpreter lets another thread go on: at its own 5 ms, the lines wait for the board and the clerk."""


def serve(
    host: Annotated[str, typer.Option("--host", help="Address to listen at; 0.0.0.0 is every one.")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", min=0, max=65_535, help="0 takes a free one.")] = PORT,
    url: Annotated[
        list[str] | None,
        typer.Option(
            "--url", help="Where seats find the hub, wss://NAME:PORT; may be given several times, best first."
        ),
    ] = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Open the hub: seats enrol and connect over TLS, keep their safety copies here, and consoles see them.

    SIGTERM or Ctrl+C ends it when what came is kept. Candidates work on while it is away.
    """
    from kiosk.ground.clock import SystemClock
    from kiosk.ground.occupancy import served
    from kiosk.hall.hub.log import end_log, keep_log
    from kiosk.hall.hub.server import listen
    from kiosk.hall.hub.site import HubSite

    place = Home.at(home).hall
    if not place.exists:
        raise KioskError("There is no hall here yet. Make one and load its package: kiosk hall init.")
    with served(place):
        site = HubSite.open(place, SystemClock(), _names(host))
        log = keep_log(place.folder)
        try:
            bound = listen(host, port)
            urls = url or [f"wss://{_at(name)}:{bound.getsockname()[1]}" for name in _names(host)]
            address = site.write_address(urls)
            _run(site, bound, lambda: _tell(site, urls, address, as_json))
        finally:
            site.close()
            end_log(log)


def seats(
    forget: Annotated[
        str | None, typer.Option("--forget", help="Give a seat's name free, for another machine; asks for a PIN.")
    ] = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """List the seats that are enrolled in this hall, or give the name of one free."""
    from kiosk.cli.hall.hall import open_hall_of
    from kiosk.cli.secret import ask_secret

    hall = open_hall_of(Home.at(home))
    try:
        if forget is not None:
            hall.forget_seat(forget, ask_secret("PIN"))
        rows = [
            {
                "seat": s.seat,
                "key": s.public,
                "enrolledAt": s.enrolled_at.isoformat(),
                "letGoAt": None if s.let_go_at is None else s.let_go_at.isoformat(),
            }
            for s in hall.seats()
        ]
    finally:
        hall.close()
    if as_json:
        put_json(rows)
        return
    if not rows:
        put_text("No seat is enrolled here.")
    for row in rows:
        put_text(
            f"{row['seat']}  {row['enrolledAt']}  {str(row['key'])[:16]}  {'free' if row['letGoAt'] else ''}".rstrip()
        )


def _run(site: "HubSite", bound: socket.socket, ready: Callable[[], None]) -> None:
    """Serve until SIGTERM or Ctrl+C; `ready` is called once both are heard."""
    import asyncio
    import signal

    from kiosk.hall.hub.turnstile import Turnstile

    async def until_told() -> None:
        stop = asyncio.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, stop.set)
        ready()
        await site.run(Turnstile(bound, site.limits, site.now_ms), stop)

    _ask_for_files()
    sys.setswitchinterval(SWITCH_SECONDS)
    asyncio.run(until_told())


def _ask_for_files() -> None:
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = FILES if hard == resource.RLIM_INFINITY else min(FILES, hard)
    if soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def _tell(site: "HubSite", urls: Sequence[str], address: Path, as_json: bool) -> None:
    fingerprint = site.certificate.fingerprint()
    if as_json:
        typer.echo(json.dumps({"urls": list(urls), "fingerprint": fingerprint, "address": str(address)}))
        return
    put_text(f"The hub of {site.keys.hall} is open at {', '.join(urls)}")
    put_text(f"certificate SHA-256 {fingerprint}")
    put_text(f"Carry {address} to each seat and console; it is a secret, for the token in it.")


def _names(host: str) -> list[str]:
    """Return how this machine may be found, addresses first: a hall's network may have no names."""
    if host not in ("0.0.0.0", "::", ""):  # noqa: S104 - compared, not listened at
        return [host]
    name = socket.gethostname()
    try:
        found = socket.getaddrinfo(name, None, socket.AF_INET if host != "::" else 0, socket.SOCK_STREAM)
    except OSError:
        found = []
    own = [str(f[4][0]) for f in found if not str(f[4][0]).startswith("127.")]
    return list(dict.fromkeys([*own, name]))


def _at(host: str) -> str:
    return f"[{host}]" if ":" in host else host
