"""One seat as the map draws it, in the cells and lines there are room for."""

from dataclasses import dataclass

from kiosk.views.board import SeatLine, SeatState, Severity
from screens.proctor.console.lineview import Parts
from screens.proctor.console.sign import GLYPHS, QUIET, state_name, surname, value_of
from screens.widgets.line import shorten

WIDEST = 11
NARROWEST = 2
NAMED = 8
"""With so many cells a seat has its candidate's name below, where there is a second line."""


@dataclass(frozen=True, slots=True)
class Grid:
    """How the room is laid on the screen."""

    label: int
    """Cells of the row's name."""
    width: int
    """Cells of a seat."""
    lines: int
    """Lines of a row of seats; of three the last is blank."""


def fit(columns: int, rows: int, width: int, height: int, label: int) -> Grid:
    """Return the roomiest grid; where even the narrowest does not fit, the map is cut at the right or scrolls."""
    cells = (width - label) // max(1, columns)
    lines = next((n for n in (3, 2) if rows * n <= height), 1)
    return Grid(label, max(NARROWEST, min(WIDEST, cells)), lines)


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What a seat looks like besides its own state."""

    shown: str = "done"
    """Which number stands behind the letter: done, left or lag."""
    need: Severity | None = None
    chosen: bool = False
    here: bool = False
    """Whether the cursor stands on it."""
    active: bool = False
    """Whether the map has the focus."""
    hides_quiet: bool = False
    stale: bool = False
    """Whether the state is old, because the hub does not answer."""


def draw_seat(line: SeatLine, look: Look, grid: Grid) -> tuple[Parts, Parts]:
    """Return the upper and the lower line of one seat."""
    width = grid.width
    ground = _ground(look)
    ink = "seatmap--stale" if look.stale else f"seatmap--{state_name(line.state)}"
    if look.need is Severity.ALARM and not look.stale:
        ink = "seatmap--alarm"
    is_hidden = look.hides_quiet and look.need is None and line.state in QUIET and not (look.chosen or look.here)
    if is_hidden:
        blank = f"{' ·':<{width}}"
        return ((blank, "seatmap--hidden"),), ((" " * width, ""),)
    edge = "▶" if look.here else "•" if look.chosen else " "
    mark = GLYPHS[look.need] if look.need else "+" if line.extended else " "
    letter = line.state.value if line.state is not SeatState.EMPTY else "e" if line.candidate else "-"
    styles = f"{ink} {ground}".strip()
    upper = _upper(line, look.shown, letter, edge, mark, grid)
    return ((f"{upper:<{width}}", styles),), _lower(line, look, grid, styles, ground)


def _upper(line: SeatLine, shown: str, letter: str, edge: str, mark: str, grid: Grid) -> str:
    width = grid.width
    if width == NARROWEST:
        return f"{mark if edge == ' ' else edge}{letter}"
    if width < 5:
        return f"{edge}{letter}{mark}"
    if width == 5:
        value = value_of(line, shown, 3)
        return f"{mark if edge == ' ' and mark != '+' else edge}{letter}{value:>3}"
    cells = 3 if width < 8 else 4
    value = value_of(line, shown, cells)
    gap = " " if width > 6 else ""
    return f"{edge}{letter}{gap}{value:>{cells}}{mark}"


def _lower(line: SeatLine, look: Look, grid: Grid, styles: str, ground: str) -> Parts:
    width = grid.width
    if width == NARROWEST:
        return ((" " * width, ground),)  # two digits would touch those of the next seat
    if width < 5:
        cells = 2 if width < 4 else 3
        return ((f"{value_of(line, look.shown, cells):>{min(width, cells + 1)}}".ljust(width), styles),)
    if width >= NAMED:
        words = f" {shorten(surname(line.candidate), width - 2)}"
        return ((words.ljust(width), f"seatmap--name {ground}".strip()),)
    return ((" " * width, ground),)


def _ground(look: Look) -> str:
    if look.here:
        return "seatmap--cursor" if look.active else "seatmap--here"
    return "seatmap--chosen" if look.chosen else ""
