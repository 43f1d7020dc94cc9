"""The card of one candidate: everything the hall knows of a sitting but its content."""

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.content import Content
from textual.getters import query_one
from textual.widgets import Static

from kiosk.views.board import BoardState, Card, SeatLine
from screens.proctor.console.caption import Caption
from screens.proctor.console.cardfacts import event_lines, fact_lines, incident_lines, title_of
from screens.proctor.console.consolepage import ConsolePage
from screens.proctor.console.footing import lost_line
from screens.proctor.console.freshness import Freshness
from screens.proctor.console.message import PageLeft, SeatLooked
from screens.proctor.console.verbbar import VerbBar
from screens.widgets.header import Header
from screens.widgets.pages import Pages
from screens.widgets.rule import Rule

KEYS = (
    ("Esc", "map", "close"),
    ("P", "pause", "verb('P')"),
    ("R", "resume", "verb('R')"),
    ("E", "extend", "verb('E')"),
    ("I", "incident", "verb('I')"),
    ("M", "message", "verb('M')"),
    ("Z", "undo", "deeds"),
    ("T", "move", "verb('T')"),
    ("L", "lock", "verb('L')"),
    ("H", "hand in for", "verb('H')"),
    ("F1", "help", "help"),
)


class CardScreen(ConsolePage):
    """Acts are for this seat; it is kept fresh while it is open."""

    CSS_PATH = "card.tcss"
    HELP = "One candidate: state, own times, how far everything is saved, and what happened. Never what was answered."
    BINDINGS = [
        Binding("escape,enter", "close", show=False, id="card.close", tooltip="Back to the map"),
        Binding("down", "scroll(1)", show=False, id="card.down", tooltip="Scroll the story down"),
        Binding("up", "scroll(-1)", show=False, id="card.up", tooltip="Scroll the story up"),
        Binding("pagedown", "page(1)", show=False, id="card.page-down", tooltip="One page down"),
        Binding("pageup", "page(-1)", show=False, id="card.page-up", tooltip="One page up"),
    ]
    facts = query_one("#facts", Static)
    story = query_one("#story", Pages)
    rule = query_one(Rule)

    def __init__(self, card: Card, board: BoardState) -> None:
        super().__init__()
        self._card, self.board = card, board
        self._freshness = Freshness()

    @property
    def seat(self) -> str:
        """The seat this is about."""
        return self._card.seat

    def compose(self) -> ComposeResult:
        """Compose facts and story."""
        yield Header(title_of(self._card))
        with Vertical(id="upper"):
            yield Caption("sitting")
            yield Static("", id="facts", markup=False)
        yield Caption("incidents and events, newest first")
        with Pages(id="story"):
            yield Static("", id="lines", markup=False)
        yield Rule()
        yield Static("", id="lost", markup=False)
        yield VerbBar(KEYS)

    def on_mount(self) -> None:
        """Show what came with it."""
        self.show_card(self._card)

    def subjects(self) -> tuple[SeatLine, ...]:
        """Return the seat of this card."""
        return tuple(line for line in self.board.seats if line.seat == self.seat) if self.board else ()

    def show_state(self, board: BoardState, lost_ms: int | None) -> None:
        """Keep the clock, and say where the hub is lost."""
        self.board = board
        self.query_one(Header).clock = board.clock
        lost = self.query_one("#lost", Static)
        lost.set_class(not board.is_connected, "-shown")
        lost.update(lost_line(board, lost_ms, self.size.width))
        line = next(iter(self.subjects()), None)
        if board.is_connected and self._freshness.is_old(line):
            self._freshness.asked(line)
            self.post_message(SeatLooked(self.seat))

    def show_card(self, card: Card) -> None:
        """Show the card as it stands now."""
        self._card = card
        clock = self.board.clock if self.board else ""
        self.query_one(Header).clock = clock
        self.facts.update(Content("\n").join(fact_lines(card, clock)))
        lines = [*incident_lines(card), *event_lines(card)]
        self.query_one("#lines", Static).update(Content("\n").join(lines) if lines else "  nothing yet")

    def say(self, words: str) -> None:
        """Show a notice that takes no key."""
        self.rule.say(words)

    def action_scroll(self, by: int) -> None:
        """Scroll the story by lines."""
        self.story.scroll_lines(by)

    def action_page(self, by: int) -> None:
        """Scroll the story by pages."""
        self.story.scroll_pages(by)

    def action_close(self) -> None:
        """Go back to the map."""
        self.post_message(PageLeft())
