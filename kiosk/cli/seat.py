"""`kiosk seat`: the machine a candidate sits at."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kiosk.apps.door import scrub_environment, shut_keyboard_signals
from kiosk.cli.option import HomeOption

if TYPE_CHECKING:
    from kiosk.hall.hall import Hall
    from kiosk.views.desk import Desk

app = typer.Typer(help="The machine a candidate sits at.", invoke_without_command=True)
SeatOption = Annotated[str, typer.Option("--seat", help="Name of the seat in the hall's plan.")]


@app.callback()
def seat(ctx: typer.Context, name: SeatOption = "A1", home: HomeOption = None) -> None:
    """Open the kiosk on this machine, with the hall of the same home behind it.

    The seat is enrolled in the hall the first time. Leave it with Ctrl+O, a proctor's PIN, and C.
    """
    if ctx.invoked_subcommand is not None:
        return
    shut_keyboard_signals()
    scrub_environment()
    from kiosk.ground.home import Home

    raise typer.Exit(run_seat(Home.at(home).folder, name))


def run_seat(home: Path, name: str, samples: tuple[tuple[str, str, str], ...] = ()) -> int:
    """Run one seat until it is closed; return the exit status."""
    from kiosk.apps.seat import SeatApp
    from kiosk.ground.home import Home

    place = Home(home).seat(name)
    place.make()
    opener = DeskOpener(home, name)
    kiosk = SeatApp(name, opener.open, samples=samples, log_file=place.folder / "seat.log")
    kiosk.run()
    opener.close()
    return kiosk.return_code or 0


class DeskOpener:
    """Opens the desk of a seat behind the first frame, with everything that takes long to load."""

    def __init__(self, home: Path, name: str) -> None:
        self._home = home
        self._name = name
        self._hall: Hall | None = None

    def open(self) -> "Desk":
        """Open the hall of this home and the seat's desk; raises KioskError for what is missing."""
        from kiosk.ground.clock import SystemClock
        from kiosk.ground.home import Home
        from kiosk.hall.place import open_hall
        from kiosk.seat.place import make_seat, open_desk, settle_seat

        home, clock = Home(self._home), SystemClock()
        place = home.seat(self._name)
        self._hall = open_hall(home.hall, clock)
        settle_seat(place, self._hall.enrol(self._name, make_seat(place)))
        return open_desk(place, self._hall, clock)

    def close(self) -> None:
        """Close the hall behind the seat."""
        if self._hall is not None:
            self._hall.close()
