"""The name of a part of the screen, in the rule above it."""

from textual.app import RenderResult
from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from screens.widgets.line import shorten


class Caption(Widget):
    """A rule that carries a name."""

    DEFAULT_CSS = """
    Caption {
        height: 1;
        color: $rule;
    }
    """

    words: reactive[str] = reactive("")
    warm: reactive[bool] = reactive(False)
    """Whether somebody is needed."""

    def __init__(self, words: str, id: str | None = None) -> None:
        super().__init__(id=id)
        self.set_reactive(Caption.words, words)

    def render(self) -> RenderResult:
        width = self.size.width
        name = Content.assemble(
            (f" {shorten(self.words, max(1, width - 4))} ", "bold $urgent" if self.warm else "$muted")
        )
        return Content.assemble("─", name, "─" * max(0, width - name.cell_length - 1))
