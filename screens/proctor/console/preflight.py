"""Pre-flight: whether the hall may begin, seat by seat and check by check."""

from collections.abc import Sequence

from textual.binding import Binding
from textual.content import Content
from textual.message import Message

from kiosk.exam.text import clean_line
from kiosk.views.preflight import Check, Fitness, Preflight, SeatFitness
from screens.proctor.console.matrix import MatrixPage
from screens.proctor.console.message import PreflightAsked
from screens.widgets.line import shorten

GLYPHS = {Fitness.GO: "■", Fitness.NO_GO: "!", Fitness.UNKNOWN: "?"}
NARROWEST = 5
"""Cells of a check's column."""


class PreflightScreen(MatrixPage):
    """Every seat with what each check found; what is not go stands in words behind it."""

    HELP = (
        "Whether the hall may begin. ■ go, ! no go, ? the seat has not said. A spare seat, where nobody is expected, "
        "holds nothing up. O leaves only what is not go; F5 looks again."
    )
    BINDINGS = [Binding("f2", "close", show=False, id="preflight.close", tooltip="Back to the map")]
    TITLE_WORDS = "Pre-flight"
    NOTHING = "Every seat is go."
    ONLY = "only no go"

    def __init__(self, found: Preflight) -> None:
        super().__init__()
        self._found, self._names = found, _names(found)

    def show_preflight(self, found: Preflight) -> None:
        """Show what was found now."""
        self._found, self._names = found, _names(found)
        self.repaint()

    def verdict(self) -> tuple[bool, str]:
        """Return whether the hall may begin, and how many seats may."""
        seats = self._found.seats
        needed = [s for s in seats if not s.is_spare]
        go = sum(s.fitness is Fitness.GO for s in needed)
        spare = f", {len(seats) - len(needed)} spare" if len(needed) < len(seats) else ""
        hall = sum(c.fitness is not Fitness.GO for c in self._found.hall)
        own = f"{hall} of {len(self._found.hall)} checks of the hall not go" if hall else "the hall itself goes"
        words = f"{go} of {len(needed)} seats go{spare}; {own}"
        return self._found.is_go, f"{'GO' if self._found.is_go else 'NO GO'}   {words}"

    def more(self) -> Sequence[Content]:
        """Return the hall's own checks, the troubled ones first; those that are go on one line."""
        bad = [c for c in self._found.hall if c.fitness is not Fitness.GO]
        good = ", ".join(clean_line(c.name, 20) for c in self._found.hall if c.fitness is Fitness.GO)
        lines = [Content.styled(shorten(_words(c), self.size.width - 2), "bold $urgent") for c in bad]
        return [*lines, *([Content.styled(shorten(f"■ hall: {good}", self.size.width - 2), "$muted")] if good else [])]

    def head(self) -> str:
        """Return the names of the checks."""
        return f"{'seat':<7}" + "".join(
            f"{name[: wide - 1]:<{wide}}" for name, wide in zip(self._names, self._wide(), strict=True)
        )

    def lines(self) -> Sequence[Content]:
        """Return a row for each seat, those that hold the hall up first."""
        wide = self._wide()
        return [self._line(seat, wide) for seat in self._shown()]

    def details(self) -> Sequence[str]:
        """Return what is not go at each seat shown."""
        return [f"{clean_line(seat.seat, 12)}: {_bad(seat) or 'go'}" for seat in self._shown()]

    def _shown(self) -> list[SeatFitness]:
        seats = sorted(self._found.seats, key=lambda s: s.is_spare or s.fitness is Fitness.GO)
        return [s for s in seats if not self.only or s.fitness is not Fitness.GO]

    def asked_again(self) -> Message:
        """Return what asks the App to look again."""
        return PreflightAsked()

    def _wide(self) -> list[int]:
        """Return the cells of each column: its name in full where the words behind keep a quarter of the screen."""
        full = [max(NARROWEST, len(name) + 1) for name in self._names]
        room = self.size.width * 3 // 4 - 10
        if sum(full) <= room:
            return full
        return [min(wide, max(NARROWEST, room // len(full))) for wide in full]

    def _line(self, seat: SeatFitness, wide: Sequence[int]) -> Content:
        found = {clean_line(c.name, 12): c for c in seat.checks}
        glyphs = [GLYPHS[found[n].fitness] if n in found else " " for n in self._names]
        cells = "".join(f"{glyph:<{cells}}" for glyph, cells in zip(glyphs, wide, strict=True))
        bad = _bad(seat, brief=True)
        words = f"spare. {bad}" if seat.is_spare else bad
        head = f"{clean_line(seat.seat, 6):<7}{cells}"
        style = "bold $urgent" if bad and not seat.is_spare else "$muted" if seat.is_spare else "$foreground"
        return Content.styled(shorten(f"{head}{words}", self.size.width - 5), style)


def _names(found: Preflight) -> list[str]:
    """Return the names of the checks, as one check after the other brings them up."""
    return list(dict.fromkeys(clean_line(c.name, 12) for s in found.seats for c in s.checks))


def _bad(seat: SeatFitness, *, brief: bool = False) -> str:
    """Return what is not go; checks of which the same is to be said stand together, all named or only counted."""
    said: dict[str, list[str]] = {}
    for check in seat.checks:
        if check.fitness is not Fitness.GO:
            said.setdefault(clean_line(check.words), []).append(clean_line(check.name, 12))
    if brief:
        return "; ".join(f"{n[0]}{f' +{len(n) - 1}' if n[1:] else ''}: {words}" for words, n in said.items())
    return "; ".join(f"{', '.join(names)}: {words}" for words, names in said.items())


def _words(check: Check) -> str:
    return f"{GLYPHS[check.fitness]} hall, {clean_line(check.name, 20)}: {clean_line(check.words)}"
