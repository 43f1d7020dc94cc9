"""`kiosk seat take`: a sitting the hall handed over on a stick goes on at this seat."""

from pathlib import Path
from typing import Annotated

import typer

from kiosk.cli.option import HomeOption, JsonOption, put_json, put_text
from kiosk.ground.home import Home


def take(
    folder: Annotated[Path, typer.Argument(help="Folder with what the hall handed over, such as a stick.")],
    name: Annotated[str, typer.Option("--seat", help="Name of the seat in the hall's plan.")],
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Take the sittings the hall handed over to this seat (kiosk hall handover), each proved entry by entry.

    The seat may be open meanwhile. Nobody goes on yet: choose start at the seat (Ctrl+O) and type the code the hall
    gives; then the candidate signs in with roll number and that code.
    """
    from kiosk.cli.unsealing import opened_store
    from kiosk.exam.text import clean_line
    from kiosk.ground.clock import SystemClock
    from kiosk.seat.taking import take_handovers

    here = Home.at(home)
    store = opened_store(here, name)
    try:
        taken = take_handovers(here.seat(name), store, SystemClock(), folder)
    finally:
        store.close()
    if as_json:
        put_json(
            [
                {"submission": t.submission_id, "roll": t.roll_number, "entries": t.entries, "file": str(t.path)}
                for t in taken
            ]
        )
        return
    for one in taken:
        put_text(f"{clean_line(one.candidate)} ({clean_line(one.roll_number)})  {one.entries} entries")
    put_text("Now start the candidate here: Ctrl+O, start, and a code from the hall.")
