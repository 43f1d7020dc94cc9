"""`kiosk bundle upload`: the hall's bundles go to central over HTTPS, and its receipts come back."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from kiosk.cli.bundle.gathering import OpenHall, collect_seats, hand_receipts_on, matrix, opened_hall, opened_seats
from kiosk.cli.bundle.matrix import put_matrix
from kiosk.cli.option import HomeOption, JsonOption, put_json, put_text
from kiosk.cli.progress import progress_bar
from kiosk.exam.error import KioskError
from kiosk.ground.home import Home

if TYPE_CHECKING:
    from kiosk.exam.whereabouts import Whereabouts
    from kiosk.hall.central import CentralDoor
    from kiosk.hall.shelf import FolderShelf, HallShelf
    from kiosk.hall.upload import Uploaded


def upload(
    url: Annotated[
        str | None, typer.Argument(help="Address of central's door.", show_default="that of the connection")
    ] = None,
    folder: Annotated[
        Path | None, typer.Option("--from", help="Folder of an export.", show_default="the hall's own store")
    ] = None,
    once: Annotated[bool, typer.Option("--once", help="Try each bundle once instead of for ever.")] = False,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Send what central has not receipted yet, until it has: at any speed, over any line, begun again at any moment.

    Each receipt is verified before it is kept, in the hall and at the seats of this home. Stop it with Ctrl+C.
    """
    from kiosk.ground.clock import SystemClock
    from kiosk.hall.central import CentralDoor
    from kiosk.hall.connection import open_client, read_connection

    here = Home.at(home)
    with opened_hall(here, SystemClock()) as hall, opened_seats(here) as (stores, shut):
        if hall is None:
            raise KioskError(f"There is no hall in {here.hall.folder}; bundles go to central from a hall.")
        refused = [c for c in collect_seats(hall, stores) if not c.bundle_id]
        shelf = _shelf(hall, folder)
        with open_client(read_connection(here.hall), url) as client:
            done, is_stopped = _upload(shelf, CentralDoor(client), once)
        unfit = {f"seat {t.seat}": t.problem for t in shut} | {c.source: c.problem for c in refused}
        if folder is not None:
            unfit |= _bring_in(hall, folder, getattr(shelf, "unfit", {}))
        given = hand_receipts_on(hall, stores)
        rows = matrix(hall, stores)
    if as_json:
        put_json(_document(done, given, unfit, is_stopped))
    else:
        _put(done, rows, unfit, is_stopped)
    if is_stopped or done.declined or done.left or done.problem or unfit:
        raise typer.Exit(1)


def _shelf(hall: OpenHall, folder: Path | None) -> "HallShelf | FolderShelf":
    from kiosk.hall.shelf import FolderShelf, HallShelf

    if folder is None:
        return HallShelf(hall.store, hall.collection)
    return FolderShelf(folder, hall.keys.root, hall.keys.revocations.read())


def _upload(shelf: "HallShelf | FolderShelf", door: "CentralDoor", once: bool) -> "tuple[Uploaded, bool]":
    from kiosk.hall.upload import Upload

    with progress_bar("Uploading") as bar:
        work = Upload(shelf, door, bar, bar.say)
        try:
            return work.run(once=once), False
        except KeyboardInterrupt:
            work.result.left = len(shelf.waiting()) - len(work.result.declined)
            return work.result, True


def _bring_in(hall: OpenHall, folder: Path, unfit: dict[str, str]) -> dict[str, str]:
    """Take what lay in the folder into the hall too, with its receipts; return what was not taken, and why."""
    from kiosk.sealing.copy import read_file
    from kiosk.sealing.envelope import LARGEST_ENVELOPE
    from kiosk.sealing.receipt import SUFFIX

    problems = dict(unfit)
    for one in hall.collection.take_folder(folder):
        receipt = folder / f"{one.bundle_id}{SUFFIX}"
        if not one.bundle_id:
            problems[one.source] = one.problem
        elif receipt.exists():
            try:
                hall.collection.receive(one.bundle_id, read_file(receipt, LARGEST_ENVELOPE))
            except KioskError as error:
                problems[receipt.name] = error.message
    return problems


def _document(
    done: "Uploaded", given: list[tuple[str, str]], unfit: dict[str, str], is_stopped: bool
) -> dict[str, Any]:
    return {
        "received": done.received,
        "declined": [{"bundle": b, "problem": p} for b, p in done.declined.items()],
        "left": done.left,
        "problem": "stopped" if is_stopped else done.problem,
        "atSeats": [{"seat": seat, "bundle": bundle} for seat, bundle in given],
        "notTaken": [{"source": name, "problem": problem} for name, problem in unfit.items()],
    }


def _put(done: "Uploaded", rows: "tuple[Whereabouts, ...]", unfit: dict[str, str], is_stopped: bool) -> None:
    put_matrix(rows)
    put_text(f"{len(done.received)} new at central; {done.left} still wait; {len(done.declined)} declined.")
    for bundle, problem in done.declined.items():
        _red(f"A person must look at {bundle}: {problem}")
    for source, problem in unfit.items():
        _red(f"{source}: not taken: {problem}")
    if is_stopped:
        put_text("Stopped. Nothing is lost: begin again at any time, and it goes on where it was.", err=True)
    elif done.problem is not None:
        _red(f"Central: {done.problem}")


def _red(text: str) -> None:
    from kiosk.exam.text import clean_text

    typer.secho(clean_text(text), fg="red", err=True)
