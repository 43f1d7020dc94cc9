"""Help for the screen one came from, made of its own key bindings."""

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.content import Content
from textual.getters import query_one
from textual.widgets import Static

from screens.dialog import Dialog
from screens.widgets.pages import Pages
from screens.widgets.press import Press


class HelpDialog(Dialog[None]):
    """Lists every key of a screen with what it does; F1, Esc and Enter close it."""

    CSS_PATH = ["dialog.tcss", "help.tcss"]
    VERTICAL_BREAKPOINTS = [(0, "-short"), (24, "-medium"), (36, "-tall")]
    BINDINGS = [
        Binding("f1", "close", show=False, id="help.close", tooltip="Close the help"),
        Binding("down", "scroll(1)", show=False, id="help.down", tooltip="Scroll down"),
        Binding("up", "scroll(-1)", show=False, id="help.up", tooltip="Scroll up"),
        Binding("pagedown", "page(1)", show=False, id="help.page-down", tooltip="One page down"),
        Binding("pageup", "page(-1)", show=False, id="help.page-up", tooltip="One page up"),
    ]
    keys = query_one("#keys", Pages)

    def __init__(self, words: str, rows: list[tuple[str, str]]) -> None:
        super().__init__("Help", words)
        self._rows = rows

    def compose_body(self) -> ComposeResult:
        """Compose the table of keys."""
        widest = max((len(key) for key, _ in self._rows), default=0)
        with Pages(id="keys"):
            for key, words in self._rows:
                yield Static(Content.assemble((f"{key:<{widest}}  ", "bold $accent"), words), markup=False)

    def compose_answers(self) -> ComposeResult:
        """Compose the way back."""
        yield Press("Back", id="back")

    def action_scroll(self, by: int) -> None:
        """Scroll the keys by lines."""
        self.keys.scroll_lines(by)

    def action_page(self, by: int) -> None:
        """Scroll the keys by pages."""
        self.keys.scroll_pages(by)

    @on(Press.Pressed, "#back")
    def action_close(self) -> None:
        """Close it."""
        self.dismiss(None)
