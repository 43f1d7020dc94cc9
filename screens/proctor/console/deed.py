"""What was done in the hall, by whom, and what of it can still be taken back."""

from collections.abc import Sequence

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.content import Content
from textual.getters import query_one
from textual.widgets import OptionList

from kiosk.exam.selection import spell
from kiosk.exam.text import clean_line
from kiosk.views.board import BoardState
from kiosk.views.order import Deed, Order, Verb
from screens.confirm import ConfirmDialog
from screens.proctor.console.boardpage import BoardPage
from screens.proctor.console.message import OrderAsked, PageLeft
from screens.proctor.console.sign import wall
from screens.widgets.header import Header
from screens.widgets.keybar import KeyBar
from screens.widgets.line import shorten
from screens.widgets.marked_list import MarkedList
from screens.widgets.rule import Rule


class DeedsScreen(BoardPage):
    """The acts, newest first; Enter on one that can be taken back asks, and writes a second act that undoes it."""

    CSS_PATH = "list.tcss"
    HELP = "What was done here, newest first. Nothing is ever deleted: taking an act back is an act of its own."
    BINDINGS = [Binding("escape,z,Z", "close", show=False, id="deeds.close", tooltip="Back to the map")]
    acts = query_one(MarkedList)

    def __init__(self, deeds: Sequence[Deed]) -> None:
        super().__init__()
        self._deeds = tuple(deeds)

    def compose(self) -> ComposeResult:
        """Compose the list."""
        yield Header("Done in this hall")
        yield MarkedList()
        yield Rule()
        yield KeyBar((("Enter", "take back", 0), ("Esc", "map", 1), ("F1", "help", 2)))

    def on_mount(self) -> None:
        """Show what came with it, and begin at the newest that can be taken back."""
        self.acts.focus()
        self.show_deeds(self._deeds)
        self.acts.highlighted = next((n for n, deed in enumerate(self._deeds) if deed.can_undo), 0)

    def show_deeds(self, deeds: Sequence[Deed]) -> None:
        """Show what has been done by now."""
        if deeds or not self.acts.option_count:
            self._deeds = tuple(deeds)
            self.acts.fill([(_row(deed), None) for deed in deeds] or [(Content("Nothing has been done yet."), None)])

    def show_state(self, board: BoardState, lost_ms: int | None) -> None:
        """Keep the hall's clock."""
        self.query_one(Header).clock = board.clock

    @on(OptionList.OptionSelected)
    def ask(self, event: OptionList.OptionSelected) -> None:
        """Ask whether one shall be taken back."""
        if event.option_index >= len(self._deeds):
            return
        deed = self._deeds[event.option_index]
        if not deed.can_undo:
            self.query_one(Rule).say("This cannot be taken back.")
            return
        words = f"{wall(deed.at)} {clean_line(deed.who, 40)}: {clean_line(deed.words)}\nSeats: {_seats(deed)}"
        dialog = ConfirmDialog("Take this back?", words, "Take it back", "Leave it")

        def answer(yes: bool | None) -> None:
            if yes:
                self.post_message(OrderAsked(Order(verb=Verb.UNDO, seats=deed.seats, attention_id=deed.act_id)))

        self.app.push_screen(dialog, answer)

    def action_close(self) -> None:
        """Go back to the map."""
        self.post_message(PageLeft())


def _seats(deed: Deed) -> str:
    return shorten(spell(set(deed.seats), deed.seats), 40) if deed.seats else "the whole hall"


def _row(deed: Deed) -> Content:
    undo = "can undo" if deed.can_undo else ""
    head = f"{wall(deed.at):<8} {undo:<9} {shorten(clean_line(deed.who, 40), 16):<16} "
    return Content(f"{head}{shorten(_seats(deed), 20)}: {clean_line(deed.words)}")
