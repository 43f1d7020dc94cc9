"""`kiosk hall rescue`: sittings whose machines are gone are sealed by the hall itself, from its safety copies."""

from typing import TYPE_CHECKING, Annotated

import typer

from kiosk.cli.bundle.gathering import opened_hall
from kiosk.cli.hall.salvage import Rescued, Salvage
from kiosk.cli.option import HomeOption, JsonOption, put_json, put_text
from kiosk.cli.progress import progress_bar
from kiosk.exam.error import KioskError, Refused
from kiosk.ground.home import Home, Place

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kiosk.hall.rescue import Stranded

GONE = "the seat's machine is gone"
ANSWER_SECONDS = 10.0


def rescue(
    submission: Annotated[
        str | None, typer.Argument(help="Id of a sitting.", show_default="list what can be rescued")
    ] = None,
    seat: Annotated[
        str | None, typer.Option("--seat", help="Every sitting of this seat whose bundle is not here.")
    ] = None,
    reason: Annotated[str, typer.Option("--reason", help="Why; it is written into the record.")] = GONE,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask whether it is meant.")] = False,
    second: Annotated[bool, typer.Option("--second", help="A second proctor gives a PIN too.")] = False,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Seal a sitting whose machine is gone, from the hall's safety copy, verified entry by entry; asks for a PIN.

    What was handed in is sealed as it is, with the receipt the candidate has; what was not is sealed as far as the hall
    holds it, and says who decided that and why. The seat may write it no more; should it come back, what it holds
    beyond goes to the office as a branch.
    """
    from kiosk.cli.secret import ask_secret
    from kiosk.ground.clock import SystemClock
    from kiosk.ground.rights import load_rights
    from kiosk.hall.hall import Hall

    here, clock = Home.at(home), SystemClock()
    with opened_hall(here, clock) as opened:
        if opened is None:
            raise KioskError(f"There is no hall in {here.hall.folder}. Load a package first: kiosk hall load FOLDER.")
        hall = Hall(opened.store, opened.keys, load_rights(), clock, here.hall.folder)
        found = hall.rescues.waiting()
        if submission is None and seat is None:
            _list(found, as_json)
            return
        chosen = _chosen(found, submission, seat)
        if not yes:
            _confirm(chosen)
        pin = ask_secret("PIN")
        by = hall.recognise(pin, ask_secret("Second PIN") if second else None)
        _must_be_gone(here, {one.seat for one in chosen}, pin)
        done: list[Rescued] = []
        with Salvage.open(here, opened, hall, clock) as salvage, progress_bar("Rescuing") as told:
            for one in salvage.all(chosen, by, reason):
                done.append(one)
                told(len(done), len(chosen))
    put_json([_facts(one) for one in done]) if as_json else _put(done)
    if any(one.problem is not None for one in done):
        raise typer.Exit(1)


def _chosen(found: "Sequence[Stranded]", submission: str | None, seat: str | None) -> "tuple[Stranded, ...]":
    chosen = tuple(
        one for one in found if (submission is None or one.submission_id == submission) and seat in (None, one.seat)
    )
    if not chosen:
        what = f"the sitting {submission}" if submission is not None else f"the seat {seat}"
        raise Refused(
            f"There is nothing to rescue of {what}: its bundle is here already, or the hall holds no copy. What the "
            "hall holds: kiosk hall rescue"
        )
    return chosen


def _confirm(chosen: "Sequence[Stranded]") -> None:
    for one in chosen:
        how = "was handed in" if one.is_over else "was not handed in, as far as is known"
        put_text(f"{one.candidate} at {one.seat}: {one.entries} entries are held here; it {how}.", err=True)
    typer.confirm(
        "Nobody can go on with what is sealed, and the seat may write it no more. Seal it?", abort=True, err=True
    )


def _must_be_gone(here: Home, seats: set[str], pin: str) -> None:
    """Raise Refused while one of these seats is on the line of the hub, or open on this machine."""
    from kiosk.ground.occupancy import occupied

    for name in sorted(seats):
        try:
            place = here.seat(name)
        except KioskError:
            continue  # no seat of this machine has such a name
        if place.folder.exists():
            with occupied(place):
                pass
    on_line = sorted(seats & _on_line(here.hall, pin))
    if on_line:
        raise Refused(
            f"{', '.join(on_line)} is on the line, so that nothing has to be rescued: let the candidate go on there, "
            "move the sitting, or collect its bundle (kiosk hall collect)."
        )


def _on_line(place: Place, pin: str) -> set[str]:
    """Return the seats on the line of this hall's hub; none while no hub runs."""
    from threading import Event

    from kiosk.ground.occupancy import served
    from kiosk.hall.console.opening import open_board

    try:
        with served(place):
            return set()
    except Refused:
        pass
    board, told = open_board(place), Event()
    board.listen(lambda state: told.set() if state.is_connected else None)
    board.start()
    try:
        told.wait(ANSWER_SECONDS)
        board.sign_in(pin)
        preflight = board.preflight()
        board.sign_out()
    finally:
        board.close()
    return {
        fit.seat for fit in preflight.seats if any(c.name == "link" and c.fitness.value == "go" for c in fit.checks)
    }


def _list(found: "Sequence[Stranded]", as_json: bool) -> None:
    if as_json:
        put_json([_facts(Rescued(one)) for one in found])
        return
    if not found:
        put_text("The hall holds no copy of a sitting whose bundle is not here.")
    for one in found:
        state = "handed in" if one.is_over else "in progress"
        put_text(f"{one.seat:<8}{one.submission_id}  {one.entries} entries  {state}  {one.candidate}")


def _facts(one: Rescued) -> dict[str, object]:
    return {
        "submission": one.stranded.submission_id,
        "seat": one.stranded.seat,
        "candidate": one.stranded.candidate,
        "entries": one.stranded.entries,
        "bundle": one.bundle_id or None,
        "handedIn": one.is_handed_in if one.bundle_id else one.stranded.is_over,
        "receipt": one.receipt,
        "problem": one.problem,
    }


def _put(done: "Sequence[Rescued]") -> None:
    from kiosk.exam.text import clean_line

    for one in done:
        who = f"{one.stranded.candidate} ({one.stranded.seat})"
        if one.problem is not None:
            put_text(f"{who}: not rescued: {clean_line(one.problem)}", err=True)
            continue
        how = f"handed in, receipt {one.receipt}" if one.is_handed_in else "not handed in; sealed as far as it is held"
        put_text(f"{who}: {how}. Bundle {one.bundle_id}")
