"""What the hall has told this candidate, to be read over whatever they were doing."""

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.content import Content
from textual.getters import query_one
from textual.widgets import Static

from kiosk.exam.text import clean_line, clean_text
from kiosk.views.desk import HallMessage
from screens.clock import wall_text
from screens.dialog import Dialog
from screens.messages import MessageRead
from screens.widgets.pages import Pages
from screens.widgets.press import Press

LONGEST_TEXT = 2_000
NOTHING = "The hall has told you nothing so far."


class ToldDialog(Dialog[None]):
    """Lists messages, oldest first; one counts as read when its last line has been on the screen."""

    CSS_PATH = ["../dialog.tcss", "told.tcss"]
    VERTICAL_BREAKPOINTS = [(0, "-short"), (24, "-medium"), (36, "-tall")]
    BINDINGS = [
        Binding("f12,ctrl+t", "close", show=False, id="told.close", tooltip="Close the messages"),
        Binding("down", "scroll(1)", show=False, id="told.down", tooltip="One line down"),
        Binding("up", "scroll(-1)", show=False, id="told.up", tooltip="One line up"),
        Binding("pagedown", "page(1)", show=False, id="told.page-down", tooltip="One page down"),
        Binding("pageup", "page(-1)", show=False, id="told.page-up", tooltip="One page up"),
    ]
    list = query_one("#list", Pages)

    def __init__(self, messages: tuple[HallMessage, ...], places: dict[str, str]) -> None:
        """`places` names the question of each correction: "question 7 of Cells"."""
        super().__init__("Messages from the hall")
        self._messages, self._places = messages, places
        self._read = {m.message_id for m in messages if m.is_read}

    def compose_body(self) -> ComposeResult:
        """Compose the messages."""
        with Pages(id="list"):
            if not self._messages:
                yield Static(NOTHING, id="nothing")
            yield from (self._entry(m) for m in self._messages)

    def compose_answers(self) -> ComposeResult:
        """Compose the way back."""
        yield Press("Back to where I was", id="back")

    def on_mount(self) -> None:
        """Begin at what has not been read."""
        self.watch(self.list, "scroll_y", self._look, init=False)
        self.watch(self.list, "virtual_size", self._look_soon, init=False)
        self.call_after_refresh(self._go_to_unread)

    def on_resize(self) -> None:
        """Look anew at what can be seen."""
        self._look_soon()

    def show_messages(self, messages: tuple[HallMessage, ...]) -> None:
        """Add what has come since; what is being read stays where it is."""
        shown = {m.message_id for m in self._messages}
        added = [m for m in messages if m.message_id not in shown]
        if added:
            self._messages = (*self._messages, *added)
            self.list.query("#nothing").remove()
            self.list.mount(*(self._entry(m) for m in added))

    def action_scroll(self, by: int) -> None:
        """Scroll by lines."""
        self.list.scroll_lines(by)

    def action_page(self, by: int) -> None:
        """Scroll by pages, a line of the last one staying."""
        self.list.scroll_pages(by)

    @on(Press.Pressed, "#back")
    def action_close(self) -> None:
        """Go back."""
        self.dismiss(None)

    def _entry(self, message: HallMessage) -> Static:
        new = ("   • new", "bold $accent") if message.message_id not in self._read else ""
        head = (f"{wall_text(message.at)}  {clean_line(message.who)}", "bold")
        parts: list[str | tuple[str, str] | Content] = [head, new, "\n"]
        if message.question_id is not None:
            place = self._places.get(message.question_id, "a question")
            parts.append((f"Correction to {place}: ", "bold $urgent"))
        parts.append(Content(clean_text(message.text, LONGEST_TEXT)))
        return Static(Content.assemble(*parts), name=message.message_id, classes="entry")

    def _go_to_unread(self) -> None:
        for entry in self.list.query(".entry").results(Static):
            if entry.name not in self._read:
                self.list.scroll_to(y=entry.virtual_region.y, animate=False)
                break
        self._look()

    def _look_soon(self) -> None:
        self.call_after_refresh(self._look)

    def _look(self) -> None:
        bottom = self.list.scroll_offset.y + self.list.size.height
        for entry in self.list.query(".entry").results(Static):
            # an entry that is not laid out yet has no height and has not been seen
            seen = entry.size.height and entry.virtual_region.bottom <= bottom
            if seen and entry.name is not None and entry.name not in self._read:
                self._read.add(entry.name)
                self.post_message(MessageRead(entry.name))
