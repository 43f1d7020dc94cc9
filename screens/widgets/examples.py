"""Sample input and output of a programming question, below the editor."""

from rich.cells import set_cell_size
from rich.segment import Segment
from rich.style import Style
from rich.text import Text
from textual.strip import Strip

from screens.widgets.passage import Passage


class Examples(Passage, can_focus=True):
    """Pairs of input and output side by side, their line ends kept."""

    DEFAULT_CSS = """
    Examples {
        padding: 0 1;
        color: $foreground;
    }
    """
    SCROLL_KEYS = "Tab, Down"

    def __init__(self) -> None:
        super().__init__()
        self._pairs: tuple[tuple[str, str], ...] = ()

    def show(self, pairs: tuple[tuple[str, str], ...]) -> None:
        """Show the pairs from the first."""
        self._pairs = pairs
        self.remake()

    def make_lines(self, width: int) -> list[Strip]:
        """Lay the pairs out, input left and output right."""
        half = max(8, width // 2 - 1)
        lines = [Strip([Segment(f"{'Input':<{half}}  Output", Style(bold=True))])] if self._pairs else []
        for given, wanted in self._pairs:
            left, right = self._folded(given, half), self._folded(wanted, half)
            for row in range(max(len(left), len(right))):
                a = left[row] if row < len(left) else ""
                b = right[row] if row < len(right) else ""
                lines.append(Strip([Segment(f"{set_cell_size(a, half)}  {b}")]))
        return lines

    def _folded(self, text: str, width: int) -> list[str]:
        return [line.plain for line in Text(text).wrap(self.app.console, width)] or [""]


if __name__ == "__main__":
    from screens.widgets.sample import show

    examples = Examples()
    examples.styles.height = 6
    examples.show((("AACG", "4"), ("1\n2", "3")))
    show(examples)
