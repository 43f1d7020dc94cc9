"""`kiosk hall console|board`: the hall on a proctor's screen, or once as facts."""

import importlib
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from kiosk.cli.option import HomeOption, JsonOption, put_json, put_text
from kiosk.exam.error import KioskError
from kiosk.ground.home import Home

if TYPE_CHECKING:
    from kiosk.ground.home import Place
    from kiosk.hall.console.remote_board import RemoteBoard
    from kiosk.views.board import BoardState

ANSWER_SECONDS = 10.0
"""How long a hub may take to answer before the reason is said."""
PATIENCE = 3.0
"""Seconds the door waits for its hub's first word, and a PIN with it; after that it says that there is none."""
LATER = ("console", "card", "preflight", "closeout", "arrivals", "announcement")
"""Screens a proctor comes to next, loaded while the door waits for a PIN."""
HubOption = Annotated[
    Path | None,
    typer.Option("--hub", help="The hub's address file, carried here.", show_default="of this machine's hall"),
]


class BoardOpener:
    """Opens the board of a hub behind the console's first frame, with everything that takes long to load."""

    def __init__(self, place: "Place", hub: Path | None) -> None:
        self._place = place
        self._hub = hub
        self._board: RemoteBoard | None = None

    def open(self) -> "RemoteBoard":
        """Return the board of a hub that is looked for from now on, here already where it answers soon.

        Raises KioskError for an address that is no good.
        """
        from threading import Event

        from kiosk.hall.console.opening import open_board

        self._board, told = open_board(self._place, self._hub), Event()
        self._board.listen(lambda _: told.set())
        self._board.start()
        for name in LATER:
            importlib.import_module(f"screens.proctor.console.{name}")
        told.wait(PATIENCE)
        return self._board

    def close(self) -> None:
        """Hang up."""
        if self._board is not None:
            self._board.close()


def console(hub: HubOption = None, home: HomeOption = None) -> None:
    """Open the proctor's console: the map of seats, what needs somebody, and one key for each act.

    It stays open when the hub is lost, shows the last state as old, and finds the hub again by itself.
    """
    if not all(stream is not None and stream.isatty() for stream in (sys.__stdin__, sys.__stderr__)):
        raise KioskError("A console is run in a terminal, with its keyboard and its screen.", "No terminal")
    from kiosk.apps.console import ConsoleApp

    here = Home.at(home)
    here.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    opener = BoardOpener(here.hall, hub)
    app = ConsoleApp(opener.open, log_file=here.folder / "console.log")
    try:
        app.run()
    finally:
        opener.close()
    if app.fault is not None:
        raise app.fault
    raise typer.Exit(app.return_code or 0)


def board(hub: HubOption = None, home: HomeOption = None, as_json: JsonOption = False) -> None:
    """Print how the hall stands, once: counts, what needs somebody, and every seat; asks for a proctor's PIN."""
    from kiosk.cli.secret import ask_secret

    state = _look(Home.at(home), hub, ask_secret("PIN"))
    put_json(_facts(state)) if as_json else put_text(_words(state))


def _look(here: Home, hub: Path | None, pin: str) -> "BoardState":
    """Return the state of a hall; raises HallLost where no hub answers, Denied for a wrong PIN."""
    from threading import Event

    from kiosk.hall.console.opening import open_board

    remote, told = open_board(here.hall, hub), Event()
    remote.listen(lambda state: told.set() if state.is_connected else None)
    remote.start()
    try:
        told.wait(ANSWER_SECONDS)
        remote.sign_in(pin)
        state = remote.state()
        remote.sign_out()
    finally:
        remote.close()
    return state


def _facts(state: "BoardState") -> dict[str, Any]:
    facts: dict[str, Any] = _camel(asdict(state))
    del facts["isConnected"]
    return facts


def _camel(value: Any) -> Any:
    """Return a value with the names of its fields as JSON has them everywhere here."""
    if isinstance(value, dict):
        return {_name(key): _camel(item) for key, item in value.items()}
    return [_camel(item) for item in value] if isinstance(value, list | tuple) else value


def _name(field: str) -> str:
    first, *rest = field.split("_")
    return first + "".join(word.capitalize() for word in rest)


def _words(state: "BoardState") -> str:
    counts = " · ".join(f"{name.replace('_', ' ')} {n}" for name, n in asdict(state.counts).items())
    lines = [f"{state.hall} · {state.title} · {state.clock}{' · paused' if state.paused else ''}", counts]
    lines += [f"{a.severity:<6}{a.seat or 'hall':<6}{a.kind}: {a.words}" for a in state.attention]
    for seat in state.seats:
        done = "" if seat.percent is None else f"{seat.percent} %"
        lines.append(f"{seat.seat:<6}{seat.state.value}  {done:>5}  {seat.candidate or ''}".rstrip())
    return "\n".join(lines)
