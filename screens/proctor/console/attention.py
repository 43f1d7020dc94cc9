"""What needs somebody: the worst first, ageing until a person has taken note."""

from dataclasses import dataclass

from textual import events
from textual.binding import Binding
from textual.message import Message

from kiosk.views.board import Attention
from screens.proctor.console.lineview import LineView, Parts
from screens.proctor.console.needline import need_lines
from screens.proctor.console.sign import by_need

ONE_LINE = 64
"""With fewer cells the words stand on a line of their own."""


class AttentionList(LineView):
    """Up and Down walk, Enter opens the card, Space takes note; the cursor stays on what it was on."""

    COMPONENT_CLASSES = {f"attention--{name}" for name in ("alarm", "warn", "note", "words", "cursor", "stale")}
    DEFAULT_CSS = """
    AttentionList {
        scrollbar-size-vertical: 1;
        scrollbar-size-horizontal: 0;
        & .attention--alarm { color: $urgent; text-style: bold; }
        & .attention--warn { color: $urgent; }
        & .attention--note { color: $foreground; }
        & .attention--words { color: $foreground; }
        & .attention--stale { color: $muted; text-style: none; }
        & .attention--cursor { color: $on-accent; background: $accent; text-style: bold; }
    }
    """
    BINDINGS = [
        Binding("up", "walk(-1)", show=False, id="attention.up", tooltip="Go up the list"),
        Binding("down", "walk(1)", show=False, id="attention.down", tooltip="Go down the list"),
        Binding("enter", "open", show=False, id="attention.open", tooltip="Open the card of that seat"),
        Binding("space", "note", show=False, id="attention.note", tooltip="Take note: it leaves the list"),
    ]

    @dataclass
    class Walked(Message):
        """The cursor came to something."""

        attention: Attention

    @dataclass
    class Opened(Message):
        """The card of its seat is wanted."""

        seat: str

    @dataclass
    class Noted(Message):
        """Somebody has taken note."""

        attention: Attention

    def __init__(self, id: str | None = None) -> None:
        super().__init__(id)
        self._items: list[Attention] = []
        self._place = 0
        self._stale = False

    @property
    def current(self) -> Attention | None:
        """What the cursor stands on."""
        return self._items[self._place] if self._place < len(self._items) else None

    def show(self, attention: tuple[Attention, ...], stale: bool) -> None:
        """Show what needs somebody now."""
        here = self.current
        self._items, self._stale = by_need(attention), stale
        same = [n for n, item in enumerate(self._items) if here and item.attention_id == here.attention_id]
        self._place = same[0] if same else max(0, min(self._place, len(self._items) - 1))
        self.paint()

    def about(self, seat: str | None, *, with_cause: bool = False) -> Attention | None:
        """Return the worst there is about a seat; under the cursor of the list, that.

        `with_cause`: only what is credited or charged by its cause.
        """
        items = [self.current] if self.has_focus and self.current else self._items
        found = (i for i in items if i.seat == seat and (i.cause is not None or not with_cause))
        return next(found, None)

    def place_after(self, seat: str | None) -> int:
        """Return the place of what comes after a seat's in the list, from the top again at the end."""
        last = max((n for n, item in enumerate(self._items) if item.seat == seat), default=-1)
        return (last + 1) % max(1, len(self._items))

    def go_to(self, place: int) -> None:
        """Put the cursor on one of them and bring it into sight."""
        self._place = max(0, min(place, len(self._items) - 1))
        lines = self._lines_each
        self.reveal(self._place * lines, self._place * lines + lines - 1)
        self.paint()
        if self.current is not None:
            self.post_message(self.Walked(self.current))

    @property
    def _lines_each(self) -> int:
        return 1 if self.size.width >= ONE_LINE else 2

    def paint(self) -> None:
        """Work out every line; those that changed are drawn."""
        if not self._items:
            self.draw([((" Nothing needs you.", "attention--stale"),)])
            return
        self.draw([line for place, item in enumerate(self._items) for line in self._draw_one(place, item)])

    def _draw_one(self, place: int, item: Attention) -> list[Parts]:
        here = place == self._place and self.has_focus
        return need_lines(item, self.size.width, self._lines_each, here=here, stale=self._stale)

    def on_resize(self) -> None:
        """Lay the lines out anew."""
        self.paint()

    def on_focus(self) -> None:
        """The cursor shows while the keys go to the list, and the map goes with it."""
        self.go_to(self._place)

    def on_blur(self) -> None:
        """The cursor goes with the focus."""
        self.paint()

    def action_walk(self, by: int) -> None:
        """Go up or down."""
        if self._items:
            self.go_to(self._place + by)

    def action_open(self) -> None:
        """Ask for the card of the seat this is about."""
        if self.current is not None and self.current.seat is not None:
            self.post_message(self.Opened(self.current.seat))

    def action_note(self) -> None:
        """Take note of it."""
        if self.current is not None:
            self.post_message(self.Noted(self.current))

    def on_click(self, event: events.Click) -> None:
        """Walk to what was clicked; twice opens the card."""
        place = self.line_at(event.y) // self._lines_each
        if place < len(self._items):
            self.go_to(place)
            if event.chain == 2:
                self.action_open()
