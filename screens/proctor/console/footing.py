"""The two lines below the map: the seat that is looked at, and what is selected."""

from collections.abc import Set

from textual.content import Content

from kiosk.exam.selection import spell
from kiosk.exam.text import clean_line
from kiosk.views.board import BoardState, SeatLine
from screens.clock import clock_text
from screens.proctor.console.sign import state_word
from screens.widgets.line import shorten, spread


def here_line(line: SeatLine | None, width: int) -> Content:
    """Return one seat in words: who, what for how long, how far, what is left, and what the hall does not hold yet."""
    if line is None:
        return Content(" No seats yet: the hub has not told of any.")
    who = [clean_line(part, 40) for part in (line.candidate, line.roll_number, line.test) if part]
    facts = [f"{state_word(line.state, line.candidate)} {clock_text(line.since_ms)}"]
    if line.percent is not None:
        facts.append(f"{line.percent} % answered")
    if line.left_ms is not None:
        facts.append(f"left {clock_text(line.left_ms)}")
    if line.lag_ms:
        facts.append(f"lag {line.lag_ms // 1000} s")
    facts += [word for word, holds in (("extended", line.extended), ("+time", line.accommodated)) if holds]
    right = Content(" · ".join(facts) + " ")
    left = Content.assemble((f" {line.seat}", "bold"), " · ".join(["", *who]))
    return spread(left, right, width)


def chosen_line(board: BoardState, chosen: Set[str], here: str | None, proctor: str, width: int) -> Content:
    """Return how many seats are selected and which, and who acts."""
    who = Content.styled(f"{clean_line(proctor, 30)} ", "$muted")
    if not chosen:
        words = f" 0 selected · keys act on {here or 'nothing'}"
        return spread(Content.styled(words, "$muted"), who, width)
    count = Content.assemble((f" {len(chosen)} selected ", "bold $on-accent on $accent"), " ")
    room = width - count.cell_length - who.cell_length - 2
    return spread(count + Content(shorten(spell(chosen, [s.seat for s in board.seats]), room)), who, width)


def lost_line(board: BoardState, lost_ms: int | None, width: int) -> Content:
    """Return what it means that the hub does not answer, and for how long it has not."""
    age = clock_text(lost_ms or 0)
    words = f" ! No word from the hub for {age}; shown as of {clean_line(board.clock, 12)}. The seats go on."
    return Content.styled(shorten(words, width).ljust(width), "bold $background on $urgent")
