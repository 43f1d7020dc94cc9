"""What is said to the hall: writing it, and how far it has come."""

from collections.abc import Sequence

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.content import Content
from textual.getters import query_one
from textual.widgets import Input, Static

from kiosk.exam.text import clean_line
from kiosk.views.board import Announcement, BoardState
from screens.dialog import Dialog
from screens.proctor.console.boardpage import BoardPage
from screens.proctor.console.message import AnnounceAsked, AnnouncementsAsked, PageLeft
from screens.proctor.console.sign import wall
from screens.widgets.header import Header
from screens.widgets.keybar import KeyBar
from screens.widgets.marked_list import MarkedList
from screens.widgets.press import Press
from screens.widgets.rule import Rule

LONGEST = 300
FRESH_SECONDS = 2.0
"""How often it is looked how far they have come."""
LONGEST_ID = 100


class AnnounceDialog(Dialog[AnnounceAsked | None]):
    """Words for everybody, or for the selected seats."""

    CSS_PATH = ["../../dialog.tcss", "order.tcss"]
    words = query_one("#words-to-say", Input)

    def __init__(self, seats: tuple[str, ...]) -> None:
        many = "1 selected seat" if len(seats) == 1 else f"{len(seats)} selected seats"
        to = many if seats else "the whole hall"
        super().__init__(f"Announce to {to}", "It is shown at once and stays until it is read; the clocks run on.")
        self._seats = seats

    def compose_body(self) -> ComposeResult:
        """Compose the fields."""
        yield Static("Words", classes="label")
        yield Input(max_length=LONGEST, id="words-to-say")
        yield Static("Only those who have this question (its id; empty: everybody)", classes="label")
        yield Input(max_length=LONGEST_ID, id="question")
        yield Static("", id="problem", classes="problem", markup=False)

    def compose_answers(self) -> ComposeResult:
        """Compose the two answers."""
        yield Press("Back, say nothing", id="back")
        yield Press("Announce", id="do")

    def on_mount(self) -> None:
        """Begin in the field."""
        for field in self.query(Input):
            field.cursor_blink = False
        self.words.focus()

    @on(Input.Submitted)
    def go_on(self) -> None:
        """Enter goes to the answers: what a whole hall reads is looked at once more."""
        self.query_one("#do", Press).focus()

    @on(Press.Pressed, "#do")
    def confirm(self) -> None:
        """Close with the words."""
        words = clean_line(self.words.value, LONGEST)
        question = clean_line(self.query_one("#question", Input).value, LONGEST_ID)
        if words:
            self.dismiss(AnnounceAsked(words, self._seats, question or None))
        else:
            self.query_one("#problem", Static).update("! Type some words.")
            self.words.focus()

    @on(Press.Pressed, "#back")
    def action_close(self) -> None:
        """Close and say nothing."""
        self.dismiss(None)


class AnnouncementsScreen(BoardPage):
    """Every announcement with to how many seats it was said, how many have it, and how many have read it."""

    CSS_PATH = "list.tcss"
    HELP = "What was announced, newest first. Delivered: the seat shows it. Read: the candidate has closed it."
    BINDINGS = [
        Binding("escape,f4", "close", show=False, id="said.close", tooltip="Back to the map"),
        Binding("n,N", "announce", show=False, id="said.announce", tooltip="Announce to the whole hall"),
    ]
    said = query_one(MarkedList)

    def __init__(self, announcements: Sequence[Announcement]) -> None:
        super().__init__()
        self._announcements = announcements
        self._is_connected = True

    def compose(self) -> ComposeResult:
        """Compose the list."""
        yield Header("Announcements")
        yield Static(f"   {'time':<8}{'seats':>6}{'delivered':>11}{'read':>7}   words", classes="head")
        yield MarkedList()
        yield Rule()
        yield KeyBar((("Esc", "map", 0), ("N", "announce", 1), ("F1", "help", 2)))

    def on_mount(self) -> None:
        """Show what came with it."""
        self.show_announcements(self._announcements)
        self.said.focus()
        self.set_interval(FRESH_SECONDS, self._look_again)

    def show_announcements(self, announcements: Sequence[Announcement]) -> None:
        """Show how far they have come now."""
        self.said.fill([(_row(one), None) for one in announcements] or [(Content("Nothing has been announced."), None)])

    def show_state(self, board: BoardState, lost_ms: int | None) -> None:
        """Keep the hall's clock."""
        self.query_one(Header).clock = board.clock
        self._is_connected = board.is_connected

    def action_announce(self) -> None:
        """Write one to everybody."""
        self.app.push_screen(AnnounceDialog(()), self._announce)

    def action_close(self) -> None:
        """Go back to the map."""
        self.post_message(PageLeft())

    def _announce(self, asked: AnnounceAsked | None) -> None:
        if asked is not None:
            self.post_message(asked)

    def _look_again(self) -> None:
        if self._is_connected and self.is_current:
            self.post_message(AnnouncementsAsked(again=True))


def _row(one: Announcement) -> Content:
    return Content(f"{wall(one.at):<8}{one.seats:>6}{one.delivered:>11}{one.read:>7}   {clean_line(one.text, LONGEST)}")
