"""Where essays and programs are written."""

from collections.abc import Callable

from rich.style import Style
from textual import events
from textual.binding import Binding
from textual.widgets import TextArea
from textual.widgets.text_area import Edit, EditResult, TextAreaTheme

from screens.theme import THEMES, colours
from screens.widgets.keyorder import KeyOrder

MOST_STEPS_BACK = 200


_TAKEN = {"pageup", "pagedown", "f6", "f7", "ctrl+z,super+z", "ctrl+y,super+y", "ctrl+u,super+backspace"}
"""Keys of Textual's own editor that mean something else in an exam."""


class Editor(KeyOrder, TextArea, inherit_bindings=False):
    """A text area for answers: no blinking, no keys that collide with the exam's own."""

    DEFAULT_CSS = """
    Editor {
        border: none;
        padding: 0 1;
        background: $surface;
        color: $foreground;
        scrollbar-size-vertical: 1;
        & .text-area--gutter { color: $muted; }
        & .text-area--cursor-gutter { color: $foreground; background: $surface; text-style: bold; }
        & .text-area--cursor-line { background: $surface; }
        & .text-area--cursor { color: $background; background: $foreground; text-style: none; }
        & .text-area--matching-bracket { background: $panel; text-style: bold underline; }
        &:focus { border: none; }
    }
    """
    BINDINGS = [
        *(b for b in TextArea.BINDINGS if isinstance(b, Binding) and b.key not in _TAKEN),
        Binding("ctrl+u", "undo", "undo", show=False, id="editor.undo", tooltip="In an editor: undo the last change"),
        Binding("ctrl+y", "redo", "redo", show=False, id="editor.redo", tooltip="In an editor: redo what was undone"),
    ]

    def __init__(self) -> None:
        super().__init__("", soft_wrap=True, tab_behavior="focus", max_checkpoints=MOST_STEPS_BACK)
        self.cursor_blink = False
        self.on_edit: Callable[[], None] = lambda: None
        """Called when the text is about to change, before anything is painted."""

    def edit(self, edit: Edit) -> EditResult:
        """Change the text."""
        self.on_edit()
        return super().edit(edit)

    def open(self, text: str, language: str | None, is_program: bool) -> None:
        """Show a text; a program gets line numbers, its language's colours and the Tab key."""
        self.show_line_numbers = is_program
        self.tab_behavior = "indent" if is_program else "focus"
        self.soft_wrap = not is_program
        self.language = language.lower() if language and language.lower() in self.available_languages else None
        self.load_text(text)
        self.move_cursor(self.document.end)

    def keeps(self, event: events.Key) -> bool:
        """Letters are for the text, and Tab and Esc too where programs are written."""
        return super().keeps(event) or (self.tab_behavior == "indent" and event.key in ("tab", "escape"))

    async def _on_key(self, event: events.Key) -> None:
        if event.key == "enter" and self.tab_behavior == "indent" and not self.read_only:
            event.stop()
            event.prevent_default()
            line = self.document.get_line(self.cursor_location[0])
            self.insert("\n" + line[: len(line) - len(line.lstrip())][: self.cursor_location[1]])

    def on_mount(self) -> None:
        """Take on the App's colours, now and when they change."""
        self._dress()
        self.app.theme_changed_signal.subscribe(self, lambda _: self._dress())

    def _dress(self) -> None:
        if self.app.theme in THEMES:
            self.register_theme(_syntax_theme(self.app.theme))
            self.theme = f"exam-{self.app.theme}"


def _syntax_theme(name: str) -> TextAreaTheme:
    ink = colours(name)
    return TextAreaTheme(
        name=f"exam-{name}",
        syntax_styles={
            "string": Style(color=ink["answered"]),
            "string.documentation": Style(color=ink["answered"]),
            "comment": Style(color=ink["muted"], italic=True),
            "keyword": Style(color=ink["accent"], bold=True),
            "keyword.function": Style(color=ink["accent"], bold=True),
            "keyword.return": Style(color=ink["accent"], bold=True),
            "keyword.operator": Style(color=ink["accent"], bold=True),
            "conditional": Style(color=ink["accent"], bold=True),
            "repeat": Style(color=ink["accent"], bold=True),
            "exception": Style(color=ink["accent"], bold=True),
            "include": Style(color=ink["accent"], bold=True),
            "number": Style(color=ink["seen"]),
            "float": Style(color=ink["seen"]),
            "boolean": Style(color=ink["seen"]),
            "constant.builtin": Style(color=ink["seen"]),
            "function": Style(color=ink["both"]),
            "function.call": Style(color=ink["both"]),
            "method": Style(color=ink["both"]),
            "method.call": Style(color=ink["both"]),
            "class": Style(color=ink["flagged"]),
            "type": Style(color=ink["flagged"]),
            "type.class": Style(color=ink["flagged"]),
            "tag": Style(color=ink["flagged"]),
        },
    )


if __name__ == "__main__":
    from screens.widgets.sample import show

    editor = Editor()
    editor.open("def double(n):\n    return 2 * n  # twice\n", "python", True)
    show(editor)
