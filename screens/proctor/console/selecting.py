"""Which seats are selected on the console: by Space, by words, by state, all, none, the others."""

from textual import on
from textual.binding import Binding

from kiosk.views.board import SeatLine
from screens.proctor.console.consolepage import ConsolePage
from screens.proctor.console.prompt import Prompt
from screens.proctor.console.seatmap import SeatMap
from screens.proctor.console.sign import facts_of


class SelectingPage(ConsolePage):
    """A console page with a selection; acts are for what is selected, or else for the seat that is looked at."""

    BINDINGS = [
        Binding("slash,ctrl+f", "prompt", show=False, id="console.select", tooltip="Select: seats, states, numbers"),
        Binding("ctrl+a", "select_all", show=False, id="console.all", tooltip="Select all seats"),
        Binding("escape", "select_none", show=False, id="console.none", tooltip="Select nothing"),
        Binding("asterisk", "invert", show=False, id="console.invert", tooltip="Select what is not selected"),
        Binding("equals_sign", "alike", show=False, id="console.alike", tooltip="Select all in this seat's state"),
    ]
    selected: frozenset[str] = frozenset()

    def here(self) -> str | None:
        """Return the seat that is looked at."""
        raise NotImplementedError

    def repaint(self) -> None:
        """Draw the selection anew."""
        raise NotImplementedError

    def subjects(self) -> tuple[SeatLine, ...]:
        """Return the selected seats, or the one that is looked at."""
        wanted = self.selected or {self.here()}
        return tuple(line for line in self._lines() if line.seat in wanted)

    def select(self, seats: frozenset[str]) -> None:
        """Select exactly these seats."""
        self.selected = seats
        self.repaint()

    def take_selection(self, seats: tuple[str, ...] | None) -> None:
        """Select the seats a dialog came back with."""
        if seats is not None:
            self.select(frozenset(seats))

    def action_prompt(self) -> None:
        """Ask for seats by words."""
        if self.board is not None:
            self.add_class("-asking")
            self.query_one(Prompt).open(facts_of(self.board), self.selected)

    @on(Prompt.Chosen)
    def choose(self, event: Prompt.Chosen) -> None:
        """Select what the words name."""
        self.select(event.seats)
        self.end_asking()

    @on(Prompt.Closed)
    def end_asking(self) -> None:
        """Back to the map."""
        self.remove_class("-asking")
        self.query_one(SeatMap).focus()

    @on(Prompt.Wrong)
    def tell_wrong(self, event: Prompt.Wrong) -> None:
        """Say in full what was not understood."""
        self.say(event.words)

    @on(SeatMap.Toggled)
    def toggle(self, event: SeatMap.Toggled) -> None:
        """Choose a seat, or leave it out again."""
        self.select(self.selected ^ {event.seat})

    def action_select_all(self) -> None:
        """Select every seat."""
        self.select(self._names())

    def action_select_none(self) -> None:
        """Select nothing."""
        self.select(frozenset())

    def action_invert(self) -> None:
        """Select what is not selected."""
        self.select(self._names() - self.selected)

    def action_alike(self) -> None:
        """Select every seat in the state of the one that is looked at."""
        here = self.here()
        states = {line.state for line in self._lines() if line.seat == here}
        self.select(frozenset(line.seat for line in self._lines() if line.state in states))

    def _lines(self) -> tuple[SeatLine, ...]:
        return self.board.seats if self.board is not None else ()

    def _names(self) -> frozenset[str]:
        return frozenset(line.seat for line in self._lines())
