"""A button of one line, with a mark and reverse video where the focus is."""

from dataclasses import dataclass

from textual import events
from textual.app import RenderResult
from textual.binding import Binding
from textual.content import Content
from textual.message import Message
from textual.widget import Widget


class Press(Widget, can_focus=True):
    """Something to press with Enter, Space or the mouse."""

    DEFAULT_CSS = """
    Press {
        width: auto;
        height: 1;
        color: $foreground;
        background: $panel;
        &:focus {
            color: $on-accent;
            background: $accent;
            text-style: bold;
        }
    }
    """
    BINDINGS = [Binding("enter,space", "press", "press", show=False, id="press.press")]

    @dataclass
    class Pressed(Message):
        """It was pressed."""

        press: "Press"

        @property
        def control(self) -> "Press":
            """The button, so that `@on` can select it."""
            return self.press

    def __init__(self, label: str, id: str | None = None) -> None:
        super().__init__(id=id)
        self._label = label

    def render(self) -> RenderResult:
        mark = "▶" if self.has_focus else " "
        return Content(f" {mark} {self._label} ")

    def on_click(self, event: events.Click) -> None:
        """A click is a press."""
        event.stop()
        self.action_press()

    def action_press(self) -> None:
        """Tell that it was pressed."""
        self.post_message(self.Pressed(self))


if __name__ == "__main__":
    from screens.widgets.sample import show

    show(Press("Go back to question 4"), Press("Hand in ..."))
