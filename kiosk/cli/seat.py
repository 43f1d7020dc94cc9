"""`kiosk seat`: the machine a candidate sits at."""

from typing import Annotated

import typer

from kiosk.cli import drilling, wiping
from kiosk.cli.option import HomeOption
from kiosk.cli.start import FIRST_SEAT, open_seat

app = typer.Typer(help="The machine a candidate sits at.", invoke_without_command=True)
app.command()(wiping.wipe)
app.command()(drilling.recover)
SeatOption = Annotated[str, typer.Option("--seat", help="Name of the seat in the hall's plan.")]


@app.callback()
def seat(ctx: typer.Context, name: SeatOption = FIRST_SEAT, home: HomeOption = None) -> None:
    """Open the kiosk on this machine, with the hall of the same home behind it.

    The seat is enrolled in the hall the first time. Leave it with Ctrl+O, a proctor's PIN, and S.
    """
    if ctx.invoked_subcommand is None:
        raise typer.Exit(open_seat(name, home))
