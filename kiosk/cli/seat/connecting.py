"""`kiosk seat connect`: a seat learns where its hall's hub is, and is made known to it."""

from pathlib import Path
from typing import Annotated

import typer

from kiosk.cli.option import HomeOption, JsonOption, put_json, put_text
from kiosk.ground.home import Home


def connect(
    file: Annotated[Path, typer.Argument(help="The address file that `kiosk hall serve` wrote.")],
    name: Annotated[str, typer.Option("--seat", help="Name of the seat in the hall's plan.")],
    root: Annotated[
        str | None,
        typer.Option("--root", help="Public key of the central office, in hex.", show_default="the one it knows"),
    ] = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Enrol this machine as a seat of the hall whose address file it is given; from then on it uses that hall's hub."""
    from kiosk.sealing.address import LARGEST_FILE
    from kiosk.sealing.copy import read_file
    from kiosk.seat.link.connecting import connect_seat

    place = Home.at(home).seat(name)
    address = connect_seat(place, name, read_file(file, LARGEST_FILE), root)
    if as_json:
        put_json({"seat": name, "hall": address.hall, "urls": list(address.urls), "root": address.root})
    else:
        put_text(f"Seat {name} is connected to {address.hall} at {', '.join(address.urls)}.")
        put_text(f"It believes the central office {address.root}.")
