"""Close-out: every row of the roster, how far it has come, and what is missing before the hall may be closed."""

from collections.abc import Sequence

from rich.cells import set_cell_size
from textual.binding import Binding
from textual.content import Content
from textual.message import Message

from kiosk.exam.text import clean_line
from kiosk.views.closeout import Closeout, CloseoutLine
from screens.proctor.console.matrix import MatrixPage
from screens.proctor.console.message import CloseoutAsked
from screens.widgets.line import shorten

WIDE = 120
HEADS = ("roll", "name", "test", "seat", "came", "at seat", "hall", "central")
NARROW_CELLS = (8, 13, 0, 5, 8, 12, 6, 9)
"""Cells of each column at 80; a column of none is left out."""
WIDE_CELLS = (10, 22, 14, 6, 10, 12, 9, 9)


class CloseoutScreen(MatrixPage):
    """The matrix of the roster; until every row is explained, the hall is not closed."""

    HELP = (
        "Every row of the roster: how far it is at its seat, in the hall, at central, and what is missing. O leaves "
        "only what is not explained. The hall is closed with kiosk hall close, once nothing is."
    )
    BINDINGS = [Binding("f9", "close", show=False, id="closeout.close", tooltip="Back to the map")]
    TITLE_WORDS = "Close-out"
    NOTHING = "Every row is explained."
    ONLY = "only unexplained"

    def __init__(self, found: Closeout) -> None:
        super().__init__()
        self._found = found

    def show_closeout(self, found: Closeout) -> None:
        """Show how far everything is now."""
        self._found = found
        self.repaint()

    def verdict(self) -> tuple[bool, str]:
        """Return whether every row is explained, and the totals."""
        lines = self._found.lines
        missing = sum(bool(line.missing) for line in lines)
        came = [line.attendance for line in lines]
        totals = ", ".join(f"{came.count(word)} {word}" for word in dict.fromkeys(came))
        words = "all explained: the hall may be closed" if self._found.is_explained else f"{missing} not explained"
        return self._found.is_explained, clean_line(f"{len(lines)} on the roster: {totals}; {words}", 300)

    def head(self) -> str:
        """Return the names of the columns."""
        return self._row(HEADS) + "missing"

    def lines(self) -> Sequence[Content]:
        """Return the rows, those that are not explained first."""
        return [self._line(line) for line in self._shown()]

    def details(self) -> Sequence[str]:
        """Return what is missing in each row shown."""
        return [clean_line(f"{s.candidate}, {s.test}: {s.missing or 'explained'}") for s in self._shown()]

    def _shown(self) -> list[CloseoutLine]:
        ordered = sorted(self._found.lines, key=lambda line: not line.missing)
        return [line for line in ordered if line.missing or not self.only]

    def asked_again(self) -> Message:
        """Return what asks the App to look again."""
        return CloseoutAsked()

    def _line(self, line: CloseoutLine) -> Content:
        cells = (
            line.roll_number or "", line.candidate, line.test, line.seat or "-", line.attendance, line.at_seat,
            line.in_hall, line.at_central,
        )  # fmt: skip
        row = self._row(tuple(clean_line(cell, 80) for cell in cells)) + clean_line(line.missing, 300)
        return Content.styled(shorten(row, self.size.width - 5), "bold $urgent" if line.missing else "$foreground")

    def _row(self, cells: tuple[str, ...]) -> str:
        widths = WIDE_CELLS if self.size.width >= WIDE else NARROW_CELLS
        return "".join(
            set_cell_size(shorten(cell, width - 1), width) for cell, width in zip(cells, widths, strict=True) if width
        )
