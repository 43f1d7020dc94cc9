"""`kiosk seat wipe`: what a seat keeps is destroyed, once central has it and the hall has explained it."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kiosk.cli.option import HomeOption, JsonOption, put_json, put_text
from kiosk.exam.error import Denied, KioskError
from kiosk.exam.text import clean_line
from kiosk.ground.home import Home, Place

if TYPE_CHECKING:
    from kiosk.sealing.erasure import Wiper
    from kiosk.wire.closing import CloseoutDocument
    from kiosk.wire.tombstone import TombstoneDocument

LONGEST_REASON = 300


def wipe(
    name: Annotated[str, typer.Argument(help="Name of the seat.")],
    closeouts: Annotated[
        Path | None,
        typer.Option("--closeouts", help="Folder with close-outs.", show_default="those the hall of this home holds"),
    ] = None,
    now: Annotated[str | None, typer.Option("--now", help="Why it is wiped before its time.")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask whether it is meant.")] = False,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Destroy the store of a seat for ever, once a close-out names every bundle it made and each has its receipt.

    Two proctors give their PINs; on a machine without its hall the technician types the seat's name instead. A wipe
    that was interrupted is finished by doing it again.
    """
    from kiosk.cli.unsealing import unlock_at
    from kiosk.exam.moment import parse_iso
    from kiosk.ground.clock import SystemClock
    from kiosk.seat.wipe import finish
    from kiosk.seat.wipe import wipe as wipe_seat

    here = Home.at(home)
    place = here.seat(name)
    if not place.folder.is_dir():
        raise KioskError(f"There is no seat {name} in this home.")
    finished = finish(place)
    if finished is not None:
        _say(name, finished, as_json, "An interrupted wipe was finished.")
        return
    at = parse_iso(SystemClock().now().at)
    reason = clean_line(now or "", LONGEST_REASON)
    unlock = unlock_at(here, name)
    outs, wiper = _allowed(here, place, closeouts, at, reason, yes, unlock)
    _say(name, wipe_seat(place, outs, at, wiper, unlock), as_json, "Wiped.")


def _allowed(
    here: Home, place: Place, folder: Path | None, at: datetime, reason: str, yes: bool, unlock: Callable[[], bytes]
) -> "tuple[tuple[CloseoutDocument, ...], Wiper]":
    """Return the close-outs that allow a wipe and who does it; nobody is asked for what is refused anyway."""
    from kiosk.cli.hall.closing import opened_backroom
    from kiosk.cli.secret import ask_secret
    from kiosk.sealing.erasure import Wiper
    from kiosk.seat.wipe import closeouts as read_closeouts
    from kiosk.seat.wipe import may_wipe

    name = place.folder.name
    if not here.hall.exists:
        outs = read_closeouts(place, _envelopes(folder))
        may_wipe(place, outs, at, early=bool(reason), unlock=unlock)
        if typer.prompt(f"Type the seat's name to wipe it for ever ({name})") != name:
            raise Denied("That is not the seat's name; nothing was wiped.")
        return outs, Wiper(reason=reason)
    with opened_backroom(here) as room:
        if folder is not None:
            room.closings.receive(folder)
        outs = read_closeouts(place, room.closings.closeouts())
        may_wipe(place, outs, at, early=bool(reason), unlock=unlock)
        if not yes:
            typer.confirm(f"Wipe the seat {name} for ever?", abort=True)
        pair = room.proctors(ask_secret("PIN"), ask_secret("PIN of the second person"))
        room.closings.note_wipe(pair, name, reason)
    assert pair.second is not None
    return outs, Wiper(pair.first.user_id, pair.second.user_id, reason)


def _envelopes(folder: Path | None) -> tuple[bytes, ...]:
    from kiosk.sealing.closing import CLOSEOUT_SUFFIX
    from kiosk.sealing.copy import read_file
    from kiosk.sealing.envelope import LARGEST_ENVELOPE

    if folder is None:
        return ()
    if not folder.is_dir():
        raise KioskError(f"There is no folder {folder}.")
    return tuple(read_file(path, LARGEST_ENVELOPE) for path in sorted(folder.rglob(f"*{CLOSEOUT_SUFFIX}")))


def _say(name: str, tombstone: "TombstoneDocument", as_json: bool, words: str) -> None:
    if as_json:
        put_json(tombstone.model_dump(mode="json", exclude={"certificates"}))
        return
    put_text(f"{words} The seat {name} keeps nothing. Central holds all it sealed: {len(tombstone.bundles)}.")
    put_text(f"Its tombstone says what was wiped, when, and by which close-out: {tombstone.wiped_at}")
