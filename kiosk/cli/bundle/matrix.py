"""The matrix of a home's sittings on a terminal and as JSON: seat, hall and central, a glyph and a word for each."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

import typer

from kiosk.cli.option import put_text
from kiosk.exam.text import clean_line
from kiosk.exam.whereabouts import GLYPHS, Stand, Whereabouts

HEADINGS = ("Seat", "Sitting", "Candidate", "At the seat", "Hall", "Central")
SHORT = 8
"""Characters of a sitting's id that are shown; they tell one from another, and every command takes the whole."""
LONGEST_NAME, LONGEST_SEAT = 21, 8
MOST_NAMED = 4
"""Sittings one line names that share what is to be looked at."""
_BAD = frozenset({Stand.DECLINED})
_GOOD = frozenset({Stand.RECEIVED})


def put_matrix(rows: Sequence[Whereabouts]) -> None:
    """Print the matrix, fitting 80 columns, with the counts and what to look at below."""
    from rich.cells import cell_len, set_cell_size

    if not rows:
        put_text("No sitting is known here.")
        return
    cells = [
        (
            clean_line(row.seat, LONGEST_SEAT),
            row.submission_id[:SHORT],
            clean_line(row.candidate, LONGEST_NAME),
            *(f"{GLYPHS[stand]} {stand.value}" for stand in (row.at_seat, row.in_hall, row.at_central)),
        )
        for row in rows
    ]
    widths = [max(cell_len(line[place]) for line in (HEADINGS, *cells)) for place in range(len(HEADINGS))]
    typer.echo("  ".join(set_cell_size(h, w) for h, w in zip(HEADINGS, widths, strict=True)).rstrip())
    for row, line in zip(rows, cells, strict=True):
        padded = [set_cell_size(cell, width) for cell, width in zip(line, widths, strict=True)]
        text = "  ".join([*padded[:-1], _coloured(row.at_central, padded[-1].rstrip())])
        typer.echo(text)
    put_counts(rows)
    _put_notes(rows)


def put_counts(rows: Sequence[Whereabouts]) -> None:
    """Print how many sittings stand where."""
    seat, hall, central = (Counter(getattr(r, at) for r in rows) for at in ("at_seat", "in_hall", "at_central"))
    whole = "1 sitting" if len(rows) == 1 else f"{len(rows)} sittings"
    parts = [
        f"{seat[Stand.OPEN]} in progress",
        f"{seat[Stand.HANDED_IN]} handed in",
        f"{seat[Stand.SEALED]} sealed",
    ]
    put_text(f"{whole}: {', '.join(parts)}; hall {hall[Stand.HELD]}; central {central[Stand.RECEIVED]}.")


def row_document(row: Whereabouts) -> dict[str, Any]:
    """Return one sitting for scripts."""
    line, delivery = row.line, row.delivery
    return {
        "seat": row.seat,
        "submission": row.submission_id,
        "openedOn": row.opened_on,
        "candidate": row.candidate,
        "status": None if line is None else line.status.value,
        "startedAt": None if line is None else line.started_at,
        "submittedAt": None if line is None else line.submitted_at,
        "receipt": None if line is None else line.receipt,
        "entries": line.entries if line is not None else delivery.entries if delivery is not None else None,
        "bundle": row.bundle_id,
        "received": row.at_central is Stand.RECEIVED,
        "atSeat": row.at_seat.value,
        "inHall": row.in_hall.value,
        "atCentral": row.at_central.value,
        "lookAt": list(row.notes),
    }


def _put_notes(rows: Sequence[Whereabouts]) -> None:
    noted: dict[str, list[str]] = {}
    for row in rows:
        for note in row.notes:
            noted.setdefault(note, []).append(f"{row.seat} {row.submission_id[:SHORT]}")
    for note, names in noted.items():
        more = f" and {len(names) - MOST_NAMED} more (--json names all)" if len(names) > MOST_NAMED else ""
        put_text(f"Look at {', '.join(names[:MOST_NAMED])}{more}: {note}")


def _coloured(stand: Stand, text: str) -> str:
    if stand in _BAD:
        return typer.style(text, fg="red", bold=True)
    return typer.style(text, fg="green") if stand in _GOOD else text
