"""`kiosk hall handover`: a sitting goes on at a seat to which no line of the hub leads."""

from pathlib import Path
from typing import Annotated

import typer

from kiosk.cli.option import HomeOption, JsonOption, put_json, put_text
from kiosk.ground.home import Home

REASON = "moved by stick"


def handover(
    seat: Annotated[str, typer.Argument(help="Seat the sitting leaves.")],
    target: Annotated[str, typer.Argument(help="Seat where it goes on.")],
    to: Annotated[Path, typer.Option("--to", help="Folder to write into, such as a stick.")],
    reason: Annotated[str, typer.Option("--reason", help="Why; it is written into the record.")] = REASON,
    second: Annotated[bool, typer.Option("--second", help="A second proctor gives a PIN too.")] = False,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Move a sitting and write all its new seat needs to a stick, sealed to that seat; asks for a PIN.

    For a seat that reaches no hub; with a hub, move on the console. First the old seat takes a code for moving, and its
    journal comes here: kiosk seat journal there, kiosk hall journal here. Doing it again writes the same permission.
    """
    from kiosk.cli.hall.hall import open_hall_of
    from kiosk.cli.secret import ask_secret
    from kiosk.sealing.copy import write_copy

    hall = open_hall_of(Home.at(home))
    try:
        by = hall.recognise(ask_secret("PIN"), ask_secret("Second PIN") if second else None)
        made = hall.handovers.make(seat, target, by, reason)
    finally:
        hall.close()
    path = to / made.name
    path.unlink(missing_ok=True)  # sealed anew each time, so that the bytes of a former try differ
    path = write_copy(to, made.name, made.data)
    if not made.is_stopped:
        put_text(
            f"{seat} has not written that the sitting was moved. See that nobody goes on there: what is written there "
            "from now on is kept aside and not counted.",
            err=True,
        )
    if as_json:
        facts = {"submission": made.submission_id, "from": seat, "to": target, "entries": made.entries}
        put_json({**facts, "stopped": made.is_stopped, "file": str(path)})
        return
    put_text(f"{made.candidate}: {made.entries} entries, from {seat} to {target}.  {path}")
    put_text(f"At that seat: kiosk seat take {to} --seat {target}. Then start the candidate there with a code.")
