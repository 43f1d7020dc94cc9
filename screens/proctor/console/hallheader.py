"""The top of the console: hall, what it writes, the counts that are always in sight, and the hall's clock."""

from textual.app import RenderResult
from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from kiosk.exam.text import clean_line
from kiosk.views.board import BoardState, Counts
from screens.widgets.line import shorten, spread

WIDE = 126
"""With so many cells hall, counts and clock stand on one line."""
_WORDS = (
    ("expected", "exp"),
    ("present", "pres"),
    ("working", "work"),
    ("away", "away"),
    ("handed in", "in"),
    ("sealed", "seal"),
    ("central", "cent"),
)


class HallHeader(Widget):
    """One line on a wide screen, two on others; nothing of it is ever left out."""

    DEFAULT_CSS = """
    HallHeader {
        height: 2;
        background: $panel;
        color: $foreground;
    }
    """

    board: reactive[BoardState | None] = reactive(None, layout=False)
    lost_ms: reactive[int | None] = reactive(None, layout=False)
    """For how long the hub has not answered."""

    def on_resize(self) -> None:
        """Take as many lines as are needed."""
        self.styles.height = 1 if self.app.size.width >= WIDE else 2

    def render(self) -> RenderResult:
        board, width = self.board, self.size.width
        if board is None:
            return Content("")
        hall, title = clean_line(board.hall, 40), clean_line(board.title, 80)
        clock = Content.assemble((f"{clean_line(board.clock, 12)} ", "bold"))
        state = self._state(board)
        counts = counts_line(board.counts, width - 2)
        if self.size.height > 1:
            room = width - clock.cell_length - state.cell_length - 4
            name = shorten(f"{hall} · {title}", room)
            return Content("\n").join(
                [spread(Content.assemble((f" {name}  ", "bold"), state), clock, width), Content.assemble(" ", counts)]
            )
        room = width - clock.cell_length - counts.cell_length - state.cell_length - 6
        left = Content.assemble((f" {shorten(f'{hall} · {title}', room)}  ", "bold"), state)
        return spread(left, Content.assemble(counts, "   ", clock), width)

    def _state(self, board: BoardState) -> Content:
        if not board.is_connected:
            return Content.assemble((" ! hub lost ", "bold $background on $urgent"))
        if board.paused:
            return Content.assemble((" hall paused ", "bold $background on $urgent"))
        return Content("")


def counts_line(counts: Counts, width: int) -> Content:
    """Return the seven counts, in short words where the long ones do not fit."""
    numbers = (
        counts.expected,
        counts.present,
        counts.working,
        counts.away,
        counts.handed_in,
        counts.sealed,
        counts.central,
    )
    pairs = [(long, short, str(n)) for (long, short), n in zip(_WORDS, numbers, strict=True)]
    long_width = sum(len(long) + len(n) + 1 for long, _, n in pairs)
    gap = next((g for g in (2, 1) if long_width + g * (len(pairs) - 1) <= width), 0)
    named = [(long if gap else short, n) for long, short, n in pairs]
    return Content(" " * (gap or 1)).join([Content.assemble((f"{word} ", "$muted"), (n, "bold")) for word, n in named])
