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
        wide = self._wide()
        return f"{'seat':<7}" + "".join(f"{name[: wide - 1]:<{wide}}" for name in self._names)

    def lines(self) -> Sequence[Content]:
        """Return a row for each seat."""
        wide = self._wide()
        return [self._line(seat, wide) for seat in self._shown()]

    def details(self) -> Sequence[str]:
        """Return what is not go at each seat shown."""
        return [f"{clean_line(seat.seat, 12)}: {_bad(seat) or 'go'}" for seat in self._shown()]

    def _shown(self) -> list[SeatFitness]:
        return [s for s in self._found.seats if not self.only or s.fitness is not Fitness.GO]

    def asked_again(self) -> Message:
        """Return what asks the App to look again."""
        return PreflightAsked()

    def _wide(self) -> int:
        longest = max((len(name) for name in self._names), default=0) + 1
        # the words behind keep a third of a narrow screen
        return max(NARROWEST, min(longest, (self.size.width * 2 // 3 - 10) // max(1, len(self._names))))

    def _line(self, seat: SeatFitness, wide: int) -> Content:
        found = {clean_line(c.name, 12): c for c in seat.checks}
        cells = "".join(f"{GLYPHS[found[n].fitness] if n in found else ' ':<{wide}}" for n in self._names)
        bad = _bad(seat)
        words = f"spare. {bad}" if seat.is_spare else bad
        head = f"{clean_line(seat.seat, 6):<7}{cells}"
        style = "bold $urgent" if bad and not seat.is_spare else "$muted" if seat.is_spare else "$foreground"
        return Content.styled(shorten(f"{head}{words}", self.size.width - 5), style)


def _names(found: Preflight) -> list[str]:
    """Return the names of the checks, as one check after the other brings them up."""
    return list(dict.fromkeys(clean_line(c.name, 12) for s in found.seats for c in s.checks))


def _bad(seat: SeatFitness) -> str:
    bad = [c for c in seat.checks if c.fitness is not Fitness.GO]
    return "; ".join(f"{clean_line(c.name, 12)}: {clean_line(c.words)}" for c in bad)


def _words(check: Check) -> str:
    return f"{GLYPHS[check.fitness]} hall, {clean_line(check.name, 20)}: {clean_line(check.words)}"
