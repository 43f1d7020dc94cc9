"""`kiosk central migrate`: brings the office's store to this version, and parts the months ahead."""

from datetime import date
from typing import Annotated

import typer

from kiosk.cli.option import HomeOption, JsonOption, put_json, put_text
from kiosk.cli.progress import progress_bar


def migrate(
    months: Annotated[int, typer.Option("--months", min=0, max=12, help="How many months ahead to part.")] = 6,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Bring the office's store to the newest revision and part the months ahead. Doing it again changes nothing."""
    from kiosk.ground.home import Home
    from kiosk.office.office import Office
    from storage.migration import head
    from storage.partition import create_ahead

    with Office.open(Home.at(home).office, migrate=True) as office, progress_bar("Parting months") as told:
        today: date = office.now().date()
        made = create_ahead(office.engine, today, months, told)
    if as_json:
        put_json({"revision": head(), "months": made})
        return
    put_text(f"The store stands at revision {head()}.")
    put_text(f"Months parted: {', '.join(made)}." if made else "No month had to be parted.")
