"""The console of a hall: the map of seats, what needs somebody, and one key for each act."""

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Container, Vertical
from textual.getters import query_one
from textual.timer import Timer
from textual.widgets import Static

from kiosk.exam.text import clean_line
from kiosk.views.board import BoardState, Card, SeatLine, Severity
from screens.proctor.console.attention import AttentionList
from screens.proctor.console.caption import Caption
from screens.proctor.console.cardfacts import short_card
from screens.proctor.console.cell import Look
from screens.proctor.console.footing import chosen_line, here_line, lost_line
from screens.proctor.console.freshness import Freshness
from screens.proctor.console.hallheader import HallHeader
from screens.proctor.console.keys import KEYS
from screens.proctor.console.layout import share
from screens.proctor.console.loss import LossPage
from screens.proctor.console.message import (
    AcknowledgeAsked,
    AnnounceAsked,
    CardAsked,
    HandOverAsked,
    SeatLooked,
)
from screens.proctor.console.prompt import Prompt
from screens.proctor.console.seatmap import SeatMap
from screens.proctor.console.verbbar import VerbBar
from screens.widgets.rule import Rule

REST_SECONDS = 0.15
"""How long the cursor must rest on a seat before its card is asked for."""
SHOWN = {"done": "answered", "left": "time left", "lag": "not yet at the hall"}
"""What stands behind a seat's letter, in the order F6 goes through it."""


class ConsoleScreen(LossPage):
    """Acts are for what is selected; with nothing selected, for the seat under the cursor."""

    CSS_PATH = "console.tcss"
    HELP = (
        "Acts are for the selected seats; with none selected, for the seat under the cursor. R ready, W working, "
        "P paused, A away, L lost, K locked, H handed in, S sealed, X absent, e expected, - empty. ▲ alarm, ! warning, "
        "+ extended, • selected, ■■ all answered, ↑ the hall holds the bundle, ↑↑ central has received it."
    )
    BINDINGS = [
        Binding("y,Y", "note", show=False, id="console.note", tooltip="Take note of what needs this seat"),
        Binding("n,N", "announce", show=False, id="console.announce", tooltip="Announce: to all, or to the selected"),
        Binding("f3", "quiet", show=False, id="console.quiet", tooltip="Hide quiet seats, or show them"),
        Binding("f5", "next_need", show=False, id="console.next", tooltip="Go to the next seat that needs you"),
        Binding("f6", "shown", show=False, id="console.shown", tooltip="Show answered, time left, or lag on the map"),
        Binding("f8", "hall", show=False, id="console.hall", tooltip="Pause the whole hall, or let it go on"),
        Binding("f12", "hand_over", show=False, id="console.over", tooltip="Hand over to another proctor"),
    ]
    header = query_one(HallHeader)
    map = query_one(SeatMap)
    prompt = query_one(Prompt)
    rule = query_one("#rule", Rule)

    def __init__(self, proctor: str) -> None:
        super().__init__()
        self._proctor = proctor
        self._shown, self._hides_quiet = "done", False
        self._lost_ms: int | None = None
        self._card: Card | None = None
        self._freshness = Freshness()
        self._rest: Timer | None = None

    def compose(self) -> ComposeResult:
        """Compose the map, the list, and the lines below."""
        yield HallHeader()
        with Container(id="body"):
            with Vertical(id="left"):
                yield Caption("seats", id="map-caption")
                yield SeatMap(id="map")
            with Vertical(id="right"):
                yield Caption("needs you", id="need-caption")
                yield AttentionList(id="needing")
                yield Caption("", id="card-caption")
                yield Static("", id="card", markup=False)
        yield Rule(id="rule")
        yield Static("", id="here", markup=False)
        yield Static("", id="chosen", markup=False)
        yield Prompt()
        yield VerbBar(KEYS)

    def on_mount(self) -> None:
        """Begin on the map."""
        self.map.focus()

    def on_resize(self) -> None:
        """Share the room anew."""
        self.allot()

    # what the App tells

    def show_state(self, board: BoardState, lost_ms: int | None) -> None:
        """Show the hall as it stands."""
        fresh = self.board is None or len(self.board.seats) != len(board.seats)
        self.board, self._lost_ms = board, lost_ms
        self.selected &= {line.seat for line in board.seats}
        self.header.board, self.header.lost_ms = board, lost_ms
        self.needing.show(board.attention, not board.is_connected)
        self.repaint()
        if fresh:
            self.allot()
        if board.is_connected and self._freshness.is_old(self._line_at_cursor()):
            self._look()

    def show_card(self, card: Card) -> None:
        """Show the card of the seat under the cursor."""
        self._card = card
        self._write_card()

    def say(self, words: str) -> None:
        """Show a notice that takes no key."""
        self.rule.say(words)

    def repaint(self) -> None:
        """Draw the map and the lines below anew."""
        if self.board is None:
            return
        look = Look(shown=self._shown, hides_quiet=self._hides_quiet, stale=not self.board.is_connected)
        self.map.show(self.board, self.selected, look)
        hidden = " · quiet seats hidden" if self._hides_quiet else ""
        self.query_one("#map-caption", Caption).words = f"seats · {SHOWN[self._shown]}{hidden}"
        caption, many = self.query_one("#need-caption", Caption), len(self.board.attention)
        caption.words = f"needs you ({many})"
        caption.warm = any(a.severity is not Severity.NOTE for a in self.board.attention)
        self._write_lines()
        self._write_card()

    def allot(self) -> None:
        """Share the screen between map and list: beside each other, or one above the other."""
        room, size = self.map.room, self.app.size
        given = share(size.width, size.height, room.columns, room.rows, room.label_width)
        left, right = self.query_one("#left"), self.query_one("#right")
        self.set_class(given.beside, "-beside")
        left.styles.height = "1fr" if given.beside else given.map_rows + 1
        right.styles.width = given.right if given.beside else "100%"

    # looking

    def here(self) -> str | None:
        """Return the seat the list or the map is on."""
        item = self.needing.current if self.needing.has_focus else None
        return item.seat if item and item.seat else self.map.cursor

    @on(SeatMap.Walked)
    def walk(self) -> None:
        """Describe the seat, and ask for its card once the cursor rests."""
        self._write_lines()
        if self._rest is not None:
            self._rest.stop()
        self._rest = self.set_timer(REST_SECONDS, self._look)

    @on(AttentionList.Walked)
    def follow(self, event: AttentionList.Walked) -> None:
        """The map goes to the seat the list is on."""
        if event.attention.seat in self.map.room.by_name:
            self.map.go_to(event.attention.seat)

    @on(SeatMap.Opened)
    @on(AttentionList.Opened)
    def open_card(self, event: SeatMap.Opened | AttentionList.Opened) -> None:
        """Ask for a whole card."""
        self.post_message(CardAsked(event.seat))

    def action_next_need(self) -> None:
        """Go to the next thing in the list."""
        self.needing.go_to(self.needing.place_after(self.here()))

    def action_shown(self) -> None:
        """Show another number behind the letters."""
        shown = list(SHOWN)
        self._shown = shown[(shown.index(self._shown) + 1) % len(shown)]
        self.repaint()

    def action_quiet(self) -> None:
        """Hide seats that need nobody, or show them again."""
        self._hides_quiet = not self._hides_quiet
        self.repaint()

    # acting

    @on(AttentionList.Noted)
    def take_note(self, event: AttentionList.Noted) -> None:
        """Somebody has taken note."""
        if not self.refuses_acts():
            self.post_message(AcknowledgeAsked(event.attention.attention_id))

    def action_note(self) -> None:
        """Take note of the worst there is about the seat that is looked at."""
        found = self.needing.about(self.here())
        if found is None:
            self.say("Nothing about this seat needs anybody.")
        else:
            self.take_note(AttentionList.Noted(found))

    def action_announce(self) -> None:
        """Write an announcement."""
        from screens.proctor.console.announcement import AnnounceDialog

        if not self.refuses_acts():
            chosen = tuple(line.seat for line in self.subjects()) if self.selected else ()
            self.app.push_screen(AnnounceDialog(chosen), self._announce)

    def action_hand_over(self) -> None:
        """Another proctor takes over."""
        self.post_message(HandOverAsked())

    def _announce(self, asked: AnnounceAsked | None) -> None:
        if asked is not None and not self.refuses_acts():
            self.post_message(asked)

    def _look(self) -> None:
        self._freshness.asked(self._line_at_cursor())
        if self.map.cursor is not None:
            self.post_message(SeatLooked(self.map.cursor))

    def _line_at_cursor(self) -> SeatLine | None:
        return self.map.room.by_name.get(self.map.cursor or "")

    def _write_lines(self) -> None:
        board, width = self.board, self.size.width
        if board is None:
            return
        here = self.here()
        line = self.map.room.by_name.get(here) if here else None
        self.query_one("#here", Static).update(
            here_line(line, width) if board.is_connected else lost_line(board, self._lost_ms, width)
        )
        self.query_one("#chosen", Static).update(chosen_line(board, self.selected, here, self._proctor, width))

    def _write_card(self) -> None:
        place, card = self.query_one("#card", Static), self._card
        if card is None or self.board is None or card.seat != self.map.cursor:
            place.update("")
            self.query_one("#card-caption", Caption).words = ""
            return
        self.query_one("#card-caption", Caption).words = f"{clean_line(card.seat, 12)} · Enter opens the card"
        place.update(short_card(card, self.board.clock, place.size.width, place.size.height))
