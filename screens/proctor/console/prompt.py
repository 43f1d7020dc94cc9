"""The line in which seats are named; it says while one types what the words come to."""

from collections.abc import Sequence
from dataclasses import dataclass

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.getters import query_one
from textual.message import Message
from textual.widgets import Input, Static

from kiosk.exam.error import Invalid
from kiosk.exam.selection import LONGEST, Facts, choose


class Prompt(Vertical):
    """Enter selects what the words name, Esc leaves the selection as it was."""

    DEFAULT_CSS = """
    Prompt {
        height: 2;
        display: none;
        & Horizontal { height: 1; }
        & .label { width: auto; color: $accent; text-style: bold; }
        & Input { width: 1fr; height: 1; border: none; padding: 0; background: $surface; }
        & Input:focus { border: none; }
        & #comes-to { height: 1; padding: 0 1; color: $muted; background: $panel; }
        & #comes-to.-wrong { color: $urgent; text-style: bold; }
        &.-open { display: block; }
    }
    """
    BINDINGS = [Binding("escape", "close", show=False, id="prompt.close", tooltip="Leave the selection as it is")]
    line = query_one(Input)
    comes_to = query_one("#comes-to", Static)

    @dataclass
    class Chosen(Message):
        """These seats shall be selected from now on."""

        seats: frozenset[str]

    @dataclass
    class Closed(Message):
        """The line is not wanted any more."""

    @dataclass
    class Wrong(Message):
        """The words cannot be understood; says why."""

        words: str

    def __init__(self) -> None:
        super().__init__()
        self._facts: Sequence[Facts] = ()
        self._selected: frozenset[str] = frozenset()

    def compose(self) -> ComposeResult:
        """Compose the line and what it comes to."""
        yield Static("", id="comes-to", markup=False)
        with Horizontal():
            yield Static(" select: ", classes="label")
            yield Input(max_length=LONGEST, id="line")

    def on_mount(self) -> None:
        """A still cursor."""
        self.line.cursor_blink = False

    def open(self, facts: Sequence[Facts], selected: frozenset[str]) -> None:
        """Ask for seats."""
        self._facts, self._selected = facts, selected
        self.line.value = ""
        self._tell("Such as A1-A12,B3 !extended · working · lag>10 · name:sato · +B3 adds, -B3 takes out", False)
        self.add_class("-open")
        self.line.focus()

    @on(Input.Changed)
    def tell(self, event: Input.Changed) -> None:
        """Say what the words come to."""
        if not event.value.strip():
            return
        try:
            count = len(choose(event.value, self._facts, self._selected))
        except Invalid as refusal:
            self._tell(refusal.message, True)
        else:
            self._tell(f"{count} seat{'' if count == 1 else 's'}", False)

    @on(Input.Submitted)
    def choose(self, event: Input.Submitted) -> None:
        """Select them, or say what was not understood."""
        try:
            self.post_message(self.Chosen(choose(event.value, self._facts, self._selected)))
        except Invalid as refusal:
            self._tell(refusal.message, True)
            self.post_message(self.Wrong(refusal.message))
        else:
            self.remove_class("-open")

    def action_close(self) -> None:
        """Close without a change."""
        self.remove_class("-open")
        self.post_message(self.Closed())

    def _tell(self, words: str, wrong: bool) -> None:
        self.comes_to.set_class(wrong, "-wrong")
        self.comes_to.update(Content(("! " if wrong else "") + words))
