"""The seat plan: the room from above with who sits where, and the same by name."""

from collections.abc import Sequence

from kiosk.hall.print.gathering import Gathering, Sitter
from kiosk.hall.print.page import Block, Cell, Column, Heading, Plan, Printout, Table, Words
from kiosk.hall.print.room import numbers_of, place_of, rows_of, unplaced
from kiosk.hall.print.source import by_seat

BY_NAME = (
    Column("Name", 32),
    Column("Roll number", 16),
    Column("Seat", 10),
    Column("Extra time", 24),
    Column("Test", 36),
)


def seat_plan(hall: str, gatherings: Sequence[Gathering], digest: str, made_at: str) -> Printout:
    """Return the plan of each gathering: on the first page the room, after it the list by name."""
    blocks: list[Block] = []
    for number, gathering in enumerate(gatherings):
        blocks += [Heading(gathering.title, begins_page=number > 0), Words(gathering.when), *room_blocks(gathering)]
        blocks += [Heading(f"By name: {gathering.title}", begins_page=True), _list(gathering)]
    return Printout(title="Seat plan", place=hall, blocks=tuple(blocks), digest=digest, made_at=made_at, is_wide=True)


def room_blocks(gathering: Gathering) -> list[Block]:
    """Return the room, and in words what does not show in it."""
    seats = by_seat(gathering.sitters)
    cells = {place: _cell(seat, seats[seat]) for seat in seats if (place := place_of(seat)) is not None}
    blocks: list[Block] = []
    if cells:
        blocks.append(Plan(rows_of(seats), numbers_of(seats), cells))
        blocks.append(Words("Front of the room above. A heavy frame: extra time or rest breaks."))
    for seat in unplaced(seats):
        blocks.append(Words(f"{seat}: {'; '.join(_who(s) for s in seats[seat])}"))
    shared = [f"{seat} ({len(some)})" for seat, some in sorted(seats.items()) if len(some) > 1]
    if shared:
        blocks.append(Words(f"Given to more than one: {', '.join(shared)}.", is_bold=True))
    if without := [s for s in gathering.sitters if not s.seat]:
        blocks.append(Words(f"Without a seat of their own: {len(without)}. They sit where there is room."))
    return blocks


def _cell(seat: str, sitters: Sequence[Sitter]) -> Cell:
    first = sitters[0]
    more = (f"and {len(sitters) - 1} more",) if len(sitters) > 1 else ()
    mark = ", ".join(dict.fromkeys(s.extra for s in sitters if s.extra))
    return Cell(seat, (first.name, first.roll_number or "", *more), mark)


def _who(sitter: Sitter) -> str:
    return ", ".join(part for part in (sitter.name, sitter.roll_number, sitter.extra) if part)


def _list(gathering: Gathering) -> Table:
    rows = tuple(
        (s.name, s.roll_number or "", s.seat or "–", s.extra, "; ".join(t.title for t in s.tests))
        for s in gathering.sitters
    )
    return Table(BY_NAME, rows)
