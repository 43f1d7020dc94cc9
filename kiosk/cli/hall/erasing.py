"""`kiosk hall wipe`: what a hall keeps is destroyed, once central has closed out every test that was held in it."""

from contextlib import ExitStack
from typing import Annotated

import typer

from kiosk.cli.option import HomeOption, JsonOption, put_json, put_text
from kiosk.exam.error import Denied, KioskError, Refused
from kiosk.exam.text import clean_line
from kiosk.ground.home import Home

LONGEST_REASON = 300


def wipe(
    now: Annotated[str | None, typer.Option("--now", help="Why it is wiped before its time.")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask whether it is meant.")] = False,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Destroy the store of the hall for ever, once every test held in it is closed out and each bundle has its receipt.

    Two proctors give their PINs; the seats of this home must have been wiped before. The hall's keys stay. A wipe that
    was interrupted is finished by doing it again.
    """
    from kiosk.cli.bundle.gathering import opened_hall
    from kiosk.cli.hall.closing import opened_backroom
    from kiosk.cli.secret import ask_secret
    from kiosk.exam.moment import parse_iso
    from kiosk.ground.clock import SystemClock
    from kiosk.ground.occupancy import occupied
    from kiosk.hall.place import hall_keys
    from kiosk.hall.wipe import cleared, finish
    from kiosk.hall.wipe import wipe as wipe_hall
    from kiosk.sealing.erasure import Wiper

    here, clock = Home.at(home), SystemClock()
    document = finish(here.hall)
    if document is None:
        if not here.hall.exists:
            raise KioskError("This home has no hall that keeps anything.")
        at, reason = parse_iso(clock.now().at), clean_line(now or "", LONGEST_REASON)
        with ExitStack() as stack:
            for stray in here.strays():
                raise Refused(f"{stray} holds a seat's store. Move it away, or rename it and wipe it as a seat.")
            for seat in here.seats():
                stack.enter_context(occupied(here.seat(seat)))
                if here.seat(seat).exists:
                    raise Refused(
                        f"The seat {seat} of this home keeps its store. Wipe it first: kiosk seat wipe {seat}."
                    )
            with opened_hall(here, clock) as hall:
                assert hall is not None
                cleared(hall.keys, hall.store, here.hall, clock, at, early=bool(reason))
            if not yes:
                typer.confirm("Wipe this hall for ever?", abort=True)
            with opened_backroom(here) as room:
                pair = room.proctors(ask_secret("PIN"), ask_secret("PIN of the second person"))
                room.closings.note_wipe(pair, room.keys.hall, reason)
            if pair.second is None:
                raise Denied("A hall is wiped by two proctors, who both give a PIN.")
            wiper = Wiper(pair.first.user_id, pair.second.user_id, reason)
            document = wipe_hall(here.hall, hall_keys(here.hall), clock, at, wiper)
    if as_json:
        put_json(document.model_dump(mode="json", exclude={"certificates"}))
        return
    put_text(f"Wiped. The hall keeps nothing. Central holds all it sealed: {len(document.bundles)}.")
    put_text(f"Its tombstone says what was wiped, when, and by which close-outs: {document.wiped_at}")
