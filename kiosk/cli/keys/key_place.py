"""Which key folder a command means, and whether whoever acts may touch it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any

import typer

from kiosk.exam.error import Invalid, KioskError
from kiosk.ground.home import Home
from kiosk.sealing.key import KeyFolder, KeyRole

RIGHT = "settings.enrol_kiosk_key"
PlaceOption = Annotated[
    str | None,
    typer.Option(
        "--place", help="office, hall, seat:NAME, or a folder of keys.", show_default="where the role is at home"
    ),
]
_AT_OFFICE = (KeyRole.ROOT, KeyRole.RELEASE, KeyRole.RECEIPT, KeyRole.INTAKE, KeyRole.ESCROW)


@dataclass(frozen=True, slots=True)
class Spot:
    """A folder of keys."""

    label: str
    folder: KeyFolder

    @property
    def is_office(self) -> bool:
        """Whether these are the office's keys, where acts need a right and are written down."""
        return self.label == "office"


@dataclass(slots=True)
class Act:
    """An act under way at the office; what is noted is written into its log once it is done."""

    operation: str
    subject: str
    details: dict[str, Any] = field(default_factory=dict)


def find_spot(home: Home, place: str | None, role: KeyRole | None = None) -> Spot:
    """Return the folder a place names, or where keys of a role are at home; raises KioskError for none such."""
    if place is None:
        if role is KeyRole.SEAT or role is None:
            raise Invalid("Which seat? Give its name: --place seat:NAME.")
        place = "office" if role in _AT_OFFICE else "hall"
    if place == "office":
        return Spot(place, KeyFolder(home.office.keys))
    if place == "hall":
        return Spot(place, KeyFolder(home.hall.keys))
    if place.startswith("seat:"):
        return Spot(place, KeyFolder(home.seat(place.removeprefix("seat:")).keys))
    folder = Path(place)
    if not folder.is_dir():
        raise KioskError(f"There is no folder {place}. A place is office, hall, seat:NAME, or a folder of keys.")
    named = {home.office.keys: "office", home.hall.keys: "hall"}  # the same folder by another name has the same rules
    label = next((name for keys, name in named.items() if keys.exists() and keys.samefile(folder)), place)
    return Spot(label, KeyFolder(folder))


def all_spots(home: Home) -> tuple[Spot, ...]:
    """Return every place of a home that has keys."""
    places = [("office", home.office), ("hall", home.hall), *((f"seat:{s}", home.seat(s)) for s in home.seats())]
    return tuple(Spot(label, KeyFolder(place.keys)) for label, place in places if place.keys.is_dir())


@contextmanager
def allowed(home: Home, spot: Spot, act: Act, user: str | None, second: str | None) -> Iterator[None]:
    """Do an act on keys: at the office only with the right to it, and written into its log.

    Raises Denied without the right. Elsewhere whoever can read the key files may act.
    """
    if not spot.is_office:
        yield
        return
    from kiosk.office.office import Office

    with Office.open(home.office) as office:
        actor = office.acting(RIGHT, user, second)
        office.check(RIGHT, actor)
        yield
        entry = office.audit(RIGHT, actor, "keys", act.subject, act=act.operation, **act.details)
        office.logs.note(entry)
