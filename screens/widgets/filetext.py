"""The text of an attached file: every character as it is, nothing of it read as markup."""

from rich.text import Text
from textual.strip import Strip

from screens.widgets.passage import Passage, styled

TAB = 4
"""Cells between the stops of a tab."""


class FileText(Passage):
    """Lines as the file has them, folded between words where they are wider than the screen."""

    DEFAULT_CSS = """
    FileText {
        height: 1fr;
        padding: 0 1;
    }
    """
    SCROLL_KEYS = "PgDn"

    def __init__(self, text: str = "") -> None:
        super().__init__()
        self._text = text

    def show(self, text: str, top: int = 0) -> None:
        """Show another text, from one of its lines on."""
        self._text = text
        self.deepest = 0
        self.remake(top)

    def make_lines(self, width: int) -> list[Strip]:
        """Fold the lines that are too wide."""
        width, lines = max(4, width), self._text.rstrip("\n").expandtabs(TAB).split("\n")
        return [strip for line in lines for strip in self._folded(line, width)]

    def _folded(self, line: str, width: int) -> list[Strip]:
        if len(line) * 2 <= width:  # no cell count can be more
            return [styled(line)]
        return [styled(part.plain) for part in Text(line).wrap(self.app.console, width)]


if __name__ == "__main__":
    from screens.widgets.sample import show

    text = FileText("place,cells\n" + "\n".join(f"leaf {n},{n * n}" for n in range(1, 60)))
    show(text)
