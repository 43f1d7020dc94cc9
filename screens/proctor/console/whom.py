"""For whom an act is, in words short enough for a title, and what they are doing."""

from collections import Counter
from collections.abc import Sequence

from kiosk.exam.selection import seat_order, spell
from kiosk.exam.text import clean_line
from kiosk.views.board import SeatLine
from screens.proctor.console.sign import state_word
from screens.widgets.line import shorten

LONGEST = 32
MOST_STATES = 3


def whom(lines: Sequence[SeatLine]) -> str:
    """Return one seat with its candidate, or how many and which: "12 seats (A1-A12)"."""
    if len(lines) == 1:
        line = lines[0]
        parts = (line.seat, line.candidate, line.roll_number)
        return " · ".join(clean_line(part, 60) for part in parts if part)
    seats = [line.seat for line in lines]
    return f"{len(seats)} seats ({shorten(spell(set(seats), seats), LONGEST)})"


def counted(lines: Sequence[SeatLine]) -> str:
    """Return what the seats are doing: "10 working, 2 paused"; who cannot be served is refused, the rest is done."""
    states = Counter(state_word(line.state, line.candidate) for line in lines)
    told = ", ".join(f"{n} {word}" for word, n in states.most_common(MOST_STATES))
    others = len(lines) - sum(n for _, n in states.most_common(MOST_STATES))
    more = f" and {others} other{'' if others == 1 else 's'}" if others else ""
    return f"Now: {told}{more}.\nWhere it cannot be done, it is refused with why."


def in_order(lines: Sequence[SeatLine]) -> tuple[SeatLine, ...]:
    """Return seats in the order of the room."""
    return tuple(sorted(lines, key=lambda line: seat_order(line.seat)))
