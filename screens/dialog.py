"""What all dialogs share: a frame in the middle, words that say what happens, and Esc as the way back."""

from pathlib import PurePath
from typing import ClassVar, TypeVar

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from screens.page import BREAKPOINTS

Result = TypeVar("Result")


class Dialog(ModalScreen[Result]):
    """Base of every dialog: title, body, and a row of answers."""

    HORIZONTAL_BREAKPOINTS = BREAKPOINTS
    CSS_PATH: ClassVar[str | list[str | PurePath]] = "dialog.tcss"
    BINDINGS = [
        Binding("escape", "close", "Back", id="dialog.close", tooltip="Close this without doing anything"),
        Binding("left", "app.focus_previous", show=False, id="dialog.previous", tooltip="Previous answer"),
        Binding("right", "app.focus_next", show=False, id="dialog.next", tooltip="Next answer"),
    ]

    def __init__(self, title: str, words: str = "") -> None:
        super().__init__()
        self._title, self._words = title, words

    def compose(self) -> ComposeResult:
        """Compose the frame round `compose_body` and `compose_answers`."""
        with Vertical(id="frame"):
            yield Static(Content(self._title), id="title")
            if self._words:
                yield Static(Content(self._words), id="words")
            yield from self.compose_body()
            with Horizontal(id="answers"):
                yield from self.compose_answers()

    def compose_body(self) -> ComposeResult:
        """Compose what stands between the words and the answers."""
        yield from ()

    def compose_answers(self) -> ComposeResult:
        """Compose the answers, the safe one first."""
        yield from ()

    def action_close(self) -> None:
        """Close without a result."""
        self.dismiss(None)
