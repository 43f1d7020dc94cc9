"""A list whose present line carries a mark besides its colour."""

from collections.abc import Sequence

from textual.content import Content
from textual.widgets import OptionList
from textual.widgets.option_list import Option

Line = tuple[Content, str | None]
"""What is shown, and the id an option of it has."""


class MarkedList(OptionList):
    """An option list of lines that hold no markup; the present line is marked and drawn in one colour."""

    DEFAULT_CSS = """
    MarkedList {
        border: none;
        padding: 0 1;
        background: $background;
        scrollbar-size-vertical: 1;
        & > .option-list--option-highlighted { color: $foreground; background: $panel; text-style: bold; }
        &:focus { border: none; background-tint: $foreground 0%; }
        &:focus > .option-list--option-highlighted { color: $on-accent; background: $accent; text-style: bold; }
    }
    """

    def __init__(self, lines: Sequence[Line] = (), id: str | None = None, *, begins: bool = True) -> None:
        """`begins`: go to the first line with the focus; otherwise nothing is chosen until a key chooses."""
        super().__init__(id=id, markup=False)
        self._begins = begins
        self._shown: list[Line] = []
        self._here: int | None = None
        self.fill(lines)

    def fill(self, lines: Sequence[Line]) -> None:
        """Show other lines, at the same place as before where there is one."""
        place = self.highlighted
        self.clear_options()
        self._shown, self._here = list(lines), None
        self.add_options([Option(_marked(content, False), id=name) for content, name in lines])
        if place is not None and lines:
            self.highlighted = min(place, len(lines) - 1)
        elif self.has_focus:
            self.on_focus()

    def on_focus(self) -> None:
        """Begin at the first line."""
        if self._begins and self.highlighted is None and self._shown:
            self.highlighted = 0

    def watch_highlighted(self, highlighted: int | None) -> None:
        """Move the mark with the highlight; the present line's own colours give way to the highlight's."""
        for number in {self._here, highlighted} - {None}:
            if number is not None and number < self.option_count:
                self.replace_option_prompt_at_index(number, _marked(self._shown[number][0], number == highlighted))
        self._here = highlighted
        super().watch_highlighted(highlighted)


def _marked(content: Content, is_here: bool) -> Content:
    return Content(f"▶ {content.plain}") if is_here else Content.assemble("  ", content)


if __name__ == "__main__":
    from screens.widgets.sample import show

    show(MarkedList([(Content.assemble((words, "$urgent")), None) for words in ("equipment", "power", "medical")]))
