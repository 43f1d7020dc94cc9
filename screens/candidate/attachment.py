"""The files attached to a question: read over it, while its clock runs and its answer waits."""

from collections.abc import Iterable

from textual.app import ComposeResult
from textual.binding import Binding
from textual.content import Content
from textual.getters import query_one
from textual.widgets import Static

from kiosk.views.candidate import QuestionCard, SaveState, Sheet, SittingState, TimeLeft
from screens.sitting import SittingScreen
from screens.widgets.filetext import FileText
from screens.widgets.keybar import Keys
from screens.widgets.line import shorten
from screens.widgets.rule import Rule

LONGEST_NAME = 24
"""Cells of a name where there are several."""


class AttachmentScreen(SittingScreen):
    """Shows one file after another; Esc goes back to the question. A pause covers it as it covers the question."""

    CSS_PATH = "attachment.tcss"
    HELP = (
        "The files of this question, to be read only. The time runs on. Esc goes back; your answer is as you left it."
    )
    BINDINGS = [
        Binding("escape,f10", "back", "back", id="attachment.back", tooltip="Back to the question"),
        Binding("tab", "turn(1)", "next file", id="attachment.next", tooltip="Next file"),
        Binding("shift+tab", "turn(-1)", show=False, id="attachment.previous", tooltip="Previous file"),
        Binding("down", "scroll(1)", show=False, id="attachment.down", tooltip="One line down"),
        Binding("up", "scroll(-1)", show=False, id="attachment.up", tooltip="One line up"),
        Binding("pagedown,space", "page(1)", show=False, id="attachment.page-down", tooltip="One page down"),
        Binding("pageup", "page(-1)", show=False, id="attachment.page-up", tooltip="One page up"),
        Binding("home", "end(-1)", show=False, id="attachment.home", tooltip="To the beginning"),
        Binding("end", "end(1)", show=False, id="attachment.end", tooltip="To the end"),
    ]
    names = query_one("#names", Static)
    file = query_one(FileText)

    def __init__(self, sheet: Sheet, state: SittingState, time: TimeLeft, saved: SaveState, card: QuestionCard) -> None:
        super().__init__(sheet, state, time, saved)
        self._card = card
        self._place = 0
        self._tops = [0 for _ in card.files]

    def compose_upper(self) -> ComposeResult:
        """Compose the names of the files."""
        yield Static(id="names")
        yield Rule()

    def compose_desk(self) -> ComposeResult:
        """Compose the text."""
        yield FileText()

    def on_mount(self) -> None:
        """Open the first file."""
        super().on_mount()
        self._open(0)

    def on_resize(self) -> None:
        """Write the names anew where there is another width for them."""
        self._write_names()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Shut what reads on while the exam must not be seen."""
        return not (self.is_covered and action in {"turn", "scroll", "page", "end"})

    def show_state(self, state: SittingState) -> None:
        """Show the sitting as it is now; where the question's section was shut, go back."""
        super().show_state(state)
        self._name_keys()
        if self._card.section_id in state.shut_sections and self.is_current:
            self.action_back()

    def show_saved(self, saved: SaveState) -> None:
        """Show how far everything is saved."""
        super().show_saved(saved)
        self._name_keys()

    def action_back(self) -> None:
        """Go back to the question."""
        self.dismiss()

    def action_turn(self, by: int) -> None:
        """Open the next file, or the one before; each stays where it was read."""
        self._tops[self._place] = self.file.top
        self._open((self._place + by) % len(self._card.files))

    def action_scroll(self, by: int) -> None:
        """Scroll by lines."""
        self.file.scroll_lines(by)

    def action_page(self, by: int) -> None:
        """Scroll by pages, a line of the last one staying."""
        self.file.scroll_lines(by * max(1, self.file.room - 1))

    def action_end(self, by: int) -> None:
        """Go to the beginning or to the end."""
        self.file.scroll_lines(by * len(self.file.lines()))

    def _open(self, place: int) -> None:
        self._place = place
        self.file.show(self._card.files[place].text, self._tops[place])
        self._write_names()

    def _write_names(self) -> None:
        files, width = self._card.files, self.size.width - 2
        if len(files) == 1:
            words = Content(shorten(f"Attached to question {self._card.number}: {files[0].name}", width))
        else:
            words = Content("  ").join(self._marked(width))
        self.names.update(words)

    def _marked(self, width: int) -> Iterable[Content]:
        """Return the present name in brackets, and as many of those after it as fit."""
        files = self._card.files
        left = width
        for place in (*range(self._place, len(files)), *range(self._place)):
            name = f"{place + 1} {shorten(files[place].name, LONGEST_NAME)}"
            content = Content.styled(f"[{name}]", "bold $foreground") if place == self._place else Content(name)
            if content.cell_length > left:
                return
            left -= content.cell_length + 2
            yield content

    def _name_keys(self) -> None:
        several: Keys = (("Tab", "next file", 1),) if len(self._card.files) > 1 else ()
        reading: Keys = (*several, ("PgDn", "down", 2), ("PgUp", "up", 3), ("Home", "beginning", 4))
        self.key_bar.keys = (("F1", "help", 0),) if self.is_covered else (("Esc", "back", 0), *reading)
