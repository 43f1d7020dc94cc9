"""`kiosk hall collect`: bundles come to the hall from the seats of its home, or from sticks."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kiosk.cli.bundle.gathering import (
    OpenHall,
    Trouble,
    ask_seats,
    collect_seats,
    opened_hall,
    opened_seats,
    outboxes,
    put_missing,
    seal_seats,
)
from kiosk.cli.option import HomeOption, JsonOption, put_json, put_text
from kiosk.cli.progress import progress_bar
from kiosk.exam.error import KioskError
from kiosk.ground.home import Home

if TYPE_CHECKING:
    from kiosk.hall.collection import Collected


def collect(
    folders: Annotated[
        list[Path] | None, typer.Argument(help="Folders of exports, such as sticks.", show_default="this home's seats")
    ] = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Take sealed sittings into the hall, each verified; doing it again changes nothing.

    Without a folder, what is handed in at the seats of this home, or of its hub, is sealed and taken. What does not
    verify, or is of another hall, is refused by name and left where it is.
    """
    from kiosk.ground.clock import SystemClock

    here, clock = Home.at(home), SystemClock()
    troubles: list[Trouble] = []
    with opened_hall(here, clock) as hall, opened_seats(here) as (stores, shut):
        if hall is None:
            raise KioskError(f"There is no hall in {here.hall.folder}. Load a package first: kiosk hall load FOLDER.")
        if folders:
            taken = [one for folder in folders for one in _from_folder(hall, folder)]
        else:
            unsealed, _ = seal_seats(outboxes(here, stores, clock))
            troubles = [*shut, *unsealed]
            taken = collect_seats(hall, stores)
            put_missing(ask_seats(hall, here.hall, clock))
    if as_json:
        put_json(_document(taken, troubles))
    else:
        _put(taken, troubles)
    if troubles or any(not t.bundle_id for t in taken):
        raise typer.Exit(1)


def _from_folder(hall: OpenHall, folder: Path) -> "list[Collected]":
    from kiosk.hall.collection import bundle_files

    whole, taken = len(bundle_files(folder)), []
    with progress_bar(f"Collecting {folder.name}") as told:
        for one in hall.collection.take_folder(folder):
            taken.append(one)
            told(len(taken), whole)
    return taken


def _document(taken: "list[Collected]", troubles: list[Trouble]) -> dict[str, object]:
    return {
        "taken": [
            {
                "source": t.source,
                "outcome": t.outcome.value,
                "bundle": t.bundle_id or None,
                "problem": t.problem or None,
                "flags": list(t.flags),
            }
            for t in taken
        ],
        "notSealed": [{"seat": t.seat, "submission": t.submission_id, "problem": t.problem} for t in troubles],
    }


def _put(taken: "list[Collected]", troubles: list[Trouble]) -> None:
    from kiosk.hall.collection import Outcome

    counts = {outcome: sum(t.outcome is outcome for t in taken) for outcome in Outcome}
    put_text(f"{counts[Outcome.KEPT]} new in the hall, {counts[Outcome.KNOWN]} were here already.")
    for one in taken:
        for flag in one.flags if one.outcome is Outcome.KEPT else ():
            put_text(f"  look at {one.bundle_id}: {flag}")
    for trouble in troubles:
        put_text(f"Not sealed: {trouble.what}: {trouble.problem}", err=True)
    for one in taken:
        if not one.bundle_id:
            put_text(f"{one.source}: not taken: {one.problem}", err=True)
