"""Deciding that what nobody handed in is sealed as it is: a proctor by PIN, a technician where no hall is by."""

from typing import TYPE_CHECKING

import typer

from kiosk.cli.bundle.gathering import OpenHall
from kiosk.cli.option import put_text
from kiosk.exam.error import Denied
from kiosk.ground.home import Home

if TYPE_CHECKING:
    from kiosk.exam.moment import Clock

TECHNICIAN = "technician"
"""Who decided, as the journal names them, where no hall could say who it was."""
WORD = "seal"
"""What a technician types."""


def decided(home: Home, hall: OpenHall | None, clock: "Clock", count: int, why: str, *, yes: bool) -> tuple[str, str]:
    """Return who seals `count` sittings nobody handed in, and why; nobody is asked where there is none.

    Where a hall is in the home a proctor gives their PIN, and it is written down there; without one a technician types
    a word, which `yes` does not spare them. Raises Denied for a wrong PIN, a missing right or another word, and ends
    the command where it is not meant.
    """
    whole = "1 sitting was" if count == 1 else f"{count} sittings were"
    put_text(f"{whole} never handed in. Sealing cannot be undone: nobody can go on with them afterwards.", err=True)
    if hall is not None:
        return _proctor(home, hall, clock, count, why, yes), why
    if typer.prompt(f"There is no hall here to check a PIN. Type {WORD} to seal them", err=True) != WORD:
        raise Denied(f"That is not the word {WORD}; nothing unfinished was sealed.")
    return TECHNICIAN, f"{why} (confirmed by typing, at a machine without its hall)"


def _proctor(home: Home, hall: OpenHall, clock: "Clock", count: int, why: str, yes: bool) -> str:
    from kiosk.cli.secret import ask_secret
    from kiosk.hall.backroom import Backroom

    if not yes:
        typer.confirm("Seal them?", abort=True, err=True)
    room = Backroom.open(home.hall, hall.keys, hall.store, clock)
    pair = room.proctors(ask_secret("PIN"))
    room.closings.note_sealing(pair, count, why)
    return pair.first.user_id
