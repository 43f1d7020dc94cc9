"""`kiosk seat journal`: what this seat has written goes to the hall on a stick."""

from pathlib import Path
from typing import Annotated

import typer

from kiosk.cli.option import HomeOption, JsonOption, put_json, put_text
from kiosk.ground.home import Home


def journal(
    to: Annotated[Path, typer.Option("--to", help="Folder to write into, such as a stick.")],
    name: Annotated[str, typer.Option("--seat", help="Name of the seat in the hall's plan.")],
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write this seat's unfinished and unreceived journals to a stick, sealed to the hall, read back and compared.

    For a seat that reaches no hall and whose sitting is to go on elsewhere. Nothing is changed here. At the hall: kiosk
    hall journal FOLDER.
    """
    from kiosk.cli.unsealing import opened_store
    from kiosk.sealing.certificate import verify_chain
    from kiosk.sealing.key import KeyRole
    from kiosk.seat.carrying import carry_journals
    from kiosk.seat.place import read_enrolment

    here = Home.at(home)
    enrolment = read_enrolment(here.seat(name))
    hall = verify_chain(enrolment.chain, enrolment.root, KeyRole.SEAT).certificate.hall
    store = opened_store(here, name)
    try:
        written = tuple(carry_journals(here.seat(name), store, hall or "", to))
    finally:
        store.close()
    if as_json:
        put_json([{"submission": w.submission_id, "entries": w.entries, "file": str(w.path)} for w in written])
        return
    for one in written:
        put_text(f"{one.submission_id}  {one.entries} entries  {one.path}")
