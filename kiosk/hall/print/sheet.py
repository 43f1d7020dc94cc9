"""The attendance sheet: who is expected, with room for the proctor's check and the candidate's signature."""

from collections.abc import Sequence

from kiosk.exam.status import AttendanceState
from kiosk.hall.print.gathering import Gathering, Sitter
from kiosk.hall.print.page import Block, Column, Heading, Printout, Signatures, Table, Words

STATE_WORDS = {
    AttendanceState.EXPECTED: "expected",
    AttendanceState.PRESENT: "present",
    AttendanceState.ABSENT: "absent",
    AttendanceState.SENT_AWAY: "sent away",
}
COLUMNS = (
    Column("No", 6, is_right=True),
    Column("Name", 40),
    Column("Roll number", 20),
    Column("Seat", 12),
    Column("So far", 16),
    Column("Identity checked", 20),
    Column("Signature", 44),
)
ROW_MM = 9.5


def attendance_sheet(hall: str, gatherings: Sequence[Gathering], digest: str, made_at: str) -> Printout:
    """Return the sheet of each gathering, with its totals and a line for the proctor."""
    blocks: list[Block] = []
    for number, gathering in enumerate(gatherings):
        blocks += [
            Heading(gathering.title, begins_page=number > 0),
            Words(f"{gathering.when}. {', '.join(gathering.tests)}."),
            Table(COLUMNS, tuple(_row(n, s) for n, s in enumerate(gathering.sitters, 1)), ROW_MM),
            Words(totals(gathering), is_bold=True),
            Words("Counted in the hall: present ........  absent ........  sent away ........  walk-ins ........"),
            Signatures(("Proctor: name, signature, time",)),
        ]
    return Printout(title="Attendance sheet", place=hall, blocks=tuple(blocks), digest=digest, made_at=made_at)


def totals(gathering: Gathering) -> str:
    """Return how many are on the list, and how they stand."""
    counts = ", ".join(f"{gathering.count(state)} {words}" for state, words in STATE_WORDS.items())
    return f"{len(gathering.sitters)} on the list: {counts}."


def _row(number: int, sitter: Sitter) -> tuple[str, ...]:
    state = "" if sitter.state is AttendanceState.EXPECTED else STATE_WORDS[sitter.state]
    return (str(number), sitter.name, sitter.roll_number or "", sitter.seat or "", state, "", "")
