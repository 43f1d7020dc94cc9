"""Opens the office of a home for one command, and finds people in it the way people name them."""

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from kiosk.exam.error import Refused

if TYPE_CHECKING:
    from kiosk.exam.person import Person
    from kiosk.office.office import Office


def open_office(home: Path | None, *, create: bool = False) -> "Office":
    """Return the office of a home; `create` makes one where there is none, and says so."""
    from kiosk.ground.home import Home
    from kiosk.office.office import Office

    place = Home.at(home).office
    if create and not place.exists:
        typer.echo(f"A new exam office is made in {place.folder}.", err=True)
    return Office.open(place, create=create)


def find_person(office: "Office", name: str) -> "Person":
    """Return the person of a user id or roll number; raises Refused where it is neither."""
    person = office.people.by_roll_number(name)
    if person is not None:
        return person
    try:
        return office.people.person(name)
    except Refused:
        raise Refused(f"{name} is nobody's user id or roll number here. `kiosk user list` names everybody.") from None
