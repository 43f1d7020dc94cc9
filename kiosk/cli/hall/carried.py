"""`kiosk hall journal`: journals of seats come to the hall on a stick."""

from pathlib import Path
from typing import Annotated

import typer

from kiosk.cli.option import HomeOption, JsonOption, put_json, put_text
from kiosk.ground.home import Home


def journal(
    folder: Annotated[Path, typer.Argument(help="Folder with journals of seats, such as a stick.")],
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Take journals of this hall's seats from a stick, each verified, so that their sittings can go on elsewhere.

    Doing it again changes nothing. What does not hold is refused by name; what contradicts is kept aside.
    """
    from kiosk.cli.progress import progress_bar
    from kiosk.exam.text import clean_line
    from kiosk.ground.clock import SystemClock
    from kiosk.hall.carried import CarriedJournals
    from kiosk.hall.place import hall_keys, hall_store

    place = Home.at(home).hall
    keys = hall_keys(place)
    store = hall_store(place)
    try:
        journals = CarriedJournals(store, keys, SystemClock())
        files = journals.files(folder)
        taken = []
        with progress_bar("Taking journals") as told:
            for path in files:
                taken.append(journals.take(path))
                told(len(taken), len(files))
    finally:
        store.close()
    if as_json:
        put_json(
            [
                {
                    "file": str(t.path),
                    "seat": t.seat,
                    "submission": t.submission_id,
                    "entries": t.entries,
                    "kept": t.kept,
                    "problem": t.problem,
                    "notes": list(t.notes),
                }
                for t in taken
            ]
        )
    else:
        for t in taken:
            words = f"{t.kept} of {t.entries} entries held" if t.problem is None else clean_line(t.problem)
            put_text(f"{clean_line(t.seat) or t.path.name}  {t.submission_id}  {words}", err=t.problem is not None)
            for note in t.notes:
                put_text(f"    {clean_line(note)}", err=True)
    if any(t.problem is not None for t in taken):
        raise typer.Exit(1)
