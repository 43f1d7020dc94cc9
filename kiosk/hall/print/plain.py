"""Writes a printout as plain text of 100 characters a line: for a terminal, or a printer that knows no more."""

from collections.abc import Iterator

from rich.cells import cell_len, set_cell_size

from kiosk.exam.text import clean_line
from kiosk.hall.print.page import Block, Heading, Pairs, Plan, Printout, Signatures, Slips, Table, Words

WIDTH = 100
CELL = 16
"""Characters of a seat in a plan."""
LABEL = 4


def write_plain(printout: Printout) -> str:
    """Return a printout as text."""
    title = f"{printout.title}: {clean_line(printout.place)}"
    lines = [title, "=" * min(WIDTH, cell_len(title)), ""]
    for block in printout.blocks:
        lines += [line.rstrip() for line in _lines(block)]
        lines.append("")
    return "\n".join([*lines, f"Printed {printout.made_at} · SHA-256 of the facts {printout.digest}", ""])


def _lines(block: Block) -> Iterator[str]:
    match block:
        case Heading():
            yield clean_line(block.text)
            yield "-" * min(WIDTH, cell_len(clean_line(block.text)))
        case Words():
            yield clean_line(block.text, 5_000)
        case Pairs():
            yield from (f"{name:<22}{clean_line(value)}" for name, value in block.pairs)
        case Table():
            yield from _table(block)
        case Plan():
            yield from _plan(block)
        case Slips():
            for slip in block.slips:
                yield "- " * (WIDTH // 2)
                yield clean_line(slip.title)
                yield clean_line(slip.name)
                yield from (f"  {name:<14}{clean_line(value)}" for name, value in slip.pairs)
                yield f"  {slip.foot}"
        case Signatures():
            for words in block.lines:
                yield from ("", "_" * 60, clean_line(words))


def _table(table: Table) -> Iterator[str]:
    if not table.rows:
        yield table.empty
        return
    cells = [[clean_line(cell) for cell in row] for row in ([c.name for c in table.columns], *table.rows)]
    widths = [max(cell_len(row[n]) for row in cells) for n in range(len(table.columns))]
    for number, row in enumerate(cells):
        yield "  ".join(_padded(c, w, k.is_right) for c, w, k in zip(row, widths, table.columns, strict=True))
        if number == 0:
            yield "  ".join("-" * width for width in widths)


def _plan(plan: Plan) -> Iterator[str]:
    most = (WIDTH - LABEL) // CELL
    for start in range(0, len(plan.numbers), most):
        numbers = plan.numbers[start : start + most]
        yield " " * LABEL + "".join(f"{number:<{CELL}}" for number in numbers)
        for row in plan.rows:
            found = [plan.cells.get((row, number)) for number in numbers]
            if not any(found):
                continue
            texts = [[*cell.lines, *([cell.mark] if cell.mark else [])] if cell else [] for cell in found]
            for line in range(max(map(len, texts))):
                cells = [_padded(lines[line] if line < len(lines) else "", CELL - 1, False) for lines in texts]
                yield f"{row if line == 0 else '':<{LABEL}}" + " ".join(cells)
            yield ""


def _padded(text: str, width: int, is_right: bool) -> str:
    text = clean_line(text)
    return " " * max(0, width - cell_len(text)) + text if is_right else set_cell_size(text, width)
