"""The floor of start, key and memory: a bare Textual App with one line of text."""

from textual.app import App, ComposeResult
from textual.events import Key
from textual.widgets import Static


class BareApp(App[None]):
    """Shows a word at the first frame, and the last key after it."""

    def compose(self) -> ComposeResult:
        """One line."""
        yield Static("ready", id="line")

    def on_key(self, event: Key) -> None:
        """Show the key."""
        self.query_one("#line", Static).update(f"key {event.character}")


if __name__ == "__main__":
    BareApp().run()
