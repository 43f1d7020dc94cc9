"""Go to a question by its number, or pick it from the palette."""

from textual import on
from textual.app import ComposeResult
from textual.widgets import Input, Static

from screens.dialog import Dialog
from screens.widgets.palette import Palette
from screens.widgets.press import Press


class GoToDialog(Dialog[int | None]):
    """Asks for a number of the present section; the result is a place counted from 0, or None."""

    CSS_PATH = ["../dialog.tcss", "goto.tcss"]
    VERTICAL_BREAKPOINTS = [(0, "-short"), (24, "-tall")]

    def __init__(self, section: str, states: tuple[str, ...], current: int) -> None:
        super().__init__("Go to a question", f"{section}: type a number from 1 to {len(states)}, or pick one below.")
        self._states, self._current = states, current

    def compose_body(self) -> ComposeResult:
        """Compose the number and the palette."""
        number = Input(type="integer", max_length=4, id="number")
        number.cursor_blink = False
        yield number
        yield Static("", classes="problem", id="problem", markup=False)
        palette = Palette()
        palette.states, palette.current = self._states, self._current
        yield palette

    def compose_answers(self) -> ComposeResult:
        """Compose the way back."""
        yield Press("Stay here", id="stay")

    @on(Input.Submitted)
    def go_to_number(self, event: Input.Submitted) -> None:
        """Go to the number that was typed, if there is such a question."""
        number = int(event.value) if event.value.isdecimal() else 0
        if 1 <= number <= len(self._states):
            self.dismiss(number - 1)
        else:
            words = f"There is no question {event.value}. Type 1 to {len(self._states)}."
            self.query_one("#problem", Static).update(words)

    @on(Palette.Picked)
    def go_to_place(self, event: Palette.Picked) -> None:
        """Go to the question that was picked."""
        self.dismiss(event.place)

    @on(Press.Pressed, "#stay")
    def action_close(self) -> None:
        """Stay where one is."""
        self.dismiss(None)
