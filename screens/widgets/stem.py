"""The text of a question: the biggest thing on the screen, scrolled by itself while the choices stay."""

from textual.strip import Strip

from screens.markdown import QuestionMarkdown
from screens.widgets.passage import Passage


class Stem(Passage):
    """Question text as Markdown, and the hints that have been asked for below it."""

    DEFAULT_CSS = """
    Stem {
        padding: 0 1;
    }
    """
    SCROLL_KEYS = "Ctrl+Down"

    def __init__(self) -> None:
        super().__init__()
        self._text = ""

    def show(self, text: str, keep_place: bool = False) -> None:
        """Show a text from its start, or from where the reader is."""
        if not keep_place:
            self.deepest = 0
        self._text = text
        self.remake(self.top if keep_place else 0)

    def make_lines(self, width: int) -> list[Strip]:
        """Lay the Markdown out."""
        console = self.app.console
        options = console.options.update(width=max(4, width))
        rows = console.render_lines(QuestionMarkdown(self._text), options, pad=False)
        lines = [Strip(row) for row in rows]
        while lines and not lines[-1].text.strip():
            lines.pop()
        first = next((n for n, line in enumerate(lines) if line.text.strip()), 0)
        return lines[first:]


if __name__ == "__main__":
    from screens.widgets.sample import show

    stem = Stem()
    stem.styles.height = 8
    stem.show("Which of these is **not** found in a `plant` cell?\n\n" + "A long story.\n" * 12)
    show(stem)
