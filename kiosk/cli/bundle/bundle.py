"""`kiosk bundle`: sealed sittings on their way from the seats by the hall to central, and what proves it."""

import typer

from kiosk.cli.bundle.export import export
from kiosk.cli.bundle.gathering import matrix, opened_hall, opened_seats, put_shut
from kiosk.cli.bundle.matrix import put_matrix, row_document
from kiosk.cli.bundle.receive import receive
from kiosk.cli.bundle.upload import upload
from kiosk.cli.bundle.verify import verify
from kiosk.cli.central.central import intake
from kiosk.cli.option import HomeOption, JsonOption, put_json
from kiosk.ground.home import Home

app = typer.Typer(help="Sealed sittings on their way to central.", no_args_is_help=True)


@app.command("list")
def list_sittings(home: HomeOption = None, as_json: JsonOption = False) -> None:
    """List every sitting the seats and the hall of this machine know of, and how far each has come.

    Exit 1, naming it, where a seat cannot be opened.
    """
    from kiosk.ground.clock import SystemClock

    here = Home.at(home)
    with opened_hall(here, SystemClock()) as hall, opened_seats(here) as (stores, shut):
        rows = matrix(hall, stores)
    if as_json:
        put_json([row_document(row) for row in rows])
    else:
        put_matrix(rows)
    put_shut(shut)
    if shut:
        raise typer.Exit(1)


app.command()(export)
app.command()(verify)
app.command()(upload)
app.command()(intake)
app.command()(receive)
