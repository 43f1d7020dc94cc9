"""`kiosk central closings`: what halls say became of their rosters, and central's close-outs on their way back."""

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from kiosk.cli.option import HomeOption, JsonOption, put_json, put_text
from kiosk.exam.text import clean_line
from kiosk.ground.home import Home

if TYPE_CHECKING:
    from kiosk.central.central import Central
    from kiosk.central.closing import TakenClosing
    from kiosk.exam.closing import KeptClosing

SHORT = 16


def closings(
    write: Annotated[Path | None, typer.Option("--write", help="Folder the close-outs are written to.")] = None,
    hall: Annotated[str | None, typer.Option("--hall", help="Only those of this hall.")] = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Look at every closing again, sign what is explained, and list what is still open and why.

    A close-out is what lets a hall wipe its seats: `--write` puts it on the stick that goes back.
    """
    from kiosk.central.central import Central

    with Central.open(Home.at(home).office) as central:
        settle_closings(central)
        kept = [c for c in central.closings.all() if hall in (None, c.hall)]
        written = central.closings.write(write, hall) if write is not None else ()
        rows = {c.closing_id: dict(central.closings.counts(c)) for c in kept}
    if as_json:
        put_json({"closings": [_document(c, rows[c.closing_id]) for c in kept], "written": list(written)})
        return
    for one in kept:
        counts = ", ".join(f"{count} {state}" for state, count in rows[one.closing_id].items())
        standing = "closed out" if one.closeout is not None else "open"
        put_text(f"{one.closing_id[:SHORT]}  {clean_line(one.hall)}  {one.test_id}  {standing}  {counts}")
        if one.closeout is None and one.problem:
            put_text(f"  {one.problem}")
    open_ones = sum(c.closeout is None for c in kept)
    put_text(f"{len(kept)} closings, {open_ones} open.")
    if write is not None:
        put_text(f"{len(written)} close-outs written to {write}, read back and compared.")


def take_closings(central: "Central", folder: Path, back: Path | None) -> "tuple[TakenClosing, ...]":
    """Take in the closings of a folder, settle what is explained, and write what is settled into the folder `back`.

    It is done once the bundles are counted.
    """
    taken = tuple(central.closing_intake.take_folder(folder))
    settle_closings(central)
    if back is not None:
        central.closings.write(back)
    return taken


def settle_closings(central: "Central") -> None:
    """Sign the close-out of every closing that explains everything."""
    from kiosk.cli.progress import progress_bar

    with progress_bar("Closings") as told:
        for number, _ in enumerate(central.closings.work(), 1):
            told(number, number)


def say_taken(taken: "tuple[TakenClosing, ...]") -> None:
    """Tell what became of closings that were taken in."""
    for one in taken:
        if one.reason:
            put_text(f"{one.source}: refused: {one.reason}", err=True)
    counts = Counter("refused" if t.reason else "new" if t.is_new else "known" for t in taken)
    if taken:
        put_text(f"Closings: {counts['new']} new, {counts['known']} known already, {counts['refused']} refused.")


def taken_document(taken: "TakenClosing") -> dict[str, Any]:
    """Return one closing that was taken in, for scripts."""
    return {"source": taken.source, "closing": taken.closing_id, "new": taken.is_new, "reason": taken.reason}


def _document(kept: "KeptClosing", counts: dict[str, int]) -> dict[str, Any]:
    return {
        "closing": kept.closing_id,
        "hall": kept.hall,
        "test": kept.test_id,
        "receivedAt": kept.made_at.isoformat(),
        "closedOut": kept.closeout is not None,
        "settledAt": kept.settled_at.isoformat() if kept.settled_at else None,
        "problem": kept.problem,
        "counts": counts,
    }
