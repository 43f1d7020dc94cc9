"""`kiosk hall attendance` and `kiosk hall close`: who came, and what became of every row of the roster."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from kiosk.cli.option import HomeOption, JsonOption, put_json, put_text
from kiosk.exam.closing import Explained, RowState
from kiosk.exam.error import Refused
from kiosk.exam.status import AttendanceState
from kiosk.exam.text import clean_line
from kiosk.ground.home import Home

if TYPE_CHECKING:
    from kiosk.exam.attendance import Mark
    from kiosk.hall.backroom import Backroom
    from kiosk.hall.closing import Line, Matrix
    from kiosk.sealing.closing import Closing

HEADINGS = ("Roll", "Name", "Seat", "State", "Sealed", "Central")
WIDTHS = (12, 24, 8, 12, 6, 8)
"""Characters of each column: 80 with the blanks between them."""
STRAY = "the office has to send a package with it (kiosk central package), which is loaded here (kiosk hall load)"
Said = dict[str, tuple[AttendanceState, str]]


def attendance(
    session: Annotated[str | None, typer.Argument(help="Id of the session.", show_default="all of them")] = None,
    absent: Annotated[list[str] | None, typer.Option("--absent", help="ROLL or ROLL=NOTE: did not come.")] = None,
    present: Annotated[list[str] | None, typer.Option("--present", help="ROLL or ROLL=NOTE: came.")] = None,
    moved: Annotated[list[str] | None, typer.Option("--moved", help="ROLL=NOTE: went on or sat elsewhere.")] = None,
    test: Annotated[
        str | None, typer.Option("--test", help="Everybody a test is given to, also whom no session expects.")
    ] = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """List who is expected and who came, or write down what a proctor says of some, with their PIN.

    Who logs in is marked present by itself.
    """
    from kiosk.cli.secret import ask_secret

    said = _said(absent or [], present or [], moved or [])
    with opened_backroom(Home.at(home)) as room:
        if said:
            room.attendances.say(room.proctors(ask_secret("PIN")), said, session, test)
        marks = room.attendances.marks(session, test)
    if as_json:
        put_json([_mark_document(mark) for mark in marks])
        return
    _put_row("Roll", "Name", "Seat", "State", "Note")
    for mark in marks:
        _put_row(mark.roll_number or "", mark.name, mark.seat or "", _state_words(mark.state), mark.note)
    counts = {state: sum(m.state is state for m in marks) for state in AttendanceState}
    put_text(f"{len(marks)} expected: " + ", ".join(f"{n} {_state_words(s)}" for s, n in counts.items()) + ".")


def close(
    test: Annotated[str, typer.Argument(help="Id of the test.")],
    to: Annotated[Path | None, typer.Option("--to", help="Folder with the bundles for central.")] = None,
    receive: Annotated[
        Path | None, typer.Option("--receive", help="Take central's close-out back from a folder, and do no more.")
    ] = None,
    online: Annotated[
        bool,
        typer.Option("--online", help="Send the newest closing over HTTPS and ask for its close-out, and no more."),
    ] = False,
    two: Annotated[bool, typer.Option("--two", help="Ask for a second proctor's PIN too.")] = False,
    look: Annotated[bool, typer.Option("--look", help="Show the roster only; nothing is signed.")] = False,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Explain every row of a test's roster and sign it. Exit 1, naming each, while one cannot be explained.

    What is handed in at the seats of this home, or of the hub, is sealed and collected first. Closing again changes
    nothing unless something new has come; then the new closing replaces the one before.
    """
    from kiosk.cli.secret import ask_secret

    with opened_backroom(Home.at(home), gather=receive is None and not online, look=look) as room:
        if receive is not None or online:
            _receive(room.closings.receive(receive) if receive is not None else (_fetch(room, home, test),), as_json)
            return
        matrix = room.closings.matrix(test)
        if look or not matrix.explanation.is_whole:
            _show(matrix, None, as_json)
            raise typer.Exit(0 if matrix.explanation.is_whole else 1)
        if not as_json:
            _put_matrix(matrix)
        pair = room.proctors(ask_secret("PIN"), ask_secret("PIN of the second person") if two else None)
        closing, is_new = room.closings.close(test, pair)
        path = room.closings.write(closing, to) if to is not None else None
        settled = room.closings.settled(test) is not None
    if as_json:
        _show(matrix, closing, True)
        return
    put_text(
        f"Closed: {closing.closing_id}" if is_new else f"Closed already; nothing has changed: {closing.closing_id}"
    )
    if path is not None:
        put_text(f"Written to {path}, read back and compared. Take it to central with the bundles.")
    put_text(
        "Central's close-out is here: the seats may be wiped."
        if settled
        else "Nothing may be wiped before central's close-out comes back: kiosk hall close TEST --receive DIR."
    )


@contextmanager
def opened_backroom(home: Home, *, gather: bool = False, look: bool = False) -> "Iterator[Backroom]":
    """Open the back room of a home's hall; `gather` first seals and collects what is handed in at its seats.

    Raises Refused where a seat cannot be opened, unless it is only to `look`: what it holds is not known.
    """
    from kiosk.cli.bundle.gathering import (
        ask_seats,
        collect_seats,
        opened_hall,
        opened_seats,
        outboxes,
        put_missing,
        put_shut,
        seal_seats,
    )
    from kiosk.ground.clock import SystemClock
    from kiosk.hall.backroom import Backroom

    clock = SystemClock()
    with opened_hall(home, clock) as hall:
        if hall is None:
            raise Refused("There is no hall in this home.")
        if gather:
            with opened_seats(home) as (stores, shut):
                put_shut(shut)
                seal_seats(outboxes(home, stores, clock))
                collect_seats(hall, stores)
                put_missing(ask_seats(hall, home.hall, clock))
            if shut and not look:
                raise Refused(
                    "Nothing was signed: what that seat holds is not known. Move its folder out of this home, and "
                    "recover it: kiosk seat recover FOLDER --to DIR."
                )
        yield Backroom.open(home.hall, hall.keys, hall.store, clock)


def _said(absent: list[str], present: list[str], moved: list[str]) -> Said:
    said: Said = {}
    told = (
        (AttendanceState.ABSENT, absent),
        (AttendanceState.PRESENT, present),
        (AttendanceState.SENT_AWAY, moved),
    )
    for state, words in told:
        for word in words:
            roll, _, note = word.partition("=")
            if roll in said:
                raise typer.BadParameter(f"{roll} is named twice")
            if state is AttendanceState.SENT_AWAY and not note.strip():
                raise typer.BadParameter(f"--moved needs a note, such as {roll}='Hall 3, seat B4'")
            said[roll] = (state, note)
    return said


def _fetch(room: "Backroom", home: Path | None, test: str) -> str:
    """Send the newest closing of a test to central and take its close-out back; raises KioskError while it is open."""
    from kiosk.hall.central import CentralDoor
    from kiosk.hall.connection import open_client, read_connection

    newest = room.closings.newest(test)
    if newest is None:
        raise Refused(f"The test {test} has not been closed here yet: kiosk hall close {test}.")
    with open_client(read_connection(Home.at(home).hall), None) as client:
        door = CentralDoor(client)
        door.put_closing(newest.closing_id, newest.envelope)
        return room.closings.take_closeout(door.closeout(newest.closing_id))


def _receive(tests: tuple[str, ...], as_json: bool) -> None:
    if as_json:
        put_json({"closedOut": list(tests)})
        return
    if not tests:
        raise Refused("There is no close-out for a closing of this hall.")
    for test in tests:
        put_text(f"Central's close-out of {test} is here and verified: every bundle of this hall is held.")


def _show(matrix: "Matrix", closing: "Closing | None", as_json: bool) -> None:
    if not as_json:
        _put_matrix(matrix)
        return
    told = matrix.explanation
    put_json(
        {
            "test": matrix.test_id,
            "closing": closing.closing_id if closing is not None else None,
            "rows": [_line_document(line) for line in matrix.lines],
            "counts": {state.value: count for state, count in told.counts().items()},
            "unexplained": [{"assignment": u.assignment_id, "reason": u.reason, "remedy": u.remedy} for u in told.open],
            "strays": list(told.strays),
        }
    )


def _put_matrix(matrix: "Matrix") -> None:
    told = matrix.explanation
    _put_row(*HEADINGS)
    for line in matrix.lines:
        _put_row(*_cells(line))
    counts = ", ".join(f"{count} {state.value}" for state, count in told.counts().items())
    put_text(f"{len(matrix.lines)} on the roster: {counts}, {len(told.open)} not explained.")
    for line in matrix.lines:
        if not isinstance(line.found, Explained):
            who = f"{line.person.roll_number or line.found.candidate_id} ({clean_line(line.person.name)})"
            put_text(f"{who}: {line.found.reason}\n  {line.found.remedy}", err=True)
    for bundle_id in told.strays:
        put_text(f"Bundle {bundle_id[:16]}: its assignment is not on the roster\n  {STRAY}", err=True)


def _cells(line: "Line") -> tuple[str, ...]:
    state = line.found.state.value if isinstance(line.found, Explained) else "? look below"
    sat = isinstance(line.found, Explained) and line.found.state in (RowState.PRESENT, RowState.UNFINISHED)
    central = f"{line.receipted} of {line.sealed}" if line.sealed else "-"
    sealed = str(line.sealed) if line.sealed or sat else "-"
    return (line.person.roll_number or "", line.person.name, line.seat or "", state, sealed, central)


def _put_row(*cells: str) -> None:
    """Print one row, each cell cut to its column; the last one as long as it likes where it is a note."""
    from rich.cells import set_cell_size

    told = [clean_line(cell) for cell in cells]
    padded = [set_cell_size(cell, width) for cell, width in zip(told, WIDTHS, strict=False)]
    typer.echo("  ".join([*padded[: len(told) - 1], told[-1]]).rstrip())


def _state_words(state: AttendanceState) -> str:
    return "moved" if state is AttendanceState.SENT_AWAY else state.value


def _mark_document(mark: "Mark") -> dict[str, Any]:
    return {
        "session": mark.session_id or None,
        "candidate": mark.candidate_id,
        "rollNumber": mark.roll_number,
        "name": mark.name,
        "seat": mark.seat,
        "state": _state_words(mark.state),
        "arrivedAt": mark.arrived_at.isoformat() if mark.arrived_at else None,
        "note": mark.note,
    }


def _line_document(line: "Line") -> dict[str, Any]:
    found = line.found
    return {
        "assignment": found.assignment_id,
        "candidate": found.candidate_id,
        "rollNumber": line.person.roll_number,
        "name": line.person.name,
        "seat": line.seat,
        "state": found.state.value if isinstance(found, Explained) else None,
        "bundles": list(found.bundles) if isinstance(found, Explained) else [],
        "note": found.note if isinstance(found, Explained) else "",
        "sealed": line.sealed,
        "receipted": line.receipted,
    }
