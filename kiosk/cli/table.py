"""Facts as aligned columns, for people; scripts take --json."""

from collections.abc import Iterable, Sequence

import typer

from kiosk.exam.text import clean_line


def put_table(headings: Sequence[str], rows: Iterable[Sequence[object]], indent: int = 0) -> None:
    """Print rows under headings, each column as wide as its widest cell, the last one as long as it likes."""
    from rich.cells import cell_len, set_cell_size

    cells = [[clean_line(str(cell)) for cell in row] for row in rows]
    if not cells:
        return
    table = [list(headings), *cells]
    widths = [max(cell_len(row[place]) for row in table) for place in range(len(headings))]
    for row in table:
        padded = [set_cell_size(cell, width) for cell, width in zip(row[:-1], widths, strict=False)]
        typer.echo(" " * indent + "  ".join([*padded, row[-1]]).rstrip())
