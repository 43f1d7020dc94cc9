"""The map of the hall: every seat where it stands in the room, drawn as one widget."""

from collections.abc import Mapping
from dataclasses import dataclass

from textual import events
from textual.binding import Binding
from textual.message import Message

from kiosk.exam.selection import seat_order
from kiosk.views.board import BoardState, SeatLine, SeatState, Severity
from screens.proctor.console.cell import Grid, Look, fit
from screens.proctor.console.lineview import LineView
from screens.proctor.console.plan import plan
from screens.proctor.console.room import Room
from screens.proctor.console.sign import needs, state_name


class SeatMap(LineView):
    """Arrows walk, Space chooses, Enter opens the card; a click walks, with Ctrl or twice on a seat it chooses."""

    HEAD = 1
    COMPONENT_CLASSES = {
        *(f"seatmap--{state_name(state)}" for state in SeatState),
        *(f"seatmap--{name}" for name in ("alarm", "hidden", "name", "cursor", "here", "chosen", "stale", "label")),
    }
    DEFAULT_CSS = """
    SeatMap {
        scrollbar-size-vertical: 1;
        scrollbar-size-horizontal: 0;
        & .seatmap--label, & .seatmap--name, & .seatmap--hidden { color: $muted; }
        & .seatmap--empty, & .seatmap--absent, & .seatmap--sealed { color: $muted; }
        & .seatmap--ready { color: $both; }
        & .seatmap--working { color: $foreground; }
        & .seatmap--paused, & .seatmap--away, & .seatmap--locked { color: $flagged; text-style: bold; }
        & .seatmap--handed_in { color: $answered; }
        & .seatmap--lost, & .seatmap--alarm { color: $urgent; text-style: bold; }
        & .seatmap--stale { color: $muted; text-style: none; }
        & .seatmap--chosen { background: $chosen; }
        & .seatmap--here { text-style: underline; }
        & .seatmap--cursor { color: $on-accent; background: $accent; text-style: bold; }
    }
    """
    BINDINGS = [
        Binding("up", "walk(-1, 0)", show=False, id="map.up", tooltip="Go to the seat behind"),
        Binding("down", "walk(1, 0)", show=False, id="map.down", tooltip="Go to the seat in front"),
        Binding("left", "walk(0, -1)", show=False, id="map.left", tooltip="Go to the seat on the left"),
        Binding("right", "walk(0, 1)", show=False, id="map.right", tooltip="Go to the seat on the right"),
        Binding("home", "leap(0)", show=False, id="map.first", tooltip="Go to the first seat"),
        Binding("end", "leap(-1)", show=False, id="map.last", tooltip="Go to the last seat"),
        Binding("space", "mark", show=False, id="map.toggle", tooltip="Choose this seat, or leave it out again"),
        Binding("enter", "open", show=False, id="map.open", tooltip="Open the card of this seat"),
    ]

    @dataclass
    class Walked(Message):
        """The cursor came to a seat."""

        seat: str

    @dataclass
    class Toggled(Message):
        """A seat is to be chosen, or left out again."""

        seat: str

    @dataclass
    class Opened(Message):
        """The card of a seat is wanted."""

        seat: str

    def __init__(self, id: str | None = None) -> None:
        super().__init__(id)
        self.cursor: str | None = None
        self._room = Room(())
        self._needs: Mapping[str, Severity] = {}
        self._look = Look()
        self._chosen: frozenset[str] = frozenset()

    @property
    def room(self) -> Room:
        """The seats where they stand."""
        return self._room

    def show(self, board: BoardState, chosen: frozenset[str], look: Look) -> None:
        """Draw the hall as it stands; `look` says what holds for all seats alike."""
        self._room, self._needs = Room(board.seats), needs(board)
        self._chosen, self._look = chosen, look
        if self.cursor not in self._room.by_name:
            self.go_to(min(self._room.by_name, key=seat_order, default=None))
        self.paint()

    def go_to(self, seat: str | None) -> None:
        """Put the cursor on a seat and bring it into sight."""
        self.cursor = seat
        if seat is None:
            return
        lines = self.grid.lines
        first = self.HEAD + self._room.by_name[seat].row * lines
        self.reveal(first, first + min(lines, 2) - 1)
        self.paint()
        self.post_message(self.Walked(seat))

    @property
    def grid(self) -> Grid:
        """How the room is laid out at the present size."""
        room, size = self._room, self.size
        return fit(room.columns, room.rows, size.width - 1, size.height - self.HEAD, room.label_width)

    def paint(self) -> None:
        """Work out every line; those that changed are drawn."""
        grid, room = self.grid, self._room
        self.draw(plan(room, grid, self._look_at))

    def _look_at(self, line: SeatLine) -> Look:
        all_alike = self._look
        return Look(
            shown=all_alike.shown,
            need=self._needs.get(line.seat),
            chosen=line.seat in self._chosen,
            here=line.seat == self.cursor,
            active=self.has_focus,
            hides_quiet=all_alike.hides_quiet,
            stale=all_alike.stale,
        )

    def on_resize(self) -> None:
        """Lay the room out anew."""
        self.paint()

    def on_focus(self) -> None:
        """The cursor is drawn stronger while the keys go to the map."""
        self.paint()

    def on_blur(self) -> None:
        """The cursor steps back."""
        self.paint()

    def action_walk(self, down: int, right: int) -> None:
        """Go to the next seat in a direction, over aisles."""
        if self.cursor is not None:
            self.go_to(self._room.next(self.cursor, down, right))

    def action_leap(self, place: int) -> None:
        """Go to the first or last seat."""
        names = sorted(self._room.by_name, key=seat_order)
        if names:
            self.go_to(names[place])

    def action_mark(self) -> None:
        """Choose the seat under the cursor, or leave it out."""
        if self.cursor is not None:
            self.post_message(self.Toggled(self.cursor))

    def action_open(self) -> None:
        """Ask for the card of the seat under the cursor."""
        if self.cursor is not None:
            self.post_message(self.Opened(self.cursor))

    def on_click(self, event: events.Click) -> None:
        """Walk to the seat that was clicked; with Ctrl or the other button choose it, twice open its card."""
        grid, y = self.grid, self.line_at(event.y) - self.HEAD
        line = self._room.at(y // grid.lines, (event.x - grid.label) // grid.width)
        if event.y < self.HEAD or event.x < grid.label or line is None:
            return
        self.go_to(line.seat)
        if event.chain == 2:
            self.action_open()
        elif event.ctrl or event.button == 3:
            self.action_mark()
