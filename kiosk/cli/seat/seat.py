"""`kiosk seat`: the machine a candidate sits at."""

from pathlib import Path
from typing import Annotated

import typer

from kiosk.cli.keys import drilling
from kiosk.cli.option import HomeOption
from kiosk.cli.seat import carrying, connecting, taking, wiping
from kiosk.cli.start import FIRST_SEAT, open_seat
from kiosk.exam.error import Refused
from kiosk.ground.home import Home

app = typer.Typer(help="The machine a candidate sits at.", invoke_without_command=True)
app.command()(wiping.wipe)
app.command()(drilling.recover)
app.command()(connecting.connect)
app.command()(carrying.journal)
app.command()(taking.take)
SeatOption = Annotated[str, typer.Option("--seat", help="Name of the seat in the hall's plan.")]


@app.callback()
def seat(
    ctx: typer.Context,
    name: SeatOption = FIRST_SEAT,
    by_code: Annotated[
        bool,
        typer.Option("--code", help="Ask for the seat's code: opens a sealed seat while its hall does not answer."),
    ] = False,
    home: HomeOption = None,
) -> None:
    """Open the kiosk on this machine, with the hall of the same home behind it.

    The seat is enrolled in the hall the first time. Leave it with Ctrl+O, a proctor's PIN, and Q.
    """
    if ctx.invoked_subcommand is None:
        raise typer.Exit(_open_by_code(name, home) if by_code else open_seat(name, home))


def _open_by_code(name: str, home: Path | None) -> int:
    from kiosk.cli.unsealing import ask_code
    from kiosk.seat.custody import is_sealed

    place = Home.at(home).seat(name)
    if not is_sealed(place):
        raise Refused(f"The seat {name} is not sealed, so that no code is needed: kiosk seat --seat {name}")
    key = ask_code(place)
    return open_seat(name, home, lambda: key)
